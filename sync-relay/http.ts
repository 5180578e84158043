import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { MAX_FRAME_BYTES } from '#model/protocol/frame.ts';
import type { TargetStatus } from './dialer.ts';
import type { Relay } from './relay.ts';
import { COMPRESSION, attachSocket } from './socket.ts';

/** The path of the WebSocket. */
export const SYNC_PATH = '/sync';

/** A relay that listens. */
export type Listening = { readonly port: number; readonly close: () => Promise<void> };

/** Serves the relay: the WebSocket at `/sync`, its state at `/status`. Rejects when the port is taken. */
export function listen(
  relay: Relay,
  targets: () => readonly TargetStatus[],
  at: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://relay').pathname;
    if (request.method === 'GET' && (path === '/status' || path === '/health')) {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify({ ...relay.status(), targets: targets() }));
      return;
    }
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        code: 'not-found',
        message: `A relay has ${SYNC_PATH} (WebSocket) and /status only.`,
      }),
    );
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: COMPRESSION,
  });
  server.on('upgrade', (request, socket, head) => {
    const path = new URL(request.url ?? '/', 'http://relay').pathname;
    if (path !== SYNC_PATH) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => attachSocket(relay, 'in', webSocket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      server.removeListener('error', reject);
      resolve({ port: (server.address() as AddressInfo).port, close: () => closeServer(server, sockets) });
    });
  });
}

function closeServer(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const client of sockets.clients) client.terminate();
  sockets.close();
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
