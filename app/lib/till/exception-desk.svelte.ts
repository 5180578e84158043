import {
  resolveAtTill,
  type ResolutionChange,
  type ResolutionWish,
  type ResolveRefusal,
} from '#model/audit/resolve-exception.ts';
import {
  exceptionText,
  readExceptionsEntry,
  resolutionsByException,
  type Resolution,
} from '#model/documents/exceptions.ts';
import type { EntryChange, EntryFault } from '#model/documents/entries.ts';
import { findExceptions } from '#model/folds/exceptions.ts';
import type { ShopException } from '#model/folds/shop-exception.ts';
import type { StoreId } from '#model/ids/register-id.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import type { NotPermitted } from '#model/register/actor.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { Documents, DocumentsEvent } from '../repo/documents.ts';
import { auditIdOf } from './audit-id.ts';
import type { LedgerBook } from './ledger-book.svelte.ts';
import type { Links } from './links.svelte.ts';
import type { SessionKey } from './past-sessions.svelte.ts';
import { RecordJudge } from './record-judge.ts';
import { RecordsApart } from './records-apart.ts';
import type { StaffDesk } from './staff-desk.svelte.ts';
import type { StockDesk } from './stock-desk.svelte.ts';
import type { StoreJournals } from './store-journals.svelte.ts';

/** What the exceptions stand on; `newId` draws an id no other device draws, `dayOf` is the business day of a moment (ISO 8601). */
export type ExceptionDeskParts = {
  readonly documents: Documents;
  readonly store: StoreId;
  readonly journals: StoreJournals;
  readonly ledgers: LedgerBook;
  readonly links: Pick<Links, 'doubts'>;
  readonly stock: Pick<StockDesk, 'facts' | 'oversold' | 'takeSales'>;
  readonly staff: StaffDesk;
  readonly newId: () => string;
  readonly dayOf: (at: string) => string;
  readonly today: () => string;
  /** Resolves when the person at the till makes a pause: reading a session takes longer than a frame. */
  readonly paused: () => Promise<void>;
};

/** Why an exception was not resolved at this till. */
export type ExceptionDeskRefusal =
  ResolveRefusal | NotPermitted | { readonly code: 'nobody-signed-in' | 'resolution-not-saved' };

/** An exception of the store, with how somebody saw to it. */
export type SeenException = { readonly found: ShopException; readonly resolution: Resolution | undefined };

/** How many sessions of each register are looked into when the till starts; the relay sends that many unasked. */
const SESSIONS = 3;

/**
 * What tills of this store did while they were apart (rules F1 to F11), found in the journals and ledgers this till holds, until
 * somebody resolves it. It is looked for now and then and not with every record: folding a busy day may take longer than a frame.
 */
export class ExceptionDesk {
  readonly faults = new Map<string, EntryFault>();
  readonly #parts: ExceptionDeskParts;
  readonly #resolutions = new Map<string, Resolution>();
  #found = $state.raw<readonly ShopException[]>([]);
  #resolved = $state.raw<ReadonlyMap<string, Resolution>>(new Map());
  readonly #apart: RecordsApart;
  readonly #judge: RecordJudge;
  /** Receipts that were sought, with what had come in of their registers by then, and what was doubted. */
  readonly #sought = new Map<string, string>();
  #looked = '';
  #isRead = false;

  constructor(parts: ExceptionDeskParts) {
    this.#parts = parts;
    this.#apart = new RecordsApart(parts.documents, parts.store);
    this.#judge = new RecordJudge(parts.documents);
  }

