import { createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { deviceKeyOf, newDeviceKey } from '../../../app/lib/device/device-key.ts';

/** Whether Node's own verifier, which no browser code touches, takes a signature. */
function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: publicKey } });
  return verify(null, Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'base64url'));
}

test('[E1] a device draws an id of 16 hex digits and an Ed25519 key whose private half cannot be read out', async () => {
  const parts = await newDeviceKey();
  expect(parts.id).toMatch(/^[0-9a-f]{16}$/);
  expect(parts.publicKey).toMatch(/^[A-Za-z0-9_-]{43}$/);
  await expect(crypto.subtle.exportKey('pkcs8', parts.privateKey)).rejects.toThrow('extractable');
  const other = await newDeviceKey();
  expect(other.id).not.toBe(parts.id);
  expect(other.publicKey).not.toBe(parts.publicKey);
});

test('[E1] a device signs the UTF-8 bytes of a text, and only its own public key takes that signature', async () => {
  const key = deviceKeyOf(await newDeviceKey('00000000000000aa'));
  const signature = await key.sign('Käse\n€ 1');
  expect(key.id).toBe('00000000000000aa');
  expect(signature).toMatch(/^[A-Za-z0-9_-]{86}$/);
  expect(isSignedBy(key.publicKey, 'Käse\n€ 1', signature)).toBe(true);
  expect(isSignedBy(key.publicKey, 'Käse\n€ 2', signature)).toBe(false);
  expect(isSignedBy((await newDeviceKey()).publicKey, 'Käse\n€ 1', signature)).toBe(false);
});

test('a key that was posted to another thread signs as before', async () => {
  const parts = await newDeviceKey();
  const posted = deviceKeyOf(structuredClone(parts));
  expect(isSignedBy(parts.publicKey, 'text', await posted.sign('text'))).toBe(true);
});
