import type { Kysely } from 'kysely';
import { registerName } from '#model/ids/register-id.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import type { TenderKind } from '#model/sale/sale-body.ts';
import { fromThousandths } from '../quantities.ts';
import type { Dimension } from '../rollup-sums.ts';
import type { Tables } from '../schema.ts';
import { daysOf, type Period } from './filters.ts';
import { byBuyer } from './sales-by-customer.ts';
import { rollupSlices } from './rollup-slices.ts';

type Database = Kysely<Tables>;

/** What sales can be broken down by. */
export const SALES_BY = [
  'day',
  'tender',
  'department',
  'store',
  'register',
  'product',
  'customer',
  'tier',
] as const;

/**
 * One row of the sales report. `quantity` is text (units sold; payments for tenders), money in minor units. A tender says its
 * `kind`, by which a page in another language knows what it is called.
 */
export type SalesRow = {
  key: string;
  name: string;
  kind?: TenderKind;
  receipts: number;
  quantity: string;
  gross: number;
  net?: number;
  tax?: number;
};

/** The sales of a period by day, tender, department, store, register, product, customer or tier. */
export async function salesReport(database: Database, by: (typeof SALES_BY)[number], period: Period) {
  const total = await totalOf(database, period);
  const rows = await rowsOf(database, by, period);
  // Lines do not hold tax that is charged on top, tenders do: each list adds up to its own total.
  const gross = rows.reduce((sum, row) => sum + row.gross, 0);
  return { rows, total: { ...total, gross } };
}

function rowsOf(database: Database, by: (typeof SALES_BY)[number], period: Period): Promise<SalesRow[]> {
  if (by === 'tender') return byTender(database, period);
  if (by === 'customer' || by === 'tier') return byBuyer(database, by, period);
  if (by === 'department' || by === 'product') return byLine(database, by, period);
  return bySession(database, by, period);
}

function sessionsIn(database: Database, period: Period) {
  const { from, to } = daysOf(period);
  let query = database.selectFrom('session').where('day', '>=', from).where('day', '<=', to);
  if (period.store !== undefined) query = query.where('store', '=', period.store);
  if (period.register !== undefined) query = query.where('register', '=', period.register);
  return query;
}

async function totalOf(database: Database, period: Period) {
  const sum = await sessionsIn(database, period)
    .select(({ fn }) => [
      fn.sum<number | null>('sales').as('sales'),
      fn.sum<number | null>('refunds').as('refunds'),
      fn.sum<number | null>('exchanges').as('exchanges'),
      fn.sum<number | null>('units').as('units'),
      fn.sum<number | null>('net').as('net'),
      fn.sum<number | null>('tax').as('tax'),
    ])
    .executeTakeFirst();
  return {
    receipts: (sum?.sales ?? 0) + (sum?.refunds ?? 0) + (sum?.exchanges ?? 0),
    quantity: fromThousandths(sum?.units ?? 0),
    net: sum?.net ?? 0,
    tax: sum?.tax ?? 0,
  };
}

async function bySession(
  database: Database,
  by: 'day' | 'store' | 'register',
  period: Period,
): Promise<SalesRow[]> {
  const columns = by === 'register' ? (['store', 'register'] as const) : ([by] as const);
  const rows = await sessionsIn(database, period)
    .select(({ fn }) => [
      ...columns,
      fn.sum<number>('sales').as('sales'),
      fn.sum<number>('refunds').as('refunds'),
      fn.sum<number>('exchanges').as('exchanges'),
      fn.sum<number>('units').as('units'),
      fn.sum<number>('gross').as('gross'),
      fn.sum<number>('net').as('net'),
      fn.sum<number>('tax').as('tax'),
    ])
    .groupBy(columns)
    .orderBy(columns[0])
    .orderBy(columns[1] ?? columns[0])
    .execute();
  const names = await placeNames(database, by);
  return rows.map((row) => {
    const { day, store, register } = row as { day?: string; store?: string; register?: string };
    const key =
      register === undefined ? (day ?? store ?? '') : registerName(store as StoreId, register as RegisterId);
    return {
      key,
      name: names.get(key) ?? key,
      receipts: row.sales + row.refunds + row.exchanges,
      quantity: fromThousandths(row.units),
      gross: row.gross,
      net: row.net,
      tax: row.tax,
    };
  });
}

