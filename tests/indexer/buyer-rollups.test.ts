import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentId } from '#model/ids/document-id.ts';
import { hashRecord, recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import { voidSale } from '#model/register/void-sale.ts';
import { refundLine, type Basket } from '#model/sale/basket.ts';
import { fromThousandths } from '../../reports-indexer/quantities.ts';
import type { Period } from '../../reports-indexer/reports/filters.ts';
import { salesReport } from '../../reports-indexer/reports/sales.ts';
import {
  open,
  play,
  salesOf,
  sellExactly,
  type Played,
  type Step,
} from '../model/support/played-register.ts';
import { ORG, REGISTER_ID, STORE_ID, basket, line } from '../model/support/shop.ts';
import { makeShop, signed, type SessionEntries } from '../support/journal-fixture.ts';
import { dump, freshReports, partialUpdate, wholeUpdate } from './flatten-fixture.ts';

type By = 'customer' | 'tier';

/** Six days around the end of October, at two stores. */
const SHOP = makeShop(23, { stores: 2, registers: 2, sessions: 6, salesPerSession: 5, customers: 3 });
const SESSIONS = SHOP.flatMap(({ sessions }) => sessions);
const DAYS = ['2026-10-28', '2026-10-31', '2026-11-01', '2026-11-02', '2026-11-30'];

function sessionAt(index: number): SessionEntries {
  const session = SESSIONS[index];
  if (!session) throw new Error(`there is no session ${index}`);
  return session;
}

/** The rows of the report, added up from the sales themselves. */
function fromSales(database: DatabaseSync, by: By, period: Period) {
  const { from = '', to = '9', store = null, register = null } = period;
  const rows = database
    .prepare(
      `SELECT coalesce(${by}, '') AS key, count(*) AS receipts, sum(units) AS units, sum(total) AS gross, sum(net) AS net,
       sum(tax) AS tax FROM sale WHERE day >= ?1 AND day <= ?2 AND store = coalesce(?3, store)
       AND register = coalesce(?4, register) GROUP BY 1 ORDER BY gross DESC, key`,
    )
    .all(from, to, store, register);
  return rows.map(({ key, units, ...sums }) => ({
    key,
    name: key,
    ...sums,
    quantity: fromThousandths(Number(units)),
  }));
}

const periods: fc.Arbitrary<Period> = fc
  .tuple(
    fc.option(fc.constantFrom(...DAYS), { nil: undefined }),
    fc.option(fc.constantFrom(...DAYS), { nil: undefined }),
    fc.constantFrom<Pick<Period, 'store' | 'register'>>(
      {},
      { store: 'S01' },
      { store: 'S02' },
      { store: 'S02', register: 'R1' },
      { store: 'S03' },
    ),
  )
  .map(([one, other, place]) => {
    const [from, to] = one !== undefined && other !== undefined && one > other ? [other, one] : [one, other];
    return { from, to, ...place };
  });

/** A record whole in itself that says something else than the one at its place. */
function corrected(text: string, by: string): string {
  const record = JSON.parse(text) as JournalRecord;
  const changed = otherwise(record, by);
  return recordText(signed({ ...changed, hash: hashRecord(changed) }));
}

function otherwise(record: JournalRecord, by: string): JournalRecord {
  if (record.kind === 'opened') return { ...record, body: { ...record.body, day: '2026-11-30' } };
  if (record.kind !== 'sale') return { ...record, by };
  return { ...record, body: { ...record.body, customer: by, terms: { tier: by } } };
}

/** What may be wrong with a document when it comes, by entry: it is not here yet, damaged, another one or one of two. */
const states = fc.array(
  fc.record({
    document: fc.nat(SESSIONS.length - 1),
    how: fc.constantFrom('late', 'damaged', 'corrected', 'forked'),
    entry: fc.nat(30),
    by: fc.constantFrom('customer-1', 'customer-9'),
    period: periods,
  }),
  { minLength: 4, maxLength: 12 },
);

describe('sums by who bought', () => {
  test('[U4] are those of the sales themselves, whatever came late, was corrected, damaged or forked', async () => {
    await fc.assert(
      fc.asyncProperty(states, periods, async (steps, last) => {
        const reports = freshReports();
        for (const { document, how, entry, by, period } of steps) {
          const { documentId: id, entries } = sessionAt(document);
          const keys = Object.keys(entries);
          const key = keys[entry % keys.length] ?? '';
          const text = entries[key] ?? '';
          const values = {
            late: [],
            damaged: [text.replace('"at":"2026', '"at":"2025')],
            corrected: [corrected(text, by)],
            forked: [text, corrected(text, by)],
          };
          await reports.writer.write([wholeUpdate(id, { ...entries, [key]: values[how] })]);
          for (const dimension of ['customer', 'tier'] as const)
            expect((await salesReport(reports.query, dimension, period)).rows).toEqual(
              fromSales(reports.database, dimension, period),
            );
        }
        for (const { documentId: id, entries } of SESSIONS)
          await reports.writer.write([wholeUpdate(id, entries)]);
        for (const dimension of ['customer', 'tier'] as const)
          expect((await salesReport(reports.query, dimension, last)).rows).toEqual(
            fromSales(reports.database, dimension, last),
          );
        expect(dump(reports.database)).toEqual(await rebuilt());
      }),
      { numRuns: 25 },
    );
  });

  test('[U4] add up to the total of the report, in money and in receipts', async () => {
    const reports = freshReports();
    await reports.writer.write(SESSIONS.map(({ documentId: id, entries }) => wholeUpdate(id, entries)));
    const { rows } = await salesReport(reports.query, 'customer', {});
    const { rows: days, total } = await salesReport(reports.query, 'day', {});
    const sum = (of: 'receipts' | 'gross') => rows.reduce((all, row) => all + row[of], 0);
    expect(rows.map(({ key }) => key).sort()).toEqual(['', 'customer-1', 'customer-2', 'customer-3']);
    expect([sum('receipts'), sum('gross')]).toEqual([
      total.receipts,
      days.reduce((all, { gross }) => all + gross, 0),
    ]);
  });
});

let whole: ReturnType<typeof dump> | undefined;

/** The tables of all documents as they are, written once. */
async function rebuilt(): Promise<ReturnType<typeof dump>> {
  if (whole) return whole;
  const reports = freshReports();
  await reports.writer.write(SESSIONS.map(({ documentId: id, entries }) => wholeUpdate(id, entries)));
  whole = dump(reports.database);
  return whole;
}

const SESSION = documentId({
  organization: ORG,
  key: { class: 'session', store: STORE_ID, register: REGISTER_ID, session: 1 },
});
const joan = (units: string, id: string): Basket => ({
  ...basket([line({}, units)], id),
  customer: 'joan',
  terms: { tier: 'trade' },
});

/** Joan buys five and two, brings two of the five back, and the two are voided. */
function played(): Played {
  const bought = play([
    open(),
    sellExactly(joan('5', 'five'), 'cash'),
    sellExactly(joan('2', 'two'), 'cash'),
  ]);
  const [five, two] = salesOf(bought.records);
  if (five?.body.type !== 'sale' || two === undefined) throw new Error('two sales were made');
  const back = refundLine(five.body, 0, '2', { quantity: '0', amount: 0 });
  if (!back.ok) throw new Error('a line is refunded');
  const refund: Basket = { ...joan('1', 'back'), lines: [back.value] };
  const voided: Step = (state, act) => {
    const made = voidSale(state, { sale: two, later: [], reason: 'wrong', basket: 'void' }, act);
    if (!made.ok) throw new Error(made.error.code);
    return made;
  };
  return play([sellExactly(refund, 'cash'), voided], bought);
}

test('[U4] [H6] refunds and voids go off the sums of the customer they belong to', async () => {
  const { records } = played();
  const entries = Object.fromEntries(
    records.map((record) => [recordKey(record.seq), recordText(signed(record))]),
  );
  const reports = freshReports();
  await reports.writer.write([wholeUpdate(SESSION, entries)]);
  const sums = async () =>
    (await salesReport(reports.query, 'customer', {})).rows.map((row) => [
      row.key,
      row.receipts,
      row.quantity,
      row.gross,
    ]);
  expect(await sums()).toEqual([['joan', 4, '3', 360]]);
  const lastKey = recordKey(records.length);
  await reports.writer.write([partialUpdate(SESSION, { [lastKey]: [] }, entries)]);
  expect(await sums()).toEqual([['joan', 3, '5', 600]]);
  await reports.writer.write([
    partialUpdate(SESSION, Object.fromEntries(Object.keys(entries).map((key) => [key, []])), {}),
  ]);
  expect(dump(reports.database)['buyer_rollup']).toEqual([]);
});
