import type { Product } from '#model/catalog/product.ts';
import { readOpenSale } from '#model/documents/basket.ts';
import type { EntryChange, EntryFault } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { OversoldFold } from '#model/folds/oversold-fold.ts';
import type { ExceptionOf } from '#model/folds/shop-exception.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import type { RecordOf } from '#model/journal/record.ts';
import type { Basket, BasketLine } from '#model/sale/basket.ts';
import { readStockEntry } from '#model/stock/stock-entry.ts';
import { StockFold, type StockHere } from '#model/stock/stock-fold.ts';
import type { Documents, DocumentsEvent } from '../repo/documents.ts';
import { isThere, type SessionKey } from './past-sessions.svelte.ts';
import type { StoreJournals } from './store-journals.svelte.ts';
import { readRecord } from './session-records.ts';

type BasketKey = Extract<DocumentKey, { class: 'basket' }>;
type OtherBasket = { readonly session: number; readonly entries: Map<string, string> };

/** What the stock desk stands on. `register` is this till's; `openLines` are its open basket and the parked ones. */
export type StockDeskParts = {
  readonly documents: Documents;
  readonly store: StoreId;
  readonly register: RegisterId;
  readonly journals: Pick<StoreJournals, 'listed' | 'past'>;
  readonly openLines: () => readonly Basket[];
};

/**
 * What the store has in stock (rule K6), folded from its stock books and the journals of all its registers: those that are held, what is
 * remembered of others (rule D10), and once those of which a new till remembers nothing. A store that keeps no book costs nothing:
 * journals are opened only when there is one, one after the other and beside the selling.
 */
export class StockDesk {
  readonly faults = new Map<string, EntryFault>();
  readonly #parts: StockDeskParts;
  readonly #fold = new StockFold();
  readonly #oversold = new OversoldFold();
  readonly #opened = new Set<string>();
  /** The open basket of each other till of the store, as far as it is known. */
  readonly #others = new Map<RegisterId, OtherBasket>();
  readonly #soldBaskets = new Set<string>();
  /** What lies in them; undefined until somebody asks again. A screen of tiles asks for each of them. */
  #otherLines: readonly BasketLine[] | undefined;
  /** Whether the store may keep a book: what comes while that is looked up is not missed. */
  #keepsBook = false;
  #version = $state(0);
  #facts = 0;
  #ready = $state(false);
  /** Whether what is remembered of sessions was counted. */
  #recalled = false;
  /** Whether sessions are missing because no relay was there. */
  #waits = false;
  #counting: Promise<void> | undefined;

  constructor(parts: StockDeskParts) {
    this.#parts = parts;
  }

  /** Follows the store's books and journals; returns at once and reads beside the selling. */
  follow(): () => void {
    const stop = this.#parts.documents.watch((event) => this.#hear(event));
    this.#readAll();
    return stop;
  }

  /** Resolves when everything that is stored here is counted. */
  async counted(): Promise<void> {
    await this.#counting;
  }

