import * as v from 'valibot';
import { Exact, minorSchema, minorToDecimal, roundMinor, type Minor } from '../money/money.ts';
import type { BasketLine } from '../sale/basket.ts';

/** What a store keeps of the deposit when a layaway is cancelled (rule G11): an amount in minor units, or whole percent of what was paid. */
export const layawayFeeSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('amount'), amount: v.pipe(minorSchema, v.minValue(1)) }),
  v.strictObject({
    kind: v.literal('percent'),
    percent: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
  }),
]);

/** What a store keeps of the deposit when a layaway is cancelled. */
export type LayawayFee = v.InferOutput<typeof layawayFeeSchema>;

/** The fee for cancelling a layaway on which `paid` minor units were paid: never more than that (rule G11). */
export function cancellationFee(paid: Minor, fee: LayawayFee | null): Minor {
  if (fee === null || paid <= 0) return 0;
  if (fee.kind === 'amount') return Math.min(fee.amount, paid);
  return roundMinor(new Exact(paid).times(fee.percent).div(100));
}

/** The line by which a cancelled layaway's fee is charged: no article, and without tax, for nothing was supplied (rule G11). */
export function layawayFeeLine(amount: Minor, name: string, currency: string): BasketLine {
  return {
    product: 'layaway-fee',
    sku: 'layaway-fee',
    name,
    quantity: '1',
    price: minorToDecimal(amount, currency),
    taxes: [],
  };
}
