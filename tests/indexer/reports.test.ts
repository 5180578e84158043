import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { registerIdSchema, storeIdSchema } from '#model/ids/register-id.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { closeSession, completeSale, moveCash, openSession } from '#model/register/commands.ts';
import { handOver } from '#model/register/handover.ts';
import { historyActor, type Act } from '#model/register/actor.ts';
import { addRecord, newRegister, type RegisterState } from '#model/register/register-state.ts';
import { assert, type Result } from '#model/result.ts';
import { priceBasket, type BasketLine } from '#model/sale/basket.ts';
import * as v from 'valibot';
import { receiptsReport } from '../../reports-indexer/reports/receipts.ts';
import { SALES_BY, salesReport } from '../../reports-indexer/reports/sales.ts';
import { xReport, zReport } from '../../reports-indexer/reports/session-report.ts';
import { sessionsReport } from '../../reports-indexer/reports/sessions.ts';
import { taxReport } from '../../reports-indexer/reports/tax.ts';
import { totalsReport } from '../../reports-indexer/reports/totals.ts';
import { ORGANIZATION, RULES, makeShop, sessionEntries } from '../support/journal-fixture.ts';
import { play } from '../model/support/played-register.ts';
import { foldSession, freshReports, wholeUpdate } from './flatten-fixture.ts';

const shop = makeShop(3, { stores: 2, registers: 2, sessions: 6, salesPerSession: 30 });
const sales = shop
  .flatMap(({ records }) => records)
  .filter((record): record is RecordOf<'sale'> => record.kind === 'sale');
const reports = freshReports();
for (const { sessions } of shop)
  await reports.writer.write(sessions.map(({ documentId, entries }) => wholeUpdate(documentId, entries)));
const { query } = reports;

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const dayOf = (sale: JournalRecord) => sale.at.slice(0, 10);

describe('X and Z', () => {
  test('[Z1] are what the fold over the records makes, for every session', async () => {
    for (const { store, register, records, sessions } of shop) {
      for (const { session } of sessions.map(({ key }) => key)) {
        const fold = foldSession(records.filter((record) => record.session === session));
        const place = { store, register };
        const made = fold.closed ? await zReport(query, { ...place, session }) : await xReport(query, place);
        expect(made).toEqual(fold);
      }
    }
  });

  test('[Z10] say each of several drawers as the fold does, open and closed', async () => {
    const { records } = play(
      [
        (state, act) =>
          openSession(
            state,
            {
              day: '2026-11-21',
              currency: 'GBP',
              float: 150,
              drawers: [
                { name: 'Left', float: 100 },
                { name: 'Right', float: 50 },
              ],
            },
            act,
          ),
        (state, act) =>
          moveCash(state, { direction: 'in', amount: 30, reason: 'more change', drawer: 2 }, act),
        (state, act) => handOver(state, { to: 'bob', counted: 75, drawer: 2, reason: 'a coin' }, act),
        (state, act) =>
          closeSession(state, { counted: 175, drawers: [{ counted: 100 }, { counted: 75 }] }, act),
      ],
      { state: newRegister(ORGANIZATION, 'S09' as never, 'R1' as never), records: [] },
    );
    const [first] = records;
    assert(first, () => 'nothing was opened');
    for (const some of [records.slice(0, 3), records]) {
      const { query: database, writer } = freshReports();
      const [session] = sessionEntries({ ...first, records: some });
      await writer.write([wholeUpdate(session?.documentId ?? '', session?.entries ?? {})]);
      const fold = foldSession(some);
      expect(fold.drawers?.map(({ expected }) => expected)).toEqual([100, 75]);
      expect(await (fold.closed ? zReport(database, first) : xReport(database, first))).toEqual(fold);
    }
  });

  test('there is no X of a closed register and no Z of an open session', async () => {
    const [journal] = shop;
    assert(journal, () => 'no journal');
    const { store, register, sessions } = journal;
    expect(await zReport(query, { store, register, session: sessions.length })).toBeUndefined();
    const closed = freshReports();
    const done = sessions.slice(0, -1).map((each) => wholeUpdate(each.documentId, each.entries));
    await closed.writer.write(done);
    expect(await xReport(closed.query, { store, register })).toBeUndefined();
  });

  test('a tender renamed within a session goes under its last name, as in the fold', async () => {
    let state = newRegister(ORGANIZATION, 'S09' as never, 'R1' as never);
    const records: JournalRecord[] = [];
    const add = (made: Result<JournalRecord, unknown>) => {
      assert(made.ok, () => 'refused');
      const next = addRecord(state, made.value);
      assert(next.ok, () => 'refused');
      state = next.value;
      records.push(made.value);
    };
    const at = { at: '2026-11-01T09:00:00.000Z', actor: historyActor('ann') };
    add(openSession(state, { day: '2026-11-01', currency: 'GBP', float: 0 }, at));
    for (const name of ['Zeta pay', 'Alpha pay']) {
      const tax = { id: '__proto__', name, rate: '20', included: true };
      const line = { product: 'p', sku: 's', name: 'n', quantity: '1', price: '5', taxes: [tax] };
      const payment = { tender: '__proto__', name, kind: 'other' as const, given: 500 };
      const basket = { id: name, lines: [line] };
      add(completeSale(state, { basket, payments: [payment], rules: RULES }, at));
    }
    const renamed = freshReports();
    const [session] = sessionEntries({ ...state.head, records });
    await renamed.writer.write([wholeUpdate(session?.documentId ?? '', session?.entries ?? {})]);
    const fold = foldSession(records);
    expect(Object.values(fold.tenders).map(({ name }) => name)).toEqual(['Alpha pay']);
    expect(await xReport(renamed.query, state.head)).toEqual(fold);
  });
});

