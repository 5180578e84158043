import type { Settings } from '#model/settings/settings.ts';
import { m } from '$lib/paraglide/messages.js';

/** The reasons a till offers for what comes back: the shop's own, else the usual ones in the language of the person (rule O10). */
export function returnReasons({ returnReasons: own }: Pick<Settings, 'returnReasons'>): readonly string[] {
  if (own.length > 0) return [...new Set(own)];
  return [m.discount_reason_1(), m.return_reason_2(), m.return_reason_3(), m.return_reason_4()];
}
