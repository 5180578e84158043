import {
  RESOLVED,
  exceptionText,
  type ExceptionName,
  type Outcome,
  type Resolution,
} from '../documents/exceptions.ts';
import type { Minor } from '../money/money.ts';
import { authorize, type Act, type NotPermitted } from '../register/actor.ts';
import { checkReason, type ReasonRefusal } from '../register/reason.ts';
import { err, ok, type Result } from '../result.ts';
import { mayInOffice, type OfficeDoing, type OfficeRefusal, type StaffBook } from '../staff/office-actor.ts';
import { auditChange } from './audit-entry.ts';

/** How a person sees to an exception: `amount` in minor units is what the shop lost, with `loss` only. */
export type ResolutionWish = {
  readonly exception: ExceptionName;
  /** What it is about, for who reads the audit: receipt numbers, a register. */
  readonly about: string;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly amount?: Minor | undefined;
};

/** What to write into the store's document of exceptions, in one change (rule F11). */
export type ResolutionChange = Readonly<Record<string, string>>;

/** Why an exception was not seen to. */
export type ResolveRefusal =
  | ReasonRefusal
  | { readonly code: 'loss-missing' }
  | { readonly code: 'already-resolved'; readonly by: string };

/**
 * Sees to an exception at a till (rule F10); who lacks `exception.resolve` may have it approved. `earlier` is the resolution this till
 * knows already; `auditId` is 16 fresh random hex digits.
 */
export function resolveAtTill(
  wish: ResolutionWish,
  earlier: Resolution | undefined,
  auditId: string,
  act: Act,
): Result<ResolutionChange, ResolveRefusal | NotPermitted> {
  const refusal = refusalOf(wish, earlier);
  if (refusal) return err(refusal);
  const stamp = authorize(act, ['exception.resolve']);
  return stamp.ok ? ok(entryOf(wish, { ...stamp.value, auditId })) : stamp;
}

/** Sees to an exception of any store in the office (rules F10 and S11). */
export function resolveInOffice(
  { people, roles }: StaffBook,
  wish: ResolutionWish,
  earlier: Resolution | undefined,
  doing: OfficeDoing,
): Result<ResolutionChange, ResolveRefusal | OfficeRefusal> {
  const refusal = refusalOf(wish, earlier);
  if (refusal) return err(refusal);
  const permission = 'exception.resolve';
  if (!mayInOffice(people.get(doing.by), permission, roles))
    return err({ code: 'not-permitted', permission });
  return ok(entryOf(wish, doing));
}

function refusalOf(
  { outcome, reason, amount }: ResolutionWish,
  earlier: Resolution | undefined,
): ResolveRefusal | undefined {
  if (earlier) return { code: 'already-resolved', by: earlier.by };
  if (outcome === 'loss' && (amount === undefined || amount < 0)) return { code: 'loss-missing' };
  return checkReason(reason);
}

function entryOf(
  { exception, about, outcome, reason, amount }: ResolutionWish,
  stamp: { readonly at: string; readonly by: string; readonly approvedBy?: string; readonly auditId: string },
): ResolutionChange {
  const { at, by, approvedBy, auditId } = stamp;
  const details = {
    outcome,
    reason: reason.trim().normalize('NFC'),
    about: about.slice(0, 200),
    ...(outcome === 'loss' && amount !== undefined ? { amount: String(amount) } : {}),
    ...(approvedBy === undefined ? {} : { approvedBy }),
  };
  return auditChange({ id: auditId, at, by, what: RESOLVED, subject: exceptionText(exception), details });
}
