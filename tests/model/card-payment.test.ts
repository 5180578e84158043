import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { openSaleEntries, readOpenSale, type OpenSale } from '#model/documents/basket.ts';
import { paymentSchema, settle, type Payment } from '#model/sale/payment.ts';

const PAID: Payment = {
  tender: 'card',
  name: 'Card',
  kind: 'card',
  given: 339,
  reference: 'A17',
  cardBrand: 'Visa',
  cardTail: '4242',
  cardReference: 'vt-000001',
};

describe('a payment by card', () => {
  test('[V4] counts with brand, four digits, approval and reference', () => {
    const { given: _given, ...rest } = PAID;
    expect(settle(339, [PAID]).tenders).toStrictEqual([{ ...rest, amount: 339 }]);
  });

  test.each([
    ['a whole number', { cardTail: '4242424242424242' }],
    ['five digits', { cardTail: '14242' }],
    ['letters', { cardTail: '42x2' }],
    ['a member of its own', { cardNumber: '4242424242424242' }],
    ['an expiry', { expiry: '12/30' }],
  ])('[V4] cannot hold %s of a card', (_, change) => {
    expect(v.is(paymentSchema, { ...PAID, ...change })).toBe(false);
  });

  test('[V5] is kept beside the open sale before the terminal is asked, and read back', () => {
    const sale: OpenSale = {
      basket: { id: 'b-1', lines: [] },
      paying: true,
      payments: [PAID],
      card: { id: 'p-1', tender: 'card', name: 'Card', given: -339, takesBack: 0 },
    };
    const entries = openSaleEntries(sale);
    expect(Object.keys(entries)).toStrictEqual(['basket', 'payment:0000', 'card']);
    expect(readOpenSale(entries)).toStrictEqual({ ok: true, value: sale });
    const { card: _decided, ...decided } = sale;
    expect(readOpenSale(openSaleEntries(decided))).toStrictEqual({ ok: true, value: decided });
    expect(readOpenSale({ ...entries, card: '{"id":""}' })).toMatchObject({ ok: false });
  });
});
