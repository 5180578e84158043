import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { addToTotals, closingTotals, NO_TOTALS } from '#model/folds/perpetual-total.ts';
import { callNumber } from '#model/ids/register-id.ts';
import { currencyExponent, currencySchema } from '#model/money/money.ts';
import { AssertionError } from '#model/result.ts';
import { cashAmount, cashRoundingSchema } from '#model/sale/cash-rounding.ts';
import { COUNTRY_PRESETS } from '#model/settings/country-presets.ts';
import { taxKey, taxRateSchema } from '#model/tax/tax-rate.ts';

describe('presets', () => {
  const presets = [...COUNTRY_PRESETS.values()];

  test.each('GB US CA CH SE DK NO NZ AU FR DE ES PT MX'.split(' '))(
    '[X11] %s has one that is sound',
    (country) => {
      const preset = COUNTRY_PRESETS.get(country);
      expect(preset?.country).toBe(country);
      expect(v.is(currencySchema, preset?.currency)).toBe(true);
      expect(
        preset?.taxes.every((tax) => v.is(taxRateSchema, tax) && tax.included === preset.taxesIncluded),
      ).toBe(true);
      expect(preset?.cashRounding === undefined || v.is(cashRoundingSchema, preset.cashRounding)).toBe(true);
    },
  );

  test('[X11] no tax of a country is there twice', () => {
    const twice = presets.filter(
      ({ taxes }) =>
        new Set(taxes.map(taxKey)).size < taxes.length ||
        new Set(taxes.map(({ id }) => id)).size < taxes.length,
    );
    expect(twice).toStrictEqual([]);
  });

  test.each([
    ['CA', 492, 490],
    ['CH', 1003, 1005],
    ['SE', 949, 900],
    ['SE', 950, 1000],
    ['DK', 1225, 1250],
    ['NO', 150, 200],
    ['NZ', 105, 100],
    ['NZ', 106, 110],
    ['AU', 2042, 2040],
    ['DE', 2042, 2042],
  ])('[X11] in %s %i is paid in cash as %i', (country, total, paid) => {
    expect(cashAmount(total, COUNTRY_PRESETS.get(country)?.cashRounding)).toBe(paid);
  });

  test('[X11] cash is rounded to whole coins of the currency', () => {
    const odd = presets.filter(
      ({ cashRounding, currency }) =>
        cashRounding && 10 ** currencyExponent(currency) % cashRounding.step !== 0,
    );
    expect(odd).toStrictEqual([]);
  });
});

describe('totals that only go on', () => {
  test('[Z6] closings: what the period came to and the perpetual totals, period by period', () => {
    const days = [[1250, 2000], [], [725, -725, 300]].map((day) => day.map((total) => ({ total })));
    expect(closingTotals(days)).toStrictEqual([
      { period: 3250, perpetual: { receipts: 2, signed: 3250, absolute: 3250 } },
      { period: 0, perpetual: { receipts: 2, signed: 3250, absolute: 3250 } },
      { period: 300, perpetual: { receipts: 5, signed: 3550, absolute: 5000 } },
    ]);
  });

  test('[Z6] training never counts', () => {
    expect(addToTotals(NO_TOTALS, { total: 500, training: true })).toBe(NO_TOTALS);
  });

  test('[Z6] periods add up to the whole, however they are cut', () => {
    const receipts = fc.array(
      fc.record({ total: fc.integer({ min: -9_999, max: 9_999 }), training: fc.boolean() }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(receipts, fc.nat(20), (all, cut) => {
        const [one] = closingTotals([all]);
        const two = closingTotals([all.slice(0, cut), all.slice(cut)]);
        expect(two.at(-1)?.perpetual).toStrictEqual(one?.perpetual);
        expect(two.reduce((sum, { period }) => sum + period, 0)).toBe(one?.period);
      }),
    );
  });

  test('[N4] a call number is the day and the count', () => {
    expect([callNumber('2026-01-05', 1), callNumber('2026-01-05', 1234)]).toStrictEqual([
      '260105-001',
      '260105-1234',
    ]);
    expect(() => callNumber('2026-01-05', 0)).toThrow(AssertionError);
    expect(() => callNumber('5 January', 1)).toThrow(AssertionError);
  });
});
