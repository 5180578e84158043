import { closingsDue, endsMonth, pastSession } from '#model/folds/period-closing.ts';
import { checkSequence, type SequenceCheck } from '#model/folds/sequence-check.ts';
import { heldSession, storeDay, type DayClosing, type StoreDay } from '#model/folds/store-day.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { closeDay, closePeriod, readDay } from '#model/register/closings.ts';
import { isOpen } from '#model/register/register-state.ts';
import { ok, type Result } from '#model/result.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Append } from './append.ts';
import type { Papers } from './papers.ts';
import type { PrintDesk } from './print-desk.svelte.ts';
import type { RegisterJournal } from './register-journal.svelte.ts';
import type { Shop } from './shop.svelte.ts';
import type { StaffDesk } from './staff-desk.svelte.ts';
import type { StoreJournals } from './store-journals.svelte.ts';
import type { TillRefusal } from './till.svelte.ts';

/** What the desk works with; `today` is the business day now. */
export type BooksParts = {
  readonly append: Append;
  readonly journal: RegisterJournal;
  readonly journals: StoreJournals;
  readonly shop: Shop;
  readonly staff: StaffDesk;
  readonly papers: Papers;
  readonly printing: PrintDesk;
  readonly surroundings: Surroundings;
  readonly place: { readonly store: StoreId; readonly register: RegisterId };
  readonly today: () => string;
};

/** How many sessions of a register are read back: a day's for a ZZ, some for a check. */
const MOST = { day: 40, check: 40 } as const;

/** The books of the register and its store: the day of all registers, months and years, and whether every number is there. */
export class BooksDesk {
  readonly #parts: BooksParts;
  #day = $state.raw<StoreDay | undefined>();
  #closing = $state.raw<DayClosing | undefined>();
  #checks = $state.raw<readonly SequenceCheck[] | undefined>();

  constructor(parts: BooksParts) {
    this.#parts = parts;
  }

  /** The store's day while it is shown to somebody who may see it. */
  get day(): StoreDay | undefined {
    return this.#day;
  }

  /** The ZZ that was just made of the day that is shown. */
  get closing(): DayClosing | undefined {
    return this.#closing;
  }

  /** What the check of the sequences found; undefined while none was made. */
  get checks(): readonly SequenceCheck[] | undefined {
    return this.#checks;
  }

  /** Shows the store's day as this till knows it: that of its latest session, else today. */
  async showDay(): Promise<Result<StoreDay, TillRefusal>> {
    const { journal, staff, today } = this.#parts;
    const day = await this.#read(journal.state.report?.day ?? today());
    const read = await staff.act(async (act) => readDay(day, act), { report: 'day' });
    this.#closing = undefined;
    if (read.ok) this.#day = read.value;
    return read;
  }

  /** Closes the day that is shown (rule R11), prints the ZZ and shows the day with it. */
  async closeDay(): Promise<Result<RecordOf<'zz'>, TillRefusal>> {
    const { append, journal, today } = this.#parts;
    const day = await this.#read(this.#day?.day ?? journal.state.report?.day ?? today());
    const made = await append((state, act) => closeDay(state, day, act), { report: 'zz' });
    if (!made.ok) return made;
    this.#day = day;
    this.#closing = made.value;
    this.printDay();
    return made;
  }

  /** Prints the day that is shown. */
  printDay(): void {
    const { papers, printing, surroundings } = this.#parts;
    const day = this.#day;
    if (!day) return;
    const at = surroundings.now().toISOString();
    const paper = papers.day(day, at, this.#closing);
    const { jobId } = this.#closing
      ? { jobId: papers.jobId(this.#closing, 'zz') }
      : { jobId: `${day.store}-${day.day}:day:${at.replaceAll(/\D/g, '')}` };
    printing.print({ jobId, kind: 'z-report', paper });
  }

  /** A day of the store as this till knows it now. */
  dayOf(day: string): Promise<StoreDay> {
    return this.#read(day);
  }

  /** Leaves the store's day and the check. */
  leave(): void {
    this.#day = undefined;
    this.#closing = undefined;
    this.#checks = undefined;
  }

  /** Checks the order of all records of the store's registers in their latest sessions (rule J17). */
  async check(): Promise<void> {
    this.#checks = undefined;
    const sessions = await this.#parts.journals.sessions(MOST.check);
    const byRegister = Map.groupBy(sessions.flat(), ({ register }) => register);
    this.#checks = [...byRegister.values()]
      .flatMap((records) => checkSequence(records) ?? [])
      .sort((a, b) => a.register.localeCompare(b.register, 'en', { numeric: true }));
  }

  /**
   * Makes the closings of month and year that opening a session for `day` asks for (rule R12). Where sessions are missing on this
   * till it makes none: opening must not wait for them.
   */
  async closeDue(day: string): Promise<Result<void, TillRefusal>> {
    const { append, journal } = this.#parts;
    if (isOpen(journal.state) || journal.state.session === 0) return ok(undefined);
    const latest = pastSession(journal.records);
    const due = latest ? closingsDue(latest, day) : { month: false, year: false };
    for (const what of ['month', 'year'] as const) {
      if (!due[what]) continue;
      const past = await this.#past(journal.records);
      const made = await append((state, act) => closePeriod(state, what, past, act));
      if (made.ok) continue;
      const { code } = made.error;
      if (code !== 'sessions-missing' && code !== 'nothing-to-close') return made;
    }
    return ok(undefined);
  }

  /** The closed sessions of this register back to the month closed before; the latest as the journal has it. */
  async #past(latest: readonly JournalRecord[]) {
    const { journals, place } = this.#parts;
    const session = latest[0]?.session;
    const older = await journals.pastSessions(
      place.register,
      (past) => past.session !== session && endsMonth(past),
    );
    const own = pastSession(latest);
    return [...(own ? [own] : []), ...older.filter((past) => past.session !== session)];
  }

  async #read(day: string): Promise<StoreDay> {
    const { journals, shop, place } = this.#parts;
    const isBefore = (records: readonly JournalRecord[]) =>
      records[0]?.kind === 'opened' && records[0].body.day < day;
    const sessions = await journals.sessions(MOST.day, isBefore);
    const closings = sessions
      .flat()
      .filter((record): record is DayClosing => record.kind === 'zz' && record.body.day === day);
    return storeDay(
      { store: place.store, day },
      {
        sessions: sessions.flatMap((records) => heldSession(records) ?? []),
        closings,
        registers: shop.registersOf(place.store).map(({ register }) => register),
      },
    );
  }
}
