import * as v from 'valibot';
import { err, ok, type Result } from '../result.ts';
import { Exact } from './money.ts';

/**
 * A quantity is a decimal text without exponent, at most 3 decimals and 99,999 in size (rule M4): `2`, `-1`, `0.345`.
 * Stored as text because binary floats cannot hold 0.345.
 */
export const quantitySchema = v.pipe(
  v.string(),
  v.regex(
    /^(?!-0(?:\.0+)?$)-?(?:0|[1-9]\d{0,4})(?:\.\d{1,3})?$/,
    'a quantity has at most 5 digits and 3 decimals',
  ),
);

/** A unit price in the major unit as decimal text, never negative, at most 4 decimals (rule M5): `2.55`, `0.0125`. */
export const unitPriceSchema = v.pipe(
  v.string(),
  v.regex(/^(?:0|[1-9]\d{0,6})(?:\.\d{1,4})?$/, 'a unit price has at most 7 digits and 4 decimals'),
);

/** Why a typed quantity was not accepted. */
export type QuantityRefusal = 'not-a-number' | 'zero' | 'negative' | 'too-large' | 'too-many-decimals';

/** The largest quantity of one line (rule M4). */
export const MAX_QUANTITY = 99_999;

/**
 * Reads a quantity as a cashier types it; sales lines are above zero, refunds are made through the refund command
 * (rule L3). Accepts a comma or a dot.
 */
export function parseQuantity(text: string): Result<string, QuantityRefusal> {
  const clean = text.trim().replace(',', '.');
  if (!/^-?\d+(?:\.\d*)?$|^-?\.\d+$/.test(clean)) return err('not-a-number');
  const quantity = new Exact(clean);
  if (quantity.isZero()) return err('zero');
  if (quantity.isNegative()) return err('negative');
  if (quantity.gt(MAX_QUANTITY)) return err('too-large');
  if (quantity.decimalPlaces() > 3) return err('too-many-decimals');
  return ok(quantity.toFixed());
}

/** Most quantities of a basket; their sum needs no decimals. */
const WHOLE = /^\d{1,12}$/;

/** The exact sum of two quantities, as quantity text. */
export function addQuantity(a: string, b: string): string {
  if (WHOLE.test(a) && WHOLE.test(b)) return String(Number(a) + Number(b));
  return new Exact(a).plus(b).toFixed();
}

/** The quantity with the other sign: `2` → `-2`. */
export function negateQuantity(quantity: string): string {
  return quantity === '0' ? '0' : new Exact(quantity).neg().toFixed();
}
