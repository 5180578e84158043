import {
  COUNTERSIGNED_HEAD,
  countersignedHeadSchema,
  type CountersignedHead,
} from '#model/documents/acknowledgements.ts';
import { readEntry } from '#model/documents/entries.ts';
import { basketMayLeave, mayLeaveByKey, sessionMayLeave, type Keeping } from '#model/documents/keeping.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import type { Documents } from '../repo/documents.ts';
import type { SessionKey } from './past-sessions.svelte.ts';
import { readRecords } from './session-records.ts';
import type { StockDesk } from './stock-desk.svelte.ts';
import type { StoreJournals } from './store-journals.svelte.ts';

/** So many documents leave in one step: a page that reads them must not stand still for long. */
const STEP = 5;

/** How long head office's word for another register may take to come, in milliseconds. */
const WORD_MS = 5_000;

/** What the keeper stands on. `isQuiet` says whether nobody works at the till just now. */
export type KeeperParts = {
  readonly documents: Documents;
  readonly place: { readonly store: StoreId; readonly register: RegisterId };
  readonly journals: StoreJournals;
  readonly stock: Pick<StockDesk, 'counted'>;
  readonly isDoubted: (record: JournalRecord) => boolean;
  readonly keeping: () => Pick<Keeping, 'today' | 'days'>;
  readonly isQuiet: () => boolean;
};

/** A document that may leave, and of a session its records, to be remembered. */
type Leaving = { readonly key: DocumentKey; readonly records?: readonly JournalRecord[] };

/** Lets go of what this till need not hold any more (rules D8 to D10), once a day and while nobody works. */
export class DocumentKeeper {
  readonly #parts: KeeperParts;
  #done: string | undefined;
  #running: Promise<number> | undefined;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** Called again and again: lets go of what may leave, where that was not done today and it is quiet. */
  async look(): Promise<void> {
    const { today } = this.#parts.keeping();
    if (this.#done === today || this.#running || !this.#parts.isQuiet()) return;
    await this.tidy();
  }

  /** Lets go of what may leave; says of how many documents. Stops when somebody begins to work, to go on at the next look. */
  async tidy(): Promise<number> {
    this.#running ??= this.#tidy().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #tidy(): Promise<number> {
    const { documents, stock, place, keeping, isQuiet } = this.#parts;
    // What is being counted must not leave meanwhile: it would be fetched again.
    await stock.counted();
    const known = await documents.known();
    const rule: Keeping = { ...place, ...keeping(), latest: latestOf(known, place.store) };
    const candidates = known.filter((key) => mayLeaveByKey(key, rule));
    const heads = new Map<string, CountersignedHead | undefined>();
    let left = 0;
    for (let at = 0; at < candidates.length; at += STEP) {
      if (!isQuiet()) return left;
      const leaving: Leaving[] = [];
      for (const key of candidates.slice(at, at + STEP)) {
        const one = await this.#leaving(key, rule, heads);
        if (one) leaving.push(one);
      }
      left += await this.#letGo(leaving);
    }
    this.#done = rule.today;
    return left;
  }

  /** The document with what is to be remembered of it; undefined where it must stay. */
  async #leaving(
    key: DocumentKey,
    rule: Keeping,
    heads: Map<string, CountersignedHead | undefined>,
  ): Promise<Leaving | undefined> {
    const { documents, isDoubted } = this.#parts;
    if (key.class === 'parked' || key.class === 'stock-summary') return { key };
    // What lies in another till's basket is for that till to wait for.
    if (key.class === 'basket' && key.register !== rule.register) return { key };
    const entries = await documents.open(key);
    if (key.class === 'basket') return basketMayLeave(entries) ? { key } : undefined;
    if (key.class !== 'session') return undefined;
    const read = readRecords(key.session, entries);
    if (!read.ok) return undefined;
    if (!heads.has(key.register)) heads.set(key.register, await this.#head(key));
    const may = sessionMayLeave(read.value, rule, heads.get(key.register), isDoubted);
    return may ? { key, records: read.value } : undefined;
  }

  /** Lets go of as many of these as the relay holds alike. */
  async #letGo(leaving: readonly Leaving[]): Promise<number> {
    const { past } = this.#parts.journals;
    let rest = leaving;
    while (rest.length > 0) {
      const sessions = rest.flatMap(({ records }) => (records ? [records] : []));
      const outcome = await past.remember(
        sessions,
        rest.map(({ key }) => key),
      );
      if (outcome.gone) break;
      const stay = new Set(outcome.unconfirmed.map((key) => JSON.stringify(key)));
      const agreed = rest.filter(({ key }) => !stay.has(JSON.stringify(key)));
      // A refusal that names none would be asked for ever.
      rest = agreed.length < rest.length ? agreed : [];
    }
    for (const { key } of rest) if (key.class === 'session') this.#parts.journals.forget(key);
    return rest.length;
  }

  /** Head office's word for how far it holds a register's journal; undefined where it gave none that can be read. */
  async #head({ store, register }: SessionKey): Promise<CountersignedHead | undefined> {
    const word = await this.#parts.documents.fetch({ class: 'acknowledgements', store, register }, WORD_MS);
    const text = word.found ? word.entries[COUNTERSIGNED_HEAD] : undefined;
    const head =
      text === undefined ? undefined : readEntry(countersignedHeadSchema, COUNTERSIGNED_HEAD, text);
    return head?.ok ? head.value : undefined;
  }
}

function latestOf(known: readonly DocumentKey[], store: StoreId): ReadonlyMap<string, number> {
  const latest = new Map<string, number>();
  for (const key of known)
    if (key.class === 'session' && key.store === store)
      latest.set(key.register, Math.max(latest.get(key.register) ?? 0, key.session));
  return latest;
}
