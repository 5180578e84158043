import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Exact,
  MAX_TYPED_MINOR,
  mostGiven,
  currencyExponent,
  formatMoney,
  minorToDecimal,
  parseAmount,
  roundMinor,
  sumMinor,
} from '#model/money/money.ts';
import {
  addQuantity,
  negateQuantity,
  parseQuantity,
  quantitySchema,
  unitPriceSchema,
} from '#model/money/quantity.ts';
import { AssertionError } from '#model/result.ts';
import * as v from 'valibot';

const currencies = fc.constantFrom('GBP', 'JPY', 'KWD', 'CLF');

describe('amounts', () => {
  test.each([
    ['GBP', 2],
    ['JPY', 0],
    ['XOF', 0],
    ['KWD', 3],
    ['IQD', 3],
    ['CLF', 4],
  ])('[M1] %s has %i decimals, as ISO 4217 says', (currency, exponent) => {
    expect(currencyExponent(currency)).toBe(exponent);
  });

  test('[M1] a sum that leaves the safe integers stops, even when it would come back', () => {
    expect(() => sumMinor([Number.MAX_SAFE_INTEGER, 1, -5])).toThrow(AssertionError);
    expect(sumMinor([Number.MAX_SAFE_INTEGER, -1, 1])).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => roundMinor(new Exact('1e16'))).toThrow(AssertionError);
  });

  test.each([
    ['0.5', 1],
    ['-0.5', -1],
    ['1.4999999999', 1],
    ['2.5', 3],
    ['-2.5', -3],
    ['-0.4', 0],
  ])('[M2] %s rounds to %i, half away from zero and never to minus zero', (exact, rounded) => {
    expect(roundMinor(new Exact(exact))).toBe(rounded);
    expect(Object.is(roundMinor(new Exact(exact)), -0)).toBe(false);
  });

  test('[M2] a sum of recurring decimals that is exactly one half is seen as one half', () => {
    const fourteenth = new Exact(1).div(14);
    const half = Array.from({ length: 7 }, () => fourteenth).reduce((sum, share) => sum.plus(share));
    expect(half.lt('0.5')).toBe(true);
    expect(roundMinor(half)).toBe(1);
    expect(roundMinor(half.neg())).toBe(-1);
  });

  test('[M2] the opposite amount rounds to the opposite', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (whole) => {
        const exact = new Exact(whole.toString()).div(1e6);
        expect(roundMinor(exact.neg()) + roundMinor(exact)).toBe(0);
      }),
    );
  });

  test.each([
    ['12.34', 'GBP', 1234],
    ['12,34', 'GBP', 1234],
    [' 5 ', 'GBP', 500],
    ['.5', 'GBP', 50],
    ['-5.', 'GBP', -500],
    ['-0', 'GBP', 0],
    ['120', 'JPY', 120],
    ['0.125', 'KWD', 125],
  ])('[M3] reads "%s" %s as %i', (text, currency, amount) => {
    expect(parseAmount(text, currency)).toStrictEqual({ ok: true, value: amount });
  });

  test.each([
    ['', 'not-a-number'],
    ['-', 'not-a-number'],
    ['1,234.50', 'not-a-number'],
    ['1e3', 'not-a-number'],
    ['0x10', 'not-a-number'],
    ['１２', 'not-a-number'],
    ['1.005', 'too-many-decimals'],
    ['4006381333931', 'not-a-number'],
    ['10000000', 'too-large'],
  ])('[M3] refuses "%s": %s', (text, code) => {
    expect(parseAmount(text, 'GBP')).toStrictEqual({ ok: false, error: code });
  });

  test('[M3] reads twice of what is due where that is more, and no more', () => {
    const read = (text: string, due: number) => parseAmount(text, 'GBP', mostGiven(due));
    expect(read('12000000', -1_200_000_000)).toStrictEqual({ ok: true, value: 1_200_000_000 });
    expect(read('24000000.00', 1_200_000_000)).toStrictEqual({ ok: true, value: 2_400_000_000 });
    expect(read('24000000.01', 1_200_000_000)).toStrictEqual({ ok: false, error: 'too-large' });
    expect(read('9999999.99', 5)).toStrictEqual({ ok: true, value: MAX_TYPED_MINOR });
    expect(read('10000000', 5)).toStrictEqual({ ok: false, error: 'too-large' });
    expect(mostGiven(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('[M3] reads back what a file was written with, in every currency', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -MAX_TYPED_MINOR, max: MAX_TYPED_MINOR }),
        currencies,
        (amount, currency) => {
          expect(parseAmount(minorToDecimal(amount, currency), currency)).toStrictEqual({
            ok: true,
            value: amount,
          });
        },
      ),
    );
  });

  test('[M3] answers any text with an amount or a refusal', () => {
    fc.assert(
      fc.property(fc.string(), currencies, (text, currency) => {
        const read = parseAmount(text, currency);
        expect(read.ok ? Number.isSafeInteger(read.value) : typeof read.error === 'string').toBe(true);
      }),
    );
  });

  test('shows an amount to the cent however large it is', () => {
    expect(formatMoney(1234, 'GBP', 'en-GB')).toBe('£12.34');
    expect(formatMoney(-5, 'GBP', 'en-GB')).toBe('-£0.05');
    expect(formatMoney(1200, 'JPY', 'ja-JP')).toBe('￥1,200');
    expect(formatMoney(Number.MAX_SAFE_INTEGER, 'GBP', 'en-GB')).toBe('£90,071,992,547,409.91');
    expect(formatMoney(Number.MAX_SAFE_INTEGER - 1, 'GBP', 'en-GB')).toBe('£90,071,992,547,409.90');
  });
});

