import { beforeAll, describe, expect, test } from 'vitest';
import type { Ledger } from '#model/ledger/account.ts';
import { createFormats } from '$lib/office/formats.ts';
import { accountName, accountsSheet, ledgersSheet, movesSheet } from '$lib/office/ledger-sheets.ts';
import { quickArticlesSheet, representativesSheet } from '$lib/office/line-sheets.ts';
import { salesSheet } from '$lib/office/report-sheets.ts';
import { createNames } from '$lib/office/organization-names.ts';
import { readQuery } from '$lib/office/report-query.ts';
import { emptyTitle, narrowingOf } from '$lib/office/report-words.ts';
import { cellText, sheetCsv, type Sheet } from '$lib/office/sheet.ts';
import { overwriteGetLocale } from '$lib/paraglide/runtime.js';

const formats = createFormats({ currency: 'GBP', numberLocale: 'en-GB', dateLocale: 'en-GB' });
const names = createNames({
  name: 'Lantern & Lace',
  currency: 'GBP',
  language: 'en',
  stores: [{ id: 'S01', name: 'Camden', timeZone: 'Europe/London', locale: 'en-GB' }],
  registers: [],
  people: [{ id: 'ana', name: 'Ana' }],
});
const asked = (search: string) => readQuery(new URLSearchParams(search));
const move = (ledger: Ledger, amount: number) => ({
  receipt: 'S01-R1-000007',
  index: 0,
  at: '2026-11-21T10:00:00.000Z',
  day: '2026-11-21',
  store: 'S01',
  register: 'R1',
  by: 'ana',
  ledger,
  account: ledger === 'points' ? 'joan' : 'G123456789012',
  name: ledger === 'points' ? 'Joan Builder' : null,
  amount,
});
const LEDGERS = {
  rows: [
    { ledger: 'gift-card', accounts: 2, issued: 3500, redeemed: 600, balance: 2900 },
    { ledger: 'points', accounts: 1, issued: 1200, redeemed: 0, balance: 1200 },
  ],
  open: 2900,
} as const;

/** What a person reads in one row of a sheet. */
function words(sheet: Sheet, row: number): readonly string[] {
  const found = sheet.rows[row];
  return sheet.columns.map(({ key, kind }) =>
    cellText(found?.kinds?.[key] ?? kind, found?.cells[key], formats, 'Europe/London'),
  );
}

beforeAll(() => overwriteGetLocale(() => 'en'));

describe('what the shop owes', () => {
  test('[U11] is summed in money; points are counts on the screen and in the file', () => {
    const sheet = ledgersSheet({ ...LEDGERS, rows: [...LEDGERS.rows] });
    expect(words(sheet, 0)).toEqual(['Gift cards', '2', '£35.00', '£6.00', '£29.00']);
    expect(words(sheet, 1)).toEqual(['Loyalty points', '1', '1,200', '0', '1,200']);
    expect(sheet.total).toEqual({ issued: 3500, redeemed: 600, balance: 2900 });
    expect(sheetCsv(sheet.columns, sheet.rows, 'GBP').split('\r\n')[2]).toBe('Loyalty points,1,1200,0,1200');
    expect(sheet.rows[1]?.href).toBe('/office/reports?kind=accounts&ledger=points');
  });

  test('[G6] a gift card goes by its last four characters, everybody else by name or number', () => {
    expect(accountName('gift-card', 'G123456789012', null)).toBe('**** 9012');
    expect(accountName('store-credit', 'C123456789012', null)).toBe('C123456789012');
    expect(accountName('points', 'joan', 'Joan Builder')).toBe('Joan Builder');
  });

  test('an account leads to its moves, and the total is of every page', () => {
    const answer = {
      rows: [
        {
          account: 'joan',
          name: 'Joan Builder',
          issued: 90,
          redeemed: 40,
          balance: 50,
          moves: 3,
          lastAt: '2026-11-21T10:00:00.000Z',
        },
      ],
      total: { issued: 900, redeemed: 400, balance: 500, moves: 30 },
      count: 201,
    };
    const sheet = accountsSheet(answer, asked('kind=accounts&ledger=points'), names);
    expect(words(sheet, 0)).toEqual(['Joan Builder', '3', '90', '40', '50', '21 Nov 2026, 10:00']);
    expect(sheet.rows[0]?.href).toBe('/office/reports?kind=moves&ledger=points&account=joan');
    expect(sheet.total).toEqual(answer.total);
    expect(sheet.kinds?.['balance']).toBe('count');
  });

  test('a move opens its receipt; money and points in one list have no sum', () => {
    const query = asked('kind=moves&from=2026-11-21');
    const mixed = { rows: [move('gift-card', -600), move('points', 6)], total: null, count: 2 };
    const sheet = movesSheet(mixed, query, names);
    expect(sheet.rows[0]?.href).toBe('/office/reports?kind=moves&from=2026-11-21&open=S01-R1-000007');
    expect(words(sheet, 0).slice(-3)).toEqual(['Gift cards', '**** 9012', '-£6.00']);
    expect(words(sheet, 1).slice(-3)).toEqual(['Loyalty points', 'Joan Builder', '6']);
    expect(sheet.total).toBeUndefined();
    const money = { issued: 0, redeemed: 600, amount: -600 };
    const cards = { rows: [move('gift-card', -600)], total: money, count: 1 };
    expect(movesSheet(cards, query, names).total).toEqual({ amount: -600 });
  });
});

