import { Exact, roundMinor, sumMinor, type Minor } from '../money/money.ts';
import { shareByWeight } from '../money/rounding.ts';
import type { Payment } from './payment.ts';
import type { Tendered } from './sale-body.ts';

/**
 * The payments that give money back to the tenders a sale was paid with (rule Y9), in the shares it was, to the cent; `amount`
 * is what goes back, above zero. A tender that gave money back is none to give it to. Without such tenders there is no offer.
 */
export function refundTenders(tenders: readonly Tendered[], amount: Minor): readonly Payment[] {
  const paid = tenders.filter((tender) => tender.amount > 0);
  if (amount <= 0 || paid.length === 0) return [];
  const shares = shareByWeight(
    amount,
    paid.map((tender) => tender.amount),
  );
  return paid.flatMap(({ tender, name, kind, account, points, cardTail, amount: took }, i) =>
    shares[i]
      ? [
          {
            tender,
            name,
            kind,
            given: -(shares[i] ?? 0),
            ...(account === undefined ? {} : { account }),
            ...(cardTail === undefined ? {} : { cardTail }),
            ...(points === undefined
              ? {}
              : { points: -roundMinor(new Exact(shares[i] ?? 0).times(points).div(took)) }),
          },
        ]
      : [],
  );
}

/** Whether money back by these payments stays within what each tender of the sale took (rule Y9). */
export function isWithinPaid(tenders: readonly Tendered[], payments: readonly Payment[]): boolean {
  return payments.every((payment) => {
    const paid = sumMinor(
      tenders.filter(({ tender }) => tender === payment.tender).map(({ amount }) => amount),
    );
    return -payment.given <= paid;
  });
}
