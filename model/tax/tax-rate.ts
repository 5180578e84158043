import * as v from 'valibot';
import { Exact } from '../money/money.ts';

/**
 * How a tax is figured out (rule T7): `percent` of its base, which is what a tax without a kind is; `division`, a share of the
 * amount with the tax in it; `fixed`, an amount of the major unit for each one of the quantity.
 */
export const taxKindSchema = v.picklist(['percent', 'division', 'fixed']);

/**
 * A tax as a product names it. `rate` is percent as decimal text (`17.5`), for a fixed tax the amount per unit of quantity;
 * `included` says the price already holds it (rule T1). `id` is the tax's id in the catalog. `compounds` says that the taxes
 * named after it are charged on it too, `onNet` that earlier compounding taxes do not count in its own base (rule T8),
 * `reverseCharge` that the customer owes it to the state and nobody pays it at the till (rule T9).
 */
export const taxRateSchema = v.strictObject({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(40)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(40)),
  rate: v.pipe(
    v.string(),
    v.regex(/^(?:0|[1-9]\d{0,2})(?:\.\d{1,4})?$/, 'a tax rate is percent with at most 4 decimals'),
  ),
  included: v.boolean(),
  kind: v.optional(taxKindSchema),
  compounds: v.optional(v.boolean()),
  onNet: v.optional(v.boolean()),
  reverseCharge: v.optional(v.boolean()),
});

/** How a tax is figured out. */
export type TaxKind = v.InferOutput<typeof taxKindSchema>;

/** A tax as a product names it. */
export type TaxRate = v.InferOutput<typeof taxRateSchema>;

/**
 * What tells one tax from another (rule T5): its id, its rate and whether it is included, `vat@20` or `gst@5+`. An id alone
 * does not, because HQ may change a rate while a basket is open, and a refund keeps the rate of its sale. What makes a tax
 * other than a plain percentage is marked behind `~`: `d` division, `f` fixed, `c` compounds, `n` on the net, `r` reverse charge.
 */
export function taxKey(tax: Omit<TaxRate, 'name'>): string {
  const marks = [
    tax.kind === 'division' ? 'd' : tax.kind === 'fixed' ? 'f' : '',
    tax.compounds ? 'c' : '',
    tax.onNet ? 'n' : '',
    tax.reverseCharge ? 'r' : '',
  ].join('');
  return `${tax.id}@${new Exact(tax.rate).toFixed()}${tax.included ? '' : '+'}${marks && `~${marks}`}`;
}
