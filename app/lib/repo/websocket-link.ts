import type { PeerId, PeerMetadata as StockPeerMetadata } from '@automerge/automerge-repo/slim';
import type { JoinMessage, ProtocolVersion } from '@automerge/automerge-repo-network-websocket';
import {
  CLOSE_CODES,
  PROTOCOL_VERSION,
  decodeFrame,
  encodeFrame,
  type Frame,
  type FrameOf,
  type PeerMetadata,
} from '#model/protocol/frame.ts';
import { challengeText } from '#model/trust/challenge.ts';
import type { DeviceKey } from '../device/device-key.ts';
import { refusedStanding, type RefusedStanding } from '#model/trust/standing.ts';
import { causeText, type Surroundings } from './surroundings.ts';

/** Limits of a link; times in milliseconds. */
export type LinkLimits = {
  /** From dialling to the peer's greeting. */
  readonly handshakeMs: number;
  readonly pingEveryMs: number;
  /** So many pings without any sign of life and the link is given up; only for peers that ever answered one. */
  readonly missedPings: number;
  /** Bytes waiting to be sent above which the peer counts as too slow. */
  readonly maxBufferedBytes: number;
};

/** The limits a terminal uses. */
export const LINK_LIMITS: LinkLimits = {
  handshakeMs: 10_000,
  pingEveryMs: 5_000,
  missedPings: 2,
  maxBufferedBytes: 32 * 1024 * 1024,
};

/** Why a link ended. `standing` is there when it ended because of what this device is or is not. */
export type LinkEnd = {
  readonly code:
    | 'unreachable'
    | 'closed'
    | 'refused'
    | 'rights-changed'
    | 'silent'
    | 'bad-frame'
    | 'too-slow'
    | 'renewed'
    | 'left';
  readonly detail: string;
  readonly standing?: RefusedStanding;
};

/** What a link needs and whom it tells. `ended` is called once, and nothing after it. */
export type LinkParts = {
  readonly url: string;
  readonly peerId: string;
  readonly peerMetadata: PeerMetadata;
  /** What this device proves itself with, when the relay asks; without one it cannot. */
  readonly deviceKey: DeviceKey | undefined;
  readonly limits: LinkLimits;
  readonly surroundings: Surroundings;
  readonly greeted: (frame: FrameOf<'peer'>) => void;
  readonly received: (frame: FrameOf<'sync'> | FrameOf<'request'> | FrameOf<'doc-unavailable'>) => void;
  /** The relay left out changes this device made to a document (rule E7). */
  readonly refused: (documentId: string) => void;
  /** The relay's answer to what was told of the documents here (rule W9). */
  readonly unlike: (places: Uint8Array) => void;
  readonly ended: (end: LinkEnd) => void;
};

/**
 * One WebSocket from dialling to its end. A message is either sent in order or the whole link ends: the sync protocol
 * stands a lost link, never a lost message. It never throws.
 */
