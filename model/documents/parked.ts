import * as v from 'valibot';
import { registerIdSchema } from '../ids/register-id.ts';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { momentSchema } from '../journal/record.ts';
import { minorSchema } from '../money/money.ts';
import { err, ok, type Result } from '../result.ts';
import { basketExtrasSchema, basketLineSchema, type Basket } from '../sale/basket.ts';
import { readEntry, type EntryFault } from './entries.ts';

const idText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
/** The name under which a basket is parked, at most 60 characters. */
export const parkedNameSchema = v.pipe(v.string(), v.trim(), v.maxLength(60));

const parkedSchema = v.strictObject({
  id: idText,
  lines: v.pipe(v.array(basketLineSchema), v.minLength(1), v.maxLength(2000)),
  customer: v.optional(idText),
  ...basketExtrasSchema.entries,
  name: v.optional(parkedNameSchema),
  amount: minorSchema,
  at: momentSchema,
  by: idText,
  register: registerIdSchema,
});

/**
 * A basket on hold (rule H4): what it came to in minor units, who parked it when at which register, and perhaps the name that
 * was given to it.
 */
export type ParkedBasket = {
  readonly basket: Basket;
  readonly name?: string;
  readonly amount: number;
  readonly at: string;
  readonly by: string;
  readonly register: string;
};

/** The key of a parked basket in the parked document of its day. */
export function parkedKey(basket: string): string {
  return `basket:${basket}`;
}

/** The entry of a parked basket. */
export function parkedEntry({ basket, ...parked }: ParkedBasket): {
  readonly key: string;
  readonly text: string;
} {
  return { key: parkedKey(basket.id), text: canonicalJson({ ...basket, ...parked } as CanonicalValue) };
}

/** Reads a parked basket. */
export function readParkedEntry(key: string, text: string): Result<ParkedBasket, EntryFault> {
  const read = readEntry(parkedSchema, key, text);
  if (!read.ok) return read;
  const { id, lines, customer, discounts, coupons, terms, name, ...parked } = read.value;
  if (parkedKey(id) !== key) return err({ key, code: 'wrong-key', detail: `holds the basket "${id}"` });
  const basket: Basket = {
    id,
    lines,
    ...(customer === undefined ? {} : { customer }),
    ...(discounts === undefined ? {} : { discounts }),
    ...(coupons === undefined ? {} : { coupons }),
    ...(terms === undefined ? {} : { terms }),
  };
  return ok({ basket, ...parked, ...(name === undefined || name === '' ? {} : { name }) });
}
