import type { Minor } from '#model/money/money.ts';
import type { SaleBody } from '#model/sale/sale-body.ts';

/** What somebody remembers of a purchase (rule U12): everything that is said must fit. `day` is the store's own, `2026-11-21`. */
export type SaleSearch = {
  readonly cardTail?: string;
  readonly day?: string;
  readonly amount?: Minor;
  /** The ids of the customers who are meant. */
  readonly customers?: ReadonlySet<string>;
};

/** Whether a receipt can be the one that is looked for (rule U12); `day` is that of the receipt. A search that says nothing fits none. */
export function fitsSearch(sale: SaleBody, day: string, search: SaleSearch): boolean {
  const { cardTail, customers, amount } = search;
  const asks = [cardTail, search.day, amount, customers].some((one) => one !== undefined);
  return (
    asks &&
    (search.day === undefined || search.day === day) &&
    (amount === undefined || Math.abs(sale.total) === amount) &&
    (cardTail === undefined || sale.tenders.some((tender) => tailOf(tender) === cardTail)) &&
    (customers === undefined || (sale.customer !== undefined && customers.has(sale.customer)))
  );
}

/** The last four digits of the card a tender was paid with: those noted, else those a terminal's reference ends with. */
function tailOf({ kind, cardTail, reference }: SaleBody['tenders'][number]): string | undefined {
  if (cardTail !== undefined || kind !== 'card') return cardTail;
  return /(?:^|\D)(\d{4})$/.exec(reference ?? '')?.[1];
}
