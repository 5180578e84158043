import { MAX_REASON } from '../journal/record.ts';

/** Why a reason was not taken; `most` is in UTF-16 code units. */
export type ReasonRefusal =
  { readonly code: 'reason-missing' } | { readonly code: 'reason-too-long'; readonly most: number };

/** Checks a reason as a person typed it; undefined when it can be recorded. */
export function checkReason(reason: string): ReasonRefusal | undefined {
  const clean = reason.trim().normalize('NFC');
  if (clean === '') return { code: 'reason-missing' };
  return clean.length > MAX_REASON ? { code: 'reason-too-long', most: MAX_REASON } : undefined;
}
