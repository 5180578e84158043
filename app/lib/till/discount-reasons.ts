import type { Settings } from '#model/settings/settings.ts';
import { m } from '$lib/paraglide/messages.js';

/** The reasons a till offers for a discount: the shop's own, else the usual ones in the language of the person (rule O2). */
export function discountReasons({
  discountReasons: own,
}: Pick<Settings, 'discountReasons'>): readonly string[] {
  if (own.length > 0) return [...new Set(own)];
  return [m.discount_reason_1(), m.discount_reason_2(), m.discount_reason_3()];
}
