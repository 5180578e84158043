import type { PerMessageDeflateOptions, RawData, WebSocket } from 'ws';
import { CLOSE_CODES } from '#model/protocol/frame.ts';
import type { Connection } from './connection.ts';
import type { Link } from './link.ts';
import type { Relay } from './relay.ts';

/** Time between two pings of a socket, and with it how long a dead peer may go unnoticed: two of them, in milliseconds. */
export const PING_MS = 5_000;

/** How long a socket may stay without handshake, in milliseconds. */
export const HANDSHAKE_MS = 5_000;

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

/** Joins a WebSocket to the relay: messages, heartbeat, back-pressure, end. `onLink` hears when the handshake is done. */
export function attachSocket(
  relay: Relay,
  direction: 'in' | 'out',
  socket: WebSocket,
  onLink?: (link: Link) => void,
): Connection {
  const connection = relay.connect(direction, {
    send: (bytes, sent) => socket.send(bytes, () => sent()),
    close: (code, reason) => socket.close(code, reason),
  });
  let told = false;
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (!isBinary) {
      socket.close(CLOSE_CODES.badFrame, 'frames are binary');
      return;
    }
    connection.receive(toBytes(data));
    if (!told && connection.link) {
      told = true;
      onLink?.(connection.link);
    }
  });
  const stopPings = keepAlive(socket);
  const handshake = setTimeout(() => {
    if (!connection.link) socket.terminate();
  }, HANDSHAKE_MS);
  // Without a listener a broken or oversized frame would end the process; the close that follows does the work.
  socket.on('error', (cause) => relay.noteSocketError(direction, cause));
  socket.on('close', () => {
    stopPings();
    clearTimeout(handshake);
    connection.ended();
    if (connection.link) relay.leave(connection.link);
  });
  return connection;
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

/** Pings until two in a row stay unanswered, then ends the socket: TCP alone would take minutes to notice. */
function keepAlive(socket: WebSocket): () => void {
  let missed = 0;
  socket.on('pong', () => {
    missed = 0;
  });
  const timer = setInterval(() => {
    if (socket.readyState !== socket.OPEN) return;
    missed += 1;
    if (missed > 2) socket.terminate();
    else socket.ping();
  }, PING_MS);
  return () => clearInterval(timer);
}
