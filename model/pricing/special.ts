import * as v from 'valibot';
import { minorSchema } from '../money/money.ts';
import { quantitySchema } from '../money/quantity.ts';
import { percentSchema, priceChangeSchema } from './price-rule.ts';

const idText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const dayText = v.pipe(v.string(), v.isoDate('a day looks like 2026-11-21'));
const timeText = v.pipe(v.string(), v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time looks like 09:30'));
const units = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(99_999));
const money = v.pipe(minorSchema, v.minValue(0));

/** Which lines a special is about (rule X4): those of any product or department named; all lines where nothing is named. */
export const scopeSchema = v.strictObject({
  products: v.optional(v.array(idText)),
  departments: v.optional(v.array(idText)),
});

/**
 * What a special does (rules X6 to X9). Money is in minor units. `units` lowers the price of each unit, by the step that the
 * quantity of all lines in scope reaches when there are `steps`; `buy-get` gives of every `buy` + `get` units the cheapest
 * `get` at `percent` off, or, with `reward`, `get` units of other articles for every `buy`; `set` sells every `quantity` units
 * for `price`; `off` takes a percentage or an amount off the lines in scope together.
 */
export const effectSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('units'),
    change: v.optional(priceChangeSchema),
    steps: v.optional(v.array(v.strictObject({ from: quantitySchema, change: priceChangeSchema }))),
  }),
  v.strictObject({
    kind: v.literal('buy-get'),
    buy: units,
    get: units,
    percent: percentSchema,
    reward: v.optional(scopeSchema),
  }),
  v.strictObject({ kind: v.literal('set'), quantity: units, price: money }),
  v.strictObject({ kind: v.literal('off'), percent: percentSchema }),
  v.strictObject({ kind: v.literal('off-amount'), amount: money }),
]);

/**
 * A special (rules X4 to X10). `priority`: the higher comes first. `stacks`: whether it may lower lines that other stacking
 * specials lowered. `coupon`: works only when that code was given, once for each time it was. `minimum`: what the whole basket
 * must come to before any special, for each time. `most`: the largest amount it takes off. `times`: how often sets count.
 * `off`: switched off by hand.
 */
export const specialSchema = v.strictObject({
  id: idText,
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  priority: v.pipe(v.number(), v.safeInteger()),
  stacks: v.boolean(),
  scope: scopeSchema,
  effect: effectSchema,
  coupon: v.optional(idText),
  tiers: v.optional(v.array(idText)),
  stores: v.optional(v.array(idText)),
  minimum: v.optional(money),
  most: v.optional(money),
  times: v.optional(units),
  firstDay: v.optional(dayText),
  lastDay: v.optional(dayText),
  weekdays: v.optional(v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(7)))),
  fromTime: v.optional(timeText),
  untilTime: v.optional(timeText),
  off: v.optional(v.boolean()),
});

/** Which lines a special is about. */
export type Scope = v.InferOutput<typeof scopeSchema>;
/** What a special does. */
export type SpecialEffect = v.InferOutput<typeof effectSchema>;
/** A special. */
export type Special = v.InferOutput<typeof specialSchema>;

/**
 * Where, when and for whom a basket is priced; `day` and `time` are the store's own. A coupon given twice stands twice in
 * `coupons`.
 */
export type SpecialOccasion = {
  readonly store?: string;
  readonly day?: string;
  readonly time?: string;
  readonly tiers?: readonly string[];
  readonly coupons?: readonly string[];
};

/** Whether a special counts on an occasion, its coupon and minimum apart (rule X5). */
export function isOnOffer(special: Special, occasion: SpecialOccasion): boolean {
  const { day, time } = occasion;
  if (special.off) return false;
  if (special.stores && !special.stores.includes(occasion.store ?? '')) return false;
  if (special.tiers && !special.tiers.some((tier) => occasion.tiers?.includes(tier))) return false;
  if (special.firstDay !== undefined && (day === undefined || day < special.firstDay)) return false;
  if (special.lastDay !== undefined && (day === undefined || day > special.lastDay)) return false;
  if (special.weekdays && (day === undefined || !special.weekdays.includes(weekdayOf(day)))) return false;
  return isWithin(time, special.fromTime, special.untilTime);
}

/** 1 for Monday to 7 for Sunday. */
function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}

/** From the first minute on and until the last one is over before it begins; `22:00` to `02:00` goes over midnight. */
function isWithin(time: string | undefined, from: string | undefined, until: string | undefined): boolean {
  if (from === undefined && until === undefined) return true;
  if (time === undefined) return false;
  const first = from ?? '00:00';
  const end = until ?? '24:00';
  return first <= end ? time >= first && time < end : time >= first || time < end;
}

/** How often a special may be used on an occasion: without a coupon once, with one as often as it was given (rule X5). */
export function usesOf(special: Special, occasion: SpecialOccasion): number {
  if (special.coupon === undefined) return 1;
  return (occasion.coupons ?? []).filter((code) => code === special.coupon).length;
}
