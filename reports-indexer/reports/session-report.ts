import type { Kysely, Selectable } from 'kysely';
import { pricedDown, type SessionReport } from '#model/folds/session-report.ts';
import type { RecordOf } from '#model/journal/record.ts';
import type { TenderKind } from '#model/sale/sale-body.ts';
import { taxKey } from '#model/tax/tax.ts';
import { fromThousandths } from '../quantities.ts';
import type { SessionTable, Tables } from '../schema.ts';
import { drawersOf } from './session-drawers.ts';

type SessionRow = Selectable<SessionTable>;
type Database = Kysely<Tables>;

/** The X report of a register: its latest session, when that is still open. */
export async function xReport(
  database: Database,
  place: { store: string; register: string },
): Promise<SessionReport | undefined> {
  const row = await sessionRows(database, place).orderBy('session', 'desc').limit(1).executeTakeFirst();
  return row && row.closed_seq === null ? await reportOf(database, row) : undefined;
}

/** The Z report of a closed session. */
export async function zReport(
  database: Database,
  place: { store: string; register: string; session: number },
): Promise<SessionReport | undefined> {
  const row = await sessionRows(database, place).where('session', '=', place.session).executeTakeFirst();
  return row && row.closed_seq !== null ? await reportOf(database, row) : undefined;
}

function sessionRows(database: Database, { store, register }: { store: string; register: string }) {
  return database
    .selectFrom('session')
    .select([
      'store',
      'register',
      'session',
      'day',
      'currency',
      'opened_at',
      'opened_by',
      'float',
      'closed_seq',
      'closed_at',
      'counted',
      'difference',
      'first_receipt',
      'last_receipt',
      'records',
      'sales',
      'sales_amount',
      'refunds',
      'refunds_amount',
      'exchanges',
      'exchanges_amount',
      'gross',
      'net',
      'tax',
      'lines',
      'units',
      'cash_sales',
      'cash_refunds',
      'paid_in',
      'paid_out',
      'drawer_openings',
      'reprints',
      'clock_moves',
      'safe_drops',
      'safe_drop_amount',
      'handovers',
      'handover_difference',
    ])
    .where('store', '=', store)
    .where('register', '=', register);
}

/** The same report as the model's fold over the session's records, from the sums the database keeps. */
async function reportOf(database: Database, row: SessionRow): Promise<SessionReport> {
  const closed = await closedRecord(database, row);
  return {
    store: row.store,
    register: row.register,
    session: row.session,
    day: row.day,
    currency: row.currency,
    openedAt: row.opened_at,
    openedBy: row.opened_by,
    sales: { count: row.sales, amount: row.sales_amount },
    refunds: { count: row.refunds, amount: row.refunds_amount },
    exchanges: { count: row.exchanges, amount: row.exchanges_amount },
    ...(await pricedDownOf(database, row)),
    ...(await liabilitiesOf(database, row)),
    gross: row.gross,
    net: row.net,
    tax: row.tax,
    units: fromThousandths(row.units),
    taxes: await taxesOf(database, row),
    tenders: await tendersOf(database, row),
    departments: await departmentsOf(database, row),
    drawer: drawerOf(row),
    ...(await drawersOf(database, row)),
    ...(row.safe_drops === 0 ? {} : { safeDrops: { count: row.safe_drops, amount: row.safe_drop_amount } }),
    ...(row.handovers === 0 ? {} : { handovers: { count: row.handovers, amount: row.handover_difference } }),
    drawerOpenings: row.drawer_openings,
    reprints: row.reprints,
    clockMoves: row.clock_moves,
    ...(row.first_receipt === null ? {} : { firstReceipt: row.first_receipt }),
    ...(row.last_receipt === null ? {} : { lastReceipt: row.last_receipt }),
    ...(closed ? { closed: { at: closed.at, by: closed.by, body: closed.body } } : {}),
  };
}

/** What lines put into accounts (rule G4). */
async function liabilitiesOf(
  database: Database,
  { store, register, session }: SessionRow,
): Promise<Pick<SessionReport, 'liabilities'>> {
  const rows = await database
    .selectFrom('ledger_move')
    .select(({ fn }) => ['ledger', fn.countAll<number>().as('count'), fn.sum<number>('amount').as('amount')])
    .where('store', '=', store)
    .where('register', '=', register)
    .where('session', '=', session)
    .where('line', '=', 1)
    .groupBy('ledger')
    .execute();
  if (rows.length === 0) return {};
  return { liabilities: Object.fromEntries(rows.map(({ ledger, ...sums }) => [ledger, sums])) };
}

function drawerOf(row: SessionRow): SessionReport['drawer'] {
  return {
    float: row.float,
    cashSales: row.cash_sales,
    cashRefunds: row.cash_refunds,
    paidIn: row.paid_in,
    paidOut: row.paid_out,
    expected:
      row.float + row.cash_sales - row.cash_refunds + row.paid_in - row.paid_out + row.handover_difference,
  };
}

async function closedRecord(database: Database, row: SessionRow): Promise<RecordOf<'closed'> | undefined> {
  if (row.closed_seq === null) return undefined;
  const found = await database
    .selectFrom('record')
    .select('json')
    .where('store', '=', row.store)
    .where('register', '=', row.register)
    .where('seq', '=', row.closed_seq)
    .executeTakeFirst();
  return found && (JSON.parse(found.json) as RecordOf<'closed'>);
}

