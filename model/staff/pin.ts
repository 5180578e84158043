import { scrypt } from '@noble/hashes/scrypt.js';
import { base64url } from '../journal/canonical.ts';
import * as v from 'valibot';
import { storeIdSchema } from '../ids/register-id.ts';
import { roleIdSchema } from './permission.ts';

/**
 * What a PIN is checked against (rule S1): scrypt of the PIN with a salt of its own, so a copied staff document does not
 * give the PINs away at once. Cost N = 2¹⁴, r = 8, p = 1: about a tenth of a second on a till.
 */
export const pinVerifierSchema = v.strictObject({
  salt: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{16,64}$/)),
  hash: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)),
});

/**
 * A person of the staff, under `person:<id>` in the staff document (rule S4). `stores` is empty for all stores; `roles` names
 * another role than `role` for single stores.
 */
export const personSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/)),
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(60)),
  role: roleIdSchema,
  roles: v.optional(v.record(storeIdSchema, roleIdSchema)),
  language: v.picklist(['en', 'es']),
  stores: v.array(v.string()),
  active: v.boolean(),
  pin: pinVerifierSchema,
});

/** What a PIN is checked against. */
export type PinVerifier = v.InferOutput<typeof pinVerifierSchema>;
/** A person of the staff. */
export type Person = v.InferOutput<typeof personSchema>;

/** Whether `pin` is 4 to 8 digits. */
export function isPin(pin: string): boolean {
  return /^\d{4,8}$/.test(pin);
}

/** Makes the verifier of a PIN; `salt` is at least 16 random base64url characters, passed in. */
export function pinVerifier(pin: string, salt: string): PinVerifier {
  return { salt, hash: base64url(scrypt(pin, salt, { N: 2 ** 14, r: 8, p: 1, dkLen: 32 })) };
}

/** Whether a typed PIN is the one behind the verifier. */
export function checkPin(pin: string, verifier: PinVerifier): boolean {
  return isPin(pin) && pinVerifier(pin, verifier.salt).hash === verifier.hash;
}
