import { connect as connectPlain, isIP, type NetConnectOpts, type Socket } from 'node:net';
import { connect as connectSecurely, type ConnectionOptions as TlsOptions } from 'node:tls';
import type { Logger } from 'pino';
import { WebSocket, type ClientOptions } from 'ws';
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

/** The longest wait behind a try that nobody answered: it costs a packet, and the link is to be back as soon as the network. */
const LONGEST_SILENT_MS = 1_000;

/** The longest wait behind a try that was turned away, which costs the other side a signature. */
const LONGEST_TURNED_AWAY_MS = { peer: 3_000, hq: 15_000 } as const;

/**
 * When a try that has not reached its machine gets another one beside it, in milliseconds. What was sent into a network that
 * was away is sent again after 1, 2, 4 and 8 seconds, however soon the network is back.
 */
const BESIDE_MS = 1_000;

/** Tries at once: the oldest has had longer by then than the slowest line needs to connect. */
const MOST_TRIES = 8;

/** How often a dialer looks whether the link the peer dialled is still there, in milliseconds. */
const LINKED_CHECK_MS = 500;

/** Timers and chance, passed in. */
export type DialerWorld = {
  readonly now: () => string;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  /** Connects to a machine; the platform's where it is left out. */
  readonly connect?: typeof reach;
};

/** Keeps dialling one target: growing waits with jitter, tries beside those that reach nobody, no dial while the peer's relay is connected another way. */
export class Dialer {
  readonly target: DialTarget;
  readonly #relay: Relay;
  readonly #log: Logger;
  readonly #world: DialerWorld;
  /** Tries under way, and at last the one that succeeded. */
  readonly #tries = new Set<WebSocket>();
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
    this.#try();
  }

  /** Hangs up and stops dialling. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const socket of this.#tries) socket.terminate();
  }

  #try(): void {
    let carrier: Socket | undefined;
    const createConnection = (options: TlsOptions & NetConnectOpts) => {
      carrier = (this.#world.connect ?? reach)(options, this.target.url.startsWith('wss:'));
      carrier.once('connect', () => this.#reached(socket));
      return carrier;
    };
    const socket = new WebSocket(this.target.url, {
      maxPayload: MAX_FRAME_BYTES,
      handshakeTimeout: OPENING_MS,
      perMessageDeflate: COMPRESSION,
      createConnection: createConnection as ClientOptions['createConnection'],
    });
    this.#tries.add(socket);
    this.#timer = setTimeout(() => this.#try(), BESIDE_MS);
    let isOpen = false;
    socket.on('open', () => {
      isOpen = true;
      this.#meet(socket, () => carrier);
    });
    socket.on('error', (cause) => this.#relay.noteSocketError('out', cause));
    socket.on('close', () => {
      if (this.#tries.delete(socket) && this.#tries.size === 0) this.#retry(isOpen);
    });
    const [oldest] = this.#tries;
    if (this.#tries.size > MOST_TRIES) this.#giveUp(oldest);
  }

  #giveUp(socket: WebSocket | undefined): void {
    if (socket !== undefined && this.#tries.delete(socket)) socket.terminate();
  }

  /** The network is there: one try is enough. */
  #reached(socket: WebSocket): void {
    if (!this.#tries.has(socket)) return;
    clearTimeout(this.#timer);
    for (const other of this.#tries) if (other !== socket) this.#giveUp(other);
  }

  #meet(socket: WebSocket, carrier: () => Socket | undefined): void {
    const onLink = (link: Link) => {
      this.#device = link.metadata.device?.id;
      this.#wait = FIRST_WAIT_MS;
      this.#become('connected');
    };
    attachSocket(this.#relay, 'out', socket, carrier, onLink).opened();
  }

  #retry(wasOpen: boolean): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#become('away');
    const longest = wasOpen ? LONGEST_TURNED_AWAY_MS[this.target.kind] : LONGEST_SILENT_MS;
    const wait = Math.min(this.#wait, longest) * (0.5 + this.#world.random() / 2);
    this.#wait = Math.min(this.#wait * 2, longest);
    this.#timer = setTimeout(() => this.start(), wait);
  }

  #become(state: TargetStatus['state']): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#since = this.#world.now();
    this.#log.info({ url: this.target.url, state }, 'link');
  }
}

/** Connects to a machine, with TLS or without. */
function reach(options: TlsOptions & NetConnectOpts, isSecure: boolean): Socket {
  // `path` is the address' own here; to a socket it would be that of a file.
  const plain = { ...options, path: undefined };
  if (!isSecure) return connectPlain(plain as NetConnectOpts);
  const host = 'host' in options ? (options.host ?? '') : '';
  return connectSecurely({ ...plain, servername: options.servername ?? (isIP(host) ? '' : host) });
}
