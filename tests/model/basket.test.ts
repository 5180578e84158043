import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import {
  MAX_LINES,
  addLine,
  appendLine,
  basketLineSchema,
  changeQuantity,
  emptyBasket,
  lineAmount,
  priceBasket,
  productLine,
  refundLine,
  removeLine,
  restoreLine,
  type Basket,
  type BasketLine,
} from '#model/sale/basket.ts';
import { lineTaxes, taxReference, type SaleBody } from '#model/sale/sale-body.ts';
import { saleType } from '#model/sale/finished-sale.ts';
import { addQuantity } from '#model/money/quantity.ts';
import { basketLine, basketLines } from './support/arbitraries.ts';
import { RULES, open, play, salesOf, sellExactly } from './support/played-register.ts';
import { GST, TAXES, VAT, basket, line, product } from './support/shop.ts';

function sold(lines: readonly BasketLine[]): SaleBody {
  const [sale] = salesOf(play([open(), sellExactly(basket(lines), 'cash')]).records);
  if (!sale) throw new Error('no sale');
  return sale.body;
}

function added(start: Basket, ...lines: BasketLine[]): Basket {
  return lines.reduce((current, next) => {
    const change = addLine(current, next);
    if (!change.ok) throw new Error(change.error.code);
    return change.value.basket;
  }, start);
}

const NOTHING = { quantity: '0', amount: 0 };

const refusal = (result: { readonly ok: boolean; readonly error?: { readonly code: string } }) =>
  result.ok ? 'accepted' : result.error?.code;

