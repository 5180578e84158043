import type { FrameOf, PeerMetadata } from '#model/protocol/frame.ts';
import { CLOSE_CODES } from '#model/protocol/frame.ts';
import { err, ok, type Result } from '#model/result.ts';
import { challengeText, isPeerIdOf } from '#model/trust/challenge.ts';
import type { OwnDevice } from './device-file.ts';
import { verifySignature } from './signature.ts';
import type { Judgement, TrustedDevices } from './trusted-devices.ts';

/** Why somebody was not let in; `code` is the close code that tells the device. */
export type Turned = { readonly code: number; readonly reason: string };

/** Who a peer turned out to be; undefined at an open relay for a peer that did not say. */
export type KnownPeer = PeerMetadata['device'];

/**
 * How far a link is trusted. `open`: nobody was asked. `proven`: its device proved itself. `stranger`: head office has lost its
 * documents and does not know anybody; a relay may bring it the organization document head office once vouched for, no more.
 */
export type Trust = 'open' | 'proven' | 'stranger';

/** Who was let in, and how far. */
export type Admission = { readonly device: KnownPeer; readonly trust: Trust };

/** A peer's claim with its proof, as they stand in the frames. */
export type Proof = {
  readonly nonce: string;
  readonly peerId: string;
  readonly metadata: PeerMetadata;
  readonly signature: string | undefined;
};

const CODES = { unknown: 'unknownDevice', revoked: 'revoked', expired: 'expired' } as const;

/** Lets in who proves to be a device of the organization, and proves this relay to others (rule E5). */
export class Door {
  readonly #own: OwnDevice;
  readonly #organization: string | undefined;
  readonly #trusted: TrustedDevices;
  readonly #newNonce: () => string;

  constructor(
    own: OwnDevice,
    organization: string | undefined,
    trusted: TrustedDevices,
    newNonce: () => string,
  ) {
    this.#own = own;
    this.#organization = organization;
    this.#trusted = trusted;
    this.#newNonce = newNonce;
  }

  /** A nonce for one connection. */
  nonce(): string {
    return this.#newNonce();
  }

  /**
   * Whether this relay answers the challenge of a device it dialled: a relay of the organization, and never its own id, since
   * whoever is listening there could come in at this relay's own door with the answer.
   */
  answersTo(verifier: string): boolean {
    const { standing, device } = this.#trusted.judge(verifier);
    if (verifier === this.#own.id || standing !== 'valid') return false;
    return device?.role === 'relay' || device?.role === 'hq';
  }

  /** This relay's own proof for a peer that asks. */
  prove(asked: { readonly nonce: string; readonly verifier: string; readonly peerId: string }): string {
    return this.#own.sign(challengeText({ ...asked, prover: this.#own.id }));
  }

  /** Who a peer is, once its signature holds; its role and place are the listed ones, whatever it claims. */
  check({ nonce, peerId, metadata, signature }: Proof): Result<Admission, Turned> {
    const claimed = metadata.device?.id;
    if (claimed === undefined || signature === undefined)
      return err({ code: CLOSE_CODES.unproven, reason: 'this relay asks for the proof of a device' });
    if (!isPeerIdOf(peerId, claimed))
      return err({ code: CLOSE_CODES.foreignPeerId, reason: 'the peer id is not of this device' });
    const { standing, device } = this.#trusted.judge(claimed);
    if (device === undefined && this.#hasLostAll && metadata.device?.role === 'relay')
      return ok({ trust: 'stranger', device: this.#known({ id: claimed, role: 'relay' }) });
    if (device === undefined)
      return err({ code: CLOSE_CODES.unknownDevice, reason: 'the organization does not list this device' });
    const text = challengeText({ nonce, peerId, verifier: this.#own.id, prover: claimed });
    if (!verifySignature(device.key, text, signature))
      return err({ code: CLOSE_CODES.unproven, reason: 'the signature is not of this device' });
    return standing === 'valid'
      ? ok({ trust: 'proven', device: this.#known(device) })
      : err({ code: CLOSE_CODES[CODES[standing]], reason: `this device is ${standing}` });
  }

  /** What to do about a peer that is in already, after the list of devices or the time has changed; undefined for nothing. */
  rejudge({ device: peer, trust }: Admission): Turned | undefined {
    if (peer === undefined) return undefined;
    if (trust === 'stranger') return this.#hasLostAll ? undefined : RIGHTS_CHANGED;
    const { standing, device } = this.#trusted.judge(peer.id);
    if (standing !== 'valid' || device === undefined) {
      const code = standing === 'valid' ? CLOSE_CODES.unknownDevice : CLOSE_CODES[CODES[standing]];
      return { code, reason: `this device is ${standing}` };
    }
    const { role, store, register } = device;
    if (role === peer.role && store === peer.store && register === peer.register) return undefined;
    return RIGHTS_CHANGED;
  }

  /** Whether this is a head office that lists nobody, itself included. */
  get #hasLostAll(): boolean {
    return this.#trusted.isEmpty && this.#trusted.judge(this.#own.id).device?.role === 'hq';
  }

  #known({ id, role, store, register }: Omit<NonNullable<Judgement['device']>, 'key'>): KnownPeer {
    return {
      id,
      role,
      ...(store === undefined ? {} : { store }),
      ...(register === undefined ? {} : { register }),
      ...(this.#organization === undefined ? {} : { organization: this.#organization }),
    };
  }
}

/** The claim a dialled relay makes of itself, with its proof. */
export function proofOf(frame: FrameOf<'peer'>, nonce: string): Proof {
  return { nonce, peerId: frame.senderId, metadata: frame.peerMetadata, signature: frame.proof };
}

const RIGHTS_CHANGED = { code: CLOSE_CODES.rightsChanged, reason: 'the rights of this device were changed' };