  /** The stock of an article; undefined while it is being counted and where no book knows it. */
  here({ id }: Pick<Product, 'id'>): StockHere | undefined {
    void this.#version;
    if (!this.#ready || !this.#fold.knows(id)) return undefined;
    const own = this.#parts.openLines().flatMap(({ lines }) => lines);
    this.#otherLines ??= this.#readOthers();
    return this.#fold.here(id, [...own, ...this.#otherLines]);
  }

  /** What is left of an article where that is as little as its `lowStock`, or nothing; undefined otherwise. */
  lowStock(product: Product): string | undefined {
    const available = this.here(product)?.available;
    if (available === undefined) return undefined;
    return Number(available) <= Number(product.lowStock ?? '0') ? available : undefined;
  }

  /** Counts the entries and sales that were counted, so that nobody looks twice at the same. */
  get facts(): number {
    return this.#facts;
  }

  /**
   * What was sold that was not there (rules F4 and F13), leaving out sales with these hashes; nothing before all is counted. After a
   * sale it costs as much as was ever booked and sold of its articles.
   */
  oversold(without: ReadonlySet<string>): readonly ExceptionOf<'oversold'>[] {
    return this.#ready ? this.#oversold.find(without) : [];
  }

  /** Counts sales that a document does not show: those of a number that two machines gave. */
  takeSales(sales: readonly RecordOf<'sale'>[]): void {
    if (this.#keepsBook) for (const sale of sales) this.#oversold.takeSale(sale);
  }

  #readAll(): void {
    this.#keepsBook = true;
    this.#counting = (this.#counting ?? Promise.resolve())
      .then(() => this.#count())
      .catch((cause: unknown) => globalThis.reportError(cause));
  }

  async #count(): Promise<void> {
    const known = (await this.#parts.documents.known()).filter((key) => this.#isOurs(key));
    const books = known.filter(({ class: kind }) => kind === 'stock-book');
    this.#keepsBook = books.length > 0;
    if (!this.#keepsBook) return;
    for (const key of books) await this.#open(key);
    const { past } = this.#parts.journals;
    if (!this.#recalled) {
      const [sold, until] = [await past.sold(), await past.soldUntil()];
      this.#fold.takeSold(sold);
      this.#oversold.takeSold(sold, until);
    }
    this.#recalled = true;
    this.#waits = false;
    for (const { key, held } of await this.#parts.journals.listed()) {
      if (await past.digest(key)) continue;
      if (held) await this.#open(key);
      else if (!(await this.#learn(key))) this.#waits = true;
    }
    for (const key of this.#othersBaskets(known)) await this.#open(key);
    this.#ready = !this.#waits;
    this.#facts++;
    this.#version++;
  }

  /** Counts a session that was never held here, and remembers it; false while no relay is there to give it. */
  async #learn(key: SessionKey): Promise<boolean> {
    const name = nameOf(key);
    if (this.#opened.has(name)) return true;
    const { past } = this.#parts.journals;
    const records = await past.records(key);
    if (!isThere(records)) return records !== 'away';
    this.#opened.add(name);
    for (const record of records) if (record.kind === 'sale') this.#takeSale(record);
    await past.remember([records], []);
    return true;
  }

  async #open(key: DocumentKey): Promise<void> {
    const name = nameOf(key);
    if (this.#opened.has(name)) return;
    this.#opened.add(name);
    try {
      const entries = await this.#parts.documents.open(key);
      this.#take(
        key,
        Object.entries(entries).map(([entry, text]) => ({ key: entry, text })),
      );
    } catch (cause) {
      this.#opened.delete(name);
      throw cause;
    }
  }

  #hear(event: DocumentsEvent): void {
    if (event.type === 'link' && event.connected && this.#waits) this.#readAll();
    if (event.type !== 'changed' || !this.#isOurs(event.key)) return;
    // The fold takes each fact once, so what comes while its document is being read may be taken twice.
    if (this.#opened.has(nameOf(event.key))) this.#take(event.key, event.changes);
    else if (this.#keepsBook || event.key.class === 'stock-book') this.#readAll();
  }

  /** The basket document of the latest session of every other till. */
  #othersBaskets(known: readonly DocumentKey[]): BasketKey[] {
    const latest = new Map<RegisterId, BasketKey>();
    for (const key of known) {
      if (key.class !== 'session' || key.register === this.#parts.register) continue;
      if (key.session <= (latest.get(key.register)?.session ?? 0)) continue;
      const { store, register, session } = key;
      latest.set(register, { class: 'basket', store, register, session });
    }
    return [...latest.values()];
  }

  /** What lies in the other tills' baskets. One that became a sale is in the journal, whichever of the two came here first. */
  #readOthers(): readonly BasketLine[] {
    return [...this.#others.values()].flatMap(({ entries }) => {
      const read = readOpenSale(Object.fromEntries(entries));
      const basket = read.ok ? read.value?.basket : undefined;
      return basket && !this.#soldBaskets.has(basket.id) ? basket.lines : [];
    });
  }

  #takeBasket({ register, session }: BasketKey, { key, text }: EntryChange): void {
    const known = this.#others.get(register);
    if (known && known.session > session) return;
    const entries = known?.session === session ? known.entries : new Map<string, string>();
    if (text === undefined) entries.delete(key);
    else entries.set(key, text);
    this.#others.set(register, { session, entries });
  }

  #take(key: DocumentKey, changes: readonly EntryChange[]): void {
    for (const change of changes) {
      const { key: entry, text } = change;
      if (key.class === 'basket') this.#takeBasket(key, change);
      // Entries of books and journals are never taken out: they are facts (rules K1 and J7).
      if (text === undefined) continue;
      if (key.class === 'stock-book') this.#takeEntry(entry, text);
      else if (key.class === 'session') this.#takeRecord(key.session, entry, text);
    }
    this.#otherLines = undefined;
    this.#version++;
  }

  #takeEntry(key: string, text: string): void {
    const read = readStockEntry(key, text);
    if (!read.ok) {
      this.faults.set(key, read.error);
      return;
    }
    this.#fold.takeEntry(read.value);
    this.#oversold.takeEntry(read.value);
    this.#facts++;
  }

  #takeRecord(session: number, key: string, text: string): void {
    // Most records are sales and cheap to tell; what is none need not be read in full.
    if (!text.includes('"kind":"sale"')) return;
    const read = readRecord(session, key, text);
    if (!read.ok || read.value.kind !== 'sale') return;
    this.#soldBaskets.add(read.value.body.basket);
    this.#takeSale(read.value);
  }

  #takeSale(sale: RecordOf<'sale'>): void {
    this.#fold.takeSale(sale.body);
    this.#oversold.takeSale(sale);
    this.#facts++;
  }

  #isOurs(key: DocumentKey): boolean {
    if (key.class === 'basket')
      return key.store === this.#parts.store && key.register !== this.#parts.register;
    return (key.class === 'stock-book' || key.class === 'session') && key.store === this.#parts.store;
  }
}

function nameOf(key: DocumentKey): string {
  return key.class === 'session'
    ? `${key.register}#${key.session}`
    : JSON.stringify(Object.entries(key).sort());
}
