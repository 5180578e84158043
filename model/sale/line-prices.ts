import { Exact } from '../money/money.ts';
import { changedPrice, priceRuleFor, type PriceRule } from '../pricing/price-rule.ts';
import type { TaxMapping } from '../tax/tax-mapping.ts';
import { mappedTaxes, remappedPrice } from '../tax/tax-mapping.ts';
import { taxKey, type TaxRate } from '../tax/tax-rate.ts';
import type { Basket, BasketLine } from './basket.ts';
import type { SaleTerms } from './customer-terms.ts';

/** By what the lines of a store are priced (rule X12): `tiers` are the store's and the organization's, as far as they have one. */
export type PriceList = {
  readonly rules: readonly PriceRule[];
  readonly store?: string;
  readonly tiers?: readonly (string | undefined)[];
  readonly taxes: ReadonlyMap<string, TaxRate>;
  readonly mappings?: ReadonlyMap<string, TaxMapping>;
};

/** A price list that changes nothing. */
export const NO_PRICE_LIST: PriceList = { rules: [], taxes: new Map() };

/** The price and the taxes of a line before rules and mappings changed them (rules X12 and X13). */
export function listed(line: BasketLine): { readonly price: string; readonly taxes: readonly TaxRate[] } {
  return line.plain ?? { price: line.priced?.from ?? line.price, taxes: line.taxes };
}

/** A basket with one of its lines priced anew: it was made, or its quantity changed (rule X12). */
export function withPricedLine(basket: Basket, index: number, list: PriceList): Basket {
  const line = basket.lines[index];
  if (!line) return basket;
  return { ...basket, lines: basket.lines.with(index, pricedLine(line, basket.terms ?? {}, list)) };
}

/** A basket with all its sold lines priced anew: other terms count (rules U4 and X12). */
export function withPricedLines(basket: Basket, list: PriceList): Basket {
  return { ...basket, lines: basket.lines.map((line) => pricedLine(line, basket.terms ?? {}, list)) };
}

/**
 * A sold line at the price and with the taxes that count (rules X12 and X13). What comes back and what a person priced keep
 * their price; a line that fills an account or whose amount was agreed has nothing to change. Priced again by the first terms, a line is
 * what it was.
 */
export function pricedLine(line: BasketLine, terms: SaleTerms, list: PriceList): BasketLine {
  if (line.refundOf || line.account || line.quantity.startsWith('-') || line.amount !== undefined)
    return line;
  const plain = listed(line);
  const taxes = taxesFor(plain.taxes, terms, list);
  const { plain: _plain, priced: _priced, ...bare } = line;
  const isSame = namesOf(taxes) === namesOf(plain.taxes);
  const kept = isSame ? {} : { plain: { price: plain.price, taxes: [...plain.taxes] } };
  if (line.override) return { ...bare, taxes: isSame ? [...plain.taxes] : taxes, ...kept };
  const rule = priceRuleFor(plain.price, list.rules, {
    product: line.product,
    ...(line.department === undefined ? {} : { department: line.department }),
    ...(list.store === undefined ? {} : { store: list.store }),
    tiers: [terms.tier, ...(list.tiers ?? [])],
    quantity: line.quantity,
  });
  const price = rule ? changedPrice(plain.price, rule.change) : plain.price;
  const changes = rule !== undefined && !new Exact(price).eq(plain.price);
  const shown = (shelf: string) => (isSame ? shelf : remappedPrice(shelf, plain.taxes, taxes));
  return {
    ...bare,
    price: shown(changes ? price : plain.price),
    taxes: isSame ? [...plain.taxes] : taxes,
    ...(changes ? { priced: { rule: rule.id, from: shown(plain.price) } } : {}),
    ...kept,
  };
}

/** A certificate takes every tax away; without one a mapping puts others in their place (rules T13 and X13). */
function taxesFor(taxes: readonly TaxRate[], terms: SaleTerms, list: PriceList): TaxRate[] {
  if (terms.certificate !== undefined) return [];
  const mapping = terms.mapping === undefined ? undefined : list.mappings?.get(terms.mapping);
  return mapping ? [...mappedTaxes(taxes, mapping, list.taxes)] : [...taxes];
}

function namesOf(taxes: readonly TaxRate[]): string {
  return taxes.map(taxKey).join('\n');
}
