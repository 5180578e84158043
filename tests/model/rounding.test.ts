import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  mirroredMode,
  ROUNDING_MODES,
  roundToStep,
  roundToSum,
  shareByWeight,
} from '#model/money/rounding.ts';
import { AssertionError } from '#model/result.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
const modes = fc.constantFrom(...ROUNDING_MODES);
const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });

describe('rounding', () => {
  test.each([
    ['half-up', '0.105', '0.01', '0.11'],
    ['half-down', '0.105', '0.01', '0.1'],
    ['half-down', '0.1051', '0.01', '0.11'],
    ['half-even', '0.105', '0.01', '0.1'],
    ['half-even', '0.115', '0.01', '0.12'],
    ['up', '0.101', '0.01', '0.11'],
    ['down', '0.109', '0.01', '0.1'],
    ['half-up', '15.72', '0.05', '15.7'],
    ['half-up', '1234.5', '1', '1235'],
    ['half-up', '0.0005', '0.001', '0.001'],
  ] as const)('[M6] %s makes %s with steps of %s to %s', (mode, amount, step, expected) => {
    expect(roundToStep(amount, step, mode).toFixed()).toBe(expected);
  });

  test('[M6] every mode keeps the sign, so that the opposite amount gives the opposite', () => {
    fc.assert(
      fc.property(cents, fc.constantFrom(1, 5, 10, 50, 100), modes, (amount, step, mode) => {
        const there = roundToStep(amount, step, mode);
        expect(there.plus(roundToStep(0 - amount, step, mode)).toNumber()).toBe(0);
        expect(there.mod(step).isZero()).toBe(true);
        expect(there.minus(amount).abs().lt(step)).toBe(true);
      }),
    );
  });

  test('[M6] a mirrored mode gives the other side the half', () => {
    expect(ROUNDING_MODES.map(mirroredMode)).toStrictEqual([
      'half-down',
      'half-up',
      'half-even',
      'down',
      'up',
    ]);
    const half = ROUNDING_MODES.map((mode) =>
      roundToStep('2.5', 1, mode).plus(roundToStep('2.5', 1, mirroredMode(mode))),
    );
    expect(half.map(Number)).toStrictEqual([5, 5, 4, 5, 5]);
  });
});

describe('shares', () => {
  test.each([
    // Published: 75.00 over six lines; 5 over lines of 18 and 15.
    [7500, [75, 500, 200, 100, 50, 50], [577, 3846, 1538, 769, 385, 385]],
    [500, [18, 15], [273, 227]],
    [1, [1, 1, 1], [1, 0, 0]],
    [-1, [1, 1, 1], [-1, 0, 0]],
    [10, [0, 0], [5, 5]],
    [0, [], []],
  ])('[M7] %i by %j is %j', (amount, weights, expected) => {
    expect(shareByWeight(amount, weights)).toStrictEqual(expected);
  });

  test('[M7] shares add up exactly, keep the sign, mirror, and follow their weights', () => {
    const weights = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(cents, weights, (amount, given) => {
        const shares = shareByWeight(amount, given);
        expect(sum(shares)).toBe(amount);
        expect(shares.every((share) => share === 0 || Math.sign(share) === Math.sign(amount))).toBe(true);
        expect(shareByWeight(0 - amount, given).map((share) => 0 - share)).toStrictEqual(shares);
        const heavy = given.indexOf(Math.max(...given));
        expect(Math.max(...shares.map(Math.abs))).toBe(Math.abs(shares[heavy] ?? NaN));
      }),
    );
  });

  test('[M7] exact parts are rounded to their sum, none by a whole unit', () => {
    const parts = fc.array(fc.integer({ min: -9_999, max: 9_999 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(parts, (thirds) => {
        const exact = thirds.map((third) => third / 8);
        const whole = Math.floor(sum(exact));
        const rounded = roundToSum(exact, whole);
        expect(sum(rounded)).toBe(whole);
        expect(rounded.every((one, i) => Math.abs(one - (exact[i] ?? NaN)) < 1)).toBe(true);
      }),
    );
  });

  test('[M7] parts far from their sum cost no step for every unit between', () => {
    expect(roundToSum([1, 1, 0], Number.MAX_SAFE_INTEGER)).toStrictEqual([
      (Number.MAX_SAFE_INTEGER + 1) / 2,
      (Number.MAX_SAFE_INTEGER - 1) / 2,
      0,
    ]);
    expect(roundToSum([7, 5], -1_000_000_000_001)).toStrictEqual([-500_000_000_000, -500_000_000_001]);
    expect(() => roundToSum([1e300, 1], 2)).toThrow(AssertionError);
    expect(() => roundToSum([1, 1], 2 ** 53)).toThrow(AssertionError);
  });

  test('[M7] nothing can be shared among nobody, nor by less than nothing', () => {
    expect(() => shareByWeight(1, [])).toThrow(AssertionError);
    expect(() => shareByWeight(1, [2, -1])).toThrow(AssertionError);
  });
});
