import type { JournalRecord, RecordOf } from '../journal/record.ts';
import { sumMinor, type Minor } from '../money/money.ts';
import { drawerOf } from '../register/drawer-number.ts';
import type { SaleBody } from '../sale/sale-body.ts';
import type { CountedAmount } from './session-report.ts';

/** What one person rang up in a session; `gross` is signed, refunds and exchanges are among `receipts`. */
export type CashierTotal = {
  readonly person: string;
  readonly receipts: number;
  readonly gross: Minor;
  readonly refunds: CountedAmount;
  readonly voids: CountedAmount;
};

/**
 * The drawer in the hands of one person: from the opening or a handover to the next handover or the closing (rule R10). It
 * began with `float`; `expected` = float + cash + paidIn − paidOut. `counted` and `difference` once it was counted.
 */
export type DrawerShift = {
  readonly holder: string;
  /** Which drawer, where there are several (rule R14). */
  readonly drawer?: { readonly number: number; readonly name: string };
  readonly since: string;
  readonly float: Minor;
  readonly cash: Minor;
  readonly paidIn: Minor;
  readonly paidOut: Minor;
  readonly expected: Minor;
  readonly until?: string;
  readonly counted?: Minor;
  readonly difference?: Minor;
};

/** A session by the people who worked it. */
export type CashierReport = {
  readonly cashiers: readonly CashierTotal[];
  readonly shifts: readonly DrawerShift[];
};

/** Who sold how much in a session, and who had the drawer when (rule R10): a fold over its records in `seq` order. */
export function cashierReport(records: readonly JournalRecord[]): CashierReport {
  const cashiers = new Map<string, CashierTotal>();
  let shifts: readonly DrawerShift[] = [];
  for (const record of records) {
    if (record.kind === 'sale') cashiers.set(record.by, addSale(cashiers.get(record.by), record));
    shifts = followDrawer(shifts, record);
  }
  return { cashiers: [...cashiers.values()].sort((a, b) => (a.person < b.person ? -1 : 1)), shifts };
}

const NOTHING: CountedAmount = { count: 0, amount: 0 };

function addSale(before: CashierTotal | undefined, { by, body }: RecordOf<'sale'>): CashierTotal {
  const { receipts, gross, refunds, voids } = before ?? {
    receipts: 0,
    gross: 0,
    refunds: NOTHING,
    voids: NOTHING,
  };
  const more = ({ count, amount }: CountedAmount, does: boolean): CountedAmount =>
    does ? { count: count + 1, amount: amount + body.total } : { count, amount };
  return {
    person: by,
    receipts: receipts + 1,
    gross: gross + body.total,
    refunds: more(refunds, body.type === 'refund'),
    voids: more(voids, body.voids !== undefined),
  };
}

function followDrawer(shifts: readonly DrawerShift[], record: JournalRecord): readonly DrawerShift[] {
  if (record.kind === 'opened') return openedShifts(record);
  if (record.kind === 'closed') return closedShifts(shifts, record);
  if (record.kind !== 'sale' && record.kind !== 'cash' && record.kind !== 'handover') return shifts;
  const number = drawerOf(record.body);
  const at = shifts.findLastIndex(({ drawer }) => drawer === undefined || drawer.number === number);
  const last = shifts[at];
  if (!last) return shifts;
  const now = (shift: DrawerShift) => shifts.with(at, shift);
  switch (record.kind) {
    case 'sale':
      return now(move(last, { cash: cashOf(record.body) }));
    case 'cash':
      return now(move(last, { [record.body.direction === 'in' ? 'paidIn' : 'paidOut']: record.body.amount }));
    case 'handover':
      return [
        ...now(endShift(last, record.at, record.body)),
        beginShift(record.body.to, record.at, record.body.counted, last.drawer),
      ];
  }
}

function openedShifts({ by, at, body }: RecordOf<'opened'>): readonly DrawerShift[] {
  if (!body.drawers) return [beginShift(by, at, body.float)];
  return body.drawers.map(({ name, float }, i) => beginShift(by, at, float, { number: i + 1, name }));
}

function closedShifts(
  shifts: readonly DrawerShift[],
  { at, body }: RecordOf<'closed'>,
): readonly DrawerShift[] {
  return shifts.map((shift) => {
    if (shift.until !== undefined) return shift;
    return endShift(shift, at, body.drawers?.[(shift.drawer?.number ?? 1) - 1] ?? body);
  });
}

function beginShift(
  holder: string,
  since: string,
  float: Minor,
  drawer?: DrawerShift['drawer'],
): DrawerShift {
  const start = { holder, since, float, cash: 0, paidIn: 0, paidOut: 0, expected: float };
  return drawer ? { ...start, drawer } : start;
}

function endShift(
  shift: DrawerShift,
  until: string,
  { counted, difference }: { readonly counted: Minor; readonly difference: Minor },
): DrawerShift {
  return { ...shift, until, counted, difference };
}

function move(
  shift: DrawerShift,
  { cash = 0, paidIn = 0, paidOut = 0 }: Partial<Pick<DrawerShift, 'cash' | 'paidIn' | 'paidOut'>>,
): DrawerShift {
  return {
    ...shift,
    cash: shift.cash + cash,
    paidIn: shift.paidIn + paidIn,
    paidOut: shift.paidOut + paidOut,
    expected: shift.expected + cash + paidIn - paidOut,
  };
}

function cashOf({ tenders }: SaleBody): Minor {
  return sumMinor(tenders.filter(({ kind }) => kind === 'cash').map(({ amount }) => amount));
}
