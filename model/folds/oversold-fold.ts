import type { RecordOf } from '../journal/record.ts';
import { lastFall, soldBy, type StockMove } from '../stock/oversold.ts';
import type { StockEntry } from '../stock/stock-entry.ts';
import type { SoldGoods } from '../stock/stock-fold.ts';
import { toThousandths } from '../stock/stock-on-hand.ts';
import { exceptionId, type ExceptionOf } from './shop-exception.ts';

/** As much of a sale as tells where a product fell below zero. */
export type FallenBy = Pick<RecordOf<'sale'>, 'hash' | 'store' | 'at'> & { readonly receipt: string };

type Sold = { readonly sale: FallenBy; readonly thousandths: number };

/** The exception of a sale with which these products last fell below zero (rule F4); `products` in any order, at least one. */
export function oversoldBy(
  { hash, store, at, receipt }: FallenBy,
  products: readonly string[],
): ExceptionOf<'oversold'> {
  return {
    kind: 'oversold',
    id: exceptionId([hash]),
    store,
    at,
    receipts: [receipt],
    products: [...products].sort(),
  };
}

/**
 * The products of a store's stock book that are below zero, one fact after the other (rule F4): each entry and each sale counts once, in
 * whatever order. Entries and sales count by their times; what nobody booked in is not counted, and what an entry took below zero no sale
 * did. After news of some products {@link OversoldFold.find} costs as much as was ever booked and sold of those.
 */
export class OversoldFold {
  readonly #entries = new Map<string, StockEntry>();
  /** The ids of the entries of each product in the book. */
  readonly #booked = new Map<string, Set<string>>();
  readonly #sales = new Set<string>();
  readonly #sold = new Map<string, Sold[]>();
  readonly #before = new Map<string, number>();
  readonly #falls = new Map<string, FallenBy>();
  readonly #touched = new Set<string>();
  #without: ReadonlySet<string> = new Set();
  #since = '';

  /** Counts an entry. Where two differ under one id, the one that comes first as text wins on every replica. */
  takeEntry(entry: StockEntry): void {
    const other = this.#entries.get(entry.id);
    if (other && textOf(other) <= textOf(entry)) return;
    if (other) this.#unbook(other);
    this.#entries.set(entry.id, entry);
    const booked = this.#booked.get(entry.product) ?? new Set();
    this.#booked.set(entry.product, booked.add(entry.id));
    this.#touched.add(entry.product);
  }

  /** Counts a sale of the store; one it has counted changes nothing. */
  takeSale({ hash, store, at, body }: RecordOf<'sale'>): void {
    if (this.#sales.has(hash)) return;
    this.#sales.add(hash);
    const sale: FallenBy = { hash, store, at, receipt: body.receipt };
    for (const [product, thousandths] of soldBy(body.lines)) {
      const sold = this.#sold.get(product);
      if (sold) sold.push({ sale, thousandths });
      else this.#sold.set(product, [{ sale, thousandths }]);
      this.#touched.add(product);
    }
  }

  /**
   * Counts what sales sold that are not here one by one, the last of them made at `until` (rule F13): where a product fell up to then
   * cannot be told.
   */
  takeSold(sold: SoldGoods, until: string): void {
    for (const [product, taken] of sold) this.#before.set(product, (this.#before.get(product) ?? 0) - taken);
    if (until > this.#since) this.#since = until;
    this.#touchAll();
  }

  /** The exceptions, leaving out sales with these hashes: those whose signatures do not count (rule E10). */
  find(without: ReadonlySet<string> = new Set()): readonly ExceptionOf<'oversold'>[] {
    if (!isSameSet(without, this.#without)) this.#touchAll();
    this.#without = without;
    for (const product of this.#touched) {
      const fall = this.#fallOf(product);
      if (fall) this.#falls.set(product, fall);
      else this.#falls.delete(product);
    }
    this.#touched.clear();
    const bySale = new Map<string, { sale: FallenBy; products: string[] }>();
    for (const [product, sale] of this.#falls) {
      const known = bySale.get(sale.hash);
      if (known) known.products.push(product);
      else bySale.set(sale.hash, { sale, products: [product] });
    }
    return [...bySale.values()].map(({ sale, products }) => oversoldBy(sale, products));
  }

  /** The sale with which a product fell below zero, where it is still there, and where that can be told. */
  #fallOf(product: string): FallenBy | undefined {
    const booked = this.#booked.get(product);
    const sold = this.#sold.get(product);
    if (!booked || !sold) return undefined;
    const entries = [...booked].flatMap((id) => this.#entries.get(id) ?? []);
    const sales = sold.filter(({ sale }) => !this.#without.has(sale.hash));
    const before = this.#before.get(product) ?? 0;
    const left =
      entries.reduce((sum, { quantity }) => sum + toThousandths(quantity), before) -
      sales.reduce((sum, { thousandths }) => sum + thousandths, 0);
    if (left >= 0) return undefined;
    const moves: StockMove[] = [
      ...entries.map(({ id, at, quantity }) => ({
        at,
        by: id,
        change: toThousandths(quantity),
        sale: false,
      })),
      ...sales.map(({ sale, thousandths }) => ({
        at: sale.at,
        by: sale.hash,
        change: -thousandths,
        sale: true,
      })),
    ];
    const fall = lastFall(moves, before);
    if (!fall || fall.at <= this.#since) return undefined;
    return sales.find(({ sale }) => sale.hash === fall.by)?.sale;
  }

  #unbook({ id, product }: StockEntry): void {
    const booked = this.#booked.get(product);
    booked?.delete(id);
    if (booked?.size === 0) this.#booked.delete(product);
    this.#touched.add(product);
  }

  #touchAll(): void {
    for (const product of this.#booked.keys()) this.#touched.add(product);
  }
}

function textOf({ at, product, quantity }: StockEntry): string {
  return `${at} ${product} ${quantity}`;
}

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}
