import { addQuantity } from '../money/quantity.ts';
import {
  addCashTenders,
  addToDrawers,
  moveCashOf,
  openDrawers,
  openDrawerTotal,
  type DrawerTotal,
  type OneDrawerTotal,
} from './drawer-totals.ts';
import { sumMinor, type Minor } from '../money/money.ts';
import type { Ledger } from '../ledger/account.ts';
import type { JournalRecord, RecordOf } from '../journal/record.ts';
import type { SaleBody, SaleLine, TaxTotalRow, TenderKind } from '../sale/sale-body.ts';
import { taxKey } from '../tax/tax.ts';

/** A count with the money it stands for. */
export type CountedAmount = { readonly count: number; readonly amount: Minor };

/** What one tender took in, change and refunds already taken off. */
export type TenderTotal = CountedAmount & { readonly name: string; readonly kind: TenderKind };

/** What one department sold: amounts as on the receipt lines, quantity as text. */
export type DepartmentTotal = { readonly amount: Minor; readonly quantity: string };

/**
 * The X report of a session, and with its `closed` record the Z report (rules Z1 to Z5). A fold over the session's records
 * in `seq` order; adding a record is cheap, so an X costs nothing at any hour. Amounts in minor units.
 */
export type SessionReport = {
  readonly store: string;
  readonly register: string;
  readonly session: number;
  readonly day: string;
  readonly currency: string;
  readonly openedAt: string;
  readonly openedBy: string;
  readonly sales: CountedAmount;
  readonly refunds: CountedAmount;
  readonly exchanges: CountedAmount;
  /** What people and specials took off lines that were sold, below zero, with the number of receipts; absent without any. */
  readonly discounts?: CountedAmount;
  /** Refunds that void a sale (rule H6), which `refunds` holds too; absent without any. */
  readonly voids?: CountedAmount;
  /** What lines put into accounts, by ledger (rule G4): in `gross`, and no turnover. Absent without any. */
  readonly liabilities?: Readonly<Partial<Record<Ledger, CountedAmount>>>;
  readonly gross: Minor;
  readonly net: Minor;
  readonly tax: Minor;
  readonly units: string;
  readonly taxes: Readonly<Record<string, TaxTotalRow>>;
  readonly tenders: Readonly<Record<string, TenderTotal>>;
  readonly departments: Readonly<Record<string, DepartmentTotal>>;
  /** All drawers of the register together. */
  readonly drawer: DrawerTotal;
  /** Each drawer by itself, in their order, where the session opened with several (rule Z10). */
  readonly drawers?: readonly OneDrawerTotal[];
  /** Cash taken to the safe, part of `paidOut` (rule R8); absent without any. */
  readonly safeDrops?: CountedAmount;
  /** Handovers with the sum of their differences (rule R10); absent without any. */
  readonly handovers?: CountedAmount;
  readonly drawerOpenings: number;
  readonly reprints: number;
  /** How often the till's clock was moved (rule R7): why times on its papers may not be in order. */
  readonly clockMoves: number;
  readonly firstReceipt?: string;
  readonly lastReceipt?: string;
  readonly closed?: { readonly at: string; readonly by: string; readonly body: RecordOf<'closed'>['body'] };
};

const NOTHING: CountedAmount = { count: 0, amount: 0 };

/** The report of a session that was just opened. */
export function openReport(record: RecordOf<'opened'>): SessionReport {
  const { float } = record.body;
  const drawers = openDrawers(record);
  return {
    store: record.store,
    register: record.register,
    session: record.session,
    day: record.body.day,
    currency: record.body.currency,
    openedAt: record.at,
    openedBy: record.by,
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
    drawer: openDrawerTotal(float),
    ...(drawers ? { drawers } : {}),
    drawerOpenings: 0,
    reprints: 0,
    clockMoves: 0,
  };
}

/** The report after one more record of its session (rule Z1). */
export function addToReport(report: SessionReport, record: JournalRecord): SessionReport {
  const next = addToSums(report, record);
  return report.drawers === undefined || record.kind === 'opened'
    ? next
    : { ...next, drawers: addToDrawers(report.drawers, record) };
}

function addToSums(report: SessionReport, record: JournalRecord): SessionReport {
  switch (record.kind) {
    case 'opened':
      return openReport(record);
    case 'sale':
      return addSale(report, record.body);
    case 'cash':
      return addCash(report, record.body);
    case 'handover':
      return addHandover(report, record.body);
    case 'drawer':
      return { ...report, drawerOpenings: report.drawerOpenings + 1 };
    case 'reprint':
      return { ...report, reprints: report.reprints + 1 };
    case 'clock':
      return { ...report, clockMoves: report.clockMoves + 1 };
    case 'training':
      return report;
    case 'closed':
      return { ...report, closed: { at: record.at, by: record.by, body: record.body } };
    case 'zz':
    case 'period':
      return report;
  }
}

