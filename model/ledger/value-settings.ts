import * as v from 'valibot';
import { currencySchema, minorSchema, type Minor } from '../money/money.ts';

/** The least part of a layaway that is paid at once, in whole percent. */
export const layawayPercentSchema = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100));
/** For how many days a layaway is kept. */
export const layawayDaysSchema = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(730));

/** What an organization decides about accounts of value; all of it has a default (rules G9 and G10). */
export const valueSettingsSchema = v.strictObject({
  /** By currency, the most one payment takes out of an account while other tills cannot be asked. */
  offlineRedeemLimit: v.optional(v.record(currencySchema, v.pipe(minorSchema, v.minValue(0)))),
  /** The least part of a layaway that is paid at once, in whole percent. */
  layawayPercent: v.optional(layawayPercentSchema),
  /** How many days a layaway is kept for its customer. */
  layawayDays: v.optional(layawayDaysSchema),
});

/** What an organization decides about accounts of value. */
export type ValueSettings = v.InferOutput<typeof valueSettingsSchema>;

/** The offline limit where nobody set one (rule G9), in minor units. */
export const DEFAULT_OFFLINE_LIMIT = 5000;
/** The least part of a layaway where nobody set one (rule G10), in whole percent. */
export const DEFAULT_LAYAWAY_PERCENT = 20;
/** The days of a layaway where nobody set them (rule G10). */
export const DEFAULT_LAYAWAY_DAYS = 60;

/** The most one payment takes out of an account while other tills cannot be asked (rule G9), in minor units. */
export function offlineRedeemLimit(settings: ValueSettings | undefined, currency: string): Minor {
  return settings?.offlineRedeemLimit?.[currency] ?? DEFAULT_OFFLINE_LIMIT;
}

/** The least part of a layaway that is paid at once (rule G10), in whole percent. */
export function layawayPercent(settings: ValueSettings | undefined): number {
  return settings?.layawayPercent ?? DEFAULT_LAYAWAY_PERCENT;
}

/** For how many days a layaway is kept (rule G10). */
export function layawayDays(settings: ValueSettings | undefined): number {
  return settings?.layawayDays ?? DEFAULT_LAYAWAY_DAYS;
}
