import { BuyerBatch } from './buyer-sums.ts';
import { rollupPlaces, type RollupAt } from './rollup-places.ts';
import type { Statements } from './statements.ts';

/** Sums of sale lines under one key. `quantity` in thousandths, `amount` in minor units, `rows` counts lines. */
export type LineSums = { rows: number; receipts: number; quantity: number; amount: number };

type RollupSums = LineSums & {
  readonly dimension: string;
  readonly scope: string;
  readonly period: string;
  readonly key: string;
};

/** What is sold by the line and rolled up over days and months. */
export type Dimension = 'product' | 'department';

/**
 * Gathers what a batch adds to the roll-ups and writes each row once. A thousand sales of one day touch few products, so
 * whole documents together cost much less than their lines one by one.
 */
export class RollupBatch {
  readonly #sums = new Map<string, RollupSums>();
  readonly #names = new Map<string, { readonly product: string; readonly name: string; rows: number }>();
  /** What is rolled up by who bought. */
  readonly buyers = new BuyerBatch();

  /** Adds (or with negative sums takes away) what one session sold of one key on one day. */
  add(dimension: Dimension, at: RollupAt, key: string, sums: LineSums): void {
    for (const [scope, period] of rollupPlaces(at)) this.#addTo(dimension, scope, period, key, sums);
  }

  /** Counts the lines a product was sold on under a name. */
  addName(product: string, name: string, rows: number): void {
    const id = `${product}\n${name}`;
    const known = this.#names.get(id);
    if (known) known.rows += rows;
    else this.#names.set(id, { product, name, rows });
  }

  /** Writes what was gathered; inside the batch's transaction. */
  flush(statements: Statements): void {
    for (const { dimension, scope, period, key, rows, receipts, quantity, amount } of this.#sums.values()) {
      statements.addRollup.run(dimension, scope, period, key, rows, receipts, quantity, amount);
      if (rows <= 0) statements.dropRollup.run(dimension, scope, period, key);
    }
    for (const { product, name, rows } of this.#names.values()) {
      statements.addName.run(product, name, rows);
      if (rows <= 0) statements.dropName.run(product, name);
    }
    this.#sums.clear();
    this.#names.clear();
    this.buyers.flush(statements);
  }

  #addTo(dimension: Dimension, scope: string, period: string, key: string, sums: LineSums): void {
    const id = `${dimension}\n${scope}\n${period}\n${key}`;
    const known = this.#sums.get(id);
    if (known) addSums(known, sums);
    else this.#sums.set(id, { dimension, scope, period, key, ...sums });
  }
}

/** Adds one set of sums to another, in place. */
export function addSums(into: LineSums, from: LineSums): void {
  into.rows += from.rows;
  into.receipts += from.receipts;
  into.quantity += from.quantity;
  into.amount += from.amount;
}
