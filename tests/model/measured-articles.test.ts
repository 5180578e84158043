import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inStoreEan13, gs1CheckDigit } from '#model/catalog/barcode.ts';
import { measureCheckDigit, type MeasureRule } from '#model/catalog/measure-code.ts';
import { isUnit, isWeighed, measuredPrice } from '#model/catalog/measured-price.ts';
import type { Product } from '#model/catalog/product.ts';
import { dayOf, readScan } from '#model/catalog/scanned-code.ts';
import { paperText } from '#model/receipt/paper-text.ts';
import { salePaper } from '#model/receipt/sale-paper.ts';
import type { Result } from '#model/result.ts';
import { articleLine, needOf, type ArticleSaid } from '#model/sale/article-line.ts';
import { addLine, priceBasket, type Basket, type BasketLine } from '#model/sale/basket.ts';
import { RULES, open, play, salesOf, sellExactly } from './support/played-register.ts';
import { ORGANIZATION, STORE, TAXES, basket, product } from './support/shop.ts';

const GS = '\u001D';
const TODAY = '2026-11-21';
const cheese = product({ id: 'cheese', name: 'Cheddar', price: '12.00', unit: 'kg' });
const milk = product({ id: 'milk', name: 'Milk', price: '0.90', tracks: 'lot' });
const SELLING = { taxes: TAXES, currency: 'GBP', today: TODAY };

function must<Value>(result: Result<Value, { readonly code: string }>): Value {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}
const codeOf = (result: Result<unknown, { readonly code: string }>) => (result.ok ? 'ok' : result.error.code);
const sell = (of: Product, said: ArticleSaid = {}) => articleLine(of, said, SELLING);
const amountOf = (...lines: BasketLine[]) => priceBasket(basket(lines), RULES).amounts;

/** Sells a basket for cash on a register of its own. */
function sold(of: Basket) {
  const { state, records } = play([open(), sellExactly(of, 'cash')]);
  const [record] = salesOf(records);
  if (!record) throw new Error('nothing was sold');
  return { state, record };
}

describe('measured articles', () => {
  test('[C6] ask for their measure and are lines of their own', () => {
    expect(needOf(cheese)).toBe('measure');
    expect(codeOf(sell(cheese))).toBe('article-needs');
    const piece = must(sell(cheese, { measure: { kind: 'weight', kilograms: '0.45' } }));
    expect(piece).toMatchObject({ quantity: '0.45', price: '12.00', unit: 'kg' });
    expect(amountOf(piece)).toStrictEqual([540]);
    const two = must(addLine(must(addLine(basket([]), piece)).basket, piece));
    expect([two.index, two.basket.lines.length]).toStrictEqual([1, 2]);
    expect([isWeighed(cheese), isWeighed({ unit: 'm' }), isUnit('lb'), isUnit('piece')]).toStrictEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test('[C6] the receipt says weight and price of the unit', () => {
    const bought = basket([must(sell(cheese, { quantity: '0.45' })), must(sell(cheese, { quantity: '1' }))]);
    const { record } = sold(bought);
    const paper = paperText(
      salePaper({ record, organization: ORGANIZATION, store: STORE, personName: 'Ana', language: 'en' }),
      42,
    );
    expect(paper.join('\n')).toContain('0.450 kg × 12.00/kg');
    expect(paper.join('\n')).toContain('1.000 kg × 12.00/kg');
  });

  test.each([
    ['kg', '12.00', { kind: 'weight', kilograms: '0.450' }, '0.45', '12.00'],
    ['g', '0.012', { kind: 'weight', kilograms: '0.450' }, '450', '0.012'],
    ['lb', '5.00', { kind: 'weight', kilograms: '0.45359237' }, '1', '5.00'],
    [undefined, '3.00', { kind: 'weight', kilograms: '0.450' }, '1', '3.00'],
    [undefined, '3.00', { kind: 'count', count: '12' }, '12', '3.00'],
    [undefined, '3.00', { kind: 'price', price: '2.79' }, '1', '2.79'],
    ['kg', '9.00', { kind: 'price', price: '2.79' }, '0.31', '9.00'],
    ['kg', '12.00', { kind: 'price', price: '5.43' }, '0.453', '11.9868'],
  ] as const)(
    '[B7] an article by %s at %s with %j is %s at %s',
    (unit, price, measure, quantity, unitPrice) => {
      expect(measuredPrice({ unit, price }, measure, 'GBP')).toStrictEqual({ quantity, price: unitPrice });
    },
  );

  test('[B7] what comes to nothing is not sold by its code', () => {
    expect(measuredPrice(cheese, { kind: 'weight', kilograms: '0.0004' }, 'GBP')).toBeUndefined();
    expect(measuredPrice(cheese, { kind: 'price', price: '0.00' }, 'GBP')).toBeUndefined();
    expect(measuredPrice({ unit: 'kg', price: '0' }, { kind: 'price', price: '1' }, 'GBP')).toBeUndefined();
    expect(
      measuredPrice({ unit: 'kg', price: '9999' }, { kind: 'price', price: '0.01' }, 'GBP'),
    ).toBeUndefined();
    expect(codeOf(sell(cheese, { measure: { kind: 'price', price: '0' } }))).toBe('measure-not-usable');
  });

  test('[B7] a line with a price in its code comes to that price, to the cent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99_999 }),
        fc.integer({ min: 100, max: 9_999 }),
        fc.constantFrom('kg' as const, undefined),
        (cents, listed, unit) => {
          const article = { ...cheese, price: (listed / 100).toFixed(2), unit };
          const toPay = (cents / 100).toFixed(2);
          const made = sell(article, { measure: { kind: 'price', price: toPay } });
          fc.pre(made.ok);
          expect(amountOf(must(made))).toStrictEqual([cents]);
        },
      ),
    );
  });
});

