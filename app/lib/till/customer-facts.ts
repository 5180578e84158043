import type { Customer } from '#model/customers/customer.ts';
import { m } from '$lib/paraglide/messages.js';
import type { Figures } from './figures.ts';
import type { Till } from './till.svelte.ts';

/** What tells a customer from another of the same name, and on what terms they buy, in a few words each. */
export function customerFacts({ profile, terms }: Customer, till: Till, figures: Figures): readonly string[] {
  return [
    terms.active ? undefined : m.customer_inactive(),
    profile.company,
    profile.phone,
    profile.email,
    terms.tier === undefined ? undefined : (till.shop.prices.tiers.get(terms.tier) ?? terms.tier),
    terms.taxFree ? m.customer_tax_free({ certificate: terms.taxFree.certificate }) : undefined,
    terms.accountLimit === undefined
      ? undefined
      : m.customer_account_up_to({ amount: figures.money(terms.accountLimit) }),
  ].filter((fact) => fact !== undefined);
}
