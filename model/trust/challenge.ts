import * as v from 'valibot';

/** A nonce: 32 random bytes as base64url without padding (rule E5). */
export const nonceSchema = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{43}$/, 'a nonce has 43 base64url characters'),
);

/** An Ed25519 signature: 64 bytes as base64url without padding (rule J8). */
export const signatureSchema = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{86}$/, 'a signature has 86 base64url characters'),
);

/** What both ends of a new connection know: the nonces each drew for it, and who each says it is (rule E5). */
export type Meeting = {
  /** 32 random bytes as base64url, drawn by the side that checks. */
  readonly nonce: string;
  /** The device that checks. */
  readonly verifier: string;
  /** The device that proves. */
  readonly prover: string;
  /** The peer id the prover will use on this connection. */
  readonly peerId: string;
};

/**
 * The text a device signs to prove itself on one connection (rule E5). Naming both devices, the nonce and the peer id
 * makes a recorded answer worthless on another connection, to another relay or under another peer id.
 */
export function challengeText({ nonce, verifier, prover, peerId }: Meeting): string {
  return ['tillmesh-auth-1', nonce, verifier, prover, peerId].join('\n');
}

/** Whether `peerId` belongs to a device: it begins with the device's id, so nobody else can speak under it (rule E5). */
export function isPeerIdOf(peerId: string, device: string): boolean {
  return peerId === device || peerId.startsWith(`${device}:`);
}
