import { describe, expect, test } from 'vitest';
import { issuedNumber } from '#model/ledger/account.ts';
import type { Layaway } from '#model/ledger/layaway.ts';
import { valueLine } from '#model/ledger/value-line.ts';
import { paperText } from '#model/receipt/paper-text.ts';
import { reportPaper } from '#model/receipt/report-paper.ts';
import { salePaper } from '#model/receipt/sale-paper.ts';
import { valuePaper, type ValuePaperSource } from '#model/receipt/value-paper.ts';
import { open, play, salesOf, sell } from './support/played-register.ts';
import { ORGANIZATION, STORE, TIENDA, basket, cash, line } from './support/shop.ts';

const CREDIT = issuedNumber('store-credit', 'b1');
const LAYAWAY: Layaway = {
  number: issuedNumber('deposit', 'b2'),
  basket: 'b2',
  lines: [{ ...line({ name: 'Winter coat' }, '2'), amount: 8000 }],
  total: 8000,
  name: 'Mrs Brown',
  phone: '0113 496 0000',
  due: '2027-01-20',
  at: '2026-11-21T09:00:00.000Z',
  by: 'ann',
  register: 'S01-R2',
};
const slip = (change: Partial<ValuePaperSource>) =>
  paperText(
    valuePaper({
      ledger: 'gift-card',
      account: 'GIFT12345678',
      balance: 1500,
      receipt: 'S01-R2-000001',
      at: '2026-11-21T09:00:00.000Z',
      currency: 'GBP',
      store: STORE,
      language: 'en',
      ...change,
    }),
    42,
  ).join('\n');

describe('[G6] slips of accounts', () => {
  test('[G6] a gift card’s shows its end and its balance', () => {
    expect(slip({})).toContain('**** 5678');
    expect(slip({})).toContain('£ 1 5 . 0 0');
    expect(slip({})).not.toContain('GIFT1234');
  });

  test('[G6] [P5] store credit has its number and a barcode, in the shop’s language', () => {
    const paper = valuePaper({
      ledger: 'store-credit',
      account: CREDIT,
      balance: 1500,
      receipt: 'S01-R2-000001',
      at: '2026-11-21T09:00:00.000Z',
      currency: 'EUR',
      store: TIENDA,
      language: 'es',
    });
    expect(paper.lines).toContainEqual({ kind: 'barcode', symbology: 'code128', data: CREDIT });
    expect(paper.lines).toContainEqual(expect.objectContaining({ text: 'VALE DE COMPRA' }));
  });

  test('[G10] a layaway’s says what lies there, for whom, what was paid and what is left', () => {
    const text = slip({ ledger: 'deposit', account: LAYAWAY.number, balance: 2000, layaway: LAYAWAY });
    for (const part of [
      'L A Y A W A Y',
      'Mrs Brown, 0113 496 0000',
      '2 × Winter coat',
      '£80.00',
      '£20.00',
      '£60.00',
    ])
      expect(text).toContain(part);
    const order = { ...LAYAWAY, lines: [], total: 0, text: 'Blue sofa' };
    const said = slip({ ledger: 'deposit', account: LAYAWAY.number, balance: 2000, layaway: order });
    expect(said).toContain('Blue sofa');
    expect(said).not.toContain('Left to pay');
  });
});

const { state, records } = play([
  open(),
  sell(
    basket([
      valueLine({
        account: { ledger: 'gift-card', id: 'GIFT12345678' },
        amount: 2000,
        name: 'Gift card **** 5678',
        currency: 'GBP',
      }),
    ]),
    [cash(2000)],
  ),
  sell(basket([line({}, '5')]), [
    { tender: 'gift-card', name: 'Gift card', kind: 'gift-card', given: 600, account: 'GIFT12345678' },
  ]),
]);

test('[G6] [P6] a receipt shows the end of the card that paid', () => {
  const record = salesOf(records)[1];
  if (!record) throw new Error('nothing was sold');
  const text = paperText(
    salePaper({ record, organization: ORGANIZATION, store: STORE, personName: 'Ann', language: 'en' }),
    42,
  ).join('\n');
  expect(text).toContain('**** 5678');
  expect(text).not.toContain('GIFT1234');
});

test('[G4] an X report shows what was taken in for later, and the turnover without it', () => {
  if (!state.report) throw new Error('no session is open');
  const paper = reportPaper({
    report: state.report,
    perpetual: state.head.totals,
    organization: ORGANIZATION,
    store: STORE,
    personName: () => 'Ann',
    departmentName: () => 'Drinks',
    language: 'en',
    at: '2026-11-21T10:00:00.000Z',
  });
  const text = paperText(paper, 42).join('\n');
  expect(text).toMatch(/Gift card \(1\)\s+20\.00\n/);
  expect(text).toMatch(/Turnover without these\s+£6\.00/);
});
