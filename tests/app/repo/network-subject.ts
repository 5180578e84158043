import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import '@automerge/automerge';
import type { Message, PeerId } from '@automerge/automerge-repo/slim';
import { onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { encodeFrame, type Frame } from '#model/protocol/frame.ts';
import type { DeviceKey } from '../../../app/lib/device/device-key.ts';
import {
  ResilientWebSocketNetwork,
  type RelayNews,
} from '../../../app/lib/repo/resilient-websocket-network.ts';
import { hostSurroundings, type Surroundings } from '../../../app/lib/repo/surroundings.ts';
import type { LinkEnd, LinkLimits } from '../../../app/lib/repo/websocket-link.ts';

export const PATIENCE = { timeout: 30_000, interval: 10 };
export const PEER_ID = '0000000000000002:1';
export const device = { id: '0000000000000002', role: 'terminal', store: 'S01', register: 'R2' } as const;

/** A network that dials `url`, with everything it says. */
export function dialling(
  url: string,
  surroundings: Surroundings = hostSurroundings,
  limits?: LinkLimits,
  deviceKey?: DeviceKey,
) {
  const ends: LinkEnd[] = [];
  const network = new ResilientWebSocketNetwork({
    url,
    device,
    surroundings,
    trouble: (end) => ends.push(end),
    ...(deviceKey === undefined ? {} : { deviceKey }),
    ...(limits === undefined ? {} : { limits }),
  });
  const said: string[] = [];
  const messages: Message[] = [];
  network.on('peer-candidate', ({ peerId, peerMetadata }) =>
    said.push(`up ${peerId} ${peerMetadata.storageId ?? '-'}`),
  );
  network.on('peer-disconnected', ({ peerId }) => said.push(`down ${peerId}`));
  network.on('message', (message) => messages.push(message));
  const news: RelayNews[] = [];
  network.watch((one) => news.push(one));
  network.connect(PEER_ID as PeerId, { isEphemeral: false });
  onTestFinished(() => network.disconnect());
  const standings = () => news.flatMap((one) => (one.type === 'standing' ? [one.standing] : []));
  return { network, ends, said, messages, news, standings };
}

/** A TCP server that does to each connection what it is told. */
export async function tcpServer(take: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
    take(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/sync`;
}

export type Send = (frame: Frame | Uint8Array | string) => void;

/** A WebSocket server that gives each peer's first frame to `greet`, and the later ones to what that gives back. */
export async function socketServer(greet: (send: Send) => undefined | (() => void)) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const closes: number[] = [];
  server.on('connection', (socket) => {
    const send: Send = (frame) => socket.send(isFrame(frame) ? encodeFrame(frame) : frame);
    socket.once('message', () => {
      const more = greet(send);
      if (more !== undefined) socket.on('message', more);
    });
    socket.on('close', (code) => closes.push(code));
  });
  await once(server, 'listening');
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/sync`, closes, server };
}

export const isFrame = (frame: Frame | Uint8Array | string): frame is Frame =>
  typeof frame === 'object' && !(frame instanceof Uint8Array);
export const greeting: Frame = {
  type: 'peer',
  senderId: 'server',
  targetId: 'me',
  peerMetadata: { storageId: 'disk' },
  selectedProtocolVersion: '1',
};

export function greetOnly(send: Send): undefined {
  send(greeting);
}
