import {
  CLOSE_CODES,
  MAX_FRAME_BYTES,
  PROTOCOL_VERSION,
  decodeFrame,
  encodeFrame,
  type Frame,
  type FrameOf,
  type PeerMetadata,
} from '#model/protocol/frame.ts';
import { challengeText } from '#model/trust/challenge.ts';
import { refusedStanding, type Standing } from '#model/trust/standing.ts';
import type { Logger } from 'pino';
import { WebSocket, type RawData } from 'ws';

/** What a link tells its owner. */
export type LinkHandlers = {
  /** The relay answered the join. */
  readonly up: (relay: PeerMetadata) => void;
  /** A sync message came for a document. */
  readonly sync: (documentId: string, data: Uint8Array) => void;
  /** The link is gone; another one is on its way. Only after `up`. */
  readonly down: () => void;
  /** How this device stands with the relay, whenever that changes (rule E5). */
  readonly standing: (standing: Standing) => void;
  /** Every heartbeat of a link that is up. */
  readonly beat: () => void;
};

/** How a link behaves. Times in milliseconds. */
export type LinkOptions = {
  /** The relay's address, `ws://127.0.0.1:4000/sync`. */
  readonly url: string;
  /** This peer's name, `<device>:<random>`; another one at each start, so that a relay never takes two links for one. */
  readonly peerId: string;
  /** What the relay's challenge is answered with (rule E5). */
  readonly device: { readonly id: string; readonly sign: (text: string) => string };
  readonly metadata: PeerMetadata;
  readonly log: Logger;
  /** From 0 to 1, spreads the attempts of many peers after a relay's restart. */
  readonly random: () => number;
  readonly heartbeatMs?: number;
  readonly firstDelayMs?: number;
  readonly mostDelayMs?: number;
  /** Between attempts of a device that was revoked or has expired. */
  readonly shutOutMs?: number;
};

/**
 * One connection to one relay that is kept up: dials, joins, answers and expects heartbeats, dials again with growing delay.
 * A frame that is not of the protocol closes the link, it never throws.
 */
export class RelayLink {
  readonly #options: Required<LinkOptions>;
  readonly #handlers: LinkHandlers;
  #socket: WebSocket | undefined;
  #relayId = '';
  #attempt = 0;
  #missed = 0;
  #retry: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #stopped = false;
  #challenged = false;
  #standing: Standing | undefined;

