import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { JournalRecord } from '#model/journal/record.ts';
import type { Device } from '#model/trust/device.ts';
import { mayHaveSigned } from '#model/trust/signer.ts';

/** Why a record's signature does not let it count (rule E10). */
export type SignatureFault =
  'unsigned' | 'bad-signature' | 'unknown-device' | 'revoked-device' | 'expired-device';

/** What is known of a record's signature. */
export type Signature = 'good' | SignatureFault;

const WORDS: Readonly<Record<SignatureFault, string>> = {
  unsigned: 'carries no signature',
  'bad-signature': 'is not signed by a device of its register',
  'unknown-device': 'is of a register that no device is listed for',
  'revoked-device': 'is signed by a device that had been revoked by then',
  'expired-device': 'is signed by a device that had expired by then',
};

/** Whether a text says why a record's signature does not let it count. */
export function isSignatureFault(reason: string): reason is SignatureFault {
  return Object.hasOwn(WORDS, reason);
}

/** A signature's fault for the list of exceptions. */
export function signatureDetail(seq: number, fault: SignatureFault): string {
  return `record ${seq} ${WORDS[fault]}; it is not counted`;
}

/**
 * Whether a record counts by its signature, `devices` being those listed as terminals of its register (rule E10). The
 * arithmetic is done on the threads that Node keeps for such work, so many at once use every core and hold nothing up.
 */
export async function judgeSignature(
  record: Pick<JournalRecord, 'store' | 'register' | 'at' | 'hash' | 'sig'>,
  devices: readonly Device[],
): Promise<Signature> {
  if (record.sig === '') return 'unsigned';
  if (devices.length === 0) return 'unknown-device';
  const bytes = Buffer.from(record.sig, 'base64url');
  // Two spellings of one signature would be two texts of one record.
  if (bytes.toString('base64url') !== record.sig) return 'bad-signature';
  const allowed = devices.filter((device) => mayHaveSigned(device, record));
  for (const device of allowed) if (await isBy(device, record.hash, bytes)) return 'good';
  for (const device of devices) {
    if (allowed.includes(device) || !(await isBy(device, record.hash, bytes))) continue;
    const revoked = device.revokedAt !== undefined && record.at >= device.revokedAt;
    return revoked ? 'revoked-device' : 'expired-device';
  }
  return 'bad-signature';
}

/** Whether a device signed a text, without leaving this thread: for the few texts that are not records. */
export function isSignedBy(device: Device, text: string, sig: string): boolean {
  const bytes = Buffer.from(sig, 'base64url');
  if (bytes.toString('base64url') !== sig) return false;
  return verify(null, Buffer.from(text, 'utf8'), keyOf(device), bytes);
}

function isBy(device: Device, hash: string, sig: Uint8Array): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(null, Buffer.from(hash, 'ascii'), keyOf(device), sig, (error, right) => {
      if (error) reject(error);
      else resolve(right);
    });
  });
}

/** Making a key object costs as much as using it. */
const keys = new WeakMap<Device, KeyObject>();

function keyOf(device: Device): KeyObject {
  const known = keys.get(device);
  if (known) return known;
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: device.key } });
  keys.set(device, key);
  return key;
}
