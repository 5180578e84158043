import type { Product, TaxRate } from '#model/catalog/product.ts';
import type { Special } from '#model/pricing/special.ts';
import { occasionFor } from '#model/pricing/special-standing.ts';
import { priceBasket, type PricedBasket } from '#model/sale/pricing.ts';
import { pricingOf } from '#model/settings/settings-of.ts';
import type { Settings } from '#model/settings/settings.ts';

/** A line of the basket a special is tried on. */
export type TrialLine = { readonly product: Product; readonly quantity: number };

/** What a shop prices by, for a trial; `day` is today in the store. */
export type TrialShop = {
  readonly currency: string;
  readonly settings: Settings;
  readonly taxes: ReadonlyMap<string, TaxRate>;
  readonly store: string;
  readonly day: string;
};

/** Articles to try a special on: some it is about first, then a reward, each twice or as often as it takes. */
export function trialLines(special: Special, products: readonly Product[]): readonly TrialLine[] {
  const { effect, scope } = special;
  const isIn = ({ products: ids, departments }: Special['scope'], product: Product): boolean =>
    (!ids && !departments) ||
    (ids?.includes(product.id) ?? false) ||
    (product.department !== undefined && (departments?.includes(product.department) ?? false));
  const sold = products.filter(({ active }) => active);
  const quantity = effect.kind === 'set' ? effect.quantity : effect.kind === 'buy-get' ? effect.buy : 1;
  const own = sold.filter((product) => isIn(scope, product)).slice(0, 2);
  const lines = own.map((product, i) => ({ product, quantity: i === 0 ? quantity : 1 }));
  const reward = effect.kind === 'buy-get' ? effect.reward : undefined;
  if (!reward) return lines;
  const given = sold.find((product) => isIn(reward, product) && !own.includes(product));
  return given ? [...lines.slice(0, 1), { product: given, quantity: 1 }] : lines;
}

/** Prices a basket with one special and nothing else, on an occasion it counts on; undefined where there is none. */
export function tryOut(
  special: Special,
  lines: readonly TrialLine[],
  shop: TrialShop,
): PricedBasket | undefined {
  const occasion = occasionFor(special, shop.day, shop.store);
  const { off: _off, ...tried } = special;
  if (!occasion) return undefined;
  const basket = {
    id: 'trial',
    lines: lines.map(({ product, quantity }) => ({
      product: product.id,
      sku: product.sku,
      name: product.name,
      ...(product.department === undefined ? {} : { department: product.department }),
      quantity: String(quantity),
      price: product.price,
      taxes: product.taxes.flatMap((id) => shop.taxes.get(id) ?? []),
    })),
  };
  const { currency, settings } = shop;
  return priceBasket(basket, { currency, ...pricingOf(settings), specials: [tried], occasion });
}
