import { isAuditKey } from '#model/audit/audit-entry.ts';
import type { CatalogBook, PricesBook } from '#model/catalog/catalog-book.ts';
import { isPicture, type NamedPicture, type Picture } from '#model/catalog/picture.ts';
import { NO_FAVOURITES, type Favourites } from '#model/catalog/favourites.ts';
import type {
  Department,
  Product,
  ProductInfo,
  ProductPrice,
  TaxRate,
  Tender,
} from '#model/catalog/product.ts';
import { readCatalogEntry } from '#model/documents/catalog.ts';
import type { EntryChange } from '#model/documents/entries.ts';
import { readStoreEntry } from '#model/documents/store.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import type { StoreId } from '#model/ids/register-id.ts';
import type { PriceRule } from '#model/pricing/price-rule.ts';
import type { Special } from '#model/pricing/special.ts';
import type { Tier } from '#model/pricing/tier.ts';
import type { TaxMapping } from '#model/tax/tax-mapping.ts';
import {
  isSettingKey,
  writtenSettings,
  type SettingEntry,
  type WrittenSettings,
} from '#model/settings/settings.ts';
import type { Documents } from '../repo/documents.ts';

/** The catalog as commands ask about it, without the people. */
export type Catalog = Pick<
  CatalogBook,
  'products' | 'departments' | 'taxes' | 'taxMappings' | 'tenders' | 'specials'
> &
  Pick<PricesBook, 'tiers' | 'priceRules'>;

type Groups = { info?: ProductInfo; price?: ProductPrice };
type StoreOwn = {
  readonly settings: Map<string, SettingEntry>;
  readonly prices: Map<string, string>;
  favourites: Favourites;
};
const NO_PRICES: ReadonlyMap<string, string> = new Map();

/** Languages of people sort names their own way; numbers in names count as numbers. */
const NAMES = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/**
 * The catalog and what stores have of their own, folded from their documents and kept as they change. Opened by the pages that
 * need it, since a large catalog takes a moment. Products are kept outside Svelte's deep state: `#version` tells of changes.
 */
export class ShopBook {
  readonly #groups = new Map<string, Groups>();
  readonly #products = new Map<string, Product>();
  readonly #departments = new Map<string, Department>();
  readonly #taxes = new Map<string, TaxRate>();
  readonly #taxMappings = new Map<string, TaxMapping>();
  readonly #tenders = new Map<string, Tender>();
  readonly #specials = new Map<string, Special>();
  readonly #tiers = new Map<string, Tier>();
  readonly #priceRules = new Map<string, PriceRule>();
  /** Of articles and of the customer display. */
  readonly #pictures = new Map<string, Picture>();
  /** Pictures that were asked for, so that a list of them checks each once; undefined for a false one. */
  readonly #named = new Map<string, NamedPicture | undefined>();
  readonly #stores = new Map<string, StoreOwn>();
  #sorted: readonly Product[] | undefined;
  #version = $state(0);
  #stage = $state<'closed' | 'opening' | 'open'>('closed');

  /** Whether all of it has been read. */
  get isOpen(): boolean {
    return this.#stage === 'open';
  }

