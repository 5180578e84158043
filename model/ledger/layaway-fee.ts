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

/** What the fee's line has in place of an article. */
const FEE = 'layaway-fee';

/**
 * Whether a line is the fee of a layaway that is being cancelled among `lines`: it stays as long as the line that takes the deposit
 * out, and only a discount or a price by hand makes it less (rule G12).
 */
export function isFixedFee(line: BasketLine, lines: readonly BasketLine[]): boolean {
  const isCancelling = lines.some(
    ({ account, quantity }) => account?.ledger === 'deposit' && quantity.startsWith('-'),
  );
  return line.product === FEE && isCancelling;
}

/** The line by which a cancelled layaway's fee is charged: no article, and without tax, for nothing was supplied (rule G11). */
export function layawayFeeLine(amount: Minor, name: string, currency: string): BasketLine {
  return {
    product: FEE,
    sku: FEE,
    name,
    quantity: '1',
    price: minorToDecimal(amount, currency),
    taxes: [],
  };
}
