import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { decodeFrame, encodeFrame, type Frame, type PeerMetadata } from '#model/protocol/frame.ts';
import { challengeText } from '#model/trust/challenge.ts';
import { stockPeer, type StockPeer } from './stock-peer.ts';
import type { TestKey } from './test-key.ts';

/** A stock automerge-repo client that comes in with a device's key, and what its gateway saw. */
export type KeyedPeer = StockPeer & {
  /** Documents of which the relay said that it left changes out. */
  readonly refused: readonly string[];
  /** With which codes the relay closed. */
  readonly closed: readonly number[];
};

/**
 * Connects a stock client as a device. The package knows nothing of devices, so a gateway on this machine says who it is,
 * answers the challenge, and keeps the frames of ours to itself; all others pass as they are.
 */
export async function keyedPeer(
  url: string,
  key: TestKey,
  device: Omit<NonNullable<PeerMetadata['device']>, 'id'>,
): Promise<KeyedPeer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const refused: string[] = [];
  const closed: number[] = [];
  const peerId = `${key.id}:stock`;
  server.on('connection', (client) => {
    const relay = new WebSocket(url);
    const early: Frame[] = [];
    const toRelay = (frame: Frame) =>
      relay.readyState === WebSocket.OPEN ? relay.send(encodeFrame(frame)) : early.push(frame);
    relay.on('open', () => {
      for (const frame of early.splice(0)) toRelay(frame);
    });
    client.on('message', (data: Buffer) => {
      const frame = frameOf(data);
      toRelay(
        frame.type === 'join' ? { ...frame, peerMetadata: { device: { ...device, id: key.id } } } : frame,
      );
    });
    relay.on('message', (data: Buffer) => {
      const frame = frameOf(data);
      if (frame.type === 'tillmesh-challenge') {
        const { nonce, device: verifier } = frame;
        const signature = key.sign(challengeText({ nonce, verifier, prover: key.id, peerId }));
        toRelay({ type: 'tillmesh-proof', senderId: peerId, signature });
      } else if (frame.type === 'tillmesh-refused') refused.push(frame.documentId);
      else if (!frame.type.startsWith('tillmesh-')) client.send(data);
    });
    relay.on('close', (code) => {
      closed.push(code);
      client.close();
    });
    client.on('close', () => relay.close());
  });
  const { port } = server.address() as AddressInfo;
  return { ...stockPeer(`ws://127.0.0.1:${port}`, peerId), refused, closed };
}

function frameOf(data: Buffer): Frame {
  const frame = decodeFrame(data);
  if (!frame.ok) throw new Error(`a bad frame passed the gateway: ${frame.error.detail}`);
  return frame.value;
}
