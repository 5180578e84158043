import * as v from 'valibot';
import { assert } from '../result.ts';

/** A store's id: `S` and a number from 1 to 9999, at least two digits: `S01` (rule N1). Used in receipt numbers and documents. */
export const storeIdSchema = v.pipe(
  v.string(),
  v.regex(/^S(?:0[1-9]|[1-9]\d{1,3})$/, 'a store id is S01 to S9999'),
  v.brand('StoreId'),
);

/** A register's id inside its store: `R` and a number from 1 to 999: `R2` (rule N1). */
export const registerIdSchema = v.pipe(
  v.string(),
  v.regex(/^R[1-9]\d{0,2}$/, 'a register id is R1 to R999'),
  v.brand('RegisterId'),
);

/** A receipt number: store, register and the register's gapless count: `S01-R2-000123` (rule N2). */
export const receiptNumberSchema = v.pipe(
  v.string(),
  v.regex(
    /^S(?:0[1-9]|[1-9]\d{1,3})-R[1-9]\d{0,2}-(?!000000)(?:\d{6}|[1-9]\d{6,8})$/,
    'a receipt number looks like S01-R2-000123',
  ),
  v.brand('ReceiptNumber'),
);

/** A store's id, checked. */
export type StoreId = v.InferOutput<typeof storeIdSchema>;
/** A register's id inside its store, checked. */
export type RegisterId = v.InferOutput<typeof registerIdSchema>;
/** A receipt number, checked. */
export type ReceiptNumber = v.InferOutput<typeof receiptNumberSchema>;

/** Builds the id of store `number` (1 to 9999). Throws on a number outside that range. */
export function storeId(number: number): StoreId {
  return v.parse(storeIdSchema, `S${String(number).padStart(2, '0')}`);
}

/** Builds the id of register `number` (1 to 999). Throws on a number outside that range. */
export function registerId(number: number): RegisterId {
  return v.parse(registerIdSchema, `R${number}`);
}

/** The number inside a store id: `S01` → 1. */
export function storeNumber(store: StoreId): number {
  return Number(store.slice(1));
}

/** The number inside a register id: `R2` → 2. */
export function registerNumber(register: RegisterId): number {
  return Number(register.slice(1));
}

/** The receipt number of a register's `count`-th receipt, counted from 1 for ever (rule N2). */
export function receiptNumber(store: StoreId, register: RegisterId, count: number): ReceiptNumber {
  return v.parse(receiptNumberSchema, `${store}-${register}-${String(count).padStart(6, '0')}`);
}

/** How people name a register across the organization: `S01-R2`. */
export function registerName(store: StoreId, register: RegisterId): string {
  return `${store}-${register}`;
}

/**
 * The number by which a customer is called on a business day, `260105-001` (rule N4): day and count, which runs from 1 each
 * day and may grow beyond three digits. It names nothing in the journal; two tills that call for one counter take the store's
 * own count.
 */
export function callNumber(day: string, count: number): string {
  assert(/^\d{4}-\d\d-\d\d$/.test(day) && Number.isSafeInteger(count) && count > 0, () => `${day} ${count}`);
  return `${day.slice(2).replaceAll('-', '')}-${String(count).padStart(3, '0')}`;
}