async function placeNames(
  database: Database,
  by: 'day' | 'store' | 'register',
): Promise<Map<string, string>> {
  if (by === 'store') {
    const stores = await database.selectFrom('store').select(['id', 'name']).execute();
    return new Map(stores.map(({ id, name }) => [id, name]));
  }
  if (by !== 'register') return new Map();
  const registers = await database.selectFrom('register').select(['store', 'register', 'name']).execute();
  return new Map(registers.map(({ store, register, name }) => [`${store}-${register}`, name]));
}

async function byTender(database: Database, period: Period): Promise<SalesRow[]> {
  const { from, to } = daysOf(period);
  let query = database
    .selectFrom('session_tender')
    .select(({ fn }) => [
      'tender',
      'name',
      'kind',
      fn.sum<number>('rows').as('payments'),
      fn.sum<number>('receipts').as('receipts'),
      fn.sum<number>('amount').as('amount'),
      fn.max<string>('day').as('last'),
    ])
    .where('day', '>=', from)
    .where('day', '<=', to)
    .groupBy(['tender', 'name', 'kind'])
    .orderBy('tender')
    .orderBy('last')
    .orderBy('name');
  if (period.store !== undefined) query = query.where('store', '=', period.store);
  if (period.register !== undefined) query = query.where('register', '=', period.register);
  const rows = new Map<string, Omit<SalesRow, 'key' | 'quantity'> & { payments: number }>();
  for (const { tender, name, kind, payments, receipts, amount } of await query.execute()) {
    const before = rows.get(tender) ?? { receipts: 0, payments: 0, gross: 0 };
    rows.set(tender, {
      name,
      kind: kind as TenderKind,
      receipts: before.receipts + receipts,
      payments: before.payments + payments,
      gross: before.gross + amount,
    });
  }
  return [...rows].map(([key, { payments, ...row }]) => ({ key, ...row, quantity: String(payments) }));
}

async function byLine(database: Database, dimension: Dimension, period: Period): Promise<SalesRow[]> {
  const sums = new Map<string, { receipts: number; quantity: number; gross: number }>();
  for (const slice of await rollupSlices(database, period)) {
    const rows = await database
      .selectFrom('rollup')
      .select(({ fn }) => [
        'key',
        fn.sum<number>('receipts').as('receipts'),
        fn.sum<number>('quantity').as('quantity'),
        fn.sum<number>('amount').as('amount'),
      ])
      .where('dimension', '=', dimension)
      .where('scope', 'in', slice.scopes)
      .where('period', '>=', slice.first)
      .where('period', '<=', slice.last)
      .groupBy('key')
      .execute();
    for (const { key, receipts, quantity, amount } of rows) {
      const sum = sums.get(key) ?? { receipts: 0, quantity: 0, gross: 0 };
      sum.receipts += receipts;
      sum.quantity += quantity;
      sum.gross += amount;
      sums.set(key, sum);
    }
  }
  const names = await (dimension === 'product' ? productNames(database) : departmentNames(database));
  return [...sums]
    .map(([key, sum]) => ({
      key,
      name: names.get(key) ?? key,
      ...sum,
      quantity: fromThousandths(sum.quantity),
    }))
    .sort((a, b) => b.gross - a.gross || (a.key < b.key ? -1 : 1));
}

async function departmentNames(database: Database): Promise<Map<string, string>> {
  const rows = await database.selectFrom('department').select(['id', 'name']).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Names from the catalog; a product it does not hold goes under the name it was sold under most often. */
async function productNames(database: Database): Promise<Map<string, string>> {
  const sold = await database
    .selectFrom('sold_name')
    .select(['product', 'name'])
    .orderBy('rows')
    .orderBy('name', 'desc')
    .execute();
  const names = new Map(sold.map(({ product, name }) => [product, name]));
  const products = await database
    .selectFrom('product')
    .select(['id', 'name'])
    .orderBy('shard', 'desc')
    .execute();
  for (const { id, name } of products) names.set(id, name);
  return names;
}