describe('what reports add up to', () => {
  test('the tax report is the sum of the receipts', async () => {
    const expected = new Map<string, { base: number; amount: number }>();
    for (const { body } of sales) {
      for (const tax of body.taxes) {
        const row = expected.get(tax.id) ?? { base: 0, amount: 0 };
        expected.set(tax.id, { base: row.base + tax.base, amount: row.amount + tax.amount });
      }
    }
    const { rows, total } = await taxReport(query, {});
    expect(new Map(rows.map(({ tax, base, amount }) => [tax, { base, amount }]))).toEqual(expected);
    expect(rows.every((row) => row.gross === row.base + row.amount)).toBe(true);
    expect(total.amount).toBe(sum(sales.map(({ body }) => body.tax)));
  });

  test.each(SALES_BY)('sales by %s add up to the receipts of the period, wherever it is cut', async (by) => {
    const periods = [
      {},
      { from: '2026-10-29', to: '2026-11-01' },
      { from: '2026-10-30', to: '2026-10-30' },
      { from: '2026-10-01', to: '2026-11-30', store: 'S02' },
      { from: '2026-10-31', to: '2026-11-02', store: 'S01', register: 'R2' },
    ];
    for (const period of periods) {
      const inside = sales.filter(
        (sale) =>
          (period.from === undefined || dayOf(sale) >= period.from) &&
          (period.to === undefined || dayOf(sale) <= period.to) &&
          (period.store === undefined || sale.store === period.store) &&
          (period.register === undefined || sale.register === period.register),
      );
      expect(inside.length).toBeGreaterThan(0);
      const { rows, total } = await salesReport(query, by, period);
      const lines = inside.flatMap(({ body }) => body.lines.map(({ amount }) => amount));
      const gross = by === 'product' || by === 'department' ? lines : inside.map(({ body }) => body.total);
      expect(total.gross).toBe(sum(gross));
      expect(total.receipts).toBe(inside.length);
      expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    }
  });

  test('sales by product count receipts and quantities of that product', async () => {
    const { rows } = await salesReport(query, 'product', { from: '2026-10-29', to: '2026-11-01' });
    const inside = sales.filter((sale) => dayOf(sale) >= '2026-10-29' && dayOf(sale) <= '2026-11-01');
    for (const row of rows) {
      const sold = inside.filter(({ body }) => body.lines.some(({ product }) => product === row.key));
      expect(row.receipts).toBe(sold.length);
      const quantities = sold.flatMap(({ body }) =>
        body.lines
          .filter(({ product }) => product === row.key)
          .map(({ quantity }) => Number(quantity) * 1000),
      );
      expect(Math.round(Number(row.quantity) * 1000)).toBe(Math.round(sum(quantities)));
    }
    expect(rows.length).toBeGreaterThan(20);
  });

  test('the sessions list agrees with the closing records', async () => {
    const { rows } = await sessionsReport(query, { store: 'S01' });
    const closing = shop
      .flatMap(({ records }) => records)
      .filter((record): record is RecordOf<'closed'> => record.kind === 'closed' && record.store === 'S01');
    for (const record of closing) {
      const { expected, counted, difference, gross, tax, sales: sold, refunds } = record.body;
      const row = rows.find((each) => each.register === record.register && each.session === record.session);
      expect(row).toMatchObject({ expected, counted, difference, gross, tax, sales: sold, refunds });
    }
    expect(rows.filter((row) => row.closedAt === undefined)).toHaveLength(2);
  });
});

