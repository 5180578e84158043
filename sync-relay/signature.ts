import { createPublicKey, verify, type KeyObject } from 'node:crypto';

/** The fixed start of an Ed25519 public key in SPKI DER (RFC 8410); the 32 raw bytes follow. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

const keys = new Map<string, KeyObject | undefined>();
/** More keys than any organization has; a peer that makes up keys must not fill the memory. */
const MOST_KEYS = 10_000;

/** Whether `signature` is the Ed25519 signature of a text's UTF-8 bytes by `publicKey`, both base64url without padding. */
export function verifySignature(publicKey: string, text: string, signature: string): boolean {
  const key = keyOf(publicKey);
  if (key === undefined) return false;
  const bytes = Buffer.from(signature, 'base64url');
  return bytes.length === 64 && verify(null, Buffer.from(text, 'utf8'), key, bytes);
}

/** Making a key object costs as much as a signature check; undefined for bytes that are no key. */
function keyOf(publicKey: string): KeyObject | undefined {
  if (keys.has(publicKey)) return keys.get(publicKey);
  if (keys.size >= MOST_KEYS) keys.clear();
  const raw = Buffer.from(publicKey, 'base64url');
  const key =
    raw.length === 32
      ? createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' })
      : undefined;
  keys.set(publicKey, key);
  return key;
}
