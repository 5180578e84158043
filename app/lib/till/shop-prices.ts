import type { CatalogEntry } from '#model/documents/catalog.ts';
import type { PriceRule } from '#model/pricing/price-rule.ts';
import type { TaxMapping } from '#model/tax/tax-mapping.ts';

/** What the catalog says about prices and taxes besides the products: rules, tiers and mappings (rules X2, X3 and T13). */
export class ShopPrices {
  readonly #rules = new Map<string, PriceRule>();
  readonly #tiers = new Map<string, string>();
  readonly #mappings = new Map<string, TaxMapping>();

  /** The price rules. */
  get rules(): readonly PriceRule[] {
    return [...this.#rules.values()];
  }

  /** The names of the price tiers by id. */
  get tiers(): ReadonlyMap<string, string> {
    return this.#tiers;
  }

  /** The mappings of taxes by id. */
  get mappings(): ReadonlyMap<string, TaxMapping> {
    return this.#mappings;
  }

  /** Takes an entry that is about prices; others it leaves alone. */
  take(entry: CatalogEntry): void {
    if (entry.kind === 'price-rule') this.#rules.set(entry.id, entry.value);
    else if (entry.kind === 'tier') this.#tiers.set(entry.id, entry.value.name);
    else if (entry.kind === 'tax-mapping') this.#mappings.set(entry.id, entry.value);
  }

  /** Forgets what an entry said that was taken out. */
  forget(noun: string | undefined, id: string): void {
    if (noun === 'price-rule') this.#rules.delete(id);
    else if (noun === 'tier') this.#tiers.delete(id);
    else if (noun === 'tax-mapping') this.#mappings.delete(id);
  }
}