describe('quantities and unit prices', () => {
  test.each(['2', '-1', '0.345', '99999', '-12.5'])('[M4] takes the quantity %s', (text) => {
    expect(v.is(quantitySchema, text)).toBe(true);
  });

  test.each(['', '-0', '-0.00', '01', '1e2', '1.2345', '100000', '.5', '1.', ' 1', 'NaN'])(
    '[M4] refuses the quantity "%s"',
    (text) => {
      expect(v.is(quantitySchema, text)).toBe(false);
    },
  );

  test.each([
    ['2', '2'],
    ['0,5', '0.5'],
    ['.250', '0.25'],
    ['007', '7'],
  ])('[M4] a cashier who types "%s" gets %s', (typed, quantity) => {
    expect(parseQuantity(typed)).toStrictEqual({ ok: true, value: quantity });
  });

  test.each([
    ['x', 'not-a-number'],
    ['0,00', 'zero'],
    ['-1', 'negative'],
    ['4006381333931', 'too-large'],
    ['1.2345', 'too-many-decimals'],
  ])('[M4] a cashier who types "%s" hears %s', (typed, code) => {
    expect(parseQuantity(typed)).toStrictEqual({ ok: false, error: code });
  });

  test('[M4] quantities add up exactly, whole ones as others', () => {
    const whole = fc.integer({ min: -99_999, max: 999_999 });
    const quantity = fc.oneof(
      whole.map(String),
      whole.map((thousandths) => new Exact(thousandths).div(1000).toFixed()),
    );
    fc.assert(
      fc.property(quantity, quantity, (a, b) => {
        expect(addQuantity(a, b)).toBe(new Exact(a).plus(b).toFixed());
      }),
    );
  });

  test('[M4] what was read is a quantity, whatever was typed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double().map(String)), (typed) => {
        const read = parseQuantity(typed);
        expect(read.ok ? v.is(quantitySchema, read.value) : typeof read.error === 'string').toBe(true);
      }),
    );
  });

  test('[M4] quantities add exactly', () => {
    expect(addQuantity('0.1', '0.2')).toBe('0.3');
    expect(addQuantity('1', '-1')).toBe('0');
    expect(negateQuantity('0.0')).toBe('0');
    const thousandths = fc.integer({ min: -9_999_999, max: 9_999_999 });
    fc.assert(
      fc.property(thousandths, thousandths, (a, b) => {
        expect(addQuantity(String(a / 1000), String(b / 1000))).toBe(String((a + b) / 1000));
      }),
    );
  });

  test('[M5] a unit price has up to four decimals and no sign', () => {
    expect(['2.55', '0.0125', '0', '9999999'].map((text) => v.is(unitPriceSchema, text))).not.toContain(
      false,
    );
    expect(['-1', '1.00001', '10000000', '1e2', ''].map((text) => v.is(unitPriceSchema, text))).not.toContain(
      true,
    );
  });
});
