import * as v from 'valibot';
import { currencySchema, minorSchema, type Minor } from '../money/money.ts';

/** What an organization decides about accounts of value; all of it has a default (rules G9 and G10). */
export const valueSettingsSchema = v.strictObject({
  /** By currency, the most one payment takes out of an account while other tills cannot be asked. */
  offlineRedeemLimit: v.optional(v.record(currencySchema, v.pipe(minorSchema, v.minValue(0)))),
  /** The least part of a layaway that is paid at once, in whole percent. */
  layawayPercent: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100))),
  /** How many days a layaway is kept for its customer. */
  layawayDays: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(730))),
});

/** What an organization decides about accounts of value. */
export type ValueSettings = v.InferOutput<typeof valueSettingsSchema>;

const DEFAULT_OFFLINE_LIMIT = 5000;

/** The most one payment takes out of an account while other tills cannot be asked (rule G9), in minor units. */
export function offlineRedeemLimit(settings: ValueSettings | undefined, currency: string): Minor {
  return settings?.offlineRedeemLimit?.[currency] ?? DEFAULT_OFFLINE_LIMIT;
}

/** The least part of a layaway that is paid at once (rule G10), in whole percent. */
export function layawayPercent(settings: ValueSettings | undefined): number {
  return settings?.layawayPercent ?? 20;
}

/** For how many days a layaway is kept (rule G10). */
export function layawayDays(settings: ValueSettings | undefined): number {
  return settings?.layawayDays ?? 60;
}