  /** Reads what was resolved and follows it; {@link readAll} reads what exceptions are found in. */
  async follow(): Promise<() => void> {
    const { documents, store } = this.#parts;
    const stops = [documents.watch((event) => this.#hear(event)), this.#apart.follow()];
    const stop = () => stops.forEach((one) => one());
    try {
      const entries = await documents.open({ class: 'exceptions', store });
      this.#take(Object.entries(entries).map(([key, text]) => ({ key, text })));
    } catch (cause) {
      stop();
      throw cause;
    }
    return stop;
  }

  /** Reads the latest sessions of every register, each once `rested` resolves, and looks for exceptions in them: selling waits for none of it. */
  async readAll(rested: () => Promise<void>): Promise<void> {
    const { journals } = this.#parts;
    for (let most = 1; most <= SESSIONS; most++) {
      await rested();
      await journals.sessions(most);
    }
    this.#isRead = true;
    await this.look();
  }

  /** The exceptions of this store that nobody resolved, the latest first. */
  get open(): readonly ShopException[] {
    return this.all.filter(({ resolution }) => !resolution).map(({ found }) => found);
  }

  /**
   * Of those {@link open} the ones somebody is to see to at once: what was sold that was not there only on its day, for a book that runs
   * behind what is on the shelves would have the till warn for ever.
   */
  get pressing(): readonly ShopException[] {
    const today = this.#parts.today();
    return this.open.filter(({ kind, at }) => kind !== 'oversold' || this.#parts.dayOf(at) === today);
  }

  /** Every exception of this store, open ones first, then by time with the latest first. */
  get all(): readonly SeenException[] {
    return this.#found
      .map((found) => ({ found, resolution: this.#resolved.get(nameOf(found)) }))
      .sort(
        (a, b) =>
          Number(a.resolution !== undefined) - Number(b.resolution !== undefined) ||
          (a.found.at < b.found.at ? 1 : a.found.at > b.found.at ? -1 : 0),
      );
  }

  /** Looks for exceptions where anything changed since the last look; nothing before {@link readAll}. */
  async look(): Promise<void> {
    if (!this.#isRead) return;
    const { journals, ledgers, links, stock, store } = this.#parts;
    await journals.readLatest();
    const doubts = () =>
      links.doubts.map(({ register, session, seq }) => `${register}#${session}#${seq}`).join(' ');
    const state = () =>
      [journals.version, ledgers.version, stock.facts, this.#apart.version, doubts()].join(' ');
    if (this.#looked === state()) return;
    // A sale of an older session may have come back twice since.
    await this.#fetchSold(doubts());
    await this.#apart.read(await journals.lookedInto(this.#forked()));
    const { records, without } = await this.#counting();
    stock.takeSales(records.filter((record) => record.kind === 'sale'));
    this.#looked = state();
    const found = findExceptions({ records, moves: ledgers.moves });
    const here = found.filter((one) => one.store === store);
    this.#found = [...here, ...stock.oversold(without)];
  }

  /**
   * Opens the sessions of receipts of which something came back. One no held session has is sought again when more came in of its
   * register, and when the relay doubts other records than before: a sale that is doubted is none.
   */
  async #fetchSold(doubts: string): Promise<void> {
    const { journals, paused } = this.#parts;
    for (const receipt of journals.missingReceipts()) {
      const among = `${journals.arrivals(receipt.split('-')[1] ?? '')} ${doubts}`;
      if (this.#sought.get(receipt) === among) continue;
      if ((await journals.findReceipt(receipt, paused)).ok) this.#sought.set(receipt, among);
    }
  }

  /** The sessions in which the relay found a number twice; undefined without any. */
  #forked(): ((key: SessionKey) => boolean) | undefined {
    const { links, store } = this.#parts;
    const forked = links.doubts.filter(({ code }) => code === 'fork');
    if (forked.length === 0) return undefined;
    return (key) =>
      forked.some(
        ({ register, session }) =>
          session === key.session && [key.register, `${store}-${key.register}`].includes(register),
      );
  }

  /** The records that count (rule E10), two of one number too, and the hashes of those that do not. */
  async #counting(): Promise<{
    readonly records: readonly JournalRecord[];
    readonly without: ReadonlySet<string>;
  }> {
    const { journals } = this.#parts;
    const unsure = [...journals.doubted, ...this.#apart.records];
    const counting = await this.#judge.counting(unsure);
    const without = new Set(unsure.map(({ hash }) => hash));
    for (const { hash } of counting) without.delete(hash);
    const records = [...journals.records, ...counting].filter(({ hash }) => !without.has(hash));
    return { records, without };
  }

  /** Resolves an exception (rule F10): with a reason, and what was lost where it is a loss. */
  async resolve(
    found: ShopException,
    how: Pick<ResolutionWish, 'outcome' | 'reason' | 'amount'>,
  ): Promise<Result<true, ExceptionDeskRefusal>> {
    const { staff, documents, store, newId } = this.#parts;
    const { kind, id, receipts } = found;
    const wish = { ...how, exception: { kind, id }, about: receipts.join(', ') };
    const made = await staff.act<ResolutionChange, ResolveRefusal>(async (act) =>
      resolveAtTill(wish, this.#resolved.get(nameOf(found)), auditIdOf(newId()), act),
    );
    if (!made.ok) return made;
    const saved = await documents.writeDurably({ class: 'exceptions', store }, made.value, 0);
    if (saved.here === 'failed' && saved.relay !== 'saved') return err({ code: 'resolution-not-saved' });
    this.#take(Object.entries(made.value).map(([key, text]) => ({ key, text })));
    return ok(true);
  }

  #hear(event: DocumentsEvent): void {
    if (event.type !== 'changed' || event.key.class !== 'exceptions' || event.key.store !== this.#parts.store)
      return;
    this.#take(event.changes);
  }

  #take(changes: readonly EntryChange[]): void {
    for (const { key, text } of changes) {
      this.faults.delete(key);
      this.#resolutions.delete(key);
      if (text === undefined) continue;
      const read = readExceptionsEntry(key, text);
      if (read.ok) this.#resolutions.set(key, read.value);
      else this.faults.set(key, read.error);
    }
    this.#resolved = resolutionsByException(this.#resolutions.values());
  }
}

function nameOf({ kind, id }: ShopException): string {
  return exceptionText({ kind, id });
}
