import type { Favourites } from '#model/catalog/favourites.ts';
import type { Product, ProductInfo, ProductPrice, TaxRate, Tender } from '#model/catalog/product.ts';
import { readCatalogEntry } from '#model/documents/catalog.ts';
import type { EntryChange, EntryFault } from '#model/documents/entries.ts';
import {
  readOrganizationEntry,
  type Organization,
  type Register,
  type Store,
} from '#model/documents/organization.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import type { StoreId } from '#model/ids/register-id.ts';
import type { Special } from '#model/pricing/special.ts';
import type { Actor } from '#model/register/actor.ts';
import { foundedByOrganization, foundedByStore, settingsOf } from '#model/settings/settings-of.ts';
import { writtenSettings, type SettingEntry, type Settings } from '#model/settings/settings.ts';
import type { Role } from '#model/staff/permission.ts';
import type { Person } from '#model/staff/pin.ts';
import { assert } from '#model/result.ts';
import type { Documents, DocumentsEvent } from '../repo/documents.ts';
import { ProductIndex } from './product-index.ts';
import { ShopStaff } from './shop-staff.ts';
import { ShopStore } from './shop-store.ts';

/** One collator for all: making one for every comparison costs a second over a large department. */
const NAMES = new Intl.Collator('en', { numeric: true });

/** A department with what it sells; products without one are under the empty id. */
export type DepartmentTile = { readonly id: string; readonly name: string; readonly count: number };

/**
 * The shop as this till knows it: organization, stores, registers, people and the catalog, folded from the documents HQ
 * writes. Kept outside Svelte's deep state, since 100,000 products must not become 100,000 proxies: `#version` tells the
 * screens that something changed.
 */
export class Shop {
  readonly faults = new Map<string, EntryFault>();
  #version = $state(0);
  #organization = $state.raw<Organization | undefined>();
  readonly #stores = new Map<string, Store>();
  readonly #registers = new Map<string, Register>();
  readonly #staff = new ShopStaff();
  readonly #ownStore = new ShopStore();
  readonly #settings = new Map<string, SettingEntry>();
  #place: StoreId | undefined;
  readonly #products = new Map<string, { info?: ProductInfo; price?: ProductPrice }>();
  readonly #departments = new Map<string, string>();
  readonly #taxes = new Map<string, TaxRate>();
  readonly #tenders = new Map<string, Tender>();
  readonly #specials = new Map<string, Special>();
  readonly #index = new ProductIndex();
  readonly #opened = new Set<string>();
  readonly #heard = new Set<string>();

