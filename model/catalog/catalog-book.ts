import type { PriceRule } from '../pricing/price-rule.ts';
import type { Special } from '../pricing/special.ts';
import type { Tier } from '../pricing/tier.ts';
import type { StaffBook } from '../staff/office-actor.ts';
import type { TaxMapping } from '../tax/tax-mapping.ts';
import type { Favourites } from './favourites.ts';
import type { Department, Product, TaxRate, Tender } from './product.ts';

/** What an office knows of the catalog when somebody edits it: everything there is, by id. */
export type CatalogBook = StaffBook & {
  readonly products: ReadonlyMap<string, Product>;
  readonly departments: ReadonlyMap<string, Department>;
  readonly taxes: ReadonlyMap<string, TaxRate>;
  readonly taxMappings: ReadonlyMap<string, TaxMapping>;
  readonly tenders: ReadonlyMap<string, Tender>;
  readonly specials: ReadonlyMap<string, Special>;
};

/** The catalog with what stores have of their own, by the store's id. */
export type StoresBook = CatalogBook & { readonly favourites: ReadonlyMap<string, Favourites> };

/** The catalog with everything that makes a price; `storePrices` are by the store's id and by product, in the major unit. */
export type PricesBook = CatalogBook & {
  readonly tiers: ReadonlyMap<string, Tier>;
  readonly priceRules: ReadonlyMap<string, PriceRule>;
  readonly storePrices: ReadonlyMap<string, ReadonlyMap<string, string>>;
};