  constructor(options: LinkOptions, handlers: LinkHandlers) {
    this.#options = {
      heartbeatMs: 5000,
      firstDelayMs: 200,
      mostDelayMs: 10_000,
      shutOutMs: 15_000,
      ...options,
    };
    this.#handlers = handlers;
  }

  /** Whether the relay has answered the join. */
  get connected(): boolean {
    return this.#relayId !== '';
  }

  /** Dials for the first time. */
  start(): void {
    this.#dial();
  }

  /** Closes the link for good. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#socket?.close(CLOSE_CODES.goingAway);
    this.#ended();
  }

  /** Sends a sync message, when the link is up. */
  send(documentId: string, data: Uint8Array): void {
    if (!this.connected) return;
    this.#write({ type: 'sync', senderId: this.#options.peerId, targetId: this.#relayId, documentId, data });
  }

  #dial(): void {
    const socket = new WebSocket(this.#options.url, {
      maxPayload: MAX_FRAME_BYTES,
      handshakeTimeout: 2 * this.#options.heartbeatMs,
    });
    this.#socket = socket;
    socket.on('open', () => {
      this.#join();
    });
    socket.on('message', (data, isBinary) => {
      if (socket === this.#socket) this.#receive(data, isBinary);
    });
    // Both a failed dial and a broken link end in `close`; the reason is told here.
    socket.on('error', (error) => {
      this.#options.log.info({ reason: error.message }, 'the link to the relay failed');
    });
    socket.on('close', (code) => {
      if (socket === this.#socket) this.#ended(code);
    });
  }

  #join(): void {
    const { peerId, metadata } = this.#options;
    this.#challenged = false;
    this.#write({
      type: 'join',
      senderId: peerId,
      peerMetadata: metadata,
      supportedProtocolVersions: [PROTOCOL_VERSION],
    });
    this.#missed = 0;
    this.#heartbeat = setInterval(() => {
      this.#beat();
    }, this.#options.heartbeatMs);
  }

  #beat(): void {
    if (this.#missed >= 2) {
      this.#options.log.warn('the relay has been silent for two heartbeats');
      this.#socket?.terminate();
      return;
    }
    this.#missed++;
    if (!this.connected) return;
    this.#write({ type: 'tillmesh-ping', senderId: this.#options.peerId });
    this.#handlers.beat();
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!isBinary) {
      this.#refuse('a text frame');
      return;
    }
    const frame = decodeFrame(bytesOf(data));
    if (!frame.ok) {
      this.#refuse(frame.error.detail);
      return;
    }
    this.#missed = 0;
    this.#handle(frame.value);
  }

  #handle(frame: Frame): void {
    switch (frame.type) {
      case 'peer':
        this.#joined(frame.senderId, frame.peerMetadata, frame.selectedProtocolVersion);
        return;
      case 'error':
        this.#refuse(`the relay says: ${frame.message.slice(0, 200)}`);
        return;
      case 'sync':
        if (this.connected) this.#handlers.sync(frame.documentId, frame.data);
        else this.#refuse('a sync message before the relay has said who it is');
        return;
      case 'request':
        this.#refuseDocument(frame.documentId);
        return;
      case 'tillmesh-challenge':
        this.#prove(frame);
        return;
      case 'tillmesh-ping':
        this.#write({ type: 'tillmesh-pong', senderId: this.#options.peerId });
        return;
      default:
      // Pongs count by having arrived; the rest is between other kinds of peers.
    }
  }

  #joined(relayId: string, metadata: PeerMetadata, version: string): void {
    if (version !== PROTOCOL_VERSION) {
      this.#refuse(`protocol version ${version.slice(0, 20)}`);
      return;
    }
    this.#attempt = 0;
    this.#relayId = relayId;
    this.#stand('accepted');
    this.#options.log.info({ relay: metadata.device?.id ?? relayId }, 'connected to the relay');
    this.#handlers.up(metadata);
  }

  #prove({ nonce, device }: FrameOf<'tillmesh-challenge'>): void {
    const { device: own, peerId } = this.#options;
    if (this.#challenged || this.connected) {
      this.#refuse('a challenge out of turn');
      return;
    }
    this.#challenged = true;
    const signature = own.sign(challengeText({ nonce, verifier: device, prover: own.id, peerId }));
    this.#write({ type: 'tillmesh-proof', senderId: peerId, signature });
  }

  #stand(standing: Standing): void {
    if (standing === this.#standing) return;
    this.#standing = standing;
    this.#handlers.standing(standing);
  }

  /** Somebody looks for a document: this peer has none to give. */
  #refuseDocument(documentId: string): void {
    const { peerId } = this.#options;
    if (this.connected)
      this.#write({ type: 'doc-unavailable', senderId: peerId, targetId: this.#relayId, documentId });
  }

  #refuse(reason: string): void {
    this.#options.log.warn({ reason }, 'the relay sent a frame that is not of the protocol; dialling again');
    this.#socket?.close(CLOSE_CODES.badFrame);
    this.#ended();
  }

  #write(frame: Frame): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(encodeFrame(frame));
  }

  #ended(closeCode: number = CLOSE_CODES.goingAway): void {
    clearInterval(this.#heartbeat);
    const wasUp = this.connected;
    this.#socket = undefined;
    this.#relayId = '';
    if (wasUp) this.#handlers.down();
    const refused = refusedStanding(closeCode);
    if (refused !== undefined) this.#stand(refused);
    if (this.#stopped) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(
      () => {
        this.#dial();
      },
      this.#delay(closeCode, wasUp),
    );
  }

  #delay(closeCode: number, wasUp: boolean): number {
    const { random, firstDelayMs, mostDelayMs, shutOutMs } = this.#options;
    if (closeCode === CLOSE_CODES.rightsChanged && wasUp) return 0;
    if (closeCode === CLOSE_CODES.revoked || closeCode === CLOSE_CODES.expired) return shutOutMs;
    const ceiling = Math.min(mostDelayMs, firstDelayMs * 2 ** Math.min(this.#attempt++, 16));
    return ceiling / 2 + (random() * ceiling) / 2;
  }
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
