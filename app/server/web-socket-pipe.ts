import { connect } from 'node:net';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Hands an upgrade request on to another server of this device, byte for byte, so that heartbeats and close codes reach
 * both ends as they were sent. When the other server is away the browser is told so at once and tries again.
 */
export function pipeUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, upstream: URL): void {
  const target = connect(Number(upstream.port), upstream.hostname);
  const headers = { ...request.headers, host: upstream.host };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((text) => `${name}: ${text}`),
  );
  target.once('connect', () => {
    target.write(`GET ${upstream.pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    target.write(head);
    socket.pipe(target).pipe(socket);
  });
  target.on('error', () => {
    if (target.connecting || target.bytesRead === 0) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n');
    } else socket.destroy();
  });
  target.on('close', () => socket.destroy());
  socket.on('error', () => target.destroy());
  socket.on('close', () => target.destroy());
}
