import type { JournalRecord, RecordOf } from '../journal/record.ts';
import { err, ok, type Result } from '../result.ts';

/** What a closing of a month or a year says (rule R12). */
export type PeriodBody = RecordOf<'period'>['body'];

/** A closed session, with the closings of periods that stand behind it. */
export type PastSession = {
  readonly session: number;
  readonly day: string;
  readonly closed: RecordOf<'closed'>['body'];
  readonly periods: readonly PeriodBody[];
};

/** Why a period is not closed: it is already, or sessions of it are not on this till. */
export type PeriodRefusal = { readonly code: 'nothing-to-close' | 'sessions-missing' };

type Figures = Pick<PeriodBody, 'sales' | 'refunds' | 'gross' | 'tax'>;

/** A closed session from its records; undefined where it is not whole or still open. */
export function pastSession(records: readonly JournalRecord[]): PastSession | undefined {
  const [opened] = records;
  const closed = records.find((record): record is RecordOf<'closed'> => record.kind === 'closed');
  if (opened?.kind !== 'opened' || !closed) return undefined;
  const periods = records.flatMap((record) => (record.kind === 'period' ? [record.body] : []));
  return { session: opened.session, day: opened.body.day, closed: closed.body, periods };
}

/** Whether a month was closed behind this session: closings need no session from before it. */
export function endsMonth({ periods }: PastSession): boolean {
  return periods.some(isMonth);
}

/** Which closings opening a session for `day` asks for behind the latest closed one (rule R12). */
export function closingsDue(
  latest: PastSession,
  day: string,
): { readonly month: boolean; readonly year: boolean } {
  return {
    month: monthOf(latest.day) !== monthOf(day) && !endsMonth(latest),
    year: yearOf(latest.day) !== yearOf(day) && !latest.periods.some(isYear),
  };
}

/**
 * What closing the month behind the latest of `past` says: the sum of the sessions since the month closed before, and of the
 * year so far. `past` reaches back to that session, or to session 1.
 */
export function monthClosing(past: readonly PastSession[]): Result<PeriodBody, PeriodRefusal> {
  const sessions = [...past].sort((a, b) => a.session - b.session);
  const latest = sessions.at(-1);
  if (!latest || endsMonth(latest)) return err({ code: 'nothing-to-close' });
  const before = sessions.findLast(endsMonth);
  const from = (before?.session ?? 0) + 1;
  const own = sessions.filter(({ session }) => session >= from);
  if (own.some(({ session }, i) => session !== from + i)) return err({ code: 'sessions-missing' });
  const figures = own.map(({ closed }) => closed).reduce<Figures>(addFigures, NO_FIGURES);
  const carried = before?.periods.some(isYear) ? undefined : before?.periods.find(isMonth)?.year;
  const year = { from: carried?.from ?? from, ...addFigures(carried ?? NO_FIGURES, figures) };
  return ok({ period: monthOf(latest.day), from, to: latest.session, ...figures, year });
}

/** What closing the year behind the latest session says; its month is closed first (rule R12). */
export function yearClosing(latest: PastSession): Result<PeriodBody, PeriodRefusal> {
  const year = latest.periods.find(isMonth)?.year;
  if (!year || latest.periods.some(isYear)) return err({ code: 'nothing-to-close' });
  const { from, ...figures } = year;
  return ok({ period: yearOf(latest.day), from, to: latest.session, ...figures });
}

const NO_FIGURES: Figures = { sales: 0, refunds: 0, gross: 0, tax: 0 };

function addFigures(sum: Figures, { sales, refunds, gross, tax }: Figures): Figures {
  return {
    sales: sum.sales + sales,
    refunds: sum.refunds + refunds,
    gross: sum.gross + gross,
    tax: sum.tax + tax,
  };
}

function isMonth({ period }: PeriodBody): boolean {
  return period.length === 7;
}

function isYear({ period }: PeriodBody): boolean {
  return period.length === 4;
}

function monthOf(day: string): string {
  return day.slice(0, 7);
}

function yearOf(day: string): string {
  return day.slice(0, 4);
}