describe('lines of a basket', () => {
  test('[L1] a line copies name, price and taxes, so a later change of the product does not move it', () => {
    const juice = product();
    const made = productLine(juice, '2', TAXES);
    expect(made).toStrictEqual({
      ok: true,
      value: {
        product: 'apple',
        sku: 'A-1',
        name: 'Apple juice 1 l',
        department: 'drinks',
        quantity: '2',
        price: '1.20',
        taxes: [VAT],
      },
    });
  });

  test('[L1] the signs of the lines make a sale, a refund or an exchange', () => {
    const [out, back] = [line({}, '1'), { ...line(), quantity: '-1' }];
    expect(saleType(basket([out]))).toBe('sale');
    expect(saleType(basket([back, back]))).toBe('refund');
    expect(saleType(basket([out, back]))).toBe('exchange');
  });

  test('[L1] a product that is not sold any more, or names an unknown tax, is refused by name', () => {
    expect(productLine(product({ active: false }), '1', TAXES)).toStrictEqual({
      ok: false,
      error: { code: 'product-inactive', name: 'Apple juice 1 l' },
    });
    expect(productLine(product({ taxes: ['vat', 'luxury'] }), '1', TAXES)).toStrictEqual({
      ok: false,
      error: { code: 'unknown-tax', tax: 'luxury' },
    });
  });

  test('[C1] a tax that a product names twice is charged once', () => {
    expect(line({ taxes: ['vat', 'vat'] }).taxes).toStrictEqual([VAT]);
  });

  test('[L2] a basket takes 2,000 lines and refuses the next', () => {
    const full = basket(Array.from({ length: MAX_LINES }, (_, i) => line({ id: `p${i}` })));
    expect(addLine(full, line({ id: 'one-more' }))).toStrictEqual({
      ok: false,
      error: { code: 'too-many-lines' },
    });
    expect(refusal(addLine(full, line({ id: 'p7' })))).toBe('accepted');
  });

  test.each(['0', '-1', '1.2345', '100000', 'abc', '1e3', ''])(
    '[L3] a quantity of "%s" is refused',
    (quantity) => {
      expect(refusal(addLine(emptyBasket('b'), line({}, quantity)))).toBe('quantity-out-of-range');
      expect(refusal(changeQuantity(basket([line()]), 0, quantity))).toBe('quantity-out-of-range');
    },
  );

  test('[L3] a line above a million is refused, a million is not', () => {
    expect(refusal(addLine(emptyBasket('b'), line({ price: '1000000' }, '1.001')))).toBe(
      'amount-out-of-range',
    );
    expect(refusal(addLine(emptyBasket('b'), line({ price: '1000000' }, '1')))).toBe('accepted');
  });

  test('[L3] scanning past the largest quantity is refused and leaves the basket as it was', () => {
    const full = basket([line({ price: '0.01' }, '99999')]);
    expect(refusal(addLine(full, line({ price: '0.01' })))).toBe('quantity-out-of-range');
    expect(full.lines[0]?.quantity).toBe('99999');
  });

  test.each([
    ['0.345', '9.99', 'GBP', 345],
    ['3', '0.0125', 'GBP', 4],
    ['2', '0.0025', 'GBP', 1],
    ['1', '1234.5', 'JPY', 1235],
    ['2', '0.0005', 'KWD', 1],
  ])('[L4] %s × %s %s is %i, rounded once', (quantity, price, currency, amount) => {
    expect(lineAmount({ quantity, price }, currency)).toBe(amount);
  });

  test('[L4] the screen and the record show the same amounts', () => {
    fc.assert(
      fc.property(basketLines, (lines) => {
        const priced = priceBasket(basket(lines), RULES);
        const sale = sold(lines);
        expect(sale.lines.map((one) => one.amount)).toStrictEqual(priced.amounts);
        expect([sale.taxes, sale.total]).toStrictEqual([priced.taxes, priced.total]);
      }),
      { numRuns: 50 },
    );
  });

  test('[L5] a second scan raises the quantity of the line it already has', () => {
    const twice = added(emptyBasket('b'), line(), line({ id: 'bread' }), line());
    expect(twice.lines.map((one) => [one.product, one.quantity])).toStrictEqual([
      ['apple', '2'],
      ['bread', '1'],
    ]);
  });

  test('[L5] another price, name or tax makes another line', () => {
    const changed = added(
      emptyBasket('b'),
      line(),
      line({ price: '1.10' }),
      line({ name: 'Apple juice' }),
      { ...line(), taxes: [{ ...VAT, rate: '17.5' }] },
      { ...line(), taxes: [{ ...VAT, included: false }] },
    );
    expect(changed.lines).toHaveLength(5);
  });

  test('[L5] the number of articles is what was scanned, however they merged', () => {
    fc.assert(
      fc.property(fc.array(basketLine, { maxLength: 12 }), (lines) => {
        const merged = added(emptyBasket('b'), ...lines);
        const units = (all: readonly BasketLine[]) =>
          all.reduce((sum, one) => addQuantity(sum, one.quantity), '0');
        expect(units(merged.lines)).toBe(units(lines));
        expect(merged.lines.every((one) => v.is(basketLineSchema, one))).toBe(true);
      }),
    );
  });

  test('[L8] an article comes back without its receipt as a line of its own, and the next scan is a sale', () => {
    const back = appendLine(emptyBasket('b'), line({}, '-2'));
    if (!back.ok) throw new Error(back.error.code);
    const both = added(back.value.basket, line());
    expect(both.lines.map((one) => one.quantity)).toStrictEqual(['-2', '1']);
    expect(saleType(both)).toBe('exchange');
    const changed = changeQuantity(both, 0, '-3');
    expect(changed.ok && changed.value.basket.lines[0]?.quantity).toBe('-3');
    expect([changeQuantity(both, 0, '3'), changeQuantity(both, 1, '-1')].map(refusal)).toStrictEqual([
      'quantity-out-of-range',
      'quantity-out-of-range',
    ]);
    expect(refusal(refundLine(sold(both.lines), 0, '1', NOTHING))).toBe('no-such-line');
  });

  test.each(['0', '-0.0001', '-100000', 'abc'])(
    '[L8] a line of its own with the quantity "%s" is refused',
    (quantity) => {
      expect(refusal(appendLine(emptyBasket('b'), line({}, quantity)))).toBe('quantity-out-of-range');
    },
  );

  test('[L8] a line of its own merges with none and counts to the 2,000', () => {
    const twice = appendLine(basket([line()]), line());
    expect(twice.ok && twice.value.basket.lines).toHaveLength(2);
    const full = basket(Array.from({ length: MAX_LINES }, (_, i) => line({ id: `p${i}` })));
    expect(refusal(appendLine(full, line()))).toBe('too-many-lines');
  });

  test('taking a line out and putting it back restores the basket', () => {
    const two = basket([line(), line({ id: 'bread' })]);
    const without = removeLine(two, 0);
    if (!without.ok) throw new Error(without.error.code);
    expect(without.value.lines.map((one) => one.product)).toStrictEqual(['bread']);
    expect(restoreLine(without.value, 0, line())).toStrictEqual(two);
    expect(refusal(removeLine(two, 2))).toBe('no-such-line');
    expect(refusal(changeQuantity(two, -1, '2'))).toBe('no-such-line');
  });
});

