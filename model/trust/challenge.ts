/** What both ends of a new connection know: the nonces each drew for it, and who each says it is (rule E5). */
export type Meeting = {
  /** 32 random base64url characters drawn by the side that checks. */
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
