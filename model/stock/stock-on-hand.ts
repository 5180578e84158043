import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { assert } from '../result.ts';
import type { SaleBody } from '../sale/sale-body.ts';
import type { StockEntry } from './stock-entry.ts';

/**
 * What a store holds of each product, as decimal text (rule K2): the sum of its stock book's entries, each id once, minus
 * the lines of its sales, each receipt number once; refund lines put back. Any order and any number of deliveries give the
 * same map. A product nobody booked in goes below zero, which is shown, not hidden (rule K4).
 */
export function stockOnHand(entries: Iterable<StockEntry>, sales: Iterable<SaleBody>): Map<string, string> {
  const thousandths = new Map<string, number>();
  const add = (product: string, change: number) => {
    const sum = (thousandths.get(product) ?? 0) + change;
    assert(Number.isSafeInteger(sum), () => `stock of ${product} out of range`);
    thousandths.set(product, sum);
  };
  for (const entry of once(entries, (entry) => entry.id)) add(entry.product, toThousandths(entry.quantity));
  for (const sale of once(sales, (sale) => sale.receipt)) {
    for (const line of sale.lines) add(line.product, -toThousandths(line.quantity));
  }
  return new Map([...thousandths].map(([product, sum]) => [product, fromThousandths(sum)]));
}

/** What a count adds to the book so that the book says what was counted (rule K3); texts in, text out. */
export function countDifference(counted: string, expected: string): string {
  return fromThousandths(toThousandths(counted) - toThousandths(expected));
}

/** One of each key. Where two differ under one key, the smaller text wins on every replica; the fork is reported elsewhere. */
function once<Fact extends StockEntry | SaleBody>(
  facts: Iterable<Fact>,
  keyOf: (fact: Fact) => string,
): Iterable<Fact> {
  const byKey = new Map<string, Fact>();
  for (const fact of facts) {
    const key = keyOf(fact);
    const other = byKey.get(key);
    if (other === undefined || textOf(fact) < textOf(other)) byKey.set(key, fact);
  }
  return byKey.values();
}

function textOf(fact: StockEntry | SaleBody): string {
  return canonicalJson(fact as CanonicalValue);
}

/** A quantity text in thousandths: they add exactly and a hundred times faster than decimals; nine digits and three decimals fit with room. */
export function toThousandths(quantity: string): number {
  return Math.round(Number(quantity) * 1000);
}

function fromThousandths(thousandths: number): string {
  const size = Math.abs(thousandths);
  const decimals = String(size % 1000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  const whole = String(Math.floor(size / 1000));
  return `${thousandths < 0 ? '-' : ''}${whole}${decimals === '' ? '' : `.${decimals}`}`;
}
