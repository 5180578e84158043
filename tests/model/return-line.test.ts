import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRecord } from '#model/journal/record.ts';
import { recordText } from '#model/journal/chain.ts';
import { salePaper } from '#model/receipt/sale-paper.ts';
import { lineAmount } from '#model/sale/basket.ts';
import { returnLine, withReason } from '#model/sale/return-line.ts';
import { open, play, salesOf, sellExactly } from './support/played-register.ts';
import { ORGANIZATION, STORE, TAXES, basket, line, product } from './support/shop.ts';

const WISH = { quantity: '2', price: '1.10', reason: ' Damaged ' };
const codeOf = (result: ReturnType<typeof returnLine>) => (result.ok ? 'taken' : result.error.code);

describe('an article that comes back without its receipt', () => {
  test('[L12] is a line of its own with a quantity below zero, what was paid, and why', () => {
    expect(returnLine(product(), WISH, TAXES)).toEqual({
      ok: true,
      value: expect.objectContaining({
        quantity: '-2',
        price: '1.10',
        reason: 'Damaged',
        product: 'apple',
      }) as object,
    });
  });

  test('[L12] never gives back more than the article costs that day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 99 }), (cents, quantity) => {
        const wish = { price: (cents / 100).toFixed(2), quantity: String(quantity), reason: 'x' };
        const made = returnLine(product(), wish, TAXES);
        expect(made.ok).toBe(cents <= 120);
        const back = made.ok ? lineAmount(made.value, 'GBP') : 0;
        expect(back <= 0 && back >= -120 * quantity).toBe(true);
      }),
    );
  });

  test.each([
    [{ ...WISH, reason: '  ' }, 'reason-missing'],
    [{ ...WISH, reason: 'x'.repeat(201) }, 'reason-too-long'],
    [{ ...WISH, price: '1.21' }, 'return-above-price'],
    [{ ...WISH, price: 'much' }, 'price-not-understood'],
    [{ ...WISH, price: '-1' }, 'price-not-understood'],
    [{ ...WISH, quantity: '0' }, 'quantity-out-of-range'],
    [{ ...WISH, quantity: '-1' }, 'quantity-out-of-range'],
    [{ ...WISH, price: '1,2' }, 'taken'],
  ])('[L12] %j is %s', (wish, code) => {
    expect(codeOf(returnLine(product(), wish, TAXES))).toBe(code);
  });

  test('[L12] may be one that is no longer sold', () => {
    expect(codeOf(returnLine(product({ active: false }), WISH, TAXES))).toBe('taken');
  });

  test('[L12] says why in the record and on the paper', () => {
    const made = returnLine(product(), WISH, TAXES);
    const lines = made.ok ? [made.value] : [];
    const [sale] = salesOf(play([open(), sellExactly(basket(lines), 'cash')]).records);
    expect(sale?.body).toMatchObject({ type: 'refund', total: -220, lines: [{ reason: 'Damaged' }] });
    expect(sale && parseRecord(recordText(sale))).toEqual({ ok: true, value: sale });
    const paper =
      sale &&
      salePaper({
        record: sale,
        organization: ORGANIZATION,
        store: STORE,
        personName: 'Ana',
        language: 'en',
      });
    expect(paper?.lines).toContainEqual({ kind: 'text', text: '  Damaged' });
  });
});

test('[L12] a line that comes back with its receipt may say why, and need not', () => {
  const back = { ...line({}, '-1'), refundOf: { receipt: 'S01-R2-000001' as never, line: 0 } };
  expect(withReason(back, '')).toEqual({ ok: true, value: back });
  expect(withReason(back, ' Too small ')).toEqual({ ok: true, value: { ...back, reason: 'Too small' } });
  expect(withReason(back, 'x'.repeat(201))).toMatchObject({ ok: false, error: { code: 'reason-too-long' } });
});