  /**
   * Opens what HQ writes, and what is written of the till's own store, and follows it. Resolves when everything stored here is
   * read; where that fails, it can be called again.
   */
  async follow(documents: Documents, store?: StoreId): Promise<() => void> {
    this.#place = store;
    const stop = documents.watch((event) => this.#hear(documents, event));
    try {
      await this.#open(documents, { class: 'organization' });
      await this.#open(documents, { class: 'staff' });
      await this.#openCatalog(documents);
      if (store !== undefined) await this.#open(documents, { class: 'store', store });
    } catch (cause) {
      stop();
      throw cause;
    }
    return stop;
  }

  /** The organization, undefined while this till holds no data yet. */
  get organization(): Organization | undefined {
    return this.#organization;
  }

  /** A store by id. */
  store(id: string): Store | undefined {
    return this.#now(this.#stores).get(id);
  }

  /** The store a till stands in; a till starts when it is known. */
  storeOfTill(id: string): Store {
    const store = this.store(id);
    assert(store, () => `the organization has no store ${id}`);
    return store;
  }

  /** The settings in force in the till's own store: the store's, else the organization's (rule O1). */
  get settings(): Settings {
    const organization = this.#organization;
    const store = this.#place === undefined ? undefined : this.store(this.#place);
    return settingsOf(
      {
        founded: organization ? foundedByOrganization(organization) : {},
        written: writtenSettings(this.#now(this.#settings).values()),
      },
      { founded: store ? foundedByStore(store) : {}, written: this.#ownStore.settings },
    );
  }

  /** The registers of a store, by number. */
  registersOf(store: string): readonly Register[] {
    return [...this.#now(this.#registers).values()]
      .filter((register) => register.store === store)
      .sort((a, b) => a.register.localeCompare(b.register, 'en', { numeric: true }));
  }

  /** The people who work in a store, by name. */
  peopleOf(store: string): readonly Person[] {
    return this.#now(this.#staff).peopleOf(store);
  }

  /** A person by id, also one who has left. */
  person(id: string): Person | undefined {
    return this.#now(this.#staff).person(id);
  }

  /** A person as who acts in a store; undefined when they do not work there. */
  actor(id: string, store: string): Actor | undefined {
    return this.#now(this.#staff).actor(id, store);
  }

  /** A person's role in a store; undefined when it is not known or cannot be read. */
  roleOf(person: Person, store: string): Role | undefined {
    return this.#now(this.#staff).roleOf(person, store);
  }

  /** A person's name, or the id when the staff document does not say. */
  personName(id: string): string {
    return this.person(id)?.name ?? id;
  }

  /** A department's name, or its id. */
  departmentName(id: string): string {
    return this.#now(this.#departments).get(id) ?? id;
  }

  /** The taxes of the catalog by id. */
  get taxes(): ReadonlyMap<string, TaxRate> {
    return this.#now(this.#taxes);
  }

  /** The tenders that are offered, in the order of their buttons. */
  get tenders(): readonly Tender[] {
    return [...this.#now(this.#tenders).values()]
      .filter(({ active }) => active !== false)
      .sort((a, b) => a.order - b.order || a.id.localeCompare(b.id));
  }

  /** The specials of the catalog; their own rules say which count now. */
  get specials(): readonly Special[] {
    return [...this.#now(this.#specials).values()];
  }

  /** The favourites grid of the till's own store. */
  get favourites(): Favourites {
    return this.#now(this.#ownStore).favourites;
  }

  /** A product when both its groups of fields are here. */
  product(id: string): Product | undefined {
    const { info, price } = this.#now(this.#products).get(id) ?? {};
    return info && price ? { id, ...info, ...price } : undefined;
  }

  /** The product with exactly this barcode or article number, sold or not. */
  productWithCode(code: string): Product | undefined {
    const id = this.#now(this.#index).productWithCode(code);
    return id === undefined ? undefined : this.product(id);
  }

  /** Products found by words, best first; only those that are sold. */
  search(query: string): readonly Product[] {
    return this.#now(this.#index)
      .search(query)
      .map((id) => this.product(id))
      .filter((product) => product !== undefined);
  }

  /** The departments that have something to sell, by name. */
  get departments(): readonly DepartmentTile[] {
    const counts = new Map<string, number>();
    for (const { info, price } of this.#now(this.#products).values()) {
      if (!info?.active || !price) continue;
      counts.set(info.department ?? '', (counts.get(info.department ?? '') ?? 0) + 1);
    }
    return [...counts]
      .map(([id, count]) => ({ id, name: this.departmentName(id), count }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** What a department sells, by name. */
  productsOf(department: string): readonly Product[] {
    const found: Product[] = [];
    for (const [id, { info, price }] of this.#now(this.#products)) {
      if (info?.active && price && (info.department ?? '') === department)
        found.push({ id, ...info, ...price });
    }
    return found.sort((a, b) => NAMES.compare(a.name, b.name));
  }

  /** Makes the word index ready in the pauses of the page. */
  prepareSearch(pause: (next: () => void) => void): void {
    if (this.#index.indexSome()) pause(() => this.prepareSearch(pause));
  }

  #now<Value>(value: Value): Value {
    void this.#version;
    return value;
  }

  async #open(documents: Documents, key: DocumentKey): Promise<void> {
    const entries = await documents.open(key);
    // Most of the time an event has told all of it by now; reading a large catalog twice would double the start.
    if (this.#heard.has(nameOf(key))) return;
    this.#read(
      key,
      Object.entries(entries).map(([name, text]) => ({ key: name, text })),
    );
  }

  async #openCatalog(documents: Documents): Promise<void> {
    const shards = this.#organization?.catalogShards ?? 0;
    const opening: Promise<void>[] = [];
    for (let shard = 0; shard < shards; shard++) {
      if (this.#opened.has(String(shard))) continue;
      this.#opened.add(String(shard));
      opening.push(
        this.#open(documents, { class: 'catalog', shard }).catch((cause: unknown) => {
          this.#opened.delete(String(shard));
          throw cause;
        }),
      );
    }
    await Promise.all(opening);
  }

  #hear(documents: Documents, event: DocumentsEvent): void {
    if (event.type !== 'changed') return;
    this.#heard.add(nameOf(event.key));
    this.#read(event.key, event.changes);
    // The organization may arrive after the start, on a till that was just set up: only it says how many shards there are.
    if (event.key.class === 'organization') {
      this.#openCatalog(documents).catch((cause: unknown) => globalThis.reportError(cause));
    }
  }

  #read(document: DocumentKey, changes: readonly EntryChange[]): void {
    if (!this.#concerns(document)) return;
    for (const { key, text } of changes) {
      const fault = text === undefined ? this.#forget(document, key) : this.#take(document, key, text);
      // The own store's entries may bear the names of others'.
      const name = document.class === 'store' ? `${document.store} ${key}` : key;
      if (fault) this.faults.set(name, fault);
      else this.faults.delete(name);
    }
    this.#version++;
  }

  #concerns(document: DocumentKey): boolean {
    if (document.class === 'store') return document.store === this.#place;
    return document.class === 'organization' || document.class === 'staff' || document.class === 'catalog';
  }

  #take(document: DocumentKey, key: string, text: string): EntryFault | undefined {
    if (document.class === 'organization') return this.#takeOrganization(key, text);
    if (document.class === 'staff') return this.#staff.takePerson(key, text);
    if (document.class === 'store') return this.#ownStore.take(key, text);
    return this.#takeCatalog(key, text);
  }

  #takeOrganization(key: string, text: string): EntryFault | undefined {
    const read = readOrganizationEntry(key, text);
    if (!read.ok) {
      this.#staff.doubtRole(key);
      return read.error;
    }
    const { kind, value } = read.value;
    if (kind === 'organization') this.#organization = value;
    else if (kind === 'store') this.#stores.set(value.id, value);
    else if (kind === 'register') this.#registers.set(`${value.store}-${value.register}`, value);
    else if (kind === 'role') this.#staff.takeRole(value);
    else if (kind === 'settings') this.#settings.set(value.name, value);
    return undefined;
  }

  #takeCatalog(key: string, text: string): EntryFault | undefined {
    const read = readCatalogEntry(key, text);
    if (!read.ok) return read.error;
    const entry = read.value;
    if (entry.kind === 'info' || entry.kind === 'price') {
      this.#products.set(entry.id, { ...this.#products.get(entry.id), [entry.kind]: entry.value });
      if (entry.kind === 'info') this.#index.put(entry.id, entry.value);
    } else if (entry.kind === 'department') this.#departments.set(entry.id, entry.value.name);
    else if (entry.kind === 'tax') this.#taxes.set(entry.id, entry.value);
    else if (entry.kind === 'tender') this.#tenders.set(entry.id, entry.value);
    else if (entry.kind === 'special') this.#specials.set(entry.id, entry.value);
    return undefined;
  }

  #forget(document: DocumentKey, key: string): undefined {
    if (document.class === 'store') {
      this.#ownStore.forget(key);
      return;
    }
    const [noun, id = '', group] = key.split(':');
    if (noun === 'person' || noun === 'role') this.#staff.forget(key);
    else if (noun === 'settings') this.#settings.delete(id);
    else if (noun === 'department') this.#departments.delete(id);
    else if (noun === 'tax') this.#taxes.delete(id);
    else if (noun === 'tender') this.#tenders.delete(id);
    else if (noun === 'special') this.#specials.delete(id);
    else if (noun === 'product' && (group === 'info' || group === 'price')) {
      const { [group]: _gone, ...rest } = this.#products.get(id) ?? {};
      this.#products.set(id, rest);
    }
  }
}

function nameOf(key: DocumentKey): string {
  return key.class === 'catalog' ? `catalog ${key.shard}` : key.class;
}
