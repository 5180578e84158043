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

/** Why a link ended. */
export type LinkEnd = {
  readonly code: 'unreachable' | 'closed' | 'refused' | 'silent' | 'bad-frame' | 'too-slow' | 'left';
  readonly detail: string;
};

/** What a link needs and whom it tells. `ended` is called once, and nothing after it. */
export type LinkParts = {
  readonly url: string;
  readonly peerId: string;
  readonly peerMetadata: PeerMetadata;
  readonly limits: LinkLimits;
  readonly surroundings: Surroundings;
  readonly greeted: (frame: FrameOf<'peer'>) => void;
  readonly received: (frame: FrameOf<'sync'> | FrameOf<'request'> | FrameOf<'doc-unavailable'>) => void;
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
    this.#socket.addEventListener('close', (event) => this.#gone(`closed with ${event.code}`), { signal });
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
      case 'join':
        return this.#badFrame('a join from the side that was dialled');
      case 'ephemeral':
      case 'remote-subscription-change':
      case 'remote-heads-changed':
        // Stock peers may send these; a terminal has no use for them.
        return;
    }
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
