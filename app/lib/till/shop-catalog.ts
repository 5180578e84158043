import { isPicture, pictureAddress, type Picture } from '#model/catalog/picture.ts';
import {
  catalogShard,
  type Product,
  type ProductInfo,
  type ProductPrice,
  type TaxRate,
  type Tender,
} from '#model/catalog/product.ts';
import { copiedCatalogEntry, readCatalogEntry, type CatalogEntry } from '#model/documents/catalog.ts';
import type { EntryFault } from '#model/documents/entries.ts';
import type { Special } from '#model/pricing/special.ts';
import { KeptProducts, type KeptEntry } from './kept-products.ts';
import { ProductIndex } from './product-index.ts';
import { ShopPrices } from './shop-prices.ts';

/** One collator for all: making one for every comparison costs a second over a large department. */
const NAMES = new Intl.Collator('en', { numeric: true });

/** Kept lines read in one go: some milliseconds of work. */
const LINES = 300;

/** A department with what it sells; products without one are under the empty id. */
export type DepartmentTile = { readonly id: string; readonly name: string; readonly count: number };

type Groups = { readonly info?: ProductInfo; readonly price?: ProductPrice };

/** The catalog as a till knows it, folded from its shards. Plain maps: 100,000 products must not become 100,000 proxies. */
export class ShopCatalog {
  readonly taxes = new Map<string, TaxRate>();
  /** Price rules, tiers and mappings of taxes. */
  readonly prices = new ShopPrices();
  readonly #storePrice: (product: string) => string | undefined;
  readonly #products = new Map<string, Groups>();
  readonly #departments = new Map<string, string>();
  readonly #tenders = new Map<string, Tender>();
  readonly #specials = new Map<string, Special>();
  /** Of articles and of the customer display. */
  readonly #pictures = new Map<string, Picture>();
  /** Addresses of pictures that were shown, so that each is checked once; undefined for a false one. */
  readonly #addresses = new Map<string, string | undefined>();
  /** The ids of variants by their parent. */
  readonly #variants = new Map<string, Set<string>>();
  readonly #index = new ProductIndex();
  /** What was kept of products and not read yet; each is read before anybody misses it. */
  readonly #kept = new KeptProducts();
  #keptShards = 0;
  #keptDepartments: readonly DepartmentTile[] = [];
  /** Counted once for each change: it takes all articles, and they are shown after every sale. */
  #countedDepartments: readonly DepartmentTile[] | undefined;

  /** `storePrice` is what the till's own store asks for a product, where that is not the catalog's price (rule X12). */
  constructor(storePrice: (product: string) => string | undefined) {
    this.#storePrice = storePrice;
  }

  /** A department's name, or its id. */
  departmentName(id: string): string {
    return this.#departments.get(id) ?? id;
  }

