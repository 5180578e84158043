import type { JournalRecord, RecordOf } from '../journal/record.ts';
import { Exact, roundMinor, type Minor } from '../money/money.ts';
import { addQuantity } from '../money/quantity.ts';
import type { SaleBody } from '../sale/sale-body.ts';
import type { CountedAmount } from './session-report.ts';

/** An article among those that sold best; `amount` is what its lines came to. */
export type SoldArticle = {
  readonly product: string;
  readonly name: string;
  readonly quantity: string;
  readonly amount: Minor;
};

/** How a session went, for people (rule Z9). Amounts in minor units. */
export type SessionSummary = {
  readonly receipts: number;
  /** What a sale or exchange came to on average; 0 without any. */
  readonly average: Minor;
  /** The best articles, at most five, by amount. */
  readonly top: readonly SoldArticle[];
  /** Hours of the store's clock (`09`) with receipts, in their order. */
  readonly hours: readonly ({ readonly hour: string } & CountedAmount)[];
};

const TOP = 5;

/** How a session went, from its records (rule Z9); hours are those of `timeZone`. */
export function sessionSummary(records: readonly JournalRecord[], timeZone: string): SessionSummary {
  const sales = records.filter((record): record is RecordOf<'sale'> => record.kind === 'sale');
  const sold = sales.filter(({ body }) => body.type !== 'refund');
  const gross = sold.reduce((sum, { body }) => sum + body.total, 0);
  return {
    receipts: sales.length,
    average: sold.length === 0 ? 0 : roundMinor(new Exact(gross).div(sold.length)),
    top: bestArticles(sales.map(({ body }) => body)),
    hours: byHour(sales, timeZone),
  };
}

function bestArticles(sales: readonly SaleBody[]): SoldArticle[] {
  const articles = new Map<string, SoldArticle>();
  for (const { product, name, quantity, amount } of sales.flatMap(({ lines }) => lines)) {
    const before = articles.get(product) ?? { quantity: '0', amount: 0 };
    articles.set(product, {
      product,
      name,
      quantity: addQuantity(before.quantity, quantity),
      amount: before.amount + amount,
    });
  }
  return [...articles.values()]
    .filter(({ amount }) => amount > 0)
    .sort((a, b) => b.amount - a.amount || (a.product < b.product ? -1 : 1))
    .slice(0, TOP);
}

function byHour(sales: readonly RecordOf<'sale'>[], timeZone: string): SessionSummary['hours'] {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' });
  const hours = new Map<string, CountedAmount>();
  for (const { at, body } of sales) {
    const hour = clock.format(new Date(at)).slice(0, 2);
    const { count, amount } = hours.get(hour) ?? { count: 0, amount: 0 };
    hours.set(hour, { count: count + 1, amount: amount + body.total });
  }
  // In the order they came, so that a session over midnight reads as it went.
  return [...hours].map(([hour, sums]) => ({ hour, ...sums }));
}
