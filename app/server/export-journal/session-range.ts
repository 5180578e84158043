import type { Entries } from '#model/documents/entries.ts';
import { parseRecord } from '#model/journal/record.ts';

/** Business days, both included; either may be missing. */
export type DayRange = { readonly from?: string | undefined; readonly to?: string | undefined };

/** The first and the last session to write, counted from 1. */
export type SessionRange = { readonly first: number; readonly last: number };

/** The business day of a session by its `opened` record; undefined when that cannot be read. */
export function sessionDay(entries: Entries): string | undefined {
  for (const key of Object.keys(entries).sort()) {
    const record = parseRecord(entries[key] ?? '');
    if (record.ok && record.value.kind === 'opened') return record.value.body.day;
  }
  return undefined;
}

/**
 * Which sessions of a register belong to a range of business days (rule J11), from the day of each session in order. They
 * are always a run, because a session left out would break the chain; undefined when no session is of those days.
 */
export function sessionsBetween(
  days: readonly (string | undefined)[],
  { from, to }: DayRange,
): SessionRange | undefined {
  let day = '';
  const matches: number[] = [];
  for (const [i, own] of days.entries()) {
    // What cannot be read is shown with the session before it.
    day = own ?? day;
    if ((from === undefined || day >= from) && (to === undefined || day <= to)) matches.push(i + 1);
  }
  const [first] = matches;
  const last = matches.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return { first: from === undefined ? 1 : first, last: to === undefined ? days.length : last };
}
