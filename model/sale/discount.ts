import * as v from 'valibot';
import { minorSchema } from '../money/money.ts';
import { percentSchema } from '../pricing/price-rule.ts';

const nameText = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const amount = v.pipe(minorSchema, v.minValue(0));

const person = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/** By whose leave something was taken off above the limit (rule H1): who gave it, and who approved that. */
const grantEntries = { by: v.optional(person), approvedBy: v.optional(person) };

/** What a person takes off a line (rule L10): a percentage, or an amount in minor units. `name` is the reason on the receipt. */
export const lineDiscountSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('percent'), percent: percentSchema, name: nameText, ...grantEntries }),
  v.strictObject({ kind: v.literal('amount'), amount, name: nameText, ...grantEntries }),
]);

/** What a person or a coupon takes off the whole (rule L11): a percentage, or an amount off the total or off the net. */
export const basketDiscountSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('percent'), percent: percentSchema, name: nameText, ...grantEntries }),
  v.strictObject({
    kind: v.literal('amount'),
    amount,
    on: v.picklist(['total', 'net']),
    name: nameText,
    ...grantEntries,
  }),
]);

/** What a person takes off a line. */
export type LineDiscount = v.InferOutput<typeof lineDiscountSchema>;
/** What is taken off the whole. */
export type BasketDiscount = v.InferOutput<typeof basketDiscountSchema>;
