import { Exact, currencyExponent } from '../money/money.ts';
import { UNITS, type Unit } from '../sale/line-details.ts';
import type { Product } from './product.ts';
import { gramsOf, inUnit } from './scale-status.ts';

/** What a code or a scale says of an article: a weight in kilograms, a number of pieces, or what it comes to in the major unit. */
export type Measure =
  | { readonly kind: 'weight'; readonly kilograms: string }
  | { readonly kind: 'count'; readonly count: string }
  | { readonly kind: 'price'; readonly price: string };

/** A quantity and the unit price that goes with it, as decimal texts. */
export type MeasuredPrice = { readonly quantity: string; readonly price: string };

/** Whether an article is weighed (rule C6). */
export function isWeighed({ unit }: Pick<Product, 'unit'>): boolean {
  return unit !== undefined && inUnit('1', unit) !== undefined;
}

/**
 * What a measure means for an article (rules B7 and B8); undefined where the article cannot be sold by it: a weight or price of
 * nothing, or a price of an article that costs nothing. A weight of an article sold by the piece is only a description: one piece.
 */
export function measuredPrice(
  { unit, price }: Pick<Product, 'unit' | 'price'>,
  measure: Measure,
  currency: string,
): MeasuredPrice | undefined {
  if (measure.kind === 'price') return priceOf(unit, price, measure.price, currency);
  const quantity = new Exact(quantityOf(unit, measure)).toDecimalPlaces(3);
  return quantity.isZero() ? undefined : { quantity: quantity.toFixed(), price };
}

function quantityOf(unit: Unit | undefined, measure: Exclude<Measure, { kind: 'price' }>): string {
  if (measure.kind === 'count') return measure.count;
  return (unit && inUnit(gramsOf(measure.kilograms, 'kg'), unit)) ?? '1';
}

function priceOf(
  unit: Unit | undefined,
  listed: string,
  toPay: string,
  currency: string,
): MeasuredPrice | undefined {
  const amount = new Exact(toPay);
  if (amount.isZero()) return undefined;
  if (unit === undefined) return { quantity: '1', price: amount.toFixed() };
  if (new Exact(listed).isZero()) return undefined;
  const quantity = amount.div(listed).toDecimalPlaces(3);
  if (quantity.isZero()) return undefined;
  const cents = currencyExponent(currency);
  const isExact = quantity.times(listed).toDecimalPlaces(cents).eq(amount);
  const price = isExact ? listed : amount.div(quantity).toDecimalPlaces(4).toFixed();
  return { quantity: quantity.toFixed(), price };
}

/** Whether a text names a unit. */
export function isUnit(text: string): text is Unit {
  return (UNITS as readonly string[]).includes(text);
}