  /** Opens the documents and follows them; a second call does nothing. Rejects when a document cannot be read; then it can be called again. */
  async open(documents: Documents, shards: number, stores: readonly StoreId[]): Promise<void> {
    if (this.#stage !== 'closed') return;
    this.#stage = 'opening';
    const stop = documents.watch((event) => {
      if (event.type === 'changed') this.#read(event.key, event.changes);
    });
    const keys: DocumentKey[] = [
      ...Array.from({ length: shards }, (_, shard) => ({ class: 'catalog', shard }) as const),
      ...stores.map((store) => ({ class: 'store', store }) as const),
    ];
    try {
      for (const { store } of keys.filter((key) => key.class === 'store')) this.#storeOwn(store);
      // One after the other: a slow disk has a moment for each document, not one for all of them.
      for (const key of keys) await this.#openOne(documents, key);
      this.#stage = 'open';
    } catch (cause) {
      stop();
      this.#stage = 'closed';
      throw cause;
    }
  }

  /** The catalog as commands ask about it. */
  get catalog(): Catalog {
    void this.#version;
    return {
      products: this.#products,
      departments: this.#departments,
      taxes: this.#taxes,
      taxMappings: this.#taxMappings,
      tenders: this.#tenders,
      specials: this.#specials,
      tiers: this.#tiers,
      priceRules: this.#priceRules,
    };
  }

  /** The products by name. */
  get products(): readonly Product[] {
    void this.#version;
    this.#sorted ??= [...this.#products.values()].toSorted((a, b) => NAMES.compare(a.name, b.name));
    return this.#sorted;
  }

  /** The departments by name. */
  get departments(): readonly (Department & { readonly id: string })[] {
    void this.#version;
    return [...this.#departments]
      .map(([id, department]) => ({ id, ...department }))
      .toSorted((a, b) => NAMES.compare(a.name, b.name));
  }

  /** The taxes by name and rate. */
  get taxes(): readonly TaxRate[] {
    void this.#version;
    return [...this.#taxes.values()].toSorted(
      (a, b) => NAMES.compare(a.name, b.name) || Number(b.rate) - Number(a.rate),
    );
  }

  /** The mappings of taxes by name. */
  get taxMappings(): readonly TaxMapping[] {
    void this.#version;
    return [...this.#taxMappings.values()].toSorted((a, b) => NAMES.compare(a.name, b.name));
  }

  /** The tenders in the order of their buttons. */
  get tenders(): readonly Tender[] {
    void this.#version;
    return [...this.#tenders.values()].toSorted((a, b) => a.order - b.order || NAMES.compare(a.id, b.id));
  }

  /** The specials in the order they are gone through (rule X4). */
  get specials(): readonly Special[] {
    void this.#version;
    return [...this.#specials.values()].toSorted(
      (a, b) => b.priority - a.priority || NAMES.compare(a.name, b.name),
    );
  }

  /** The tiers by name. */
  get tiers(): readonly (Tier & { readonly id: string })[] {
    void this.#version;
    return [...this.#tiers]
      .map(([id, tier]) => ({ id, ...tier }))
      .toSorted((a, b) => NAMES.compare(a.name, b.name));
  }

  /** The price rules by id; which of them counts for a line rule X2 says. */
  get priceRules(): readonly PriceRule[] {
    void this.#version;
    return [...this.#priceRules.values()].toSorted((a, b) => NAMES.compare(a.id, b.id));
  }

  /** A picture by id; undefined where there is none here, or one that is not what its id names (rules C12 and C17). */
  pictureOf(id: string | undefined): NamedPicture | undefined {
    void this.#version;
    const picture = id === undefined ? undefined : this.#pictures.get(id);
    if (id === undefined || !picture) return undefined;
    if (!this.#named.has(id)) this.#named.set(id, isPicture(id, picture) ? { id, picture } : undefined);
    return this.#named.get(id);
  }

  /** What each store has set of its own. */
  get storeSettings(): ReadonlyMap<string, WrittenSettings> {
    void this.#version;
    return new Map([...this.#stores].map(([id, { settings }]) => [id, writtenSettings(settings.values())]));
  }

  /** The favourites grid of a store. */
  favouritesOf(store: string): Favourites {
    void this.#version;
    return this.#stores.get(store)?.favourites ?? NO_FAVOURITES;
  }

  /** The prices a store has of its own, in the major unit, by product. */
  storePricesOf(store: string): ReadonlyMap<string, string> {
    void this.#version;
    return this.#stores.get(store)?.prices ?? NO_PRICES;
  }

  async #openOne(documents: Documents, key: DocumentKey): Promise<void> {
    const entries = await documents.open(key);
    this.#read(
      key,
      Object.entries(entries).map(([name, text]) => ({ key: name, text })),
    );
  }

  #read(document: DocumentKey, changes: readonly EntryChange[]): void {
    if (document.class !== 'catalog' && document.class !== 'store') return;
    for (const { key, text } of changes) {
      if (isAuditKey(key)) continue;
      if (document.class === 'store') this.#takeStore(document.store, key, text);
      else this.#takeCatalog(key, text);
    }
    this.#sorted = undefined;
    this.#version++;
  }

  #takeStore(store: string, key: string, text: string | undefined): void {
    const own = this.#storeOwn(store);
    if (key === 'favourites') own.favourites = NO_FAVOURITES;
    if (isSettingKey(key)) own.settings.delete(key.slice(key.indexOf(':') + 1));
    if (key.startsWith('price:')) own.prices.delete(key.slice('price:'.length));
    const read = text === undefined ? undefined : readStoreEntry(key, text);
    if (!read?.ok) return;
    if (read.value.kind === 'favourites') own.favourites = read.value.value;
    else if (read.value.kind === 'price') own.prices.set(read.value.id, read.value.value.price);
    else if (read.value.kind === 'settings') own.settings.set(read.value.value.name, read.value.value);
  }

  #storeOwn(store: string): StoreOwn {
    const own = this.#stores.get(store) ?? {
      settings: new Map(),
      prices: new Map(),
      favourites: NO_FAVOURITES,
    };
    this.#stores.set(store, own);
    return own;
  }

  #takeCatalog(key: string, text: string | undefined): void {
    this.#forget(key);
    const read = text === undefined ? undefined : readCatalogEntry(key, text);
    if (!read?.ok) return;
    const entry = read.value;
    if (entry.kind === 'info' || entry.kind === 'price')
      this.#takeGroup(entry.id, { [entry.kind]: entry.value });
    else if (entry.kind === 'department') this.#departments.set(entry.id, entry.value);
    else if (entry.kind === 'tax') this.#taxes.set(entry.id, entry.value);
    else if (entry.kind === 'tax-mapping') this.#taxMappings.set(entry.id, entry.value);
    else if (entry.kind === 'tender') this.#tenders.set(entry.id, entry.value);
    else if (entry.kind === 'special') this.#specials.set(entry.id, entry.value);
    else if (entry.kind === 'tier') this.#tiers.set(entry.id, entry.value);
    else if (entry.kind === 'price-rule') this.#priceRules.set(entry.id, entry.value);
    else if (entry.kind === 'picture' || entry.kind === 'slide') this.#pictures.set(entry.id, entry.value);
  }

  #takeGroup(id: string, group: Groups): void {
    const groups = { ...this.#groups.get(id), ...group };
    this.#groups.set(id, groups);
    if (groups.info && groups.price) this.#products.set(id, { id, ...groups.info, ...groups.price });
  }

  #forget(key: string): void {
    const [noun, id = '', group] = key.split(':');
    const masters = {
      department: this.#departments,
      tax: this.#taxes,
      'tax-mapping': this.#taxMappings,
      tender: this.#tenders,
      special: this.#specials,
      tier: this.#tiers,
      'price-rule': this.#priceRules,
      picture: this.#pictures,
      slide: this.#pictures,
    };
    if (noun !== undefined && Object.hasOwn(masters, noun)) masters[noun as keyof typeof masters].delete(id);
    if (noun === 'picture' || noun === 'slide') this.#named.delete(id);
    if (noun !== 'product' || (group !== 'info' && group !== 'price')) return;
    const { [group]: _gone, ...rest } = this.#groups.get(id) ?? {};
    this.#groups.set(id, rest);
    this.#products.delete(id);
  }
}
