import type { EntryChange } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import type { SaleBody } from '#model/sale/sale-body.ts';
import type { Documents, DocumentsEvent } from '../repo/documents.ts';
import type { Links } from './links.svelte.ts';
import { readRecord, type JournalFault } from './session-records.ts';

type SessionKey = Extract<DocumentKey, { class: 'session' }>;
type SessionJournal = { readonly key: SessionKey; readonly records: Map<number, JournalRecord> };

/** A finished sale somewhere in the store. */
export type SeenSale = RecordOf<'sale'>;

/** Sales that were looked for: the newest first, `since` when the oldest session that was looked into began, `more` whether there are older ones. */
export type SeenSales = {
  readonly sales: readonly SeenSale[];
  readonly since: string | undefined;
  readonly more: boolean;
};

const name = (key: SessionKey) => `${key.register}#${key.session}`;

/**
 * The journals of all registers of the store as far as they have reached this till: what the others sell, and where an old
 * receipt is found. Only each register's latest session is kept open; older ones are read when somebody asks.
 */
export class StoreJournals {
  readonly faults = new Map<string, JournalFault>();
  readonly #documents: Documents;
  readonly #links: Pick<Links, 'isDoubted'>;
  readonly #store: StoreId;
  readonly #own: RegisterId;
  readonly #sessions = new Map<string, SessionJournal>();
  readonly #opening = new Map<string, Promise<SessionJournal>>();
  #version = $state(0);

  constructor(documents: Documents, store: StoreId, own: RegisterId, links: Pick<Links, 'isDoubted'>) {
    this.#documents = documents;
    this.#links = links;
    this.#store = store;
    this.#own = own;
  }

