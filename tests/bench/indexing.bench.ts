import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { assert } from '#model/result.ts';
import { putDevice } from '../../reports-indexer/device-rows.ts';
import { openDatabase, queryBuilder } from '../../reports-indexer/database.ts';
import { receiptsReport } from '../../reports-indexer/reports/receipts.ts';
import { SALES_BY, salesReport } from '../../reports-indexer/reports/sales.ts';
import { zReport } from '../../reports-indexer/reports/session-report.ts';
import { sessionsReport } from '../../reports-indexer/reports/sessions.ts';
import { taxReport } from '../../reports-indexer/reports/tax.ts';
import { totalsReport } from '../../reports-indexer/reports/totals.ts';
import { ReportWriter } from '../../reports-indexer/report-writer.ts';
import { SESSION_SUMS } from '../../reports-indexer/schema.ts';
import { prepareStatements } from '../../reports-indexer/statements.ts';
import { wholeUpdate } from '../indexer/flatten-fixture.ts';
import { makeShop, terminals } from '../support/journal-fixture.ts';

/** One figure of a benchmark beside what it is held against. */
export type BenchResult = {
  name: string;
  value: number;
  unit: string;
  baseline: { name: string; value: number };
  ratio: number;
  target: string;
};

/** Measures how fast documents become rows, and how fast reports are over a million sales. Takes about a minute. */
export async function benchIndexing(): Promise<BenchResult[]> {
  return [await indexingRate(), ...(await reportLatencies())];
}

async function inFolder<Value>(work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), 'indexing-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const open = (folder: string) => openDatabase(folder, { now: () => '2026-11-21T00:00:00.000Z' }).database;

/** Records a second from verified entries to rows, against bare inserts of exactly those rows in their order. */
async function indexingRate(): Promise<BenchResult> {
  const shop = makeShop(1, { stores: 2, registers: 4, sessions: 5, salesPerSession: 200 });
  const updates = shop.flatMap(({ sessions }) => sessions.map((s) => wholeUpdate(s.documentId, s.entries)));
  const records = shop.reduce((sum, journal) => sum + journal.records.length, 0);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < 5; round++) {
    await inFolder(async (folder) => {
      const database = open(folder);
      const statements = prepareStatements(database);
      for (const device of terminals(2, 4)) putDevice(statements, device);
      const writer = new ReportWriter(database, () => '2026-11-21T00:00:00.000Z');
      const start = performance.now();
      // About as many entries as the indexer puts into one transaction.
      for (let i = 0; i < updates.length; i += 9) await writer.write(updates.slice(i, i + 9));
      ours.push(records / ((performance.now() - start) / 1000));
      assertCounted(database, records);
      bare.push(records / (bareInsertMs(database) / 1000));
      database.close();
    });
  }
  const value = Math.round(median(ours));
  const baseline = Math.round(median(bare));
  return {
    name: `indexing ${records} records of ${updates.length} sessions`,
    value,
    unit: 'records/s',
    baseline: { name: 'bare prepared inserts of the same rows', value: baseline },
    ratio: value / baseline,
    target: 'at least 0.5 of the baseline',
  };
}

/** A record whose device is not known is set aside without a look at its signature: that would measure something else. */
function assertCounted(database: DatabaseSync, records: number): void {
  const counted = database.prepare('SELECT count(*) AS n FROM record').get()?.['n'];
  assert(counted === records, () => `${String(counted)} of ${records} records count`);
}

const median = (numbers: readonly number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

type BareRow = { readonly sql: string; readonly values: SQLInputValue[] };

/** Copies all rows into a second database with the same tables; the time of the inserts alone, in milliseconds. */
function bareInsertMs(from: DatabaseSync): number {
  const folder = mkdtempSync(join(tmpdir(), 'indexing-bare-'));
  const to = open(folder);
  const rows = rowsOf(from);
  const statements = new Map([...new Set(rows.map(({ sql }) => sql))].map((sql) => [sql, to.prepare(sql)]));
  const start = performance.now();
  to.exec('BEGIN');
  for (const { sql, values } of rows) statements.get(sql)?.run(...values);
  to.exec('COMMIT');
  const elapsed = performance.now() - start;
  to.close();
  rmSync(folder, { recursive: true });
  return elapsed;
}

/** All rows, those of one record together as a program that makes them would write them. */
function rowsOf(from: DatabaseSync): BareRow[] {
  const names = from
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'meta' ORDER BY name`)
    .all();
  const rows = names.flatMap(({ name }) =>
    from
      .prepare(`SELECT * FROM "${String(name)}"`)
      .all()
      .map((row) => {
        const columns = Object.keys(row).map((column) => `"${column}"`);
        const sql = `INSERT INTO "${String(name)}" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
        const at =
          'seq' in row ? `${row['store']} ${row['register']} ${String(row['seq']).padStart(9, '0')}` : '~';
        return { sql, values: Object.values(row) as SQLInputValue[], at };
      }),
  );
  return rows.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