describe('lines of receipts', () => {
  test('[C11] representatives lead to their receipts; receipts are not added up', () => {
    const rows = [
      { representative: 'ana', name: 'Ana', receipts: 2, quantity: '1.5', gross: 300 },
      { representative: 'luis', name: 'Luis', receipts: 1, quantity: '2', gross: -100 },
    ];
    const sheet = representativesSheet({ rows }, { store: 'S01' });
    expect(sheet.total).toEqual({ quantity: '3.5', gross: 200 });
    expect(sheet.rows[0]?.href).toBe('/office/reports?kind=receipts&store=S01&about=representative%3Aana');
  });

  test('[C10] a code without an article says what it was sold as, for how much and by whom', () => {
    const rows = [
      {
        code: '999',
        name: 'Odd mug',
        department: null,
        price: '4.50',
        receipts: 2,
        quantity: '3',
        gross: 1350,
        lastReceipt: 'S01-R1-000007',
        lastAt: '2026-11-21T10:00:00.000Z',
        by: 'ana',
        approvedBy: null,
      },
    ];
    const sheet = quickArticlesSheet({ rows }, {}, names);
    expect(words(sheet, 0)).toEqual([
      'Odd mug',
      '999',
      '£4.50',
      '2',
      '3',
      '£13.50',
      '21 Nov 2026, 10:00',
      'Ana',
      '–',
    ]);
    expect(sheet.rows[0]?.href).toBe('/office/reports?kind=receipts&about=code%3A999');
    expect(sheet.rows[0]?.edit).toBe('/office/catalog?code=999&name=Odd+mug&price=4.50');
  });
});

test('[C10] what was sold without an article is among the products by its name, without an id of chance', () => {
  const figures = { receipts: 1, quantity: '1', gross: 450 };
  const rows = [
    { key: 'quick-701b3b4a', name: 'Odd mug', ...figures },
    { key: '71053', name: 'Lantern', ...figures },
  ];
  const sheet = salesSheet('product', { rows, total: figures }, {}, names);
  expect(sheet.rows.map(({ cells }) => [cells['name'], cells['key']])).toEqual([
    ['Odd mug', undefined],
    ['Lantern', '71053'],
  ]);
});

describe('the head of a narrowed list', () => {
  test('names whom it is about and leads back to all', () => {
    expect(narrowingOf(asked('kind=receipts&store=S01&about=customer:joan'), 'Joan Builder')).toEqual({
      label: 'Customer',
      name: 'Joan Builder',
      allHref: '/office/reports?kind=receipts&store=S01',
    });
    expect(narrowingOf(asked('kind=moves&ledger=gift-card&account=G123456789012'), undefined)).toEqual({
      label: 'Gift cards',
      name: '**** 9012',
      allHref: '/office/reports?kind=accounts&ledger=gift-card',
    });
    expect(narrowingOf(asked('kind=receipts'), undefined)).toBeUndefined();
  });

  test.each([
    ['kind=accounts&search=zz', 'No account matches “zz”'],
    ['kind=receipts&search=zz', 'No receipt in this period matches “zz”'],
    ['kind=receipts&about=customer:joan', 'No such receipts in this period'],
    ['kind=moves', 'Nothing moved in this period'],
    ['kind=quick', 'Nothing was sold without an article in this period'],
    ['kind=day', 'No sales in this period'],
  ])('%s says what is not there', (search, sentence) => {
    expect(emptyTitle(asked(search))).toBe(sentence);
  });
});