function addCash(report: SessionReport, body: RecordOf<'cash'>['body']): SessionReport {
  const drawer = moveCashOf(report.drawer, body);
  if (body.bag === undefined) return { ...report, drawer };
  const { count, amount } = report.safeDrops ?? NOTHING;
  return { ...report, drawer, safeDrops: { count: count + 1, amount: amount + body.amount } };
}

/** What was over or short is settled with whoever handed over: the next cashier answers for what was counted. */
function addHandover(report: SessionReport, { difference }: RecordOf<'handover'>['body']): SessionReport {
  const { count, amount } = report.handovers ?? NOTHING;
  return {
    ...report,
    drawer: { ...report.drawer, expected: report.drawer.expected + difference },
    handovers: { count: count + 1, amount: amount + difference },
  };
}

function addSale(report: SessionReport, sale: SaleBody): SessionReport {
  const kind = sale.type === 'sale' ? 'sales' : sale.type === 'refund' ? 'refunds' : 'exchanges';
  return {
    ...report,
    [kind]: { count: report[kind].count + 1, amount: report[kind].amount + sale.total },
    ...pricedDown(report, sale),
    gross: report.gross + sale.total,
    net: report.net + sale.net,
    tax: report.tax + sale.tax,
    ...addLiabilities(report, sale),
    units: goodsOf(sale).reduce((sum, line) => addQuantity(sum, line.quantity), report.units),
    taxes: addTaxes(report.taxes, sale),
    tenders: addTenders(report.tenders, sale),
    departments: addDepartments(report.departments, sale),
    drawer: addCashTenders(report.drawer, sale),
    firstReceipt: report.firstReceipt ?? sale.receipt,
    lastReceipt: sale.receipt,
  };
}

/** What a receipt adds to the discounts and voids of a report (rule Z7). */
export function pricedDown(
  { discounts = NOTHING, voids = NOTHING }: Pick<SessionReport, 'discounts' | 'voids'>,
  sale: SaleBody,
): Pick<SessionReport, 'discounts' | 'voids'> {
  const off = sumMinor(sale.lines.flatMap((line) => (line.discounts ?? []).map(({ amount }) => amount)));
  const taken = off === 0 ? discounts : { count: discounts.count + 1, amount: discounts.amount - off };
  const voided = sale.voids ? { count: voids.count + 1, amount: voids.amount + sale.total } : voids;
  return {
    ...(taken.count === 0 ? {} : { discounts: taken }),
    ...(voided.count === 0 ? {} : { voids: voided }),
  };
}

/** The lines that are sold or come back: value put into an account is neither (rule G4). */
function goodsOf({ lines }: SaleBody): readonly SaleLine[] {
  return lines.filter(({ account }) => account === undefined);
}

/** What a receipt adds to the liabilities of a report (rule G4): a line is one count, below zero too. */
export function addLiabilities(
  { liabilities = {} }: Pick<SessionReport, 'liabilities'>,
  { lines }: SaleBody,
): Pick<SessionReport, 'liabilities'> {
  let next = liabilities;
  for (const { account, amount } of lines) {
    if (!account || amount === 0) continue;
    const { count, amount: before } = next[account.ledger] ?? NOTHING;
    next = { ...next, [account.ledger]: { count: count + 1, amount: before + amount } };
  }
  return Object.keys(next).length === 0 ? {} : { liabilities: next };
}

function addTaxes(taxes: SessionReport['taxes'], sale: SaleBody): SessionReport['taxes'] {
  let next = taxes;
  for (const tax of sale.taxes) {
    // One id may have had two rates within a session, when HQ changed it: they are different rows.
    const key = taxKey(tax);
    const row = rowOf(next, key);
    const base = (row?.base ?? 0) + tax.base;
    next = { ...next, [key]: { ...tax, base, amount: (row?.amount ?? 0) + tax.amount } };
  }
  return next;
}

function addTenders(tenders: SessionReport['tenders'], sale: SaleBody): SessionReport['tenders'] {
  let next = tenders;
  for (const { tender, name, kind, amount } of sale.tenders) {
    const row = rowOf(next, tender) ?? NOTHING;
    next = { ...next, [tender]: { name, kind, count: row.count + 1, amount: row.amount + amount } };
  }
  return next;
}

function addDepartments(
  departments: SessionReport['departments'],
  sale: SaleBody,
): SessionReport['departments'] {
  let next = departments;
  for (const line of goodsOf(sale)) {
    const key = line.department ?? '';
    const row = rowOf(next, key) ?? { amount: 0, quantity: '0' };
    const quantity = addQuantity(row.quantity, line.quantity);
    next = { ...next, [key]: { amount: row.amount + line.amount, quantity } };
  }
  return next;
}

/** A row by its id; ids are any text, so `constructor` must not find what every object inherits. */
function rowOf<Row>(rows: Readonly<Record<string, Row>>, id: string): Row | undefined {
  return Object.hasOwn(rows, id) ? rows[id] : undefined;
}
