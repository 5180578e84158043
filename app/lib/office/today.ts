import { Exact, roundMinor, type Minor } from '#model/money/money.ts';
import type { SalesAnswer, SessionRow } from './reports-schema.ts';

/** A day's figures; amounts in minor units. */
export type DayFigures = {
  readonly day: string;
  readonly gross: Minor;
  readonly receipts: number;
  /** Gross divided by receipts; undefined on a day without any. */
  readonly average: Minor | undefined;
};

/** What one register did on the day: its sessions, newest last, and their sums. */
export type RegisterDay = DayTotals & {
  readonly store: string;
  readonly register: string;
  readonly sessions: readonly SessionRow[];
};

/** What one store did on the day. */
export type StoreDay = DayTotals & { readonly store: string; readonly registers: readonly RegisterDay[] };

type DayTotals = { readonly gross: Minor; readonly sales: number; readonly refunds: number };

/**
 * The day the office looks at: the newest with sales or an open register, undefined before the first sale ever. Right after
 * opening in the morning that is today, with nothing sold yet; on a Sunday it is Saturday.
 */
export function lastBusinessDay(sales: SalesAnswer, open: readonly SessionRow[]): string | undefined {
  return [...sales.rows.map((row) => row.key), ...open.map((session) => session.day)].toSorted().at(-1);
}

/** The figures of one day out of sales by day. */
export function figuresOf(sales: SalesAnswer, day: string): DayFigures {
  const row = sales.rows.find((each) => each.key === day);
  const gross = row?.gross ?? 0;
  const receipts = row?.receipts ?? 0;
  return {
    day,
    gross,
    receipts,
    average: receipts === 0 ? undefined : roundMinor(new Exact(gross).div(receipts)),
  };
}

/** The business day with sales before `day`, to compare with. */
export function dayBefore(sales: SalesAnswer, day: string): string | undefined {
  const earlier = sales.rows.map((row) => row.key).filter((key) => key < day);
  return earlier.toSorted().at(-1);
}

/** By how much `now` is above `before`, 0.12 for 12 %; undefined when there is nothing to compare with. */
export function changeOf(now: number, before: number): number | undefined {
  return before <= 0 ? undefined : (now - before) / before;
}

/** Groups the day's sessions by store and register. Every known register has a row, also one that did not open. */
export function storesOf(
  sessions: readonly SessionRow[],
  registers: readonly { readonly store: string; readonly register: string }[],
): readonly StoreDay[] {
  const byRegister = Map.groupBy(sessions, (session) => `${session.store} ${session.register}`);
  const keys = new Set([...registers.map((each) => `${each.store} ${each.register}`), ...byRegister.keys()]);
  const rows = [...keys].toSorted(compareNumbered).map((key): RegisterDay => {
    const [store = '', register = ''] = key.split(' ');
    const own = (byRegister.get(key) ?? []).toSorted((a, b) => a.session - b.session);
    return { store, register, sessions: own, ...totalsOf(own) };
  });
  const byStore = Map.groupBy(rows, (row) => row.store);
  return [...byStore].map(([store, own]) => ({ store, registers: own, ...totalsOf(own) }));
}

/** The sessions that are open, in order of store and register. */
export function openSessions(sessions: readonly SessionRow[]): readonly SessionRow[] {
  const open = sessions.filter((session) => !session.closedAt);
  return open.toSorted((a, b) => compareNumbered(`${a.store} ${a.register}`, `${b.store} ${b.register}`));
}

function totalsOf(parts: readonly DayTotals[]): DayTotals {
  let [gross, sales, refunds] = [0, 0, 0];
  for (const part of parts) {
    gross += part.gross;
    sales += part.sales;
    refunds += part.refunds;
  }
  return { gross, sales, refunds };
}

function compareNumbered(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
