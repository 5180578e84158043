import type { StoreId } from '#model/ids/register-id.ts';
import type { PricingRules } from '#model/sale/pricing.ts';
import type { PriceList } from '#model/sale/line-prices.ts';
import { pricingOf } from '#model/settings/settings-of.ts';
import { assert } from '#model/result.ts';
import { businessDay, clockTime } from './business-day.ts';
import type { Shop } from './shop.svelte.ts';

/** What a store prices a basket by now: what it or its organization decided (rule O4), and the specials of this hour. */
export function sellingRules(shop: Shop, store: StoreId, now: Date): PricingRules {
  const { organization, specials } = shop;
  assert(organization, () => 'a till starts when its organization is known');
  const { currency } = organization;
  const { timeZone, tier } = shop.storeOfTill(store);
  const tiers = [tier, organization.tier].filter((one) => one !== undefined);
  return {
    currency,
    ...pricingOf(shop.settings),
    specials,
    occasion: { store, tiers, day: businessDay(now, timeZone), time: clockTime(now, 'en-GB', timeZone) },
  };
}

/** By what the lines of a store are priced now (rule X12). */
export function priceListOf(shop: Shop, store: StoreId): PriceList {
  const { rules, mappings } = shop.prices;
  const tiers = [shop.storeOfTill(store).tier, shop.organization?.tier];
  return { rules, mappings, tiers, store, taxes: shop.taxes };
}