/** What was taken off and voided is told by few receipts: their records are read, by the model's own fold (rule Z7). */
async function pricedDownOf(
  database: Database,
  row: SessionRow,
): Promise<Pick<SessionReport, 'discounts' | 'voids'>> {
  const found = await database
    .selectFrom('record')
    .select('json')
    .where('store', '=', row.store)
    .where('register', '=', row.register)
    .where('session', '=', row.session)
    .where('kind', '=', 'sale')
    .where((is) => is.or([is('json', 'like', '%"discounts":%'), is('json', 'like', '%"voids":%')]))
    .execute();
  return found
    .map(({ json }) => (JSON.parse(json) as RecordOf<'sale'>).body)
    .reduce<Pick<SessionReport, 'discounts' | 'voids'>>((sum, sale) => pricedDown(sum, sale), {});
}

async function taxesOf(database: Database, row: SessionRow): Promise<SessionReport['taxes']> {
  const rows = await database
    .selectFrom('session_tax')
    .select(['tax', 'name', 'rate', 'included', 'base', 'amount'])
    .where('day', '=', row.day)
    .where('store', '=', row.store)
    .where('register', '=', row.register)
    .where('session', '=', row.session)
    .execute();
  // Ids are any text: a map, so that `__proto__` is a key like others.
  const taxes = new Map<string, SessionReport['taxes'][string]>();
  for (const { tax: id, name, rate, included, base, amount } of rows) {
    const tax = { id, name, rate, included: included === 1 };
    const key = taxKey(tax);
    const before = taxes.get(key);
    const latest = before ? await latestTaxName(database, row, id, rate) : name;
    taxes.set(key, {
      ...tax,
      name: latest,
      base: base + (before?.base ?? 0),
      amount: amount + (before?.amount ?? 0),
    });
  }
  return Object.fromEntries(taxes);
}

/** A tax renamed within the session goes under its last name, as in the fold. */
async function latestTaxName(
  database: Database,
  row: SessionRow,
  tax: string,
  rate: string,
): Promise<string> {
  const found = await database
    .selectFrom('sale_tax')
    .innerJoin('sale', (join) =>
      join
        .onRef('sale.store', '=', 'sale_tax.store')
        .onRef('sale.register', '=', 'sale_tax.register')
        .onRef('sale.seq', '=', 'sale_tax.seq'),
    )
    .select('sale_tax.name')
    .where('sale.store', '=', row.store)
    .where('sale.register', '=', row.register)
    .where('sale.session', '=', row.session)
    .where('sale_tax.tax', '=', tax)
    .where('sale_tax.rate', '=', rate)
    .orderBy('sale_tax.seq', 'desc')
    .orderBy('sale_tax.line', 'desc')
    .limit(1)
    .executeTakeFirst();
  return found?.name ?? tax;
}

async function tendersOf(database: Database, row: SessionRow): Promise<SessionReport['tenders']> {
  const rows = await database
    .selectFrom('session_tender')
    .select(['tender', 'name', 'kind', 'rows', 'amount'])
    .where('day', '=', row.day)
    .where('store', '=', row.store)
    .where('register', '=', row.register)
    .where('session', '=', row.session)
    .execute();
  const tenders = new Map<string, SessionReport['tenders'][string]>();
  for (const { tender, name, kind, rows: count, amount } of rows) {
    const before = tenders.get(tender);
    const latest = before ? await latestTender(database, row, tender) : { name, kind };
    tenders.set(tender, {
      name: latest.name,
      kind: latest.kind as TenderKind,
      count: count + (before?.count ?? 0),
      amount: amount + (before?.amount ?? 0),
    });
  }
  return Object.fromEntries(tenders);
}

/** A tender renamed within the session goes under its last name, as in the fold. */
async function latestTender(
  database: Database,
  row: SessionRow,
  tender: string,
): Promise<{ name: string; kind: string }> {
  const found = await database
    .selectFrom('sale_tender')
    .innerJoin('sale', (join) =>
      join
        .onRef('sale.store', '=', 'sale_tender.store')
        .onRef('sale.register', '=', 'sale_tender.register')
        .onRef('sale.seq', '=', 'sale_tender.seq'),
    )
    .select(['sale_tender.name', 'sale_tender.kind'])
    .where('sale.store', '=', row.store)
    .where('sale.register', '=', row.register)
    .where('sale.session', '=', row.session)
    .where('sale_tender.tender', '=', tender)
    .orderBy('sale_tender.seq', 'desc')
    .orderBy('sale_tender.line', 'desc')
    .limit(1)
    .executeTakeFirst();
  return found ?? { name: tender, kind: 'other' };
}

async function departmentsOf(database: Database, row: SessionRow): Promise<SessionReport['departments']> {
  const rows = await database
    .selectFrom('session_department')
    .select(['department', 'quantity', 'amount'])
    .where('day', '=', row.day)
    .where('store', '=', row.store)
    .where('register', '=', row.register)
    .where('session', '=', row.session)
    .execute();
  return Object.fromEntries(
    rows.map(({ department, quantity, amount }) => [
      department,
      { amount, quantity: fromThousandths(quantity) },
    ]),
  );
}
