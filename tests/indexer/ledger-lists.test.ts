import { describe, expect, test } from 'vitest';
import { profileEntry } from '#model/customers/customer-entries.ts';
import { customerShard } from '#model/customers/customer.ts';
import { documentId } from '#model/ids/document-id.ts';
import { recordText } from '#model/journal/chain.ts';
import { recordKey } from '#model/journal/record.ts';
import { valueLine } from '#model/ledger/value-line.ts';
import type { PricingRules } from '#model/sale/basket.ts';
import { ledgerAccountsReport, ledgerMovesReport } from '../../reports-indexer/reports/ledger-lists.ts';
import { ledgersReport } from '../../reports-indexer/reports/ledgers.ts';
import { receiptsReport } from '../../reports-indexer/reports/receipts.ts';
import { RULES, open, play, sell, type Step } from '../model/support/played-register.ts';
import { ORG, REGISTER_ID, STORE_ID, basket, cash, line } from '../model/support/shop.ts';
import { signed } from '../support/journal-fixture.ts';
import { freshReports, wholeUpdate } from './flatten-fixture.ts';

const REWARDING: PricingRules = { ...RULES, loyalty: { earnPer: 100, redeemValue: 1 } };
const PAGE = { limit: 50, offset: 0 };

const fill = (ledger: 'gift-card' | 'store-credit', id: string, amount: number, basketId: string): Step =>
  sell(basket([valueLine({ account: { ledger, id }, amount, name: 'Value', currency: 'GBP' })], basketId), [
    cash(amount),
  ]);
const spend = (account: string, basketId: string): Step =>
  sell(basket([line({}, '5')], basketId), [
    { tender: 'gift-card', name: 'Gift card', kind: 'gift-card', given: 600, account },
  ]);
const reward = (customer: string, basketId: string): Step =>
  sell({ ...basket([line({}, '5')], basketId), customer }, [cash(600)], REWARDING);

/** Two gift cards, a credit and a customer who earns points, on one register. */
async function reports() {
  const { records } = play([
    open(),
    fill('gift-card', 'GAAAA0000001', 1000, 'b1'),
    fill('gift-card', 'GBBBB0000002', 2500, 'b2'),
    spend('GAAAA0000001', 'b3'),
    fill('store-credit', 'CCCCC0000003', 300, 'b4'),
    reward('joan', 'b5'),
  ]);
  const { writer, query } = freshReports();
  const session = { class: 'session', store: STORE_ID, register: REGISTER_ID, session: 1 } as const;
  const customers = { class: 'customers', shard: customerShard('joan') } as const;
  await writer.write([
    wholeUpdate(
      documentId({ organization: ORG, key: customers }),
      profileEntry('joan', { name: 'Joan Builder' }),
    ),
    wholeUpdate(
      documentId({ organization: ORG, key: session }),
      Object.fromEntries(records.map((record) => [recordKey(record.seq), recordText(signed(record))])),
    ),
  ]);
  return query;
}

describe('the accounts of a ledger', () => {
  test('[G2] each with what is left in it, the last moved first, and the sum of all', async () => {
    const answer = await ledgerAccountsReport(await reports(), { ledger: 'gift-card', ...PAGE });
    expect(answer.rows).toMatchObject([
      { account: 'GAAAA0000001', issued: 1000, redeemed: 600, balance: 400, moves: 2, name: null },
      { account: 'GBBBB0000002', issued: 2500, redeemed: 0, balance: 2500, moves: 1 },
    ]);
    expect(answer).toMatchObject({
      count: 2,
      total: { issued: 3500, redeemed: 600, balance: 2900, moves: 3 },
    });
  });

  test('a page is a part of them, its sum is of all', async () => {
    const query = await reports();
    const answer = await ledgerAccountsReport(query, { ledger: 'gift-card', limit: 1, offset: 1 });
    expect(answer.rows.map(({ account }) => account)).toEqual(['GBBBB0000002']);
    expect(answer).toMatchObject({ count: 2, total: { balance: 2900 } });
  });

  test.each([
    ['gift-card', 'gbbbb 0000', ['GBBBB0000002']],
    ['gift-card', '%', ['GAAAA0000001', 'GBBBB0000002']],
    ['gift-card', 'zz', []],
    ['points', 'build', ['joan']],
    ['deposit', '', []],
  ] as const)(
    'in %s a search for "%s" finds them by number or by customer',
    async (ledger, search, found) => {
      const answer = await ledgerAccountsReport(await reports(), { ledger, search, ...PAGE });
      expect(answer.rows.map(({ account }) => account)).toEqual(found);
      expect(answer.count).toBe(found.length);
    },
  );

  test('an empty ledger adds up to nothing', async () => {
    const answer = await ledgerAccountsReport(await reports(), { ledger: 'deposit', ...PAGE });
    expect(answer).toEqual({
      rows: [],
      count: 0,
      total: { issued: 0, redeemed: 0, balance: 0, moves: 0 },
    });
  });
});

describe('the moves of accounts', () => {
  test('[G1] name the receipt, the account and who was at the till, the latest first', async () => {
    const answer = await ledgerMovesReport(await reports(), { ledger: 'gift-card', ...PAGE });
    expect(answer.rows.map(({ receipt, amount }) => [receipt, amount])).toEqual([
      ['S01-R2-000003', -600],
      ['S01-R2-000002', 2500],
      ['S01-R2-000001', 1000],
    ]);
    expect(answer.rows[0]).toMatchObject({ day: '2026-11-21', by: 'ann', account: 'GAAAA0000001' });
    expect(answer).toMatchObject({ count: 3, total: { issued: 3500, redeemed: 600, amount: 2900 } });
  });

  test('of one account, of one place, of one period', async () => {
    const query = await reports();
    const count = async (more: object) => (await ledgerMovesReport(query, { ...PAGE, ...more })).count;
    expect(await count({ ledger: 'gift-card', account: 'GBBBB0000002' })).toBe(1);
    expect(await count({ store: STORE_ID, register: REGISTER_ID })).toBe(5);
    expect(await count({ store: 'S09' })).toBe(0);
    expect(await count({ from: '2026-11-21', to: '2026-11-21' })).toBe(5);
    expect(await count({ to: '2026-11-20' })).toBe(0);
  });

  test('[U11] points are counted and not added to money', async () => {
    const query = await reports();
    expect((await ledgerMovesReport(query, PAGE)).total).toBeNull();
    expect(await ledgerMovesReport(query, { ledger: 'points', ...PAGE })).toMatchObject({
      total: { amount: 6 },
      rows: [{ account: 'joan', name: 'Joan Builder', amount: 6 }],
    });
    // 400 and 2500 on cards, 300 of credit: the 6 points are no money.
    expect(await ledgersReport(query, {})).toMatchObject({ open: 3200 });
  });
});

describe('receipts about somebody', () => {
  test('[U4] of a customer, with the name for the head of the list', async () => {
    const query = await reports();
    const answer = await receiptsReport(query, { about: { by: 'customer', key: 'joan' }, ...PAGE });
    expect(answer).toMatchObject({
      rows: [{ receipt: 'S01-R2-000005' }],
      count: 1,
      about: { by: 'customer', key: 'joan', name: 'Joan Builder' },
    });
  });

  test('somebody nobody knows has none and is named by the id', async () => {
    const about = { by: 'tier', key: 'staff' } as const;
    expect(await receiptsReport(await reports(), { about, ...PAGE })).toEqual({
      rows: [],
      count: 0,
      about: { ...about, name: 'staff' },
    });
  });
});
