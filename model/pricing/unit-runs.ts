import type { Decimal } from 'decimal.js';
import { roundMinor, type Minor } from '../money/money.ts';

/** Equal units of one line: `worth` is what one of them comes to, in minor units. */
export type UnitRun = { readonly line: number; readonly units: number; readonly worth: Decimal };

/** A special counts at most this often on one basket, so that no quantity makes a till wait (rule X10). */
export const MOST_TIMES = 10_000;

/**
 * Of runs that begin with the dearest, how many units of each line are given away when of every `buy` + `get` the last `get`
 * are (rule X9), by line.
 */
export function rewardUnits(
  runs: readonly UnitRun[],
  buy: number,
  get: number,
  times = MOST_TIMES,
): ReadonlyMap<number, number> {
  const group = buy + get;
  const all = runs.reduce((sum, run) => sum + run.units, 0);
  const used = Math.min(Math.floor(all / group), times, MOST_TIMES) * group;
  const givenUpTo = (unit: number) => {
    const reached = Math.min(unit, used);
    return Math.floor(reached / group) * get + Math.max(0, (reached % group) - buy);
  };
  const given = new Map<number, number>();
  let before = 0;
  for (const run of runs) {
    given.set(run.line, givenUpTo(before + run.units) - givenUpTo(before));
    before += run.units;
  }
  return given;
}

/**
 * Sells every `quantity` units of runs that begin with the dearest for `price` (rule X8): what that takes off in all, and what
 * the units of each line in those sets are worth. A set that is not dearer than its price is left as it is.
 */
export function setsOf(
  runs: readonly UnitRun[],
  quantity: number,
  price: Minor,
  times = MOST_TIMES,
): { readonly off: Minor; readonly weights: ReadonlyMap<number, Minor> } {
  const units = dearestUnits(runs, quantity * Math.min(times, MOST_TIMES));
  const weights = new Map<number, Decimal>();
  let off: Decimal | undefined;
  for (let set = 0; set * quantity < units.length; set++) {
    const chosen = units.slice(set * quantity, (set + 1) * quantity);
    if (chosen.length < quantity) break;
    const worth = chosen.map((run) => run.worth).reduce((sum, one) => sum.plus(one));
    if (worth.lte(price)) break;
    off = worth.minus(price).plus(off ?? 0);
    for (const run of chosen) weights.set(run.line, run.worth.plus(weights.get(run.line) ?? 0));
  }
  return {
    off: off ? roundMinor(off) : 0,
    weights: new Map([...weights].map(([line, worth]) => [line, roundMinor(worth)])),
  };
}

/** The first `most` units, one by one. */
function dearestUnits(runs: readonly UnitRun[], most: number): UnitRun[] {
  const units: UnitRun[] = [];
  for (const run of runs) {
    const room = Math.min(run.units, most - units.length);
    for (let unit = 0; unit < room; unit++) units.push(run);
  }
  return units;
}
