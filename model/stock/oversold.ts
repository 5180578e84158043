import type { RecordOf } from '../journal/record.ts';
import type { StockEntry } from './stock-entry.ts';
import { stockTaken, toThousandths } from './stock-on-hand.ts';

/** A change of one product's stock in thousandths: `by` is the hash of a sale or the id of an entry. */
export type StockMove = {
  readonly at: string;
  readonly by: string;
  readonly change: number;
  readonly sale: boolean;
};

/**
 * Products of a store's stock book that are below zero, under the hash of the sale with which each last fell there (rule F4). Entries and
 * sales count by their times; what nobody booked in is not counted at all, and what an entry took below zero no sale did.
 */
export function oversoldProducts(
  entries: Iterable<StockEntry>,
  sales: Iterable<RecordOf<'sale'>>,
): ReadonlyMap<string, readonly string[]> {
  const moves = new Map<string, StockMove[]>();
  for (const [id, { product, at, quantity }] of byId(entries)) {
    const known = moves.get(product) ?? [];
    known.push({ at, by: id, change: toThousandths(quantity), sale: false });
    moves.set(product, known);
  }
  for (const { at, hash, body } of sales)
    for (const [product, sold] of soldBy(body.lines))
      moves.get(product)?.push({ at, by: hash, change: -sold, sale: true });
  const found = new Map<string, string[]>();
  for (const [product, all] of moves) {
    const culprit = lastFall(all);
    if (culprit !== undefined) found.set(culprit, [...(found.get(culprit) ?? []), product]);
  }
  return found;
}

/** The sale with which the sum fell below zero for the last time and stayed there; undefined where it did not, or no sale did it. */
export function lastFall(moves: StockMove[]): string | undefined {
  let sum = 0;
  let culprit: StockMove | undefined;
  for (const move of moves.sort((a, b) => compare(a.at, b.at) || compare(a.by, b.by))) {
    const before = sum;
    sum += move.change;
    if (sum >= 0) culprit = undefined;
    else if (before >= 0) culprit = move;
  }
  return culprit?.sale === true ? culprit.by : undefined;
}

/** What the lines of a sale take of each product, in thousandths. */
export function soldBy(lines: RecordOf<'sale'>['body']['lines']): Map<string, number> {
  const sold = new Map<string, number>();
  for (const line of lines) {
    // What fills an account is no goods, as in `stockOnHand`.
    if (line.account) continue;
    for (const [product, taken] of stockTaken(line)) sold.set(product, (sold.get(product) ?? 0) + taken);
  }
  return sold;
}

/** Each id once; where two differ under one id, the one that comes first as text wins on every replica. */
function byId(entries: Iterable<StockEntry>): Map<string, StockEntry> {
  const found = new Map<string, StockEntry>();
  const text = ({ product, at, quantity }: StockEntry) => `${at} ${product} ${quantity}`;
  for (const entry of entries) {
    const other = found.get(entry.id);
    if (!other || text(entry) < text(other)) found.set(entry.id, entry);
  }
  return found;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
