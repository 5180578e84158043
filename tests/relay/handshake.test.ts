import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { assert } from '#model/result.ts';
import { CLOSE_CODES, decodeFrame, encodeFrame, type Frame } from '#model/protocol/frame.ts';
import { TrustedRelays } from '../support/trusted-relays.ts';

/** The next frame of a socket. */
async function frameOf(socket: WebSocket): Promise<Frame> {
  const [data] = (await once(socket, 'message')) as [Buffer];
  const frame = decodeFrame(data);
  assert(frame.ok, () => 'a relay sends frames');
  return frame.value;
}

async function joined(url: string, join: Frame): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  socket.send(encodeFrame(join));
  return socket;
}

test('[E5] a relay signs no challenge in its own name: the answer would open its own door', async () => {
  const relays = await TrustedRelays.found();
  const trap = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => trap.close());
  await once(trap, 'listening');
  const dialled = new Promise<{ victim: WebSocket; join: Promise<Frame> }>((resolve) =>
    trap.once('connection', (victim) => resolve({ victim, join: frameOf(victim) })),
  );
  const relay = await relays.storeRelay(1, [
    '--peer',
    `ws://127.0.0.1:${(trap.address() as AddressInfo).port}/sync`,
  ]);
  const { victim, join } = await dialled;
  const door = await joined(relay.url, await join);
  const challenge = await frameOf(door);
  expect(challenge).toMatchObject({ type: 'tillmesh-challenge', device: relay.device.id });
  const answers: Frame['type'][] = [];
  victim.on('message', (data: Buffer) => {
    const frame = decodeFrame(data);
    if (frame.ok) answers.push(frame.value.type);
  });
  victim.send(encodeFrame(challenge));
  const [code] = await once(victim, 'close');
  expect([code, answers]).toEqual([CLOSE_CODES.unknownDevice, []]);
  door.terminate();
});

test('[E5] who says nothing to the challenge is cut off', async () => {
  const relays = await TrustedRelays.found();
  const { id } = await relays.terminal(1);
  const socket = await joined(relays.hq.url, {
    type: 'join',
    senderId: `${id}:1`,
    peerMetadata: { device: { id, role: 'terminal' } },
    supportedProtocolVersions: ['1'],
  });
  expect((await frameOf(socket)).type).toBe('tillmesh-challenge');
  const [code] = await once(socket, 'close');
  expect(code).toBe(1006);
});

test('[E5] a long frame before the proof costs the connection', async () => {
  const { hq } = await TrustedRelays.found();
  const socket = await joined(hq.url, {
    type: 'join',
    senderId: 'x',
    peerMetadata: { padding: 'x'.repeat(100_000) },
    supportedProtocolVersions: ['1'],
  });
  const [code] = await once(socket, 'close');
  expect(code).toBe(CLOSE_CODES.badFrame);
});
