import * as v from 'valibot';
import { err, ok, type Result } from '#model/result.ts';
import {
  enrolmentSchema,
  type Enrolment,
  type EnrolmentRefusal,
  type EnrolmentRequest,
} from '#model/trust/invitation.ts';

/** What this page sends to join; `withRelay` when the machine it runs on has not joined either. */
export type EnrolmentWish = EnrolmentRequest & { readonly withRelay?: true };

/** Why this browser did not join. `retryAt` (milliseconds since 1970) is when the next code may be tried. */
export type EnrolmentTrouble =
  | { readonly code: EnrolmentRefusal | 'head-office-away' | 'relay-away' }
  | { readonly code: 'too-many-tries'; readonly retryAt: number }
  | { readonly code: 'refused'; readonly detail: string };

/** Asks head office, through the relay of this machine, to enrol a device. */
export type AskToEnrol = (wish: EnrolmentWish) => Promise<Result<Enrolment, EnrolmentTrouble>>;

const refusalSchema = v.object({
  code: v.string(),
  message: v.optional(v.string(), ''),
  retryAfterSeconds: v.optional(v.pipe(v.number(), v.minValue(0))),
});

const PLAIN = [
  'code-unknown',
  'code-expired',
  'code-used',
  'role-not-invited',
  'device-known',
  'key-known',
  'head-office-away',
] as const;

/** Asks over HTTP at the page's own origin. `now` is milliseconds since 1970. */
export function askToEnrolWith(post: typeof fetch, now: () => number): AskToEnrol {
  return async (wish) => {
    let response: Response;
    let body: unknown;
    try {
      response = await post('/relay/enrol', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(wish),
      });
      body = await response.json();
    } catch {
      return err({ code: 'relay-away' });
    }
    if (!response.ok) return err(troubleOf(body, response.status, now()));
    const enrolment = v.safeParse(enrolmentSchema, body);
    if (enrolment.success) return ok(enrolment.output);
    return err({ code: 'refused', detail: enrolment.issues[0].message });
  };
}

function troubleOf(body: unknown, status: number, now: number): EnrolmentTrouble {
  const read = v.safeParse(refusalSchema, body);
  if (!read.success) return { code: 'refused', detail: `HTTP ${status}` };
  const { code, message, retryAfterSeconds } = read.output;
  if (code === 'too-many-tries') return { code, retryAt: now + (retryAfterSeconds ?? 60) * 1000 };
  // The origin says so while the relay of this machine is started again.
  if (code === 'away') return { code: 'relay-away' };
  const plain = PLAIN.find((known) => known === code);
  return plain === undefined ? { code: 'refused', detail: message || code } : { code: plain };
}