  /** Reads the latest session of every register and follows them. */
  async follow(): Promise<() => void> {
    const stop = this.#documents.watch((event) => this.#hear(event));
    const latest = new Map<string, SessionKey>();
    for (const key of await this.#knownSessions())
      if (!latest.has(key.register)) latest.set(key.register, key);
    await Promise.all([...latest.values()].map((key) => this.#open(key)));
    return stop;
  }

  /** The other registers' sales of their latest sessions, newest first. */
  get otherSales(): readonly SeenSale[] {
    void this.#version;
    const sales: SeenSale[] = [];
    for (const { key, records } of this.#latest()) {
      if (key.register === this.#own) continue;
      for (const record of records.values()) if (this.#isTrustedSale(record)) sales.push(record);
    }
    return sales.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : b.seq - a.seq));
  }

  /** The sale behind a receipt number, from any journal of the store this till holds; older sessions are read as needed. */
  async findReceipt(receipt: string): Promise<SeenSale | undefined> {
    const [, register] = receipt.split('-');
    for (const key of await this.#knownSessions()) {
      if (key.register !== register) continue;
      for (const record of (await this.#open(key)).records.values()) {
        if (this.#isTrustedSale(record) && record.body.receipt === receipt) return record;
      }
    }
    return undefined;
  }

  /** The receipt by which a register of the store, as far as its latest session is known, sold a basket (rule H5). */
  receiptOfBasket(basket: string): string | undefined {
    void this.#version;
    for (const { records } of this.#sessions.values())
      for (const record of records.values())
        if (record.kind === 'sale' && record.body.basket === basket) return record.body.receipt;
    return undefined;
  }

  /** Counts the changes of what is here. */
  get version(): number {
    return this.#version;
  }

  /** Every record of the sessions that were opened here, but those that nobody vouches for (rule E10). */
  get records(): readonly JournalRecord[] {
    void this.#version;
    return [...this.#sessions.values()]
      .flatMap(({ records }) => [...records.values()])
      .filter((record) => !this.#links.isDoubted(this.#store, record));
  }

  /** Receipts something of which came back, whose own sale is in no session that was opened. */
  missingReceipts(): readonly string[] {
    const sold = new Set<string>();
    const back = new Set<string>();
    for (const record of this.records) {
      if (record.kind !== 'sale') continue;
      sold.add(record.body.receipt);
      for (const { refundOf } of record.body.lines) if (refundOf) back.add(refundOf.receipt);
    }
    return [...back].filter((receipt) => !sold.has(receipt));
  }

  /** Every sale of the store made at `from` (ISO 8601) or later that this till knows: where a refund of it can be. */
  async salesSince(from: string): Promise<readonly SaleBody[]> {
    const done = new Set<string>();
    const sales: SaleBody[] = [];
    for (const key of await this.#knownSessions()) {
      if (done.has(key.register)) continue;
      const records = [...(await this.#open(key)).records.values()];
      for (const record of records) if (record.kind === 'sale' && record.at >= from) sales.push(record.body);
      // Sessions come newest first: one that began before the sale is the last that can matter.
      if (records.some((record) => record.kind === 'opened' && record.at < from)) done.add(key.register);
    }
    return sales;
  }

  /** The sales of the store that fit, in the latest `sessions` sessions this till holds; those nobody vouches for are none. */
  async salesWhere(fits: (sale: SeenSale) => boolean, sessions: number): Promise<SeenSales> {
    const known = await this.#knownSessions();
    const sales: SeenSale[] = [];
    let since: string | undefined;
    for (const key of known.slice(0, sessions))
      for (const record of (await this.#open(key)).records.values()) {
        if (since === undefined || record.at < since) since = record.at;
        if (this.#isTrustedSale(record) && fits(record)) sales.push(record);
      }
    sales.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : b.seq - a.seq));
    return { sales, since, more: known.length > sessions };
  }

  /**
   * The records in `seq` order of each session of the store that this till holds, the newest session of each register first,
   * until `isEnough` says so of a register's session or `most` of its sessions were read.
   */
  async sessions(
    most: number,
    isEnough: (records: readonly JournalRecord[]) => boolean = () => false,
    register?: RegisterId,
  ): Promise<readonly (readonly JournalRecord[])[]> {
    const read = new Map<string, number>();
    const sessions: (readonly JournalRecord[])[] = [];
    for (const key of await this.#knownSessions()) {
      const count = read.get(key.register) ?? 0;
      if (count >= most || (register !== undefined && key.register !== register)) continue;
      const { records } = await this.#open(key);
      const sorted = [...records.values()].sort((a, b) => a.seq - b.seq);
      if (sorted.length > 0) sessions.push(sorted);
      read.set(key.register, sorted.length > 0 && isEnough(sorted) ? most : count + 1);
    }
    return sessions;
  }

  /** Money is given back for a receipt found here, so a record that nobody vouches for is none. */
  #isTrustedSale(record: JournalRecord): record is SeenSale {
    return record.kind === 'sale' && !this.#links.isDoubted(this.#store, record);
  }

  #latest(): readonly SessionJournal[] {
    const latest = new Map<string, SessionJournal>();
    for (const journal of this.#sessions.values()) {
      const other = latest.get(journal.key.register);
      if (!other || other.key.session < journal.key.session) latest.set(journal.key.register, journal);
    }
    return [...latest.values()];
  }

  /** The store's sessions, newest session of each register first. */
  async #knownSessions(): Promise<readonly SessionKey[]> {
    return (await this.#documents.known())
      .filter((key): key is SessionKey => key.class === 'session' && key.store === this.#store)
      .sort((a, b) => b.session - a.session);
  }

  #open(key: SessionKey): Promise<SessionJournal> {
    const known = this.#opening.get(name(key));
    if (known) return known;
    const opening = this.#documents.open(key).then((entries) => {
      // An event may have told them before, and they are facts (rule J7).
      const held = this.#sessions.get(name(key))?.records;
      const unheard = Object.entries(entries).filter(([entry]) => !held?.has(Number(entry)));
      return this.#take(
        key,
        unheard.map(([entry, text]) => ({ key: entry, text })),
      );
    });
    this.#opening.set(name(key), opening);
    return opening;
  }

  #hear(event: DocumentsEvent): void {
    if (event.type !== 'changed' || event.key.class !== 'session' || event.key.store !== this.#store) return;
    if (this.#isPast(event.key)) return;
    this.#take(event.key, event.changes);
    this.#open(event.key).catch((cause: unknown) => globalThis.reportError(cause));
  }

  /** An older session that nobody asked for here: somebody else opened it, and a month of them takes seconds to read. */
  #isPast(key: SessionKey): boolean {
    if (this.#opening.has(name(key))) return false;
    return this.#latest().some((one) => one.key.register === key.register && one.key.session > key.session);
  }

  #take(key: SessionKey, changes: readonly EntryChange[]): SessionJournal {
    const journal = this.#sessions.get(name(key)) ?? { key, records: new Map<number, JournalRecord>() };
    this.#sessions.set(name(key), journal);
    for (const change of changes) {
      if (change.text === undefined) continue;
      const read = readRecord(key.session, change.key, change.text);
      if (read.ok) journal.records.set(read.value.seq, read.value);
      else this.faults.set(`${name(key)}:${change.key}`, read.error);
    }
    this.#version++;
    return journal;
  }
}
