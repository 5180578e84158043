import type { Product } from '#model/catalog/product.ts';
import type { EntryFault } from '#model/documents/entries.ts';
import type { Store } from '#model/documents/organization.ts';
import type { StoreId } from '#model/ids/register-id.ts';
import {
  monthNumber,
  readStockSummary,
  stockSummaryShard,
  type StockSummaryKey,
  type ToldStock,
} from '#model/stock/stock-summary.ts';
import { businessDay } from './business-day.ts';
import type { Documents } from '../repo/documents.ts';

/** After so long without news a store's stock is shown as old, in milliseconds (rule K8). */
const OLD_MS = 48 * 3_600_000;

/** How long the relay may take for a summary that is not here, in milliseconds. */
const ASK_MS = 5_000;

/** What the desk stands on. */
export type OtherStockParts = {
  readonly documents: Documents;
  readonly store: StoreId;
  /** All stores of the organization, this one as well. */
  readonly stores: () => readonly Store[];
  readonly now: () => Date;
};

/**
 * What another store has of an article (rule K8): still being asked for; a quantity as of the moment head office had heard of the store,
 * `old` where that is long ago; `not-kept` where its books do not name the article; `unknown` where nothing was ever told.
 */
export type StockElsewhere = { readonly store: StoreId; readonly name: string } & (
  | { readonly state: 'asking' | 'unknown' }
  | { readonly state: 'not-kept'; readonly heard: string }
  | { readonly state: 'known'; readonly heard: string; readonly quantity: string; readonly old: boolean }
);

/**
 * What the other stores have in stock, as head office last told (rules K7 and K8). A summary is opened when somebody looks at an article,
 * and kept, so that the next look is answered with no link as well.
 */
export class OtherStockDesk {
  readonly faults = new Map<string, EntryFault>();
  readonly #parts: OtherStockParts;
  /** What was told, by store and product; `undefined` for a store nothing was told of. */
  #told = $state.raw<ReadonlyMap<string, ToldStock | undefined>>(new Map());

  constructor(parts: OtherStockParts) {
    this.#parts = parts;
  }

  /** Asks what the other stores have of an article and hears what is told of it from then on; gives the function that ends that. */
  look({ id }: Pick<Product, 'id'>): () => void {
    const stop = this.#parts.documents.watch((event) => {
      if (event.type === 'link' && event.connected) this.#ask(id);
      if (event.type !== 'changed' || event.key.class !== 'stock-summary') return;
      if (event.key.shard === stockSummaryShard(id)) this.#ask(id);
    });
    this.#ask(id);
    return stop;
  }

  /** What the other stores have of an article, by store; none where there is no other store. */
  of({ id }: Pick<Product, 'id'>): readonly StockElsewhere[] {
    return this.#others().map(({ id: store, name }) => {
      const about = nameOf(store, id);
      if (!this.#told.has(about)) return { store, name, state: 'asking' };
      return { store, name, ...this.#stateOf(this.#told.get(about)) };
    });
  }

  /** Whether a moment is of today where the till stands. */
  isToday(instant: string, timeZone: string): boolean {
    return businessDay(new Date(instant), timeZone) === businessDay(this.#parts.now(), timeZone);
  }

  #stateOf(told: ToldStock | undefined) {
    if (!told) return { state: 'unknown' } as const;
    const { heard, quantity } = told;
    if (quantity === undefined) return { state: 'not-kept', heard } as const;
    const old = this.#parts.now().getTime() - Date.parse(heard) >= OLD_MS;
    return { state: 'known', heard, quantity, old } as const;
  }

  #others(): readonly Store[] {
    const { store, stores } = this.#parts;
    return stores()
      .filter(({ id }) => id !== store)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #ask(product: string): void {
    for (const { id } of this.#others())
      this.#askFor(id, product).catch((cause: unknown) => {
        if (!this.#told.get(nameOf(id, product))) this.#tell(id, product, undefined);
        globalThis.reportError(cause);
      });
  }

  /** This month's summary, or last month's while this one says nothing. */
  async #askFor(store: StoreId, product: string): Promise<void> {
    const month = monthNumber(this.#parts.now().toISOString());
    for (const each of [month, month - 1]) {
      const key = { class: 'stock-summary', store, month: each, shard: stockSummaryShard(product) } as const;
      const told = await this.#read(key, product);
      if (told) return this.#tell(store, product, told);
    }
    this.#tell(store, product, undefined);
  }

  async #read(key: StockSummaryKey, product: string): Promise<ToldStock | undefined> {
    const { documents } = this.#parts;
    let entries = await documents.open(key);
    // What is here is shown at once; news of it come as an event.
    if (Object.keys(entries).length === 0 && (await documents.caughtUp(key, ASK_MS)) === 'caught-up')
      entries = await documents.open(key);
    const read = readStockSummary(entries, product);
    if (read.ok) return read.value;
    this.faults.set(`${key.store} ${read.error.key}`, read.error);
    return undefined;
  }

  #tell(store: StoreId, product: string, told: ToldStock | undefined): void {
    this.#told = new Map([...this.#told, [nameOf(store, product), told]]);
  }
}

function nameOf(store: StoreId, product: string): string {
  return `${store} ${product}`;
}
