import * as v from 'valibot';
import { isAuditKey, readAuditEntry, type AuditEntry } from '../audit/audit-entry.ts';
import { minorSchema, type Minor } from '../money/money.ts';
import { err, ok, type Result } from '../result.ts';
import type { EntryFault } from './entries.ts';

/** How an exception was seen to: put right, taken as a loss, or nothing was wrong (rule F10). */
export const OUTCOMES = ['corrected', 'loss', 'false-alarm'] as const;

/** How an exception was seen to. */
export type Outcome = (typeof OUTCOMES)[number];

/** What an exception is called on every replica (rule F1); a finding of the reports program may be seen to as well (rule F12). */
export type ExceptionName = { readonly kind: string; readonly id: string };

/** That somebody saw to an exception (rule F10). `amount` is the loss in minor units, with `loss` only; `entry` tells two of one moment apart. */
export type Resolution = {
  readonly exception: ExceptionName;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly amount?: Minor;
  readonly at: string;
  readonly by: string;
  readonly approvedBy?: string;
  readonly entry: string;
};

/** What an audit entry that sees to an exception is called. */
export const RESOLVED = 'exception.resolve';

const detailsSchema = v.object({
  outcome: v.picklist(OUTCOMES),
  reason: v.pipe(v.string(), v.minLength(1)),
  amount: v.optional(v.pipe(v.string(), v.transform(Number), minorSchema, v.minValue(0))),
  approvedBy: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
});

/** The text under which an exception is named in audit entries and keys: `double-refund:…`. */
export function exceptionText({ kind, id }: ExceptionName): string {
  return `${kind}:${id}`;
}

/** Reads an entry of a store's document of exceptions (rule F11). */
export function readExceptionsEntry(key: string, text: string): Result<Resolution, EntryFault> {
  if (!isAuditKey(key))
    return err({ key, code: 'unknown-key', detail: `a document of exceptions has no entry "${key}"` });
  const read = readAuditEntry(key, text);
  return read.ok ? readResolution(key, read.value) : read;
}

function readResolution(
  key: string,
  { what, subject, details, at, by, id: entry }: AuditEntry,
): Result<Resolution, EntryFault> {
  const [, kind, id] = /^([a-z]+(?:-[a-z]+)*):([A-Za-z0-9_-]+)$/.exec(subject) ?? [];
  const read = v.safeParse(detailsSchema, details);
  if (what !== RESOLVED || kind === undefined || id === undefined || !read.success)
    return err({ key, code: 'bad-shape', detail: 'it does not say which exception was seen to how' });
  const { outcome, reason, amount, approvedBy } = read.output;
  return ok({
    exception: { kind, id },
    outcome,
    reason,
    ...(amount === undefined ? {} : { amount }),
    at,
    by,
    ...(approvedBy === undefined ? {} : { approvedBy }),
    entry,
  });
}

/**
 * The resolution that counts for each exception, by {@link exceptionText}: the earliest, and of one moment that with the smaller entry
 * id (rule F10). Where two people saw to one exception while apart, both entries stay.
 */
export function resolutionsByException(resolutions: Iterable<Resolution>): ReadonlyMap<string, Resolution> {
  const found = new Map<string, Resolution>();
  for (const resolution of resolutions) {
    const key = exceptionText(resolution.exception);
    const other = found.get(key);
    if (!other || orderOf(resolution) < orderOf(other)) found.set(key, resolution);
  }
  return found;
}

function orderOf({ at, entry }: Resolution): string {
  return `${at} ${entry}`;
}