const STORES = 4;
const REGISTERS = 5;
const DAYS = 250;
const SALES = 200;
const PRODUCTS_A_DAY = 300;
const PRODUCTS = 2000;
/** Known customers; two sales of five are theirs, and one of five is by a tier. */
const CUSTOMERS = 5000;

/** The middle of nine runs of each report over a million sales, in milliseconds. */
async function reportLatencies(): Promise<BenchResult[]> {
  return inFolder(async (folder) => {
    const database = open(folder);
    generate(database);
    const query = queryBuilder(database);
    const year = { from: '2026-01-05', to: '2026-09-03' };
    const reports: [string, () => Promise<unknown>][] = [
      ...SALES_BY.map((by): [string, () => Promise<unknown>] => [
        `sales by ${by}`,
        () => salesReport(query, by, year),
      ]),
      ['sales by customer of a store', () => salesReport(query, 'customer', { ...year, store: 'S02' })],
      [
        'sales by customer of a register',
        () => salesReport(query, 'customer', { ...year, store: 'S02', register: 'R3' }),
      ],
      ['sales by product of a store', () => salesReport(query, 'product', { ...year, store: 'S02' })],
      [
        'sales by product of a register',
        () => salesReport(query, 'product', { ...year, store: 'S02', register: 'R3' }),
      ],
      ['tax', () => taxReport(query, year)],
      ['totals', () => totalsReport(query, {})],
      ['sessions', () => sessionsReport(query, { from: '2026-08-01', to: '2026-08-31' })],
      ['receipts, first page', () => receiptsReport(query, { limit: 50, offset: 0 })],
      ['receipts, page 200', () => receiptsReport(query, { limit: 50, offset: 10_000, store: 'S03' })],
      ['receipts by number', () => receiptsReport(query, { limit: 50, offset: 0, search: '4711' })],
      ['Z', () => zReport(query, { store: 'S01', register: 'R1', session: 100 })],
    ];
    const results: BenchResult[] = [];
    for (const [name, run] of reports) results.push(latency(name, await middle(run)));
    database.close();
    return results;
  });
}

async function middle(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 9; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return median(times);
}

function latency(name: string, value: number): BenchResult {
  const sales = STORES * REGISTERS * DAYS * SALES;
  return {
    name: `report "${name}" over ${sales.toLocaleString('en')} sales of ${PRODUCTS} products`,
    value: Math.round(value * 10) / 10,
    unit: 'ms',
    baseline: { name: 'target', value: 100 },
    ratio: value / 100,
    target: 'at most 100 ms',
  };
}

