import { createPublicKey, randomBytes, verify } from 'node:crypto';
import type { WebSocket } from 'ws';
import { CLOSE_CODES, encodeFrame, type Frame, type FrameOf } from '#model/protocol/frame.ts';
import { challengeText, isPeerIdOf } from '#model/trust/challenge.ts';

/** The device id the double of a relay goes by. */
export const DOOR_DEVICE = 'd00d00d00d00d00d';

/**
 * What a relay does before it lets a peer in (rule E5), for the doubles: asks for a proof and checks it with Node's own
 * Ed25519. Lets everyone in, as an open relay does, until `devices` is set.
 */
export class Doorkeeper {
  /** The public keys of the devices that may come in, by device id. */
  devices: ReadonlyMap<string, string> | undefined;
  /** Whom to turn away although the proof is right, with which close code. */
  readonly turnedAway = new Map<string, number>();
  /** Every join that came in. */
  readonly joins: FrameOf<'join'>[] = [];
  /** Every right proof so far, as it was signed. */
  readonly proofs: string[] = [];
  readonly #waiting = new Map<WebSocket, { readonly join: FrameOf<'join'>; readonly nonce: string }>();

  /** Takes a frame of a peer that is not in yet; gives back its join once it may come in. */
  admits(frame: Frame, socket: WebSocket): FrameOf<'join'> | undefined {
    if (frame.type === 'join') return this.#join(frame, socket);
    if (frame.type === 'tillmesh-proof') return this.#proof(frame, socket);
    return undefined;
  }

  #join(join: FrameOf<'join'>, socket: WebSocket): FrameOf<'join'> | undefined {
    this.joins.push(join);
    if (this.devices === undefined) return join;
    const nonce = randomBytes(32).toString('base64url');
    this.#waiting.set(socket, { join, nonce });
    socket.send(encodeFrame({ type: 'tillmesh-challenge', senderId: 'relay', nonce, device: DOOR_DEVICE }));
    return undefined;
  }

  #proof({ signature }: FrameOf<'tillmesh-proof'>, socket: WebSocket): FrameOf<'join'> | undefined {
    const asked = this.#waiting.get(socket);
    if (asked === undefined) throw new Error('a proof nobody asked for');
    this.#waiting.delete(socket);
    const { join, nonce } = asked;
    const code = this.#refusal(join, nonce, signature);
    if (code === undefined) return join;
    socket.close(code);
    return undefined;
  }

  #refusal(
    { senderId, peerMetadata }: FrameOf<'join'>,
    nonce: string,
    signature: string,
  ): number | undefined {
    const prover = peerMetadata.device?.id ?? '';
    const key = this.devices?.get(prover);
    if (key === undefined) return CLOSE_CODES.unknownDevice;
    if (!isPeerIdOf(senderId, prover)) return CLOSE_CODES.foreignPeerId;
    const text = challengeText({ nonce, verifier: DOOR_DEVICE, prover, peerId: senderId });
    const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: key } });
    if (!verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64url')))
      return CLOSE_CODES.unproven;
    this.proofs.push(text);
    return this.turnedAway.get(prover);
  }
}
