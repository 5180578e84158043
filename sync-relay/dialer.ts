import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { WebSocket } from 'ws';
import { MAX_FRAME_BYTES } from '#model/protocol/frame.ts';
import type { Link } from './link.ts';
import type { Relay } from './relay.ts';
import { COMPRESSION, OPENING_MS, attachSocket } from './socket.ts';

/** A place this relay keeps a connection to. */
export type DialTarget = { readonly url: string; readonly kind: 'hq' | 'peer' };

/** How a target stands. */
export type TargetStatus = DialTarget & {
  readonly state: 'connected' | 'connecting' | 'away';
  readonly since: string;
};

const FIRST_WAIT_MS = 250;
/** On the LAN a try costs nothing and a colleague waits for the sales; head office may be down for hours. */
const LONGEST_WAIT_MS = { peer: 3_000, hq: 15_000 } as const;

/** How often a dialer looks whether the link the peer dialled is still there, in milliseconds. */
const LINKED_CHECK_MS = 2_000;

/** Timers and chance, passed in. */
export type DialerWorld = {
  readonly now: () => string;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
};

/** Keeps dialling one target: exponential backoff with jitter, no dial while the peer's relay is connected another way. */
export class Dialer {
  readonly target: DialTarget;
  readonly #relay: Relay;
  readonly #log: Logger;
  readonly #world: DialerWorld;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #wait = FIRST_WAIT_MS;
  #state: TargetStatus['state'] = 'connecting';
  #since: string;
  #device: string | undefined;
  #stopped = false;

  constructor(target: DialTarget, relay: Relay, log: Logger, world: DialerWorld) {
    this.target = target;
    this.#relay = relay;
    this.#log = log;
    this.#world = world;
    this.#since = world.now();
  }

  /** How the target stands; a peer that dialled us counts as connected. */
  status(): TargetStatus {
    const linked = this.#device !== undefined && this.#relay.isLinkedTo(this.#device);
    return { ...this.target, state: linked ? 'connected' : this.#state, since: this.#since };
  }

  /** Starts dialling; comes back at once. */
  start(): void {
    if (this.#stopped) return;
    if (this.#device !== undefined && this.#relay.isLinkedTo(this.#device)) {
      this.#timer = setTimeout(() => this.start(), LINKED_CHECK_MS);
      return;
    }
    const socket = new WebSocket(this.target.url, {
      maxPayload: MAX_FRAME_BYTES,
      handshakeTimeout: OPENING_MS,
      perMessageDeflate: COMPRESSION,
    });
    this.#socket = socket;
    let carrier: Socket | undefined;
    socket.once('upgrade', (response) => (carrier = response.socket));
    const onLink = (link: Link) => {
      this.#device = link.metadata.device?.id;
      this.#wait = FIRST_WAIT_MS;
      this.#become('connected');
    };
    const connection = attachSocket(this.#relay, 'out', socket, () => carrier, onLink);
    socket.on('open', () => connection.opened());
    socket.on('close', () => this.#retry());
  }

  /** Hangs up and stops dialling. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#socket?.terminate();
  }

  #retry(): void {
    if (this.#stopped) return;
    this.#become('away');
    const wait = this.#wait * (0.5 + this.#world.random() / 2);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS[this.target.kind]);
    this.#timer = setTimeout(() => this.start(), wait);
  }

  #become(state: TargetStatus['state']): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#since = this.#world.now();
    this.#log.info({ url: this.target.url, state }, 'link');
  }
}
