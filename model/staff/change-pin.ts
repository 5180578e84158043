import { standing, type Actor } from '../register/actor.ts';
import { err, ok, type Result } from '../result.ts';
import { checkPin, isPin, pinVerifier, type Person } from './pin.ts';

/** Why a PIN stayed as it was. */
export type ChangePinRefusal = {
  readonly code: 'not-a-pin' | 'same-pin' | 'wrong-old-pin' | 'not-permitted';
};

/**
 * A person's entry with a new PIN (rule S10): one's own with the old PIN, anybody's with `staff.edit`. `salt` is at least 16
 * random base64url characters that no verifier had before, passed in.
 */
export function changePin(
  person: Person,
  wanted: { readonly pin: string; readonly salt: string; readonly oldPin?: string | undefined },
  actor: Actor,
): Result<Person, ChangePinRefusal> {
  const isOwn = actor.person === person.id;
  if (!isOwn && standing(actor, 'staff.edit') !== 'permitted') return err({ code: 'not-permitted' });
  if (isOwn && !checkPin(wanted.oldPin ?? '', person.pin)) return err({ code: 'wrong-old-pin' });
  if (!isPin(wanted.pin)) return err({ code: 'not-a-pin' });
  if (checkPin(wanted.pin, person.pin)) return err({ code: 'same-pin' });
  return ok({ ...person, pin: pinVerifier(wanted.pin, wanted.salt) });
}
