import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { TestKey } from '../support/test-key.ts';
import { verifySignature } from '../../sync-relay/signature.ts';
import type { World } from './world.ts';

/** The fixed start of an Ed25519 private key in PKCS #8 DER (RFC 8410); the 32 bytes of the seed follow. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A device's real Ed25519 key and id, drawn from the world. */
export function drawKey(world: World): TestKey {
  const der = Buffer.concat([PKCS8_PREFIX, Buffer.from(drawHex(world, 32), 'hex')]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    id: drawHex(world, 8),
    publicKey: raw.toString('base64url'),
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), key).toString('base64url'),
  };
}

/** So many bytes as hex digits. */
export function drawHex(world: World, bytes: number): string {
  return Array.from({ length: bytes }, () => world.between(0, 255).toString(16).padStart(2, '0')).join('');
}

const verified = new Map<string, boolean>();
const MOST_VERIFIED = 50_000;

/** Checks a real signature, the same one only once: each record is checked by every relay after every one of its starts. */
export function verifyOnce(publicKey: string, text: string, signature: string): boolean {
  const question = `${publicKey} ${signature} ${text}`;
  const known = verified.get(question);
  if (known !== undefined) return known;
  if (verified.size >= MOST_VERIFIED) verified.clear();
  const isRight = verifySignature(publicKey, text, signature);
  verified.set(question, isRight);
  return isRight;
}
