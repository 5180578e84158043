import { err, ok, type Result } from '../result.ts';
import type { Basket } from '../sale/basket.ts';
import type { SaleTerms } from '../sale/customer-terms.ts';
import { withPricedLines, type PriceList } from '../sale/line-prices.ts';
import type { Customer, CustomerTerms } from './customer.ts';

/** Why a customer was not attached to a basket. */
export type AttachRefusal =
  | { readonly code: 'customer-inactive'; readonly name: string }
  /** Something of the basket comes back from a sale to another customer (rule U4). */
  | { readonly code: 'other-customer' };

/** The terms a basket takes over from its customer (rule U4). `tier` is that of points where nobody gave the customer one. */
export function termsForSale(terms: CustomerTerms, tier?: string): SaleTerms {
  const counting = terms.tier ?? tier;
  return {
    ...(counting === undefined ? {} : { tier: counting }),
    ...(terms.taxFree ? { certificate: terms.taxFree.certificate } : {}),
    ...(terms.taxMapping === undefined ? {} : { mapping: terms.taxMapping }),
  };
}

/** Sells a basket to a customer: its sold lines are priced anew by the customer's terms (rules U4 and X12). */
export function attachCustomer(
  basket: Basket,
  { id, profile, terms }: Customer,
  list: PriceList,
  tier?: string,
): Result<Basket, AttachRefusal> {
  if (!terms.active) return err({ code: 'customer-inactive', name: profile.name });
  if (comesBackFrom(basket) && basket.customer !== id) return err({ code: 'other-customer' });
  const { terms: _before, ...bare } = basket;
  const counting = termsForSale(terms, tier);
  const known = Object.keys(counting).length === 0 ? {} : { terms: counting };
  return ok(withPricedLines({ ...bare, customer: id, ...known }, list));
}

/** Sells a basket to nobody in particular again (rule U4). */
export function detachCustomer(basket: Basket, list: PriceList): Result<Basket, AttachRefusal> {
  if (comesBackFrom(basket)) return err({ code: 'other-customer' });
  const { terms: _terms, customer: _customer, ...bare } = basket;
  return ok(withPricedLines(bare, list));
}

/**
 * The basket into which something comes back from a sale (rule U9): what was sold to a customer goes back by the same one, who is
 * attached where nobody is, also one who is not active or whom this till does not know.
 */
export function customerOfReturn(
  basket: Basket,
  sale: { readonly customer?: string | undefined },
  customer: Customer | undefined,
  list: PriceList,
): Result<Basket, AttachRefusal> {
  if (sale.customer === undefined || sale.customer === basket.customer) return ok(basket);
  if (basket.customer !== undefined) return err({ code: 'other-customer' });
  const attached = customer ? attachCustomer(basket, customer, list) : undefined;
  return attached?.ok ? attached : ok({ ...basket, customer: sale.customer });
}

/** Whether something in the basket comes back from a sale to the customer it has: that customer it keeps. */
function comesBackFrom({ customer, lines }: Basket): boolean {
  return customer !== undefined && lines.some(({ refundOf }) => refundOf !== undefined);
}
