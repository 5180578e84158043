import { describe, expect, test } from 'vitest';
import { profileEntry, termsEntry } from '#model/customers/customer-entries.ts';
import { customerShard } from '#model/customers/customer.ts';
import { masterEntry } from '#model/documents/catalog.ts';
import { documentId } from '#model/ids/document-id.ts';
import { recordText } from '#model/journal/chain.ts';
import { recordKey } from '#model/journal/record.ts';
import { priceBasket, type Basket } from '#model/sale/basket.ts';
import { exceptionsReport } from '../../reports-indexer/reports/exceptions.ts';
import { salesReport } from '../../reports-indexer/reports/sales.ts';
import { RULES, open, play, sell } from '../model/support/played-register.ts';
import { ORG, REGISTER_ID, STORE_ID, basket, cash, line } from '../model/support/shop.ts';
import { firstFault, verdictOnRecords } from '../support/exported-journal.ts';
import { signed } from '../support/journal-fixture.ts';
import { dump, freshReports, partialUpdate, wholeUpdate } from './flatten-fixture.ts';

const SHARD = customerShard('joan');
const CUSTOMERS = documentId({ organization: ORG, key: { class: 'customers', shard: SHARD } });
const CATALOG = documentId({ organization: ORG, key: { class: 'catalog', shard: 0 } });
const SESSION = documentId({
  organization: ORG,
  key: { class: 'session', store: STORE_ID, register: REGISTER_ID, session: 1 },
});
const ENTRIES = {
  ...profileEntry('joan', { name: 'Joan Builder', phone: '020 7946 0001' }),
  ...termsEntry('joan', { active: true, tier: 'trade', accountLimit: 500 }),
};
const REWARDING = { ...RULES, loyalty: { earnPer: 100, redeemValue: 1 } };

const sold = (units: string, change: Partial<Basket> = {}) => {
  const of: Basket = { ...basket([line({}, units)], `basket-${units}`), ...change };
  return sell(of, [cash(priceBasket(of, REWARDING).total)], REWARDING);
};

const { records } = play([
  open(),
  sold('5', { customer: 'joan', terms: { tier: 'trade', certificate: 'EX-1' } }),
  sold('2', { customer: 'max' }),
  sold('1'),
]);

async function reports() {
  const bench = freshReports();
  const { key, text } = masterEntry({ kind: 'tier', id: 'trade', value: { name: 'Trade' } });
  await bench.writer.write([
    wholeUpdate(CATALOG, { [key]: text }),
    wholeUpdate(CUSTOMERS, ENTRIES),
    wholeUpdate(
      SESSION,
      Object.fromEntries(records.map((record) => [recordKey(record.seq), recordText(signed(record))])),
    ),
  ]);
  return bench;
}

describe('customers in the reports', () => {
  test('[U4] sales by customer and by tier, with their names, the largest first', async () => {
    const { query } = await reports();
    const rows = async (by: 'customer' | 'tier') =>
      (await salesReport(query, by, {})).rows.map(({ key, name, receipts, gross }) => [
        key,
        name,
        receipts,
        gross,
      ]);
    expect(await rows('customer')).toEqual([
      ['joan', 'Joan Builder', 1, 600],
      ['max', 'max', 1, 240],
      ['', '', 1, 120],
    ]);
    expect(await rows('tier')).toEqual([
      ['trade', 'Trade', 1, 600],
      ['', '', 2, 360],
    ]);
    expect((await salesReport(query, 'customer', { store: 'S02' })).rows).toEqual([]);
  });

  test('[U8] [U4] a sale says tier, certificate and points', async () => {
    const { query } = await reports();
    expect(
      await query
        .selectFrom('sale')
        .select(['customer', 'tier', 'certificate', 'points_earned', 'points_back'])
        .orderBy('seq')
        .execute(),
    ).toEqual([
      { customer: 'joan', tier: 'trade', certificate: 'EX-1', points_earned: 6, points_back: 0 },
      { customer: 'max', tier: null, certificate: null, points_earned: 2, points_back: 0 },
      { customer: null, tier: null, certificate: null, points_earned: 0, points_back: 0 },
    ]);
  });

  test('[U2] an edit of one group leaves the other, and a rebuild gives the same tables', async () => {
    const followed = await reports();
    const edit = profileEntry('joan', { name: 'Joan Mason', company: 'Mason Ltd' });
    const all = { ...ENTRIES, ...edit };
    await followed.writer.write([partialUpdate(CUSTOMERS, edit, all)]);
    expect(await followed.query.selectFrom('customer').selectAll().execute()).toEqual([
      { shard: SHARD, id: 'joan', name: 'Joan Mason', company: 'Mason Ltd', phone: null, email: null },
    ]);
    expect(await followed.query.selectFrom('customer_terms').selectAll().execute()).toEqual([
      { shard: SHARD, id: 'joan', tier: 'trade', certificate: null, account_limit: 500, active: 1 },
    ]);
    const rebuilt = freshReports();
    await rebuilt.writer.write([wholeUpdate(CUSTOMERS, all)]);
    const customersOf = ({ customer, customer_terms: terms }: Record<string, unknown[]>) => [customer, terms];
    expect(customersOf(dump(rebuilt.database))).toEqual(customersOf(dump(followed.database)));
  });

  test('[D5] [U1] a customer in another one’s document, or an entry nobody can read, is an exception', async () => {
    const bench = freshReports();
    const stranger = ['a', 'b', 'c', 'd'].find((id) => customerShard(id) !== SHARD) ?? '';
    const entries = { ...profileEntry(stranger, { name: 'Stranger' }), 'customer:joan:profile': '{}' };
    await bench.writer.write([wholeUpdate(CUSTOMERS, entries)]);
    const listed = await exceptionsReport(bench.query);
    expect(listed.rows.map(({ code }) => code).sort()).toEqual(['bad-shape', 'wrong-shard']);
    expect(await bench.query.selectFrom('customer').selectAll().execute()).toEqual([]);
    await bench.writer.write([wholeUpdate(CUSTOMERS, {})]);
    expect((await exceptionsReport(bench.query)).rows).toEqual([]);
  });

  test('[A3] [U3] a change of terms is an act of the audit', async () => {
    const bench = freshReports();
    const key = 'audit:2026-11-21T09:00:00.000Z:0123456789abcdef';
    const body = {
      at: '2026-11-21T09:00:00.000Z',
      by: 'ana',
      what: 'customer.terms',
      subject: 'joan',
      details: { tier: 'trade' },
    };
    await bench.writer.write([wholeUpdate(CUSTOMERS, { ...ENTRIES, [key]: JSON.stringify(body) })]);
    expect(
      await bench.query.selectFrom('act').select(['source', 'kind', 'subject', 'detail']).execute(),
    ).toEqual([{ source: 'customers', kind: 'customer.terms', subject: 'joan', detail: 'tier: trade' }]);
  });
});

describe('the independent verifier', () => {
  test('[J13] [U8] takes sales to customers as they were made', async () => {
    expect(firstFault(await verdictOnRecords(records))).toBe('valid');
  });
});
