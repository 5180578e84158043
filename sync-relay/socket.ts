import type { Socket } from 'node:net';
import type { PerMessageDeflateOptions, RawData, WebSocket } from 'ws';
import { CLOSE_CODES } from '#model/protocol/frame.ts';
import type { Connection } from './connection.ts';
import type { Link } from './link.ts';
import type { Relay } from './relay.ts';

/** Time between two pings of a socket, and with it how long a dead peer may go unnoticed: two of them, in milliseconds. */
export const PING_MS = 5_000;

/** How long a peer may take for one step of the handshake, in milliseconds: a round trip over the slowest line. */
export const HANDSHAKE_MS = 10_000;

/** How long a socket may take to open, in milliseconds: on a slow line with TLS that is four round trips. */
export const OPENING_MS = 20_000;

/**
 * Sync messages carry changes uncompressed, and the records of one register are alike: with the context kept, a sale
 * shrinks to a fifth on the wire. Small windows, because each connection keeps its own.
 */
export const COMPRESSION: PerMessageDeflateOptions = {
  threshold: 200,
  serverMaxWindowBits: 13,
  clientMaxWindowBits: 13,
  zlibDeflateOptions: { level: 6, memLevel: 6 },
};

/**
 * Joins a WebSocket to the relay: messages, heartbeat, back-pressure, end. `carrier` gives what carries it once it is open;
 * `onLink` hears when the handshake is done.
 */
export function attachSocket(
  relay: Relay,
  direction: 'in' | 'out',
  socket: WebSocket,
  carrier: () => Socket | undefined,
  onLink?: (link: Link) => void,
): Connection {
  const connection = relay.connect(direction, {
    send: (bytes, sent, compress = true) => socket.send(bytes, { compress }, () => sent()),
    close: (code, reason) => socket.close(code, reason),
    hold: (held) => (held ? socket.pause() : socket.resume()),
  });
  let told = false;
  const handshake = new Handshake(connection, socket);
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (!isBinary) {
      socket.close(CLOSE_CODES.badFrame, 'frames are binary');
      return;
    }
    connection.receive(toBytes(data));
    if (told) return;
    handshake.step();
    told = connection.link !== undefined;
    if (connection.link) onLink?.(connection.link);
  });
  if (socket.readyState === socket.OPEN) handshake.step();
  else socket.once('open', () => handshake.step());
  const stopPings = keepAlive(socket, () => carrier()?.bytesRead ?? 0);
  // Without a listener a broken or oversized frame would end the process; the close that follows does the work.
  socket.on('error', (cause) => relay.noteSocketError(direction, cause));
  socket.on('close', () => {
    stopPings();
    handshake.end();
    connection.ended();
    if (connection.link) relay.leave(connection.link);
  });
  return connection;
}

/** Gives every step of the handshake its time; who stands still before its end is cut off. */
class Handshake {
  readonly #connection: Connection;
  readonly #socket: WebSocket;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection, socket: WebSocket) {
    this.#connection = connection;
    this.#socket = socket;
  }

  /** Something came: the next step has its time from now on. There are three, and a frame too many ends the connection. */
  step(): void {
    clearTimeout(this.#timer);
    if (!this.#connection.link) this.#timer = setTimeout(() => this.#socket.terminate(), HANDSHAKE_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

/**
 * Pings, and ends the socket when nothing at all came for two pings: TCP alone would take minutes to notice. Any byte is a
 * sign of life, for on a slow line an answer waits behind what is under way, a frame of it for longer than all pings.
 */
function keepAlive(socket: WebSocket, received: () => number): () => void {
  let missed = 0;
  let before = -1;
  const timer = setInterval(() => {
    if (socket.readyState !== socket.OPEN) return;
    const now = received();
    missed = now !== before || socket.isPaused ? 1 : missed + 1;
    before = now;
    if (missed > 2) socket.terminate();
    else socket.ping();
  }, PING_MS);
  return () => clearInterval(timer);
}
