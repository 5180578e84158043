import type { SessionReport } from '#model/folds/session-report.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import type { Minor } from '#model/money/money.ts';
import {
  closeSession,
  dropToSafe,
  moveCash,
  openDrawer,
  openSession,
  readReport,
} from '#model/register/commands.ts';
import type { CountedDrawer, OpenedDrawer, SessionCount } from '#model/register/drawer-count.ts';
import { handOver } from '#model/register/handover.ts';
import { drawerExpected, isOpen } from '#model/register/register-state.ts';
import { err, type Result } from '#model/result.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Append } from './append.ts';
import type { DrawerDesk } from './drawer-desk.svelte.ts';
import type { Papers } from './papers.ts';
import type { PrintDesk } from './print-desk.svelte.ts';
import type { RegisterJournal } from './register-journal.svelte.ts';
import type { SaleDesk } from './sale-desk.svelte.ts';
import type { StaffDesk } from './staff-desk.svelte.ts';
import type { TillRefusal } from './till.svelte.ts';

/** A count of a drawer as a person made it. */
export type DrawerCount = CountedDrawer & { readonly reason?: string };

/** What the desk works with; `opening` says for which day and in which currency a session opens now. */
export type SessionParts = {
  readonly append: Append;
  readonly journal: RegisterJournal;
  readonly sale: SaleDesk;
  readonly staff: StaffDesk;
  readonly papers: Papers;
  readonly printing: PrintDesk;
  readonly drawers: DrawerDesk;
  readonly surroundings: Surroundings;
  readonly opening: () => { readonly day: string; readonly currency: string };
  /** Makes the closings of periods that opening for a day asks for (rule R12). */
  readonly closeDue: (day: string) => Promise<Result<void, TillRefusal>>;
};

/** The register session as a person opens, looks at and closes it, with the cash and the drawer in between. */
export class SessionDesk {
  readonly #parts: SessionParts;
  #justClosed = $state.raw<RecordOf<'closed'> | undefined>();
  #reportShown = $state(false);

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** The session that was just closed, while its Z report is shown. */
  get justClosed(): RecordOf<'closed'> | undefined {
    return this.#justClosed;
  }

  /** The X report while it is shown to somebody who may see it; it follows the session. */
  get shownReport(): SessionReport | undefined {
    const { state } = this.#parts.journal;
    return this.#reportShown && isOpen(state) ? state.report : undefined;
  }

  /** Opens the next session with `float` in the drawer, or in several together, for today in the store's time zone. */
  async open(
    float: Minor,
    denominations?: Record<string, number>,
    several?: readonly OpenedDrawer[],
  ): Promise<Result<JournalRecord, TillRefusal>> {
    const { append, opening, closeDue } = this.#parts;
    const closed = await closeDue(opening().day);
    if (!closed.ok) return closed;
    const pieces = {
      ...(denominations === undefined ? {} : { denominations }),
      ...(several === undefined ? {} : { drawers: several }),
    };
    const make: Parameters<Append>[0] = (state, act) =>
      openSession(state, { ...opening(), float, ...pieces }, act);
    return append(make, { amount: float });
  }

  /** Puts cash in or takes it out. */
  moveCash(
    direction: 'in' | 'out',
    amount: Minor,
    reason: string,
  ): Promise<Result<JournalRecord, TillRefusal>> {
    const drawer = this.#parts.drawers.current;
    const move = { direction, amount, reason, drawer };
    return this.#parts.append((state, act) => moveCash(state, move, act), {
      amount: direction === 'out' ? -amount : amount,
      reason,
    });
  }

  /** Takes cash to the safe in a numbered bag. */
  dropToSafe(amount: Minor, bag: string, reason: string): Promise<Result<JournalRecord, TillRefusal>> {
    const wish = { amount, bag, reason, drawer: this.#parts.drawers.current };
    return this.#parts.append((state, act) => dropToSafe(state, wish, act), { amount: -amount, reason: bag });
  }

  /** What somebody's own drawer should hold now, in minor units. */
  get expected(): Minor {
    const { journal, drawers } = this.#parts;
    const { report } = journal.state;
    return report ? drawerExpected(report, drawers.current) : 0;
  }

  /** Hands the counted drawer of whoever is signed in to another person. */
  async handOver(to: string, count: DrawerCount): Promise<Result<RecordOf<'handover'>, TillRefusal>> {
    const { append, drawers } = this.#parts;
    const { earlier: _counts, ...counted } = count;
    const matter = { amount: count.counted - this.expected, reason: count.reason };
    const drawer = drawers.current;
    const done = await append((state, act) => handOver(state, { to, drawer, ...counted }, act), matter);
    if (done.ok) drawers.choose(drawer, to);
    return done;
  }

  /** Opens the drawer without a sale. */
  openDrawer(reason: string): Promise<Result<JournalRecord, TillRefusal>> {
    const drawer = this.#parts.drawers.current;
    return this.#parts.append((state, act) => openDrawer(state, reason, act, drawer), { reason });
  }

  /** Closes the session with what was counted; not while a sale is open. */
  async close(count: SessionCount): Promise<Result<RecordOf<'closed'>, TillRefusal>> {
    const { append, journal, sale } = this.#parts;
    if (sale.basket.lines.length > 0) return err({ code: 'basket-not-empty' });
    const amount = count.counted - (journal.state.report?.drawer.expected ?? 0);
    return append((state, act) => closeSession(state, count, act), { amount, reason: count.reason });
  }

  /** Shows the X report of the session to somebody who may see it. */
  async showReport(): Promise<Result<SessionReport, TillRefusal>> {
    const { journal, staff } = this.#parts;
    const read = await staff.act(async (act) => readReport(journal.state, act), { report: 'x' });
    this.#reportShown = read.ok;
    return read;
  }

  /** Leaves the X report. */
  leaveReport(): void {
    this.#reportShown = false;
  }

  /** Leaves the Z report; the register is closed. */
  leaveClosed(): void {
    this.#justClosed = undefined;
  }

  /** Prints the X report that is shown, as it is now. */
  printReport(): void {
    const { journal, papers, printing, surroundings } = this.#parts;
    const report = this.shownReport;
    if (!report) return;
    const at = surroundings.now().toISOString();
    const paper = papers.report(report, journal.state.head.totals, at, journal.records);
    const id = `${report.store}-${report.register}-${report.session}`;
    printing.print({ jobId: `${id}:x:${at.replaceAll(/\D/g, '')}`, kind: 'x-report', paper });
  }

  /** What follows from the closing record: its Z is shown and printed. */
  finish(record: RecordOf<'closed'>): void {
    this.#justClosed = record;
    this.printClosing(record);
  }

  /** Prints the Z of the session, which its closing record ended. */
  printClosing(record: RecordOf<'closed'>): void {
    const { journal, papers, printing } = this.#parts;
    const { report, head } = journal.state;
    if (!report) return;
    const paper = papers.report(report, head.totals, record.at, journal.records);
    printing.print({ jobId: papers.jobId(record, 'z'), kind: 'z-report', paper });
  }

  /** Prints how the session that was just closed went (rule Z9). */
  printSummary(): void {
    const { journal, papers, printing, surroundings } = this.#parts;
    const { report } = journal.state;
    if (!report) return;
    const at = surroundings.now().toISOString();
    const paper = papers.summary(report, journal.records, at);
    const id = `${report.store}-${report.register}-${report.session}`;
    printing.print({ jobId: `${id}:summary:${at.replaceAll(/\D/g, '')}`, kind: 'x-report', paper });
  }
}
