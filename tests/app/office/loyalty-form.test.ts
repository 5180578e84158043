import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Loyalty } from '#model/loyalty/loyalty.ts';
import { loyaltyForm, readLoyalty, wholeNumber } from '$lib/office/loyalty-form.ts';

const FORM = { ...loyaltyForm(null, 'GBP'), on: true };

describe('how customers are rewarded, as it is typed', () => {
  test('begins with a point for each of the major unit and a hundredth of it back', () => {
    expect(loyaltyForm(null, 'GBP')).toEqual({
      on: false,
      earnPer: '1.00',
      redeemValue: '0.01',
      expiryDays: '',
      tiers: [],
    });
    expect(readLoyalty(FORM, 'GBP')).toEqual({ ok: true, value: { earnPer: 100, redeemValue: 1 } });
  });

  test('switched off is none, whatever is typed', () => {
    expect(readLoyalty({ ...FORM, on: false, earnPer: 'x' }, 'GBP')).toEqual({ ok: true, value: null });
  });

  test('read again is what was saved', () => {
    const saved: fc.Arbitrary<Loyalty> = fc.record(
      {
        earnPer: fc.integer({ min: 1, max: 100_000 }),
        redeemValue: fc.integer({ min: 1, max: 10_000 }),
        tiers: fc.array(
          fc.record({ tier: fc.constantFrom('a', 'b'), from: fc.integer({ min: 1, max: 9999 }) }),
          {
            minLength: 1,
            maxLength: 3,
          },
        ),
        expiryDays: fc.integer({ min: 1, max: 3650 }),
      },
      { requiredKeys: ['earnPer', 'redeemValue'] },
    );
    fc.assert(
      fc.property(saved, fc.constantFrom('GBP', 'JPY', 'KWD'), (loyalty, currency) => {
        expect(readLoyalty(loyaltyForm(loyalty, currency), currency)).toEqual({ ok: true, value: loyalty });
      }),
    );
  });

  test.each([
    [{ earnPer: '0' }, 'earnPer'],
    [{ earnPer: '' }, 'earnPer'],
    [{ redeemValue: '-1' }, 'redeemValue'],
    [{ expiryDays: '0' }, 'expiryDays'],
    [{ expiryDays: 'a year' }, 'expiryDays'],
    [{ tiers: [{ tier: 'trade', from: '' }] }, 'tiers'],
  ])('%j is not understood', (change, fault) => {
    expect(readLoyalty({ ...FORM, ...change }, 'GBP')).toEqual({ ok: false, error: fault });
  });

  test('a row that names no tier is none', () => {
    const read = readLoyalty({ ...FORM, tiers: [{ tier: '', from: '5' }] }, 'GBP');
    expect(read).toMatchObject({ ok: true, value: { earnPer: 100 } });
    expect(read.ok && read.value).not.toHaveProperty('tiers');
  });
});

test.each([
  ['1', 1],
  [' 480 ', 480],
  ['481', undefined],
  ['0', undefined],
  ['1.5', undefined],
  ['', undefined],
])('the whole number of "%s" up to 480 is %s', (text, number) => {
  expect(wholeNumber(text, 480)).toBe(number);
});
