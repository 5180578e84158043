import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import * as v from 'valibot';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import { deviceSchema, type Device } from '#model/trust/device.ts';

/** The key of a device in a test, made with Node's own Ed25519. */
export type TestKey = {
  readonly id: string;
  /** Raw, base64url without padding. */
  readonly publicKey: string;
  readonly sign: (text: string) => string;
};

/** A fresh key; `id` is drawn unless given. */
export function testKey(id: string = randomBytes(8).toString('hex')): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    id,
    publicKey: raw.toString('base64url'),
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64url'),
  };
}

/** The entry of a device in the organization document, by its key. */
export function deviceEntry(
  { id, publicKey }: Pick<TestKey, 'id' | 'publicKey'>,
  place: Partial<Device>,
): Record<string, string> {
  const device = v.parse(deviceSchema, {
    id,
    name: `Device ${id.slice(0, 4)}`,
    role: 'terminal',
    key: publicKey,
    enrolledAt: '2026-01-01T00:00:00.000Z',
    ...place,
  });
  return { [`device:${id}`]: canonicalJson(device as CanonicalValue) };
}
