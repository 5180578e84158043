import { closingList, type ListedClosing } from '#model/folds/closing-list.ts';
import { closingsDue, pastSession } from '#model/folds/period-closing.ts';
import { addToReport, openReport } from '#model/folds/session-report.ts';
import type { RegisterId } from '#model/ids/register-id.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import type { Paper } from '#model/receipt/paper.ts';
import { readClosings } from '#model/register/closings.ts';
import { isOpen } from '#model/register/register-state.ts';
import { assert, ok, type Result } from '#model/result.ts';
import type { Surroundings } from '../surroundings.ts';
import type { BooksDesk } from './books-desk.svelte.ts';
import type { Papers } from './papers.ts';
import type { PrintDesk } from './print-desk.svelte.ts';
import type { RegisterJournal } from './register-journal.svelte.ts';
import type { StaffDesk } from './staff-desk.svelte.ts';
import type { StoreJournals } from './store-journals.svelte.ts';
import type { TillRefusal } from './till.svelte.ts';

/** What the desk works with; `today` is the business day now. */
export type ClosingsParts = {
  readonly books: BooksDesk;
  readonly journal: RegisterJournal;
  readonly journals: StoreJournals;
  readonly staff: StaffDesk;
  readonly papers: Papers;
  readonly printing: PrintDesk;
  readonly surroundings: Surroundings;
  readonly register: RegisterId;
  readonly today: () => string;
};

/** How many sessions of the register are read back: about a year. */
const MOST_SESSIONS = 400;

/** The closings of the register: looking them up, printing them again, and closing a finished month by choice (rule R15). */
export class ClosingsDesk {
  readonly #parts: ClosingsParts;
  #list = $state.raw<readonly ListedClosing[] | undefined>();
  #sessions: readonly (readonly JournalRecord[])[] = [];

  constructor(parts: ClosingsParts) {
    this.#parts = parts;
  }

  /** The closings that are shown, the newest first. */
  get list(): readonly ListedClosing[] | undefined {
    return this.#list;
  }

  /** The month and the year that are over and not closed yet, while the register is closed; undefined where there is none. */
  get due(): { readonly month?: string; readonly year?: string } | undefined {
    const { journal, today } = this.#parts;
    if (isOpen(journal.state)) return undefined;
    const latest = pastSession(journal.records);
    if (!latest) return undefined;
    const { month, year } = closingsDue(latest, today());
    if (!month && !year) return undefined;
    return {
      ...(month ? { month: latest.day.slice(0, 7) } : {}),
      ...(year ? { year: latest.day.slice(0, 4) } : {}),
    };
  }

  /** Shows the closings of the register to somebody who may see them. */
  async show(): Promise<Result<readonly ListedClosing[], TillRefusal>> {
    const { journals, staff, register } = this.#parts;
    this.#sessions = await journals.sessions(MOST_SESSIONS, () => false, register);
    const found = closingList(this.#sessions.flat());
    const read = await staff.act(async (act) => readClosings(found, act), { report: 'closings' });
    if (read.ok) this.#list = read.value;
    return read;
  }

  /** Closes the month, and where it is over the year, that {@link due} names. */
  async closeDue(): Promise<Result<void, TillRefusal>> {
    const { books, today } = this.#parts;
    const closed = await books.closeDue(today());
    if (!closed.ok) return closed;
    const shown = await this.show();
    return shown.ok ? ok(undefined) : shown;
  }

  /** The paper of a closing, as it was printed then. */
  async paper({ record }: ListedClosing): Promise<Paper> {
    const { papers, books } = this.#parts;
    if (record.kind === 'period') return papers.periodJob(record).paper;
    if (record.kind === 'zz') return papers.day(await books.dayOf(record.body.day), record.at, record);
    const records = this.#sessions.find(([first]) => first?.session === record.session) ?? [];
    const upTo = records.filter(({ seq }) => seq <= record.seq);
    const [opened, ...rest] = upTo;
    assert(opened?.kind === 'opened', () => `session ${record.session} is not here from its beginning`);
    return papers.report(rest.reduce(addToReport, openReport(opened)), record.totals, record.at, upTo);
  }

  /** Prints a closing again. */
  async print(closing: ListedClosing): Promise<void> {
    const { papers, printing, surroundings } = this.#parts;
    const paper = await this.paper(closing);
    const at = surroundings.now().toISOString().replaceAll(/\D/g, '');
    printing.print({ jobId: `${papers.jobId(closing.record, 'again')}:${at}`, kind: 'z-report', paper });
  }

  /** Leaves the list. */
  leave(): void {
    this.#list = undefined;
    this.#sessions = [];
  }
}
