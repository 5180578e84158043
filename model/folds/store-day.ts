import type { RegisterId } from '../ids/register-id.ts';
import { isBehindClosing, type JournalRecord, type RecordOf } from '../journal/record.ts';
import type { Minor } from '../money/money.ts';
import { addQuantity } from '../money/quantity.ts';
import { assert } from '../result.ts';
import { addToReport, openReport, type CountedAmount, type SessionReport } from './session-report.ts';

/** A session as a till holds it. `seq` is its last record before closings of a day or a period (rules R11 and R12). */
export type HeldSession = { readonly report: SessionReport; readonly seq: number };

/** A session within its store's day. `late` when a ZZ of the day was made before all of it was there (rule R11). */
export type DaySession = HeldSession & { readonly late: boolean };

/** A closing of the store's day that a register of the store holds. */
export type DayClosing = RecordOf<'zz'>;

/** The sums of a store's day: every figure is the sum of its sessions' reports (rule Z8). */
export type DayTotals = Pick<
  SessionReport,
  | 'sales'
  | 'refunds'
  | 'exchanges'
  | 'discounts'
  | 'voids'
  | 'gross'
  | 'net'
  | 'tax'
  | 'units'
  | 'taxes'
  | 'tenders'
  | 'departments'
  | 'drawer'
  | 'safeDrops'
  | 'handovers'
  | 'drawerOpenings'
  | 'reprints'
  | 'clockMoves'
> & {
  /** What the closed sessions counted, and what they and their handovers had over or short. */
  readonly counted: Minor;
  readonly difference: Minor;
};

/** A store's day from what one till holds: a ZZ in the making (rules R11 and Z8). */
export type StoreDay = {
  readonly store: string;
  readonly day: string;
  /** By register and session. */
  readonly sessions: readonly DaySession[];
  /** Registers of the store without a session that day here. */
  readonly silent: readonly RegisterId[];
  readonly totals: DayTotals;
  /** ZZ made before, the earliest first. */
  readonly closings: readonly DayClosing[];
};

/** A session from its records in `seq` order; undefined where its opening is not here. */
export function heldSession(records: readonly JournalRecord[]): HeldSession | undefined {
  const [first, ...rest] = records.filter(({ kind }) => !isBehindClosing(kind));
  if (first?.kind !== 'opened') return undefined;
  return { report: rest.reduce(addToReport, openReport(first)), seq: rest.at(-1)?.seq ?? first.seq };
}

/** The day of a store from sessions of any day and the ZZ a till holds; `registers` are all the store has (rule R11). */
export function storeDay(
  place: { readonly store: string; readonly day: string },
  held: {
    readonly sessions: readonly HeldSession[];
    readonly closings: readonly DayClosing[];
    readonly registers: readonly RegisterId[];
  },
): StoreDay {
  const closings = held.closings
    .filter(({ store, body }) => store === place.store && body.day === place.day)
    .sort((a, b) => compare(a.at, b.at) || compareRegisters(a.register, b.register));
  const sessions = held.sessions
    .filter(({ report }) => report.store === place.store && report.day === place.day)
    .map((session) => ({ ...session, late: closings.some((zz) => !covers(zz, session)) }))
    .sort(
      (a, b) => compareRegisters(a.report.register, b.report.register) || a.report.session - b.report.session,
    );
  const heard = new Set(sessions.map(({ report }) => report.register));
  const silent = held.registers.filter((register) => !heard.has(register)).sort(compareRegisters);
  return { ...place, sessions, silent, totals: dayTotals(sessions.map(({ report }) => report)), closings };
}

/** What a ZZ of this day says in the journal (rule R11). */
export function zzBody({ day, sessions, silent, totals }: StoreDay): RecordOf<'zz'>['body'] {
  const { sales, exchanges, refunds, gross, tax, difference } = totals;
  return {
    day,
    sessions: sessions.map(({ report, seq }) => ({
      register: report.register as RegisterId,
      session: report.session,
      seq,
      ...(report.closed ? {} : { open: true as const }),
      sales: report.sales.count + report.exchanges.count,
      refunds: report.refunds.count,
      gross: report.gross,
      tax: report.tax,
      ...(report.closed ? { difference: overShort(report) } : {}),
    })),
    silent: [...silent],
    sales: sales.count + exchanges.count,
    refunds: refunds.count,
    gross,
    tax,
    difference,
  };
}