describe('receipts', () => {
  test('are listed newest first in pages that do not overlap', async () => {
    const pages = [];
    for (let offset = 0; offset < sales.length; offset += 50)
      pages.push(await receiptsReport(query, { limit: 50, offset }));
    const listed = pages.flatMap(({ rows }) => rows.map(({ receipt }) => receipt));
    expect(new Set(listed).size).toBe(sales.length);
    expect(pages[0]?.count).toBe(sales.length);
    const times = pages.flatMap(({ rows }) => rows.map(({ day, at }) => `${day} ${at}`));
    expect(times).toEqual(times.toSorted().toReversed());
  });

  test('are found by number, by count and by basket', async () => {
    const page = { limit: 100, offset: 0 };
    const [sale] = sales;
    assert(sale, () => 'no sale');
    const exact = await receiptsReport(query, { ...page, search: sale.body.receipt.toLowerCase() });
    expect(exact.rows.map(({ receipt }) => receipt)).toEqual([sale.body.receipt]);
    const counted = await receiptsReport(query, { ...page, search: '7' });
    expect(counted.rows.map(({ receipt }) => receipt.slice(-6))).toEqual(Array(4).fill('000007'));
    const basket = await receiptsReport(query, { ...page, search: sale.body.basket, store: sale.store });
    expect(basket.rows.map(({ receipt }) => receipt)).toContain(sale.body.receipt);
    expect((await receiptsReport(query, { ...page, search: '%' })).count).toBe(0);
  });
});

type CsvRow = Record<
  | 'receipt'
  | 'at'
  | 'store'
  | 'register'
  | 'cashier'
  | 'sku'
  | 'name'
  | 'department'
  | 'quantity'
  | 'unit_price',
  string
> &
  Record<'tax_percent' | 'tax_included' | 'tender', string>;

/** The sales of a file as a till would have recorded them, one session a day. */
function journalsOf(rows: readonly CsvRow[]): Map<string, JournalRecord[]> {
  const states = new Map<string, RegisterState>();
  const journals = new Map<string, JournalRecord[]>();
  const receipts = Map.groupBy(rows, ({ receipt }) => receipt);
  for (const [receipt, lines] of receipts) {
    const [head] = lines;
    assert(head, () => 'no line');
    const place = `${head.store}-${head.register}`;
    const act = { at: `${head.at}.000Z`, actor: historyActor(head.cashier) };
    const add = (make: (state: RegisterState) => Result<JournalRecord, unknown>) => {
      const state =
        states.get(place) ??
        newRegister(
          ORGANIZATION,
          v.parse(storeIdSchema, head.store),
          v.parse(registerIdSchema, head.register),
        );
      const made = make(state);
      assert(made.ok, () => JSON.stringify(made));
      const next = addRecord(state, made.value);
      assert(next.ok, () => JSON.stringify(next));
      states.set(place, next.value);
      journals.set(place, [...(journals.get(place) ?? []), made.value]);
    };
    const day = head.at.slice(0, 10);
    if (states.get(place)?.report?.day !== day) {
      if (states.has(place)) add((state) => closeAt(state, act));
      add((state) => openSession(state, { day, currency: 'GBP', float: 0 }, act));
    }
    const basket = { id: `online-retail-${receipt}`, lines: lines.map(lineOf) };
    const { total } = priceBasket(basket, RULES);
    const kind = head.tender === 'cash' ? ('cash' as const) : ('card' as const);
    const payments = total === 0 ? [] : [{ tender: head.tender, name: head.tender, kind, given: total }];
    add((state) => completeSale(state, { basket, payments, rules: RULES }, act));
  }
  return journals;
}

function lineOf(row: CsvRow): BasketLine {
  const { sku, name, department, quantity, unit_price: price, tax_percent: rate } = row;
  const tax = { id: `vat-${rate}`, name: `VAT ${rate} %`, rate, included: row.tax_included === '1' };
  return { product: sku, sku, name, department, quantity, price, taxes: [tax] };
}

function closeAt(state: RegisterState, act: Act): Result<JournalRecord, unknown> {
  const expected = state.report?.drawer.expected ?? 0;
  return closeSession(state, { counted: Math.max(0, expected), reason: 'end of day' }, act);
}

test('the totals of four real days are those computed from the file alone', async () => {
  const folder = join(import.meta.dirname, 'real-sales');
  const csv = gunzipSync(readFileSync(join(folder, 'online-retail.csv.gz')));
  const rows: CsvRow[] = parse(csv, { columns: true, bom: true });
  const real = freshReports();
  for (const records of journalsOf(rows).values()) {
    const { store, register } = records[0] ?? {};
    assert(store && register, () => 'no records');
    const sessions = sessionEntries({ store, register, records });
    await real.writer.write(sessions.map(({ documentId, entries }) => wholeUpdate(documentId, entries)));
  }
  const expected: unknown = JSON.parse(readFileSync(join(folder, 'online-retail.expected.json'), 'utf8'));
  const all = await totalsReport(real.query, {});
  expect(all).toEqual(expected);
  expect(Object.keys(all)).toEqual(Object.keys(expected as object));
  expect(await totalsReport(real.query, { basketPrefix: 'online-retail-' })).toEqual(expected);
  expect(await totalsReport(real.query, { basketPrefix: 'other-' })).toMatchObject({
    receipts: 0,
    gross: '0.00',
  });
});