  /** Every department of the catalog, by name, also one that sells nothing. */
  get departmentNames(): readonly { readonly id: string; readonly name: string }[] {
    return [...this.#departments]
      .map(([id, name]) => ({ id, name }))
      .sort((a, b) => NAMES.compare(a.name, b.name));
  }

  /** The tenders that are offered, in the order of their buttons. */
  get tenders(): readonly Tender[] {
    const offered = [...this.#tenders.values()].filter(({ active }) => active !== false);
    return offered.sort((a, b) => a.order - b.order || a.id.localeCompare(b.id));
  }

  /** The specials of the catalog. */
  get specials(): readonly Special[] {
    return [...this.#specials.values()];
  }

  /** A product when both its groups of fields are here. */
  product(id: string): Product | undefined {
    const { info, price } = this.#groupsOf(id);
    return info && price ? this.#atStore({ id, ...info, ...price }) : undefined;
  }

  /** The product with exactly this barcode or article number, sold or not. */
  productWithCode(code: string): Product | undefined {
    const id = this.#index.productWithCode(code) ?? this.#keptWithCode(code);
    return id === undefined ? undefined : this.product(id);
  }

  /** Products found by words, best first; only those that are sold. Before all are read, the best of those that are. */
  search(query: string): readonly Product[] {
    const early = this.#found(query);
    if (early.length > 0 || this.isWhole) return early;
    this.#readAllKept();
    return this.#found(query);
  }

  #found(query: string): readonly Product[] {
    return this.#index
      .search(query)
      .map((id) => this.product(id))
      .filter((product) => product !== undefined);
  }

  /** Indexes the next portion of words; whether there is more to do. */
  indexSome(): boolean {
    return this.#index.indexSome();
  }

  /** The variants of a parent that are sold, by name (rule C8). */
  variantsOf(parent: string): readonly Product[] {
    this.#readAllKept();
    return [...(this.#variants.get(parent) ?? [])]
      .map((id) => this.product(id))
      .filter((product) => product !== undefined)
      .filter(({ active }) => active)
      .sort((a, b) => NAMES.compare(a.name, b.name));
  }

  /** The address of a picture; undefined where there is none, or one that is not what its id names (rules C12 and C17). */
  pictureOf({ picture }: Pick<Product, 'picture'>): string | undefined {
    const stored = picture === undefined ? undefined : this.#pictures.get(picture);
    if (picture === undefined || !stored) return undefined;
    if (!this.#addresses.has(picture))
      this.#addresses.set(picture, isPicture(picture, stored) ? pictureAddress(stored) : undefined);
    return this.#addresses.get(picture);
  }

  /** The departments that have something to sell, by name. */
  get departments(): readonly DepartmentTile[] {
    if (!this.isWhole) return this.#keptDepartments;
    this.#countedDepartments ??= this.#countDepartments();
    return this.#countedDepartments;
  }

  #countDepartments(): readonly DepartmentTile[] {
    const counts = new Map<string, number>();
    for (const { info, price } of this.#products.values()) {
      if (!this.#isOffered(info) || !price) continue;
      counts.set(info.department ?? '', (counts.get(info.department ?? '') ?? 0) + 1);
    }
    return [...counts]
      .map(([id, count]) => ({ id, name: this.departmentName(id), count }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** What a department sells, by name; variants are found under their parent. */
  productsOf(department: string): readonly Product[] {
    this.#readAllKept();
    const found: Product[] = [];
    for (const [id, { info, price }] of this.#products) {
      if (this.#isOffered(info) && price && (info.department ?? '') === department)
        found.push(this.#atStore({ id, ...info, ...price }));
    }
    return found.sort((a, b) => NAMES.compare(a.name, b.name));
  }

  /** Takes an entry of a catalog shard. */
  take(key: string, text: string): EntryFault | undefined {
    const read = readCatalogEntry(key, text);
    if (!read.ok) return read.error;
    this.#put(read.value);
    return undefined;
  }

  /** Takes what was kept of a shard, one of so many; its products are read when they are asked for, or later. */
  takeKept(shard: number, text: string, shards: number): void {
    this.#keptShards = shards;
    this.#putKept(this.#kept.put(shard, text));
  }

  /** Takes the departments of the last time, which are shown until all products are read. */
  takeKeptDepartments(tiles: readonly DepartmentTile[]): void {
    this.#keptDepartments = tiles;
  }

  /** Whether everything that was kept is read. */
  get isWhole(): boolean {
    return this.#kept.done;
  }

  /** Reads the next portion of what was kept; whether there is more. */
  readSome(): boolean {
    this.#putKept(this.#kept.takeSome(LINES));
    return !this.#kept.done;
  }

  /** Reads what was kept of a shard: what changes in it comes afterwards. */
  readKept(shard: number): void {
    this.#putKept(this.#kept.takeShard(shard));
  }

  /** Forgets what was kept of a shard and not read. */
  dropKept(shard: number): void {
    this.#kept.drop(shard);
  }

  /** Forgets what an entry said that was taken out. */
  forget(key: string): void {
    this.#countedDepartments = undefined;
    const [noun, id = '', group] = key.split(':');
    this.prices.forget(noun, id);
    if (noun === 'department') this.#departments.delete(id);
    else if (noun === 'tax') this.taxes.delete(id);
    else if (noun === 'tender') this.#tenders.delete(id);
    else if (noun === 'special') this.#specials.delete(id);
    else if (noun === 'picture' || noun === 'slide') this.#forgetPicture(id);
    else if (noun === 'product' && (group === 'info' || group === 'price')) {
      const { [group]: _gone, ...rest } = this.#products.get(id) ?? {};
      this.#products.set(id, rest);
    }
  }

  #putKept(entries: readonly KeptEntry[]): void {
    for (const [key, value] of entries) {
      const entry = copiedCatalogEntry(key, value);
      if (entry) this.#put(entry);
    }
  }

  #readAllKept(): void {
    while (this.readSome());
  }

  #groupsOf(id: string): Groups {
    const known = this.#products.get(id);
    if ((known?.info && known.price) || this.isWhole) return known ?? {};
    this.#putKept(this.#kept.ofProduct(catalogShard(id, this.#keptShards), id));
    return this.#products.get(id) ?? {};
  }

  /** Looks for a code in what was not read yet: first as it is written there, then, since it may be written otherwise, in all of it. */
  #keptWithCode(code: string): string | undefined {
    if (this.isWhole) return undefined;
    // Whole, in its quotes: a part of a code is a part of many lines.
    this.#putKept(this.#kept.mentioning(JSON.stringify(code.trim())));
    const found = this.#index.productWithCode(code);
    if (found !== undefined) return found;
    this.#readAllKept();
    return this.#index.productWithCode(code);
  }

  #atStore(product: Product): Product {
    const price = this.#storePrice(product.id);
    return price === undefined ? product : { ...product, price };
  }

  #put(entry: CatalogEntry): void {
    this.#countedDepartments = undefined;
    const { id } = entry;
    if (entry.kind === 'info') this.#putInfo(id, entry.value);
    else if (entry.kind === 'price')
      this.#products.set(id, { ...this.#products.get(id), price: entry.value });
    else if (entry.kind === 'department') this.#departments.set(id, entry.value.name);
    else if (entry.kind === 'tax') this.taxes.set(id, entry.value);
    else if (entry.kind === 'tender') this.#tenders.set(id, entry.value);
    else if (entry.kind === 'special') this.#specials.set(id, entry.value);
    else if (entry.kind === 'picture' || entry.kind === 'slide') {
      this.#forgetPicture(id);
      this.#pictures.set(id, entry.value);
    } else this.prices.take(entry);
  }

  #putInfo(id: string, info: ProductInfo): void {
    const before = this.#products.get(id);
    const parent = before?.info?.variantOf;
    if (parent !== undefined) this.#variants.get(parent)?.delete(id);
    if (info.variantOf !== undefined)
      this.#variants.set(info.variantOf, (this.#variants.get(info.variantOf) ?? new Set()).add(id));
    this.#products.set(id, { ...before, info });
    this.#index.put(id, info);
  }

  #forgetPicture(id: string): void {
    this.#pictures.delete(id);
    this.#addresses.delete(id);
  }

  /** A variant whose parent is here is offered by it. */
  #isOffered(info: ProductInfo | undefined): info is ProductInfo {
    if (!info?.active) return false;
    const parent = info.variantOf === undefined ? undefined : this.#products.get(info.variantOf)?.info;
    return !(parent?.active && parent.optionNames);
  }
}
