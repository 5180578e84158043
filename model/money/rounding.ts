import { Decimal } from 'decimal.js';
import { assert } from '../result.ts';
import { Exact, type Minor } from './money.ts';

/**
 * How a half, or any rest, is rounded (rule M6). All modes look at the size and keep the sign, so that a refund mirrors its
 * sale: `up` is away from zero, `down` towards it, `half-even` gives a half to the even neighbour.
 */
export type RoundingMode = 'half-up' | 'half-down' | 'half-even' | 'up' | 'down';

/** Every rounding mode, for schemas and pick lists. */
export const ROUNDING_MODES = ['half-up', 'half-down', 'half-even', 'up', 'down'] as const;

const DECIMAL_MODES: Readonly<Record<RoundingMode, Decimal.Rounding>> = {
  'half-up': Decimal.ROUND_HALF_UP,
  'half-down': Decimal.ROUND_HALF_DOWN,
  'half-even': Decimal.ROUND_HALF_EVEN,
  up: Decimal.ROUND_UP,
  down: Decimal.ROUND_DOWN,
};

/** The mode that gives the other side the half: what is rounded up for one is rounded down for the other (rule Y7). */
export function mirroredMode(mode: RoundingMode): RoundingMode {
  const mirrors = { 'half-up': 'half-down', 'half-down': 'half-up', up: 'down', down: 'up' } as const;
  return mode === 'half-even' ? 'half-even' : mirrors[mode];
}

/** Rounds an exact amount to a multiple of `step` (rules M2 and M6). */
export function roundToStep(
  amount: Decimal.Value,
  step: Decimal.Value,
  mode: RoundingMode = 'half-up',
): Decimal {
  // 20 places first: a sum of recurring decimals that is exactly one half must not fall to the wrong side.
  const steps = new Exact(amount).div(step).toDecimalPlaces(20, Decimal.ROUND_HALF_UP);
  const rounded = steps.toDecimalPlaces(0, DECIMAL_MODES[mode]).times(step);
  return rounded.isZero() ? new Exact(0) : rounded;
}

/**
 * Rounds exact parts to whole numbers that add up to `sum` (rule M7): each part is cut down, and what is missing goes one by
 * one to the largest rests, then to the largest parts, the earlier first among equals. What is too much is taken off the
 * largest parts in the same way, so that no part falls below zero for it while another is left.
 */
export function roundToSum(parts: readonly Decimal.Value[], sum: Minor): Minor[] {
  const exact = parts.map((part) => new Exact(part).toDecimalPlaces(20, Decimal.ROUND_HALF_UP));
  const whole = exact.map((part) => part.floor().toNumber());
  const missing = sum - whole.reduce((total, part) => total + part, 0);
  assert(exact.length > 0 || sum === 0, () => `nothing to share ${sum} among`);
  assert(Number.isSafeInteger(sum) && Number.isSafeInteger(missing), () => `sum out of range: ${sum}`);
  const rests = exact.map((part) => (missing > 0 ? part.minus(part.floor()) : new Exact(0)));
  const order = exact
    .map((part, i) => ({ i, part, rest: rests[i] ?? new Exact(0) }))
    .sort((a, b) => b.rest.cmp(a.rest) || b.part.cmp(a.part) || a.i - b.i);
  // What comes to nothing takes no part while anything else is there.
  const taking = order.some(({ part }) => !part.isZero())
    ? order.filter(({ part }) => !part.isZero())
    : order;
  // Whole rounds at once: parts that are far from their sum must not cost a step for every unit between.
  const rounds = Math.floor(Math.abs(missing) / Math.max(1, taking.length));
  const rest = Math.abs(missing) - rounds * taking.length;
  for (const [place, { i }] of taking.entries())
    whole[i] = (whole[i] ?? 0) + Math.sign(missing) * (rounds + (place < rest ? 1 : 0));
  return whole.map((part) => (part === 0 ? 0 : part));
}

/**
 * Shares an amount by weights, to the cent (rule M7): largest remainder, the earlier first among equals. Weights are not below
 * zero; where all are zero, the shares are equal. The opposite amount gives exactly the opposite shares.
 */
export function shareByWeight(amount: Minor, weights: readonly Decimal.Value[]): Minor[] {
  const given = weights.map((weight) => new Exact(weight));
  assert(
    given.every((weight) => !weight.isNegative() || weight.isZero()),
    () => 'a weight is below zero',
  );
  const sum = given.reduce((total, weight) => total.plus(weight), new Exact(0));
  const used = sum.isZero() ? given.map(() => new Exact(1)) : given;
  const whole = sum.isZero() ? new Exact(given.length) : sum;
  const size = Math.abs(amount);
  const shares = roundToSum(
    used.map((weight) => weight.times(size).div(whole)),
    size,
  );
  return amount < 0 ? shares.map((share) => (share === 0 ? 0 : -share)) : shares;
}
