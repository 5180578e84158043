import { m } from '$lib/paraglide/messages.js';

/** The usual reasons why something comes back, in the language of the person. */
export function returnReasons(): readonly string[] {
  return [m.discount_reason_1(), m.return_reason_2(), m.return_reason_3(), m.return_reason_4()];
}
