import { canonicalJson } from '#model/journal/canonical.ts';
import {
  digestKey,
  digestOf,
  digestText,
  isDigestKey,
  readDigest,
  type SessionDigest,
} from '#model/folds/session-digest.ts';
import { readEntry } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { addSold, soldGoodsSchema, type SoldGoods } from '#model/stock/stock-fold.ts';
import type { Documents, LetGo } from '../repo/documents.ts';
import { readRecord } from './session-records.ts';

/** The document of a session. */
export type SessionKey = Extract<DocumentKey, { class: 'session' }>;

/** How long one session may take to come from the relay, in milliseconds. */
const FETCH_MS = 20_000;

/** How long the relay may take to say that it holds what is let go, in milliseconds. */
const CONFIRM_MS = 10_000;

/** So many fetched sessions stay in memory; the one that was asked for the longest time ago goes first. */
const MOST_FETCHED = 40;

/** The name under which is remembered what sessions sold that are not held. */
const SOLD = 'sold';

/** Why a session's records are not to be had now. */
export type OutOfReach = 'away' | 'late';

/**
 * The sessions of the store that this till does not hold: what it remembers of them (rule D10), and their records while somebody
 * looks for something in them (rule D11).
 */
export class PastSessions {
  readonly #documents: Documents;
  readonly #digests = new Map<string, SessionDigest>();
  readonly #fetched = new Map<string, Promise<readonly JournalRecord[] | OutOfReach>>();
  #sold: SoldGoods = [];
  #asked = false;
  #read: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #fetching = $state(0);

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** How many sessions are being fetched now. */
  get fetching(): number {
    return this.#fetching;
  }

  /** What is remembered of a session; undefined where it was never let go of. */
  async digest(key: SessionKey): Promise<SessionDigest | undefined> {
    await this.#remembered();
    return this.#digests.get(digestKey(key));
  }

  /** What the remembered sessions sold, all together. */
  async sold(): Promise<SoldGoods> {
    await this.#remembered();
    return this.#sold;
  }

  /** When the last record of the remembered sessions was made; empty without any. */
  async soldUntil(): Promise<string> {
    await this.#remembered();
    let until = '';
    for (const { to } of this.#digests.values()) if (to > until) until = to;
    return until;
  }

  /** The records of a session in `seq` order, from the relay; those that cannot be read are left out (rule D5). */
  records(key: SessionKey): Promise<readonly JournalRecord[] | OutOfReach> {
    this.#asked = true;
    const name = digestKey(key);
    const fetched = this.#fetched.get(name) ?? this.#fetch(key);
    // Asked for last, goes last.
    this.#fetched.delete(name);
    this.#fetched.set(name, fetched);
    for (const oldest of [...this.#fetched.keys()].slice(0, -MOST_FETCHED)) this.#fetched.delete(oldest);
    return fetched;
  }

  /** Called now and then: lets fetched sessions out of memory when none was asked for since the last time. */
  dropUnused(): void {
    if (!this.#asked) this.#fetched.clear();
    this.#asked = false;
  }

  /**
   * Remembers whole sessions that are not held, and lets go of documents in the same step: of none where `keys` is empty. One after the
   * other, for each adds to what was sold before.
   */
  remember(sessions: readonly (readonly JournalRecord[])[], keys: readonly DocumentKey[]): Promise<LetGo> {
    const done = this.#turn.then(() => this.#remember(sessions, keys));
    // Whoever asked hears of a failure; the next in line must not.
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #remember(
    sessions: readonly (readonly JournalRecord[])[],
    keys: readonly DocumentKey[],
  ): Promise<LetGo> {
    await this.#remembered();
    const digests = sessions
      .flatMap((records) => digestOf(records) ?? [])
      .filter((digest) => !this.#digests.has(digestKey(digest)));
    const known = new Set(digests.map(digestKey));
    const fresh = sessions.filter(([first]) => first !== undefined && known.has(digestKey(first)));
    const sales = fresh.flat().flatMap((record) => (record.kind === 'sale' ? [record.body] : []));
    const sold = addSold(this.#sold, sales);
    const notes = Object.fromEntries([
      ...digests.map((digest) => [digestKey(digest), digestText(digest)] as const),
      ...(fresh.length === 0 ? [] : [[SOLD, canonicalJson(sold)] as const]),
    ]);
    const outcome = await this.#documents.letGo(keys, notes, CONFIRM_MS);
    if (!outcome.gone) return outcome;
    for (const digest of digests) this.#digests.set(digestKey(digest), digest);
    this.#sold = sold;
    return outcome;
  }

  async #fetch(key: SessionKey): Promise<readonly JournalRecord[] | OutOfReach> {
    this.#fetching++;
    try {
      const fetched = await this.#documents.fetch(key, FETCH_MS);
      if (fetched.found) {
        return Object.entries(fetched.entries)
          .map(([entry, text]) => readRecord(key.session, entry, text))
          .flatMap((read) => (read.ok ? [read.value] : []))
          .sort((a, b) => a.seq - b.seq);
      }
      // What is away now may be there at the next question.
      this.#fetched.delete(digestKey(key));
      return fetched.why;
    } catch (cause) {
      this.#fetched.delete(digestKey(key));
      throw cause;
    } finally {
      this.#fetching--;
    }
  }

  #remembered(): Promise<void> {
    this.#read ??= this.#readNotes();
    this.#read.catch(() => (this.#read = undefined));
    return this.#read;
  }

  async #readNotes(): Promise<void> {
    const notes = await this.#documents.remembered();
    for (const [name, text] of Object.entries(notes)) {
      const digest = isDigestKey(name) ? readDigest(name, text) : undefined;
      if (digest?.ok) this.#digests.set(name, digest.value);
    }
    const sold = readEntry(soldGoodsSchema, SOLD, notes[SOLD] ?? '[]');
    if (sold.ok) this.#sold = sold.value;
  }
}

/** Whether a session's records are here. */
export function isThere(records: readonly JournalRecord[] | OutOfReach): records is readonly JournalRecord[] {
  return typeof records !== 'string';
}
