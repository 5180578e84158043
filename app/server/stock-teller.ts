import * as v from 'valibot';
import {
  countedStockSchema,
  monthNumber,
  stockSummaryChanges,
  stockSummaryKeys,
} from '#model/stock/stock-summary.ts';
import type { CountedStock, StockSummaryKey } from '#model/stock/stock-summary.ts';
import { storeIdSchema, type StoreId } from '#model/ids/register-id.ts';
import type { Documents } from '../lib/repo/documents.ts';
import type { HeadOfficeDocuments } from './head-office-documents.ts';
import { readDocument } from './shop-writes.ts';
import type { Station } from './station.ts';

/** How long what stores sold gathers before it is told, in milliseconds (rule K7). */
const TELL_MS = 60_000;

/** How long the reports program or the relay may take for one answer, in milliseconds. */
const ANSWER_MS = 30_000;

/** What head office's reports program counts. */
export type StockCounts = {
  /** The stores of the organization; none while it does not answer. */
  readonly stores: () => Promise<readonly StoreId[]>;
  /** A store's stock; undefined where it keeps no book or the count is not to be trusted yet. */
  readonly counted: (store: StoreId) => Promise<CountedStock | undefined>;
};

/** What a teller stands on: the documents of head office itself, and the time as ISO 8601 in UTC. */
export type StockTellerParts = {
  readonly documents: Documents;
  readonly counts: StockCounts;
  readonly now: () => string;
  readonly log: (line: string) => void;
};

/**
 * Head office tells every till what the stores have in stock (rule K7): once a minute, and of each document only what is new. Where
 * there is one store nobody would read it, and nothing is written.
 */
export class StockTeller {
  readonly #parts: StockTellerParts;
  /** The documents that were read from the relay since the start: from then on they are here. */
  readonly #read = new Set<string>();
  /** What was last told of each store: a store where nothing happened costs nothing. */
  readonly #told = new Map<StoreId, string>();
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: StockTellerParts) {
    this.#parts = parts;
  }

  /** Tells from now on. */
  start(): void {
    this.#timer = setInterval(() => void this.tell(), TELL_MS);
    void this.tell();
  }

  /** Tells no more. What was not told to its end is told after the next start: nobody waits for it. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  /** Tells what is new now; what fails is logged and told the next time. */
  tell(): Promise<void> {
    this.#telling ??= this.#tell()
      .catch((cause: unknown) => {
        if (!this.#stopped) this.#parts.log(`the stock of the stores could not be told: ${String(cause)}`);
      })
      .finally(() => (this.#telling = undefined));
    return this.#telling;
  }

  async #tell(): Promise<void> {
    const stores = await this.#parts.counts.stores();
    if (stores.length < 2) return;
    for (const store of stores) {
      const counted = this.#stopped ? undefined : await this.#parts.counts.counted(store);
      if (counted) await this.#tellOf(store, counted);
    }
  }

  async #tellOf(store: StoreId, counted: CountedStock): Promise<void> {
    const now = this.#parts.now();
    // A till whose clock is ahead must not make its store look fresh for ever.
    const honest = counted.heard > now ? { ...counted, heard: now } : counted;
    const month = monthNumber(now);
    const all = `${month} ${JSON.stringify(honest)}`;
    if (this.#told.get(store) === all) return;
    for (const key of stockSummaryKeys(store, month)) await this.#tellShard(key, honest);
    this.#told.set(store, all);
  }

  async #tellShard(key: StockSummaryKey, counted: CountedStock): Promise<void> {
    const { documents } = this.#parts;
    const changes = stockSummaryChanges(await this.#entries(key), counted, key.shard);
    if (Object.keys(changes).length === 0) return;
    const saved = await documents.writeDurably(key, changes, ANSWER_MS);
    if (saved.relay !== 'saved') throw new Error(`the relay did not take it (${saved.relay})`);
  }

  /** What a document says; the first time only once everything the relay has of it is here. */
  async #entries(key: StockSummaryKey) {
    const { documents } = this.#parts;
    const name = JSON.stringify(key);
    if (this.#read.has(name)) return documents.open(key);
    const read = await readDocument(documents, key);
    if (!read.ok) throw new Error(read.error);
    this.#read.add(name);
    return read.value;
  }
}

const storesSchema = v.object({ stores: v.array(v.object({ id: storeIdSchema })) });
const countSchema = v.object({ ...countedStockSchema.entries, behind: v.number() });

/** Asks head office's reports program over HTTP, `http://127.0.0.1:4720`. */
export function countsOverHttp(url: string): StockCounts {
  const ask = async <Schema extends v.GenericSchema>(path: string, schema: Schema) => {
    const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(ANSWER_MS) });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`the reports program answered ${response.status}`);
    return v.parse(schema, await response.json());
  };
  return {
    stores: async () =>
      ((await ask('/reports/organization', storesSchema))?.stores ?? []).map(({ id }) => id),
    counted: async (store) => {
      const count = await ask(`/reports/stock?store=${store}`, countSchema);
      return count && count.behind === 0 ? count : undefined;
    },
  };
}

/** Starts the teller of a head office; undefined where its machine runs no reports. */
export function startStockTeller(
  { documents }: HeadOfficeDocuments,
  station: Pick<Station, 'reportsUrl' | 'log'>,
): StockTeller | undefined {
  const { reportsUrl } = station;
  if (reportsUrl === undefined) return undefined;
  const teller = new StockTeller({
    documents,
    counts: countsOverHttp(reportsUrl),
    now: () => new Date().toISOString(),
    log: (line) => station.log(line),
  });
  teller.start();
  return teller;
}