/** What a session had over or short: its handovers' differences and, once it is closed, that of its closing. */
export function overShort({ handovers, closed }: SessionReport): Minor {
  return (handovers?.amount ?? 0) + (closed?.body.difference ?? 0);
}

/** Sums reports of sessions; `difference` is of closed ones only. */
export function dayTotals(reports: readonly SessionReport[]): DayTotals {
  return reports.reduce<DayTotals>(addReport, NO_TOTALS);
}

const NOTHING: CountedAmount = { count: 0, amount: 0 };
const NO_TOTALS: DayTotals = {
  sales: NOTHING,
  refunds: NOTHING,
  exchanges: NOTHING,
  gross: 0,
  net: 0,
  tax: 0,
  units: '0',
  taxes: {},
  tenders: {},
  departments: {},
  drawer: { float: 0, cashSales: 0, cashRefunds: 0, paidIn: 0, paidOut: 0, expected: 0 },
  drawerOpenings: 0,
  reprints: 0,
  clockMoves: 0,
  counted: 0,
  difference: 0,
};

function addReport(sum: DayTotals, report: SessionReport): DayTotals {
  const totals: DayTotals = {
    ...sum,
    ...addOptional(sum, report),
    sales: addCounted(sum.sales, report.sales),
    refunds: addCounted(sum.refunds, report.refunds),
    exchanges: addCounted(sum.exchanges, report.exchanges),
    gross: sum.gross + report.gross,
    net: sum.net + report.net,
    tax: sum.tax + report.tax,
    units: addQuantity(sum.units, report.units),
    taxes: addRows(sum.taxes, report.taxes, (a, b) => ({
      ...b,
      base: a.base + b.base,
      amount: a.amount + b.amount,
    })),
    tenders: addRows(sum.tenders, report.tenders, (a, b) => ({ ...b, ...addCounted(a, b) })),
    departments: addRows(sum.departments, report.departments, (a, b) => ({
      amount: a.amount + b.amount,
      quantity: addQuantity(a.quantity, b.quantity),
    })),
    drawer: addDrawer(sum.drawer, report.drawer),
    drawerOpenings: sum.drawerOpenings + report.drawerOpenings,
    reprints: sum.reprints + report.reprints,
    clockMoves: sum.clockMoves + report.clockMoves,
    counted: sum.counted + (report.closed?.body.counted ?? 0),
    difference: sum.difference + (report.closed ? overShort(report) : 0),
  };
  assert(Number.isSafeInteger(totals.gross), () => `a store's day is out of range: ${totals.gross}`);
  return totals;
}

function addOptional(sum: DayTotals, report: SessionReport): Partial<DayTotals> {
  const names = ['discounts', 'voids', 'safeDrops', 'handovers'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const added = addCounted(sum[name] ?? NOTHING, report[name] ?? NOTHING);
      return added.count === 0 ? [] : [[name, added]];
    }),
  );
}

function addCounted(a: CountedAmount, b: CountedAmount): CountedAmount {
  return { count: a.count + b.count, amount: a.amount + b.amount };
}

/** Ids are any text: entries, so that `__proto__` is a key like others. */
function addRows<Row>(
  sum: Readonly<Record<string, Row>>,
  more: Readonly<Record<string, Row>>,
  add: (a: Row, b: Row) => Row,
): Readonly<Record<string, Row>> {
  const rows = new Map(Object.entries(sum));
  for (const [id, row] of Object.entries(more)) {
    const before = rows.get(id);
    rows.set(id, before === undefined ? row : add(before, row));
  }
  return Object.fromEntries(rows);
}

function addDrawer(a: SessionReport['drawer'], b: SessionReport['drawer']): SessionReport['drawer'] {
  return {
    float: a.float + b.float,
    cashSales: a.cashSales + b.cashSales,
    cashRefunds: a.cashRefunds + b.cashRefunds,
    paidIn: a.paidIn + b.paidIn,
    paidOut: a.paidOut + b.paidOut,
    expected: a.expected + b.expected,
  };
}

function covers(zz: DayClosing, { report, seq }: HeldSession): boolean {
  return zz.body.sessions.some(
    (row) => row.register === report.register && row.session === report.session && row.seq >= seq,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareRegisters(a: string, b: string): number {
  return Number(a.slice(1)) - Number(b.slice(1));
}
