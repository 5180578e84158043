import type { Favourites } from '#model/catalog/favourites.ts';
import type { MeasureRule } from '#model/catalog/measure-code.ts';
import type { Product, TaxRate, Tender } from '#model/catalog/product.ts';
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
import {
  foundedByOrganization,
  foundedByStore,
  settingsOf,
  storeInForce,
  type SettingsPlace,
} from '#model/settings/settings-of.ts';
import { writtenSettings, type SettingEntry, type Settings } from '#model/settings/settings.ts';
import { shelfRules } from '#model/settings/shelf-codes.ts';
import type { Role } from '#model/staff/permission.ts';
import type { Person } from '#model/staff/pin.ts';
import { assert } from '#model/result.ts';
import type { Documents, DocumentsEvent } from '../repo/documents.ts';
import { entriesOf, type KeptCatalog, type KeptShards } from './kept-catalog.ts';
import { shardText, valuesOf } from './kept-products.ts';
import { ShopCatalog, type DepartmentTile } from './shop-catalog.ts';
import type { ShopPrices } from './shop-prices.ts';
import { ShopStaff } from './shop-staff.ts';
import { ShopStore } from './shop-store.ts';

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
  readonly #catalog = new ShopCatalog((product) => this.#ownStore.price(product));
  readonly #opened = new Set<string>();
  readonly #heard = new Set<string>();
  readonly #kept: KeptShards | undefined;
  #reading: Promise<KeptCatalog> | undefined;
  /** Shards taken as they were kept, with their texts, until their documents were heard. */
  readonly #unconfirmed = new Map<number, string>();
  readonly #changed = new Set<number>();
  /** Whether the kept shards were looked at: before, no document is opened that would take their place. */
  #keptTaken = false;
  /** Every scan asks for them, and they change once in a month. */
  readonly #inForce = $derived.by(() => {
    const { organization, store } = this.#settingsPlaces();
    return settingsOf(organization, store);
  });

  /** `kept` is where the catalog of the last time is, for a quick start. */
  constructor(kept?: KeptShards) {
    this.#kept = kept;
  }

  /** Begins to read what was kept; {@link follow} takes it. Needs no document, so it can begin before any is open. */
  readKept(): void {
    this.#reading ??= this.#kept?.read();
  }

  /**
   * Opens what HQ writes, and what is written of the till's own store, and follows it. Resolves when everything stored here is
   * read; where that fails, it can be called again.
   */
  async follow(documents: Documents, store?: StoreId): Promise<() => void> {
    this.#place = store;
    const stop = documents.watch((event) => this.#hear(documents, event));
    this.readKept();
    try {
      const own = store === undefined ? undefined : this.#open(documents, { class: 'store', store });
      await Promise.all([
        this.#open(documents, { class: 'organization' }),
        this.#open(documents, { class: 'staff' }),
        own,
      ]);
      await this.#takeKept();
      await this.#openCatalog(documents);
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

  /** The stores of the organization, in no order. */
  get stores(): readonly Store[] {
    return [...this.#now(this.#stores).values()];
  }

  /** The store a till stands in, the till's own as its settings have it now; a till starts when it is known. */
  storeOfTill(id: string): Store {
    const store = this.store(id);
    assert(store, () => `the organization has no store ${id}`);
    return id === this.#place ? storeInForce(store, this.settings) : store;
  }

  /** The settings in force in the till's own store: the store's, else the organization's (rule O1). */
  get settings(): Settings {
    return this.#inForce;
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
    return this.#now(this.#catalog).departmentName(id);
  }

  /** Every department of the catalog, by name, also one that sells nothing. */
  get departmentNames(): ShopCatalog['departmentNames'] {
    return this.#now(this.#catalog).departmentNames;
  }

  /** The taxes of the catalog by id. */
  get taxes(): ReadonlyMap<string, TaxRate> {
    return this.#now(this.#catalog).taxes;
  }

  /** The tenders that are offered, in the order of their buttons. */
  get tenders(): readonly Tender[] {
    return this.#now(this.#catalog).tenders;
  }

  /** The specials of the catalog; their own rules say which count now. */
  get specials(): readonly Special[] {
    return this.#now(this.#catalog).specials;
  }

  /** The favourites grid of the till's own store. */
  get favourites(): Favourites {
    return this.#now(this.#ownStore).favourites;
  }

  /** Price rules, tiers and mappings of taxes. */
  get prices(): ShopPrices {
    return this.#now(this.#catalog.prices);
  }

  /** How codes with a measure are read here (rules B3 and B4). */
  measureRules(store: string): readonly MeasureRule[] {
    const locale = this.store(store)?.locale;
    const country = locale === undefined ? undefined : new Intl.Locale(locale).region;
    return shelfRules({ ...this.#settingsPlaces(), patterns: this.#ownStore.measureRules, country });
  }

  /** A product when both its groups of fields are here. */
  product(id: string): Product | undefined {
    return this.#now(this.#catalog).product(id);
  }

  /** The product with exactly this barcode or article number, sold or not. */
  productWithCode(code: string): Product | undefined {
    return this.#now(this.#catalog).productWithCode(code);
  }

  /** The variants of a parent that are sold, by name (rule C8). */
  variantsOf(parent: string): readonly Product[] {
    return this.#now(this.#catalog).variantsOf(parent);
  }

  /** The address of an article's picture or a slide's; undefined where there is none that can be shown (rules C12 and C17). */
  pictureOf(product: Pick<Product, 'picture'>): string | undefined {
    return this.#now(this.#catalog).pictureOf(product);
  }

  /** Products found by words, best first; only those that are sold. */
  search(query: string): readonly Product[] {
    return this.#now(this.#catalog).search(query);
  }

  /** The departments that have something to sell, by name. */
  get departments(): readonly DepartmentTile[] {
    return this.#now(this.#catalog).departments;
  }

  /** What a department sells, by name. */
  productsOf(department: string): readonly Product[] {
    return this.#now(this.#catalog).productsOf(department);
  }

  /** Shards taken as they were kept, whose documents were not heard yet. */
  get unconfirmedShards(): readonly number[] {
    return [...this.#unconfirmed.keys()];
  }

  /** Holds a shard that was taken as kept against all the entries of its document; what differs is read anew. */
  confirmShard(shard: number, entries: readonly (readonly [key: string, text: string])[]): void {
    const kept = this.#unconfirmed.get(shard);
    if (kept === undefined) return;
    this.#unconfirmed.delete(shard);
    if (shardText(entries) === kept) return;
    this.#catalog.dropKept(shard);
    const document = { class: 'catalog', shard } as const;
    // Also what is still there: an entry that cannot be read any more must not live on as it was kept.
    for (const [key] of valuesOf(kept)) this.#forget(document, key);
    this.#read(
      document,
      entries.map(([key, text]) => ({ key, text })),
    );
  }

  /** The shards that changed since this was last asked, and are not as they were kept; none until all that was kept is read. */
  takeChangedShards(): readonly number[] {
    if (!this.#catalog.isWhole) return [];
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  /** Reads what was kept and makes the word index ready, in the pauses of the page. */
  prepareSearch(pause: (next: () => void) => void): void {
    const isMore = this.#catalog.readSome() || this.#catalog.indexSome();
    if (isMore) pause(() => this.prepareSearch(pause));
    // Departments are counted anew, and what was searched for meanwhile is searched for again.
    else this.#version++;
  }

  #settingsPlaces(): { readonly organization: SettingsPlace; readonly store: SettingsPlace } {
    const organization = this.#organization;
    const store = this.#place === undefined ? undefined : this.store(this.#place);
    return {
      organization: {
        founded: organization ? foundedByOrganization(organization) : {},
        written: writtenSettings(this.#now(this.#settings).values()),
      },
      store: { founded: store ? foundedByStore(store) : {}, written: this.#ownStore.settings },
    };
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

  /** Takes the shards that are kept and were not heard before. */
  async #takeKept(): Promise<void> {
    const kept = await this.#reading;
    const shards = this.#organization?.catalogShards ?? 0;
    for (const [shard, text] of kept?.texts ?? []) {
      if (shard >= shards || this.#opened.has(String(shard))) continue;
      if (this.#heard.has(nameOf({ class: 'catalog', shard }))) continue;
      this.#opened.add(String(shard));
      this.#unconfirmed.set(shard, text);
      this.#catalog.takeKept(shard, text, shards);
    }
    this.#catalog.takeKeptDepartments(kept?.departments ?? []);
    this.#keptTaken = true;
    this.#version++;
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
    // The first event of a document tells all it holds.
    if (event.key.class === 'catalog' && this.#unconfirmed.has(event.key.shard))
      this.confirmShard(event.key.shard, entriesOf(event.changes));
    else this.#read(event.key, event.changes);
    // The organization may arrive after the start, on a till that was just set up: only it says how many shards there are.
    if (event.key.class === 'organization' && this.#keptTaken) {
      this.#openCatalog(documents).catch((cause: unknown) => globalThis.reportError(cause));
    }
  }

  #read(document: DocumentKey, changes: readonly EntryChange[]): void {
    if (!this.#concerns(document)) return;
    if (document.class === 'catalog') {
      this.#changed.add(document.shard);
      // What was kept comes before what is said now.
      this.#catalog.readKept(document.shard);
    }
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
    return this.#catalog.take(key, text);
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

  #forget(document: DocumentKey, key: string): undefined {
    if (document.class === 'store') this.#ownStore.forget(key);
    else if (document.class === 'catalog') this.#catalog.forget(key);
    else if (key.startsWith('settings:')) this.#settings.delete(key.slice('settings:'.length));
    else this.#staff.forget(key);
  }
}

function nameOf(key: DocumentKey): string {
  return key.class === 'catalog' ? `catalog ${key.shard}` : key.class;
}
