import type { RecordOf } from '../journal/record.ts';
import { stockTaken } from './stock-on-hand.ts';

/** A change of one product's stock in thousandths: `by` is the hash of a sale or the id of an entry. */
export type StockMove = {
  readonly at: string;
  readonly by: string;
  readonly change: number;
  readonly sale: boolean;
};

/**
 * The move with which the sum fell below zero for the last time and stayed there; undefined where it did not, or no sale did it. `before`
 * is what was there in thousandths before these moves.
 */
export function lastFall(moves: StockMove[], before = 0): StockMove | undefined {
  let sum = before;
  let culprit: StockMove | undefined;
  for (const move of moves.sort((a, b) => compare(a.at, b.at) || compare(a.by, b.by))) {
    const until = sum;
    sum += move.change;
    if (sum >= 0) culprit = undefined;
    else if (until >= 0) culprit = move;
  }
  return culprit?.sale === true ? culprit : undefined;
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

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
