import { scryptSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { checkPin, isPin, pinVerifier, pinVerifierSchema } from '#model/staff/pin.ts';

const SALT = 'c2FsdC1mb3ItdGVzdHM';

describe('PINs', () => {
  test('[S1] the verifier is scrypt as RFC 7914 publishes it', () => {
    // §12, third vector: N 16384, r 8, p 1; its first 32 bytes.
    const published = '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2';
    expect(
      Buffer.from(pinVerifier('pleaseletmein', 'SodiumChloride').hash, 'base64url').toString('hex'),
    ).toBe(published);
    const own = scryptSync('4711', SALT, 32, { N: 2 ** 14, r: 8, p: 1 }).toString('base64url');
    expect(pinVerifier('4711', SALT)).toStrictEqual({ salt: SALT, hash: own });
  });

  test('[S1] only the right PIN passes, and the PIN is not in the verifier', () => {
    const verifier = pinVerifier('4711', SALT);
    expect(v.is(pinVerifierSchema, verifier)).toBe(true);
    expect([
      checkPin('4711', verifier),
      checkPin('4712', verifier),
      checkPin('04711', verifier),
    ]).toStrictEqual([true, false, false]);
    expect(pinVerifier('4711', `${SALT}x`).hash).not.toBe(verifier.hash);
  });

  test('[S1] a PIN is 4 to 8 digits, anything else is not even tried', () => {
    expect(['1234', '12345678'].map(isPin)).toStrictEqual([true, true]);
    expect(['', '123', '123456789', '12a4', '１２３４', '1234\n'].map(isPin)).not.toContain(true);
    const verifier = pinVerifier('abc', SALT);
    expect(checkPin('abc', verifier)).toBe(false);
  });
});