describe('lines that take back', () => {
  const sale = sold([line({ price: '0.10' }, '3'), line({ id: 'bread', taxes: ['gst', 'qst'] })]);

  test('[L6] names the receipt and the line, keeps price and taxes of the sale', () => {
    expect(refundLine(sale, 1, '1', NOTHING)).toStrictEqual({
      ok: true,
      value: {
        ...line({ id: 'bread', taxes: ['gst', 'qst'] }),
        quantity: '-1',
        refundOf: { receipt: 'S01-R2-000001', line: 1 },
        amount: -120,
        taxAmounts: [-6, -12],
      },
    });
  });

  test('[L6] never takes back more than is left', () => {
    expect(refundLine(sale, 0, '2', { quantity: '2', amount: 20 })).toStrictEqual({
      ok: false,
      error: { code: 'already-refunded', name: 'Apple juice 1 l', left: '1' },
    });
    expect(refusal(refundLine(sale, 0, '3', NOTHING))).toBe('accepted');
  });

  test.each([
    [0, '0', 'quantity-out-of-range'],
    [0, '-1', 'quantity-out-of-range'],
    [0, '0.0001', 'quantity-out-of-range'],
    [0, 'two', 'quantity-out-of-range'],
    [2, '1', 'no-such-line'],
  ])('[L6] line %i × "%s": %s', (index, quantity, code) => {
    expect(refusal(refundLine(sale, index, quantity, NOTHING))).toBe(code);
  });

  test('[L6] a line that took something back is not taken back itself, nor changed', () => {
    const back = refundLine(sale, 0, '1', NOTHING);
    if (!back.ok) throw new Error(back.error.code);
    const refund = sold([line({ id: 'bread', price: '5' }), back.value]);
    expect(refusal(refundLine(refund, 1, '1', NOTHING))).toBe('no-such-line');
    expect(refusal(changeQuantity(basket([back.value]), 0, '2'))).toBe('no-such-line');
  });

  test('[L5] lines that take back never merge', () => {
    const back = refundLine(sale, 0, '1', NOTHING);
    if (!back.ok) throw new Error(back.error.code);
    expect(added(emptyBasket('b'), back.value, back.value, line({ price: '0.10' })).lines).toHaveLength(3);
  });

  test('[L7] parts taken back in any steps add up to the line, to the cent', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 0, max: 999_999 }), (steps, price) => {
        const whole = sold([
          line({ price: (price / 10_000).toFixed(4) }, String(steps.reduce((a, b) => a + b))),
        ]);
        let before = NOTHING;
        for (const step of steps) {
          const back = refundLine(whole, 0, String(step), before);
          if (!back.ok) throw new Error(back.error.code);
          expect(back.value.amount).toBeLessThanOrEqual(0);
          before = {
            quantity: addQuantity(before.quantity, String(step)),
            amount: before.amount - (back.value.amount ?? NaN),
          };
        }
        expect(before.amount).toBe(whole.lines[0]?.amount);
      }),
    );
  });

  test('[L7] a whole receipt taken back mirrors it to the cent: net, taxes, total', () => {
    fc.assert(
      fc.property(basketLines, (lines) => {
        const receipt = sold(lines);
        const back = receipt.lines.map((one, i) => {
          const made = refundLine(receipt, i, one.quantity, NOTHING);
          if (!made.ok) throw new Error(made.error.code);
          return made.value;
        });
        const refund = priceBasket(basket(back), RULES);
        expect([
          refund.total + receipt.total,
          refund.tax + receipt.tax,
          refund.net + receipt.net,
        ]).toStrictEqual([0, 0, 0]);
        expect(refund.taxes.map((row) => [row.id, row.rate, 0 - row.amount])).toStrictEqual(
          receipt.taxes.map((row) => [row.id, row.rate, row.amount === 0 ? 0 : row.amount]),
        );
      }),
      { numRuns: 50 },
    );
  });

  test('[T5] on a receipt with two rates of one tax, each line still names its own', () => {
    const exchange = sold([
      line(),
      { ...line({ id: 'old' }), taxes: [{ ...VAT, rate: '17.5' }] },
      line({ taxes: ['gst'] }),
    ]);
    expect(exchange.lines.map((one) => one.taxes)).toStrictEqual([['vat@20'], ['vat@17.5'], ['gst']]);
    const rates = exchange.lines.map((one) => lineTaxes(exchange, one).map((row) => row.rate));
    expect(rates).toStrictEqual([['20'], ['17.5'], ['5']]);
    expect(taxReference(GST, exchange.taxes)).toBe('gst');
  });
});
