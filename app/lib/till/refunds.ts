import { Exact } from '#model/money/money.ts';
import { addQuantity, negateQuantity } from '#model/money/quantity.ts';
import type { BasketLine, RefundedSoFar } from '#model/sale/basket.ts';
import type { RefundOf } from '#model/sale/sale-body.ts';

/** As much of a line as tells what it took back; `amount` in minor units. */
export type TakenBack = {
  readonly quantity: string;
  readonly amount?: number | undefined;
  readonly refundOf?: RefundOf | undefined;
};

/**
 * What was taken back of every line of a receipt, in finished sales and in the open basket (rule L7). A fold over every
 * journal this till knows; the order of the sales does not matter.
 */
export function refundedSoFar(
  receipt: string,
  sales: Iterable<{ readonly lines: readonly TakenBack[] }>,
  basket: readonly BasketLine[],
): (line: number) => RefundedSoFar {
  const byLine = new Map<number, RefundedSoFar>();
  const add = (line: TakenBack) => {
    if (line.refundOf?.receipt !== receipt) return;
    const before = byLine.get(line.refundOf.line) ?? { quantity: '0', amount: 0 };
    byLine.set(line.refundOf.line, {
      quantity: addQuantity(before.quantity, negateQuantity(line.quantity)),
      amount: before.amount - (line.amount ?? 0),
    });
  };
  for (const sale of sales) sale.lines.forEach(add);
  basket.forEach(add);
  return (line) => byLine.get(line) ?? { quantity: '0', amount: 0 };
}

/** How much of a sold line can still be taken back, as quantity text. */
export function quantityLeft(sold: string, before: RefundedSoFar): string {
  return new Exact(sold).minus(before.quantity).toFixed();
}