describe('scanned codes', () => {
  const RULES_HERE: readonly MeasureRule[] = [
    { pattern: '20IIIIIVNNDDC', measure: 'price' },
    { pattern: '21IIIIINNDDDC', measure: 'weight' },
    { pattern: '25IIIINNNNNNC', measure: 'count' },
  ];
  const read = (scan: string) => readScan(scan, RULES_HERE, TODAY);
  const withCheck = (body: string) => `${body}${gs1CheckDigit(body)}`;

  test('[B7] a weight, price or count in a code of the store is told apart from the article', () => {
    expect(read(withCheck('211234500450'))).toStrictEqual({
      ok: true,
      value: { code: withCheck('211234500000'), measure: { kind: 'weight', kilograms: '0.450' } },
    });
    expect(read(withCheck(`2012345${measureCheckDigit('0279')}0279`))).toMatchObject({
      ok: true,
      value: { measure: { kind: 'price', price: '2.79' } },
    });
    expect(read(withCheck('251234000012'))).toMatchObject({
      ok: true,
      value: { measure: { kind: 'count', count: '12' } },
    });
  });

  test('[B7] a misread price is refused, and what is no such code is given back as it is', () => {
    const wrong = (measureCheckDigit('0279') + 1) % 10;
    expect(codeOf(read(withCheck(`2012345${wrong}0279`)))).toBe('scan-not-understood');
    expect(read('4006381333931')).toStrictEqual({ ok: true, value: { code: '4006381333931' } });
    expect(read(']E04006381333931')).toStrictEqual({ ok: true, value: { code: '4006381333931' } });
    expect(read('SHELF-7B')).toStrictEqual({ ok: true, value: { code: 'SHELF-7B' } });
    expect(read(inStoreEan13(29))).toMatchObject({ ok: false });
  });

  test.each([
    [
      '0109521234543213310300175017261130',
      { measure: { kind: 'weight', kilograms: '1.75' }, expires: '2026-11-30' },
    ],
    ['010952123454321332020001003921123', { measure: { kind: 'price', price: '12.3' } }],
    [`]d2010952123454321310LOT-7${GS}21SN-1`, { lot: 'LOT-7', serial: 'SN-1' }],
    [`0109521234543213217F${GS}10B2`, { lot: 'B2', serial: '7F' }],
    [']C102095212345432133712', { measure: { kind: 'count', count: '12' } }],
    ['01095212345432133202000100', { measure: { kind: 'weight', kilograms: '0.45359237' } }],
  ])('[B8] %j says what it is', (scan, said) => {
    expect(read(scan)).toStrictEqual({ ok: true, value: { code: '09521234543213', ...said } });
  });

  test('[B8] an element string without an article, or one that was misread, is not understood', () => {
    expect([codeOf(read(']C100006141411234567890')), codeOf(read(']C1019999'))]).toStrictEqual([
      'scan-not-understood',
      'scan-not-understood',
    ]);
  });

  test('[B8] the century of an expiry is the near one, its day 00 the last of the month', () => {
    expect([dayOf('261130', TODAY), dayOf('280200', TODAY), dayOf('990101', TODAY)]).toStrictEqual([
      '2026-11-30',
      '2028-02-29',
      '1999-01-01',
    ]);
    expect(dayOf('010101', '2099-01-01')).toBe('2101-01-01');
  });

  test('[B8] an article past its day is not sold by its scan; on its day it is', () => {
    expect(codeOf(sell(milk, { lot: 'L1', expires: '2026-11-20' }))).toBe('expired');
    expect(codeOf(sell(milk, { lot: 'L1', expires: TODAY }))).toBe('ok');
  });
});
