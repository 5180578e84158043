import * as v from 'valibot';
import type { BookedMove } from '../ledger/ledger.ts';
import { Exact, minorSchema, roundMinor, type Minor } from '../money/money.ts';
import { shareByWeight } from '../money/rounding.ts';
import { err, ok, type Result } from '../result.ts';
import type { SaleBody } from '../sale/sale-body.ts';

const points = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/**
 * How an organization rewards its customers (rules U8, U10 and U11): `earnPer` minor units earn a point, a point pays
 * `redeemValue` minor units, `tiers` come with points held, `expiryDays` after they were earned points are gone.
 */
export const loyaltySchema = v.strictObject({
  earnPer: v.pipe(minorSchema, v.minValue(1)),
  redeemValue: v.pipe(minorSchema, v.minValue(1)),
  tiers: v.optional(
    v.array(v.strictObject({ tier: v.pipe(v.string(), v.minLength(1), v.maxLength(64)), from: points })),
  ),
  expiryDays: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(3650))),
});

/** How an organization rewards its customers. */
export type Loyalty = v.InferOutput<typeof loyaltySchema>;

type EarningLine = Pick<SaleBody['lines'][number], 'amount' | 'quantity' | 'account' | 'refundOf'>;

/** What a line adds to the amount that earns points, in minor units: nothing for what comes back or fills an account (rule U8). */
function earning({ amount, quantity, account, refundOf }: EarningLine): Minor {
  return account || refundOf || quantity.startsWith('-') ? 0 : Math.max(0, amount);
}

/** The points that lines earn together (rule U8). */
export function earnedPoints(lines: readonly EarningLine[], { earnPer }: Loyalty): number {
  return Math.floor(lines.reduce((sum, line) => sum + earning(line), 0) / earnPer);
}

/** The points a sold line has of those its receipt earned (rule U9); they add up to them. */
export function linePoints(sale: Pick<SaleBody, 'lines' | 'points'>, line: number): number {
  const earned = sale.points?.earned ?? 0;
  return earned === 0 ? 0 : (shareByWeight(earned, sale.lines.map(earning))[line] ?? 0);
}

/** The points that go back with a part of a sold line, where `before` of it came back earlier (rule U9). */
export function pointsBack(
  sale: Pick<SaleBody, 'lines' | 'points'>,
  line: number,
  part: { readonly quantity: string; readonly before: string },
): number {
  const share = linePoints(sale, line);
  const sold = sale.lines[line]?.quantity;
  if (share === 0 || sold === undefined) return 0;
  const upTo = (quantity: string | number) => roundMinor(new Exact(quantity).times(share).div(sold));
  return upTo(new Exact(part.before).plus(part.quantity).toFixed()) - upTo(part.before);
}

/** Why nothing was paid in points; `most` and `step` are minor units. */
export type PointsRefusal =
  | { readonly code: 'points-too-few'; readonly points: number; readonly most: Minor }
  | { readonly code: 'points-not-whole'; readonly step: Minor };

/** The points that pay `amount`, or with an amount below zero are given back (rule U10); `held` is what the customer holds. */
export function pointsFor(
  amount: Minor,
  held: number,
  { redeemValue }: Loyalty,
): Result<number, PointsRefusal> {
  if (amount % redeemValue !== 0) return err({ code: 'points-not-whole', step: redeemValue });
  const wanted = amount / redeemValue;
  if (wanted > Math.max(0, held))
    return err({ code: 'points-too-few', points: Math.max(0, held), most: Math.max(0, held) * redeemValue });
  return ok(wanted);
}

/** The most that points held can pay of an amount due, in minor units (rule U10). */
export function payableInPoints(due: Minor, held: number, { redeemValue }: Loyalty): Minor {
  return Math.max(0, Math.min(held, Math.floor(due / redeemValue))) * redeemValue;
}

const DAY_MS = 86_400_000;

/**
 * The points that moves of one account leave at a moment, UTC with milliseconds (rule U11): the oldest are used first, and what is
 * not used `expiryDays` after it was earned is gone. Below zero when more came back than was held.
 */
export function pointsHeld(
  moves: readonly BookedMove[],
  { expiryDays }: Pick<Loyalty, 'expiryDays'>,
  now: string,
): number {
  const lots: { left: number; until: number }[] = [];
  let owed = 0;
  const inOrder = moves.toSorted(
    (a, b) => compare(a.at, b.at) || compare(a.receipt, b.receipt) || a.index - b.index,
  );
  for (const { amount, at } of inOrder) {
    const time = Date.parse(at);
    let rest = amount - owed;
    owed = 0;
    if (rest > 0) {
      lots.push({ left: rest, until: expiryDays === undefined ? Infinity : time + expiryDays * DAY_MS });
      continue;
    }
    for (const lot of lots) {
      if (lot.until <= time) continue;
      const used = Math.min(lot.left, -rest);
      lot.left -= used;
      rest += used;
    }
    owed = -rest;
  }
  const left = lots.filter(({ until }) => until > Date.parse(now)).reduce((sum, lot) => sum + lot.left, 0);
  const held = left - owed;
  return held === 0 ? 0 : held;
}

/** The tier that comes with points held (rule U11): the highest reached. */
export function tierOfPoints({ tiers = [] }: Loyalty, held: number): string | undefined {
  return tiers.filter(({ from }) => held >= from).toSorted((a, b) => b.from - a.from)[0]?.tier;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
