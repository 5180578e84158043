import type { EntryChange } from '#model/documents/entries.ts';
import { pastSession, type PastSession } from '#model/folds/period-closing.ts';
import { registerNumber, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { ok, type Result } from '#model/result.ts';
import type { Documents, DocumentsEvent } from '../repo/documents.ts';
import type { Links } from './links.svelte.ts';
import { isThere, PastSessions, type SessionKey } from './past-sessions.svelte.ts';
import { searchReceipt, type ListedSession } from './receipt-search.ts';
import type { TakenBack } from './refunds.ts';
import { readRecord, type JournalFault } from './session-records.ts';

type SessionJournal = { readonly key: SessionKey; readonly records: Map<number, JournalRecord> };

/** A finished sale somewhere in the store. */
export type SeenSale = RecordOf<'sale'>;

/**
 * Sales that were looked for: the newest first, `since` when the oldest session that was looked into began, `more` whether there are
 * older ones, `outOfReach` whether sessions among them could not be fetched.
 */
export type SeenSales = {
  readonly sales: readonly SeenSale[];
  readonly since: string | undefined;
  readonly more: boolean;
  readonly outOfReach: boolean;
};

/** As much of a sale made later as tells what it took back. */
export type LaterSale = { readonly lines: readonly TakenBack[] };

/** So many sessions are fetched at once. */
const AT_ONCE = 8;

const name = (key: SessionKey) => `${key.register}#${key.session}`;

/**
 * The journals of all registers of the store: what the others sell, and where an old receipt is found. Only each register's latest
 * session is kept open; older ones are read when somebody asks, and those that are not held any more are fetched (rule D11).
 */
export class StoreJournals {
  readonly faults = new Map<string, JournalFault>();
  /** The sessions that are not held. */
  readonly past: PastSessions;
  readonly #documents: Documents;
  readonly #links: Pick<Links, 'isDoubted'>;
  readonly #store: StoreId;
  readonly #own: RegisterId;
  readonly #sessions = new Map<string, SessionJournal>();
  readonly #opening = new Map<string, Promise<SessionJournal>>();
  readonly #arrivals = new Map<string, number>();
  #version = $state(0);

  constructor(documents: Documents, store: StoreId, own: RegisterId, links: Pick<Links, 'isDoubted'>) {
    this.#documents = documents;
    this.#links = links;
    this.#store = store;
    this.#own = own;
    this.past = new PastSessions(documents);
  }

  /** Reads the latest session of every other register and follows all. */
  async follow(): Promise<() => void> {
    const stop = this.#documents.watch((event) => this.#hear(event));
    const latest = new Map<string, SessionKey>();
    for (const key of await this.held()) if (!latest.has(key.register)) latest.set(key.register, key);
    await Promise.all([...latest.values()].map((key) => this.#openOrNote(key)));
    return stop;
  }

  /** The register's own journal has read its latest session already: here that is read when somebody asks. */
  async #openOrNote(key: SessionKey): Promise<void> {
    if (key.register !== this.#own || this.#opening.has(name(key))) await this.#open(key);
    else if (!this.#sessions.has(name(key))) this.#sessions.set(name(key), { key, records: new Map() });
  }

  /** Reads what was only noted of the latest sessions: afterwards {@link records} holds all of them. */
  async readLatest(): Promise<void> {
    await Promise.all(this.#latest().map(({ key }) => this.#open(key)));
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

  /**
   * The sale behind a receipt number, from any journal of the store, whose session is open from then on. Refused where the session it
   * should be in could not be fetched. Each session that is read for it waits for `paused`, where nobody waits for the receipt.
   */
  async findReceipt(
    receipt: string,
    paused: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Result<SeenSale | undefined, { readonly code: 'out-of-reach' }>> {
    const [store, register] = receipt.split('-');
    if (store !== this.#store) return ok(undefined);
    const found = await searchReceipt(receipt, {
      listed: (await this.listed()).filter(({ key }) => key.register === register),
      opened: (key) =>
        this.#opening.has(name(key)) ? this.#sessions.get(name(key))?.records.values() : undefined,
      recordsOf: (one) => paused().then(() => this.#glanceAt(one)),
      remembered: (key) => this.past.digest(key),
      isSale: (record) => this.#isTrustedSale(record),
    });
    if (!found.ok) return found;
    if (found.value === undefined) return ok(undefined);
    const { sale, session } = found.value;
    if (session.held) await this.#open(session.key);
    return ok(sale);
  }

  /** Counts what came in from elsewhere for a register's sessions: what was not there before may be now. */
  arrivals(register: string): number {
    return this.#arrivals.get(register) ?? 0;
  }

  /**
   * The receipt by which a register of the store, as far as its latest session is known, sold a basket (rule H5). A record nobody
   * vouches for sold nothing (rule E10): it would take parked baskets off every till's list, and name a receipt that no till finds.
   */
  receiptOfBasket(basket: string): string | undefined {
    void this.#version;
    for (const { records } of this.#sessions.values())
      for (const record of records.values())
        if (record.kind === 'sale' && record.body.basket === basket && this.#isTrustedSale(record))
          return record.body.receipt;
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

  /** The records of opened sessions that the relay doubts. */
  get doubted(): readonly JournalRecord[] {
    void this.#version;
    return [...this.#sessions.values()]
      .flatMap(({ records }) => [...records.values()])
      .filter((record) => this.#links.isDoubted(this.#store, record));
  }

  /** The sessions that are open, once those held are of which `also` says so. */
  async lookedInto(also: ((key: SessionKey) => boolean) | undefined): Promise<readonly SessionKey[]> {
    for (const key of also ? await this.held() : []) if (also?.(key)) await this.#open(key);
    return [...this.#sessions.values()].map(({ key }) => key);
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

  /** What sales of the store made at `from` (ISO 8601) or later took back, as far as this till can know. */
  async salesSince(from: string): Promise<readonly LaterSale[]> {
    const done = new Set<string>();
    const sales: LaterSale[] = [];
    for (const { key, held } of await this.listed()) {
      if (done.has(key.register)) continue;
      const digest = held ? undefined : await this.past.digest(key);
      if (digest) {
        // All of it, also what is older: nobody takes back what was not sold yet.
        sales.push({ lines: digest.takenBack });
        if (digest.from < from) done.add(key.register);
        continue;
      }
      const records = (await this.#recordsOf({ key, held })) ?? [];
      for (const record of records) if (record.kind === 'sale' && record.at >= from) sales.push(record.body);
      // Sessions come newest first: one that began before the sale is the last that can matter.
      if (records.some((record) => record.kind === 'opened' && record.at < from)) done.add(key.register);
    }
    return sales;
  }

  /** The sales of the store that fit, in its latest `sessions` sessions; those nobody vouches for are none. */
  async salesWhere(fits: (sale: SeenSale) => boolean, sessions: number): Promise<SeenSales> {
    const listed = await this.listed();
    const sales: SeenSale[] = [];
    let since: string | undefined;
    let outOfReach = false;
    const looked = await this.#recordsOfAll(listed.slice(0, sessions));
    for (const records of looked) {
      outOfReach ||= records === undefined;
      for (const record of records ?? []) {
        if (since === undefined || record.at < since) since = record.at;
        if (this.#isTrustedSale(record) && fits(record)) sales.push(record);
      }
    }
    sales.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : b.seq - a.seq));
    return { sales, since, more: listed.length > sessions, outOfReach };
  }

  /**
   * The records in `seq` order of each session of the store, the newest session of each register first, until `isEnough` says so of a
   * register's session or `most` of its sessions were read; with `register` of that one alone. Sessions that are not held are fetched; those that cannot be are left out.
   */
  async sessions(
    most: number,
    isEnough: (records: readonly JournalRecord[]) => boolean = () => false,
    register?: RegisterId,
  ): Promise<readonly (readonly JournalRecord[])[]> {
    const registers = Map.groupBy(await this.listed(), ({ key }) => key.register);
    const wanted = [...registers].filter(([one]) => register === undefined || one === register);
    const read = await Promise.all(
      wanted.map(([, listed]) => this.#readBack(listed.slice(0, most), isEnough)),
    );
    return read.flat();
  }

  /**
   * A register's closed sessions, the newest first, until `isEnough` says so of one: from their records, or from what is remembered of
   * them. It never fetches one: a closing must not wait for the relay.
   */
  async pastSessions(
    register: RegisterId,
    isEnough: (past: PastSession) => boolean,
  ): Promise<readonly PastSession[]> {
    const past: PastSession[] = [];
    for (const { key, held } of (await this.listed()).filter((one) => one.key.register === register)) {
      const records = held ? await this.#recordsOf({ key, held }) : undefined;
      const one = records ? pastSession(records) : await this.past.digest(key);
      if (one) past.push({ session: one.session, day: one.day, closed: one.closed, periods: one.periods });
      const last = past.at(-1);
      if (last && isEnough(last)) break;
    }
    return past;
  }

  /** The number of the last copy of a receipt made at `from` that any register printed; 0 without one. */
  async lastCopy(receipt: string, from: string): Promise<number> {
    const done = new Set<string>();
    let last = 0;
    for (const { key, held } of await this.listed()) {
      if (done.has(key.register)) continue;
      const digest = held ? undefined : await this.past.digest(key);
      const records = digest ? undefined : await this.#recordsOf({ key, held });
      const copies =
        digest?.copies ?? (records ?? []).flatMap((one) => (one.kind === 'reprint' ? [one.body] : []));
      last = Math.max(last, ...copies.map((one) => (one.receipt === receipt ? one.copy : 0)));
      const began = digest?.from ?? records?.[0]?.at;
      if (began !== undefined && began < from) done.add(key.register);
    }
    return last;
  }

  /** Every session of the store, held or not, the newest of each register first. A register's sessions are numbered without gaps. */
  async listed(): Promise<readonly ListedSession[]> {
    const held = await this.held();
    const byRegister = Map.groupBy(held, ({ register }) => register);
    const listed = [...byRegister].flatMap(([register, keys]) => {
      const numbers = new Set(keys.map(({ session }) => session));
      return Array.from({ length: Math.max(...numbers) }, (_, i): ListedSession => {
        const key: SessionKey = { class: 'session', store: this.#store, register, session: i + 1 };
        return { key, held: numbers.has(i + 1) };
      });
    });
    return listed.sort(
      (a, b) =>
        b.key.session - a.key.session || registerNumber(a.key.register) - registerNumber(b.key.register),
    );
  }

  /** The sessions of the store that are held here, the newest of each register first. */
  async held(): Promise<readonly SessionKey[]> {
    return (await this.#documents.known())
      .filter((key): key is SessionKey => key.class === 'session' && key.store === this.#store)
      .sort((a, b) => b.session - a.session);
  }

  /** Lets a session that is not held any more out of memory. */
  forget(key: SessionKey): void {
    this.#sessions.delete(name(key));
    this.#opening.delete(name(key));
    this.#version++;
  }

  async #readBack(
    listed: readonly ListedSession[],
    isEnough: (records: readonly JournalRecord[]) => boolean,
  ): Promise<(readonly JournalRecord[])[]> {
    const sessions: (readonly JournalRecord[])[] = [];
    for (let at = 0; at < listed.length; at += AT_ONCE)
      for (const records of await this.#recordsOfAll(listed.slice(at, at + AT_ONCE))) {
        if (!records || records.length === 0) continue;
        sessions.push(records);
        if (isEnough(records)) return sessions;
      }
    return sessions;
  }

  /** The records of sessions, some at once; undefined for each that could not be fetched. */
  async #recordsOfAll(
    listed: readonly ListedSession[],
  ): Promise<readonly (readonly JournalRecord[] | undefined)[]> {
    const all: (readonly JournalRecord[] | undefined)[] = [];
    for (let at = 0; at < listed.length; at += AT_ONCE)
      all.push(...(await Promise.all(listed.slice(at, at + AT_ONCE).map((one) => this.#recordsOf(one)))));
    return all;
  }

  /** The records of a session of which at most one is wanted: one that is held does not stay open for that. */
  async #glanceAt(one: ListedSession): Promise<readonly JournalRecord[] | undefined> {
    if (!one.held || this.#opening.has(name(one.key))) return this.#recordsOf(one);
    const entries = await this.#documents.open(one.key);
    return Object.keys(entries)
      .sort()
      .flatMap((key) => {
        const read = readRecord(one.key.session, key, entries[key] ?? '');
        return read.ok ? [read.value] : [];
      });
  }

  async #recordsOf({ key, held }: ListedSession): Promise<readonly JournalRecord[] | undefined> {
    if (held) return [...(await this.#open(key)).records.values()].sort((a, b) => a.seq - b.seq);
    const records = await this.past.records(key);
    return isThere(records) ? records : undefined;
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
    const { register } = event.key;
    if (event.remote) this.#arrivals.set(register, this.arrivals(register) + 1);
    if (this.#isPast(event.key)) return;
    const isRead = register !== this.#own || this.#opening.has(name(event.key));
    if (isRead) this.#take(event.key, event.changes);
    this.#openOrNote(event.key).catch((cause: unknown) => globalThis.reportError(cause));
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