/** Writes the rows a million sales leave behind, without making the sales: sums, and one row for each sale. */
function generate(database: DatabaseSync): void {
  const sums = SESSION_SUMS.map((name) => (name === 'sales' ? SALES : name === 'records' ? SALES + 2 : 1000));
  database.exec(`
    PRAGMA synchronous = OFF; BEGIN;
    CREATE TEMP TABLE number AS
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT ${PRODUCTS}) SELECT i FROM n;
    INSERT INTO customer (shard, id, name)
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT ${CUSTOMERS}) SELECT 0, 'c' || i, 'Customer ' || i FROM n;
    CREATE TEMP TABLE place AS SELECT 'S0' || (s.i + 1) AS store, 'R' || (r.i + 1) AS register
      FROM number s, number r WHERE s.i < ${STORES} AND r.i < ${REGISTERS};
    CREATE TEMP TABLE day AS SELECT i + 1 AS session, date('2026-01-01', '+' || i || ' days') AS day FROM number WHERE i < ${DAYS};
    INSERT INTO session (day, store, register, session, currency, opened_at, opened_by, float, closed_seq, closed_at, counted,
      difference, first_receipt, last_receipt, ${SESSION_SUMS.join(', ')})
      SELECT day, store, register, session, 'GBP', day, 'ann', 0, session * ${SALES + 2}, day, 0, 0, 'a', 'b', ${sums.join(', ')}
      FROM place, day;
    INSERT INTO span (store, register, first, last) SELECT store, register, 1, ${(SALES + 2) * DAYS} FROM place;
    INSERT INTO session_tax (day, store, register, session, tax, name, rate, included, rows, base, amount)
      SELECT day, store, register, session, 'vat' || i, 'VAT', '20', 1, 100, 100, 20 FROM day, place, number WHERE i < 3;
    INSERT INTO session_tender (day, store, register, session, tender, name, kind, rows, receipts, amount)
      SELECT day, store, register, session, 'tender' || i, 'Tender', 'card', 60, 60, 100 FROM day, place, number WHERE i < 3;
    INSERT INTO session_department (day, store, register, session, department, rows, receipts, quantity, amount)
      SELECT day, store, register, session, 'd' || i, 60, 60, 60, 100 FROM day, place, number WHERE i < 10;
    INSERT INTO rollup (dimension, scope, period, key, rows, receipts, quantity, amount)
      SELECT 'product', store || '-' || register, 'D' || day, 'p' || ((i * 7 + session * 31) % ${PRODUCTS}), 3, 3, 3000, 900
      FROM place, day, number WHERE i < ${PRODUCTS_A_DAY};
    INSERT INTO rollup (dimension, scope, period, key, rows, receipts, quantity, amount)
      SELECT 'product', '', 'D' || day, 'p' || i, 9, 9, 9000, 900 FROM day, number;
    INSERT INTO rollup (dimension, scope, period, key, rows, receipts, quantity, amount)
      SELECT 'department', store || '-' || register, 'D' || day, 'd' || i, 60, 60, 60, 100 FROM place, day, number WHERE i < 10;
    INSERT INTO rollup (dimension, scope, period, key, rows, receipts, quantity, amount)
      SELECT 'department', '', 'D' || day, 'd' || i, 60, 60, 60, 100 FROM day, number WHERE i < 10;
    INSERT INTO rollup (dimension, scope, period, key, rows, receipts, quantity, amount)
      SELECT dimension, substr(scope, 1, 3), 'M' || substr(period, 2, 7), key, sum(rows), sum(receipts), sum(quantity), sum(amount)
      FROM rollup GROUP BY 1, 2, 3, 4;
    INSERT INTO sold_name (product, name, rows) SELECT 'p' || i, 'Product ' || i, 500 FROM number;
    INSERT INTO sale (store, register, seq, session, receipt, basket, type, day, at, by, total, net, tax, lines, units, customer,
      tier, points_earned, points_back)
      SELECT store, register, session * ${SALES + 2} + i, session,
        store || '-' || register || '-' || printf('%06d', session * ${SALES} + i), store || register || session || '-' || i, 'sale',
        day, day || 'T10:' || printf('%05d', i), 'ann', 1000, 800, 200, 4, 4000,
        iif(i % 5 < 2, 'c' || ((i * 37 + session * 601 + unicode(substr(register, 2)) * 997) % ${CUSTOMERS}), NULL),
        iif(i % 5 = 0, 't' || (i % 3), NULL), 0, 0
      FROM place, day, number WHERE i < ${SALES} ORDER BY store, register, session, i;
    ${(['customer', 'tier'] as const).map((by) => buyerRollups(by)).join('\n')}
    COMMIT;
    ANALYZE;
  `);
}

/** The sums of the sales by who bought, as the writer keeps them. */
function buyerRollups(by: 'customer' | 'tier'): string {
  const insert = (scope: string, period: string) => `
    INSERT INTO buyer_rollup (dimension, scope, period, key, receipts, quantity, gross, net, tax)
      SELECT '${by}', ${scope}, ${period}, coalesce(${by}, ''), count(*), sum(units), sum(total), sum(net), sum(tax)
      FROM sale GROUP BY 2, 3, 4;`;
  const [register, day, month] = [`store || '-' || register`, `'D' || day`, `'M' || substr(day, 1, 7)`];
  return [insert(register, day), insert(`''`, day), insert('store', month), insert(`''`, month)].join('');
}
