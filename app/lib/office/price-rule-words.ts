import type { PriceRule } from '#model/pricing/price-rule.ts';
import { m } from '$lib/paraglide/messages.js';
import type { SpecialNames } from './special-words.ts';

/** What a price rule is described with. */
export type RuleNames = Pick<SpecialNames, 'formats' | 'product' | 'department' | 'store' | 'tier'>;

/** What a price rule is about: an article, a department or everything. */
export function ruleScopeWords({ product, department }: PriceRule, names: RuleNames): string {
  if (product !== undefined) return names.product(product);
  return department === undefined ? m.office_special_everything() : names.department(department);
}

/** For whom, where and from which quantity on a price rule counts; empty when always. */
export function ruleLimitWords({ tier, store, from }: PriceRule, names: RuleNames): string {
  return [
    ...(tier === undefined ? [] : [m.office_special_for_tiers({ tiers: names.tier(tier) })]),
    ...(store === undefined ? [] : [m.office_special_in_stores({ stores: names.store(store) })]),
    ...(from === undefined ? [] : [m.office_rule_from_words({ quantity: names.formats.quantity(from) })]),
  ].join('; ');
}
