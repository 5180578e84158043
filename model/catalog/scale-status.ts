import * as v from 'valibot';
import { Exact } from '../money/money.ts';

/** The units scales show weights in. */
export const SCALE_UNITS = ['kg', 'g', 'lb', 'oz'] as const;

/** The unit a scale shows weights in. */
export type ScaleUnit = (typeof SCALE_UNITS)[number];

/** Grams in one of a unit, exact: the international pound is 453.59237 g, its ounce a sixteenth of it. */
const GRAMS: Readonly<Record<ScaleUnit, string>> = {
  kg: '1000',
  g: '1',
  lb: '453.59237',
  oz: '28.349523125',
};

/**
 * How a scale stands (rule C14). Only `stable` is a weight to sell by. `moving`: it has not settled. `empty`: it stands at zero.
 * `below-zero`: something was taken off that it was set to zero with. `overload`: more than it can weigh. `fault`: it says it is
 * out of order, or what it said was not understood. `away`: no connection, or no answer.
 */
export const SCALE_STATES = ['stable', 'moving', 'empty', 'below-zero', 'overload', 'fault', 'away'] as const;

/** How a scale stands. */
export type ScaleState = (typeof SCALE_STATES)[number];

/** A weight above zero in grams, as decimal text. */
const gramsSchema = v.pipe(
  v.string(),
  v.regex(/^(?:0|[1-9]\d{0,7})(?:\.\d{1,13})?$/, 'grams are a number above zero'),
  v.check((grams) => Number(grams) > 0, 'grams are a number above zero'),
);

/**
 * What the bridge says of a scale: `grams` only where a weight stands, exactly what the scale showed. `net`: the scale itself took a tare
 * off. `message` is a sentence for whoever looks after the machine, where something is wrong.
 */
export const scaleStatusSchema = v.variant('state', [
  v.object({
    device: v.string(),
    state: v.literal('stable'),
    grams: gramsSchema,
    net: v.optional(v.boolean()),
  }),
  v.object({
    device: v.string(),
    state: v.picklist(['moving', 'empty', 'below-zero', 'overload', 'fault', 'away']),
    message: v.optional(v.pipe(v.string(), v.maxLength(300))),
  }),
]);

/** What the bridge says of a scale. */
export type ScaleStatus = v.InferOutput<typeof scaleStatusSchema>;

/** A weight as a scale shows it, in grams as decimal text; nothing is rounded. */
export function gramsOf(shown: string, unit: ScaleUnit): string {
  return new Exact(shown).times(GRAMS[unit]).toFixed();
}

/** Grams in a unit of weight, with three decimals as quantities have (rule M4); undefined where the unit is no weight. */
export function inUnit(grams: string, unit: string): string | undefined {
  if (!isScaleUnit(unit)) return undefined;
  return new Exact(grams).div(GRAMS[unit]).toDecimalPlaces(3).toFixed();
}

function isScaleUnit(unit: string): unit is ScaleUnit {
  return (SCALE_UNITS as readonly string[]).includes(unit);
}
