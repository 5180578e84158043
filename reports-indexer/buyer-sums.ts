import type { SaleBody } from '#model/sale/sale-body.ts';
import { toThousandths } from './quantities.ts';
import { rollupPlaces, type RollupAt } from './rollup-places.ts';
import type { Statements } from './statements.ts';

/** By whom sales are rolled up: who bought, or the tier by which it was sold (rule U4). The key '' is nobody, or no tier. */
export type BuyerDimension = 'customer' | 'tier';

/** Sums of sales under one key. `quantity` in thousandths, money in minor units, `receipts` counts sales, refunds and exchanges. */
export type BuyerSums = { receipts: number; quantity: number; gross: number; net: number; tax: number };

type Row = BuyerSums & {
  readonly dimension: BuyerDimension;
  readonly scope: string;
  readonly period: string;
  readonly key: string;
};

/** What sales add to the sums of those who bought, on one day at one register, or take away from them. */
export class BuyerDelta {
  readonly #sums: Readonly<Record<BuyerDimension, Map<string, BuyerSums>>> = {
    customer: new Map(),
    tier: new Map(),
  };

  /** Adds a counted sale (`sign` 1) or takes one away that no longer counts (-1). */
  add(sale: SaleBody, sign: 1 | -1): void {
    const sums = {
      receipts: sign,
      quantity: sign * unitsOf(sale),
      gross: sign * sale.total,
      net: sign * sale.net,
      tax: sign * sale.tax,
    };
    addTo(this.#sums.customer, sale.customer ?? '', sums);
    addTo(this.#sums.tier, sale.terms?.tier ?? '', sums);
  }

  /** Passes on what was gathered. */
  flush(rollup: BuyerBatch, at: RollupAt): void {
    for (const dimension of ['customer', 'tier'] as const)
      for (const [key, sums] of this.#sums[dimension]) rollup.add(dimension, at, key, sums);
  }
}

/** Gathers what a batch adds to the roll-ups of buyers and writes each row once. */
export class BuyerBatch {
  readonly #rows = new Map<string, Row>();

  /** Adds (or with negative sums takes away) what one session sold under one key on one day. */
  add(dimension: BuyerDimension, at: RollupAt, key: string, sums: BuyerSums): void {
    for (const [scope, period] of rollupPlaces(at)) {
      const id = `${dimension}\n${scope}\n${period}\n${key}`;
      const known = this.#rows.get(id);
      if (known) addBuyerSums(known, sums);
      else this.#rows.set(id, { dimension, scope, period, key, ...sums });
    }
  }

  /** Writes what was gathered; inside the batch's transaction. A row without receipts is taken out. */
  flush(statements: Statements): void {
    for (const { dimension, scope, period, key, ...sums } of this.#rows.values()) {
      const { receipts, quantity, gross, net, tax } = sums;
      statements.addBuyer.run(dimension, scope, period, key, receipts, quantity, gross, net, tax);
      if (receipts <= 0) statements.dropBuyer.run(dimension, scope, period, key);
    }
    this.#rows.clear();
  }
}

/** The units a sale sold, in thousandths; value put into an account is no article (rule G4). */
export function unitsOf(sale: SaleBody): number {
  let units = 0;
  for (const line of sale.lines) if (!line.account) units += toThousandths(line.quantity);
  return units;
}

function addTo(into: Map<string, BuyerSums>, key: string, sums: BuyerSums): void {
  const known = into.get(key);
  if (known) addBuyerSums(known, sums);
  else into.set(key, { ...sums });
}

/** Adds one set of sums to another, in place. */
export function addBuyerSums(into: BuyerSums, from: BuyerSums): void {
  into.receipts += from.receipts;
  into.quantity += from.quantity;
  into.gross += from.gross;
  into.net += from.net;
  into.tax += from.tax;
}
