import * as v from 'valibot';
import type { BasketLine } from '../sale/basket.ts';
import type { SaleBody } from '../sale/sale-body.ts';
import { soldBy } from './oversold.ts';
import type { StockEntry } from './stock-entry.ts';
import { fromThousandths, stockTaken, toThousandths } from './stock-on-hand.ts';

/** What a till says of an article's stock (rule K6), as decimal texts: on hand, in open baskets, and what is left of it. */
export type StockHere = { readonly onHand: string; readonly reserved: string; readonly available: string };

/** What sales took from stock, in thousandths by product: below zero where more came back. Pairs, for ids are any text. */
export type SoldGoods = readonly (readonly [product: string, thousandths: number])[];

/** The shape of {@link SoldGoods}. */
export const soldGoodsSchema = v.array(v.tuple([v.string(), v.pipe(v.number(), v.safeInteger())]));

/** What sales sold beside `before` (rule D10). */
export function addSold(before: SoldGoods, sales: Iterable<Pick<SaleBody, 'lines'>>): SoldGoods {
  const sums = new Map(before);
  for (const { lines } of sales)
    for (const [product, sold] of soldBy(lines)) sums.set(product, (sums.get(product) ?? 0) + sold);
  return [...sums].filter(([, sum]) => sum !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Stock on hand, one fact after the other (rule K2): each entry and each receipt counts once, in any order. Articles without an
 * entry in the book are kept, and not told of (rule K6).
 */
export class StockFold {
  readonly #sums = new Map<string, number>();
  readonly #booked = new Set<string>();
  readonly #entries = new Set<string>();
  readonly #receipts = new Set<string>();

  /** Counts an entry of the stock book; one it has counted changes nothing. */
  takeEntry({ id, product, quantity }: StockEntry): void {
    if (this.#entries.has(id)) return;
    this.#entries.add(id);
    this.#booked.add(product);
    this.#add(product, toThousandths(quantity));
  }

  /** Counts a sale; a receipt it has counted changes nothing. */
  takeSale({ receipt, lines }: Pick<SaleBody, 'receipt' | 'lines'>): void {
    if (this.#receipts.has(receipt)) return;
    this.#receipts.add(receipt);
    for (const [product, sold] of soldBy(lines)) this.#add(product, -sold);
  }

  /** Counts what sessions sold that are not held any more (rule D10), in thousandths by product; once, by the caller. */
  takeSold(sold: SoldGoods): void {
    for (const [product, taken] of sold) this.#add(product, -taken);
  }

  /** Whether the book says anything of an article. */
  knows(product: string): boolean {
    return this.#booked.has(product);
  }

  /** Stock on hand, as decimal text. */
  onHand(product: string): string {
    return fromThousandths(this.#sums.get(product) ?? 0);
  }

  /** What is left of an article beside open baskets; undefined where the book does not know it. Below zero is a fact (rule K4). */
  here(product: string, open: Iterable<BasketLine>): StockHere | undefined {
    if (!this.knows(product)) return undefined;
    const onHand = this.#sums.get(product) ?? 0;
    let reserved = 0;
    for (const line of open) {
      // What comes back is on the shelf only once the sale is made.
      if (line.refundOf || line.quantity.startsWith('-')) continue;
      for (const [taken, sold] of stockTaken(line)) if (taken === product) reserved += sold;
    }
    return {
      onHand: fromThousandths(onHand),
      reserved: fromThousandths(reserved),
      available: fromThousandths(onHand - reserved),
    };
  }

  #add(product: string, change: number): void {
    this.#sums.set(product, (this.#sums.get(product) ?? 0) + change);
  }
}