export class WebSocketLink {
  readonly #parts: LinkParts;
  #socket: WebSocket | undefined;
  #remote: string | undefined;
  #live = true;
  #challenged = false;
  #answersPings = false;
  #unanswered = 0;
  #cancelTimer: () => void;
  readonly #listening = new AbortController();

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#cancelTimer = parts.surroundings.after(parts.limits.handshakeMs, () =>
      this.end({ code: 'silent', detail: `no greeting in ${parts.limits.handshakeMs} ms` }),
    );
  }

  /** Dials. */
  dial(): void {
    try {
      this.#socket = new WebSocket(this.#parts.url);
    } catch (cause) {
      // An address the platform refuses outright; told like every other failure, after the caller has returned.
      queueMicrotask(() => this.end({ code: 'unreachable', detail: causeText(cause) }));
      return;
    }
    const { signal } = this.#listening;
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.addEventListener('open', () => this.#join(), { signal });
    this.#socket.addEventListener('message', (event) => this.#heard(event.data), { signal });
    this.#socket.addEventListener('error', () => this.#gone('the connection failed'), { signal });
    this.#socket.addEventListener('close', (event) => this.#closed(event.code), { signal });
  }

  /** Sends a frame, or ends the link when it cannot. */
  send(frame: Frame): void {
    if (!this.#live) return;
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN)
      return this.end({ code: 'closed', detail: 'the connection was lost' });
    const bytes = encodeFrame(frame);
    const waiting = socket.bufferedAmount + bytes.byteLength;
    if (waiting > this.#parts.limits.maxBufferedBytes) {
      return this.end({ code: 'too-slow', detail: `${waiting} bytes wait to be sent` }, CLOSE_CODES.tooSlow);
    }
    try {
      // The encoder hands out a piece of a larger buffer it goes on writing to.
      socket.send(bytes.slice());
    } catch (cause) {
      this.end({ code: 'closed', detail: causeText(cause) });
    }
  }

  /** Ends the link now, without waiting for the other side to agree. */
  end(end: LinkEnd, closeCode = 1000): void {
    if (!this.#live) return;
    this.#live = false;
    this.#cancelTimer();
    this.#listening.abort();
    this.#socket?.close(closeCode, end.code);
    this.#parts.ended(end);
  }

  #gone(detail: string): void {
    this.end({ code: this.#remote === undefined ? 'unreachable' : 'closed', detail });
  }

  #closed(closeCode: number): void {
    const detail = `closed with ${closeCode}`;
    const standing = refusedStanding(closeCode);
    if (standing !== undefined) return this.end({ code: 'refused', detail, standing });
    if (closeCode === CLOSE_CODES.rightsChanged) return this.end({ code: 'rights-changed', detail });
    this.#gone(detail);
  }

  #join(): void {
    const { peerId, peerMetadata } = this.#parts;
    const join = {
      type: 'join' as const,
      senderId: peerId as PeerId,
      peerMetadata: peerMetadata as StockPeerMetadata & PeerMetadata,
      supportedProtocolVersions: [PROTOCOL_VERSION] as [ProtocolVersion],
    };
    // The stock package says what a join is; ours must stay one of those.
    this.send(join satisfies JoinMessage);
  }

  #heard(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return this.#badFrame('a text frame');
    const decoded = decodeFrame(new Uint8Array(data));
    if (!decoded.ok) return this.#badFrame(`${decoded.error.code}: ${decoded.error.detail}`);
    this.#unanswered = 0;
    this.#take(decoded.value);
  }

  #take(frame: Frame): void {
    switch (frame.type) {
      case 'peer':
        return this.#greeted(frame);
      case 'error':
        return this.end({ code: 'refused', detail: frame.message });
      case 'tillmesh-pong':
        this.#answersPings = true;
        return;
      case 'tillmesh-ping':
        return this.send({ type: 'tillmesh-pong', senderId: this.#parts.peerId });
      case 'sync':
      case 'request':
      case 'doc-unavailable':
        if (frame.senderId !== this.#remote) return this.#badFrame(`a message from ${frame.senderId}`);
        return this.#parts.received(frame);
      case 'tillmesh-refused':
        if (frame.senderId !== this.#remote) return this.#badFrame(`a message from ${frame.senderId}`);
        return this.#parts.refused(frame.documentId);
      case 'tillmesh-unlike':
        if (frame.senderId !== this.#remote) return this.#badFrame(`a message from ${frame.senderId}`);
        return this.#parts.unlike(frame.places);
      case 'tillmesh-challenge':
        if (this.#challenged || this.#remote !== undefined) return this.#badFrame('a challenge out of turn');
        this.#challenged = true;
        void this.#prove(frame);
        return;
      case 'join':
        return this.#badFrame('a join from the side that was dialled');
      case 'ephemeral':
      case 'remote-subscription-change':
      case 'remote-heads-changed':
      case 'tillmesh-voucher':
      case 'tillmesh-proof':
      case 'tillmesh-summary':
      case 'tillmesh-differences':
      case 'tillmesh-outline':
      case 'tillmesh-ranges':
      case 'tillmesh-holdings':
        // Stock peers may send the first, relays pass vouchers and summaries among themselves; a terminal has no use for them.
        return;
    }
  }

  /** Answers the relay's challenge (rule E5). A device that cannot ends the link, so that its user learns why. */
  async #prove({ nonce, device }: FrameOf<'tillmesh-challenge'>): Promise<void> {
    const { deviceKey, peerId } = this.#parts;
    if (deviceKey === undefined)
      return this.#unproven('the relay asks for a proof and this device has no key');
    try {
      const meeting = { nonce, verifier: device, prover: deviceKey.id, peerId };
      const signature = await deviceKey.sign(challengeText(meeting));
      this.send({ type: 'tillmesh-proof', senderId: peerId, signature });
    } catch (cause) {
      this.#unproven(`the device key does not sign: ${causeText(cause)}`);
    }
  }

  #unproven(detail: string): void {
    this.end({ code: 'refused', detail, standing: 'unproven' }, CLOSE_CODES.unproven);
  }

  #greeted(frame: FrameOf<'peer'>): void {
    if (this.#remote !== undefined) return this.#badFrame('a second greeting');
    if (frame.selectedProtocolVersion !== PROTOCOL_VERSION) {
      return this.end({ code: 'refused', detail: `protocol version ${frame.selectedProtocolVersion}` });
    }
    this.#remote = frame.senderId;
    this.#cancelTimer();
    this.#ping();
    this.#parts.greeted(frame);
  }

  #ping(): void {
    const { limits, surroundings, peerId } = this.#parts;
    if (this.#answersPings && this.#unanswered >= limits.missedPings) {
      return this.end({ code: 'silent', detail: `${this.#unanswered} pings without an answer` });
    }
    this.#unanswered += 1;
    this.#cancelTimer = surroundings.after(limits.pingEveryMs, () => this.#ping());
    this.send({ type: 'tillmesh-ping', senderId: peerId });
  }

  #badFrame(detail: string): void {
    this.end({ code: 'bad-frame', detail }, CLOSE_CODES.badFrame);
  }
}
