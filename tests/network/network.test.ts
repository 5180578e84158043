import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { encodeFrame } from '#model/protocol/frame.ts';
import { Dice } from '../simulate/dice.ts';
import type { CorePeer } from '../support/core-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { peersOf, readerAt, relayAt, saleKey, sessionOf, startMesh, type Mesh } from './relays.ts';
import { RoughCable } from './rough-cable.ts';

const PATIENCE = { timeout: 100_000, interval: 50 };
const TILLS = 12;

async function mesh(...args: Parameters<typeof startMesh>): Promise<Mesh> {
  const made = await startMesh(...args);
  onTestFinished(() => made.stop());
  return made;
}

async function cableTo(...args: Parameters<typeof RoughCable.to>): Promise<RoughCable> {
  const cable = await RoughCable.to(...args);
  onTestFinished(() => cable.cut());
  return cable;
}

/** What a till holds of every register: the same everywhere once nothing is under way. */
function digestOf(till: CorePeer): string {
  const sessions = Array.from({ length: TILLS }, (_, n) => Object.entries(till.entries(sessionOf(n + 1))));
  return JSON.stringify(sessions.map((entries) => entries.sort(([a], [b]) => (a < b ? -1 : 1))));
}

describe('a store whose network comes and goes', { timeout: 120_000 }, () => {
  test('twelve tills sell while cables are cut fifty times, and all hold the same in the end', async () => {
    const store = await mesh(await temporaryFolder(), TILLS);
    const dice = new Dice(20);
    const sold = store.tills.map(() => 0);
    for (let flap = 0; flap < 50; flap++) {
      const cut = [dice.pick(store.cables), dice.pick(store.cables)].filter((one) => one !== undefined);
      await Promise.all(cut.map((cable) => cable.cut()));
      const n = dice.between(0, TILLS - 1);
      const till = store.tills[n]?.till;
      sold[n] = (sold[n] ?? 0) + 1;
      till?.write(sessionOf(n + 1), saleKey(sold[n] ?? 0), `sale ${sold[n]} of ${n + 1}`);
      // On its own relay's disk it is on its way to the others, when the cables come back and the next are cut.
      await till?.until(() => till.isConfirmed(sessionOf(n + 1)));
      await Promise.all(cut.map((cable) => cable.join()));
    }
    await vi.waitFor(() => {
      const counts = store.tills.map(({ till }) => sold.map((_, n) => till.size(sessionOf(n + 1))));
      expect(counts).toEqual(store.tills.map(() => sold));
    }, PATIENCE);
    const [first, ...others] = store.tills.map(({ till }) => digestOf(till));
    expect(others.every((one) => one === first)).toBe(true);
  });
});

describe('a slow line to head office', { timeout: 150_000 }, () => {
  test('two seconds away and 64 kbit/s wide it still joins, and a long backlog arrives in one go', async () => {
    const folder = await temporaryFolder();
    const office = await relayAt(join(folder, 'office'), 0);
    onTestFinished(office.stop);
    const uplink = await cableTo(office.port, { delayMs: 2_000, upBytesPerSecond: 8_000 });
    const store = await mesh(folder, 2, { hq: (register) => (register === 1 ? uplink.syncUrl : undefined) });
    const [seller, neighbour] = store.tills;
    if (!seller || !neighbour) throw new Error('two tills are needed');
    await vi.waitFor(async () => expect((await peersOf(office.port)).length).toBe(1), PATIENCE);
    const reader = await readerAt(office.port);
    onTestFinished(() => reader.close());
    // More than the line carries between three pings, and nothing a compressor could make small.
    const text = randomBytes(120_000).toString('base64');
    const backlog = sessionOf(1);
    seller.till.write(backlog, saleKey(1), text);
    await seller.till.until(() => seller.till.isConfirmed(backlog));
    await neighbour.till.until(() => neighbour.till.size(backlog) === 1);
    // The next customer's sale is on the other till while head office still waits for the first.
    seller.till.write(backlog, saleKey(2), 'next');
    await neighbour.till.until(() => neighbour.till.size(backlog) === 2);
    expect(reader.size(backlog)).toBe(0);
    await reader.until(() => reader.size(backlog) === 2);
    expect(reader.entries(backlog)[saleKey(1)]).toBe(text);
    expect(uplink.connections).toBe(1);
  });
});

describe('a peer nobody should trust', () => {
  test('[W4] rubbish at every stage costs its own connection, and the tills go on', async () => {
    const store = await mesh(await temporaryFolder(), 3);
    const [first, second] = store.tills;
    if (!first || !second) throw new Error('two tills are needed');
    const url = `ws://127.0.0.1:${first.port}/sync`;
    const dice = new Dice(4);
    const ends: Promise<unknown>[] = [];
    for (let n = 0; n < 20; n++) {
      const raw = connect(first.port, '127.0.0.1');
      raw.on('error', () => undefined);
      raw.resume();
      raw.write(Buffer.from(dice.hex(dice.between(1, 400)), 'hex'));
      raw.write(n % 2 === 0 ? '\r\n\r\n' : 'GET /sync HTTP/1.1\r\nUpgrade: websocket\r\n\r\n');
      ends.push(once(raw, 'close'));
      ends.push(rubbishSocket(url, dice, false), rubbishSocket(url, dice, true));
      first.till.write(sessionOf(1), saleKey(n), `sale ${n}`);
    }
    await second.till.until(() => second.till.size(sessionOf(1)) === 20);
    await Promise.all(ends);
    await vi.waitFor(async () => {
      const devices = (await first.peers()).map(({ device }) => device);
      expect(devices).not.toContain(RUBBISH);
      expect(devices).toHaveLength(3);
    }, PATIENCE);
  });

  test('one that never reads is cut off, and the others get everything', async () => {
    const store = await mesh(await temporaryFolder(), 2);
    const [first, second] = store.tills;
    if (!first || !second) throw new Error('two tills are needed');
    const deaf = await joined(first.port, DEAF);
    onTestFinished(() => deaf.terminate());
    deaf.pause();
    const text = randomBytes(300_000).toString('base64');
    for (let sale = 1; sale <= 12; sale++) {
      first.till.write(sessionOf(1), saleKey(sale), text);
      await first.till.until(() => first.till.isConfirmed(sessionOf(1)));
    }
    await second.till.until(() => second.till.size(sessionOf(1)) === 12);
    await vi.waitFor(async () => {
      const devices = (await first.peers()).map(({ device }) => device);
      expect(devices).not.toContain(DEAF);
    }, PATIENCE);
    first.till.write(sessionOf(1), saleKey(13), 'after');
    await second.till.until(() => second.till.size(sessionOf(1)) === 13);
  });
});

const RUBBISH = '3'.repeat(16);
const DEAF = '2'.repeat(16);

/** A peer that joined and is left to the test: it answers nothing by itself. */
async function joined(port: number, device: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/sync`);
  await once(socket, 'open');
  const peerMetadata = { device: { id: device, role: 'indexer' as const } };
  socket.send(
    encodeFrame({ type: 'join', senderId: 'deaf', peerMetadata, supportedProtocolVersions: ['1'] }),
  );
  await once(socket, 'message');
  return socket;
}

/** Sends bytes that are no frame, before the handshake or after it; resolves when the relay has ended the connection. */
async function rubbishSocket(url: string, dice: Dice, afterJoining: boolean): Promise<unknown> {
  const socket = new WebSocket(url);
  const bytes = Buffer.from(dice.hex(dice.between(1, 2_000)), 'hex');
  socket.on('error', () => undefined);
  const ended = once(socket, 'close');
  await once(socket, 'open');
  if (afterJoining) {
    const peerMetadata = { device: { id: RUBBISH, role: 'indexer' as const } };
    const join = {
      type: 'join' as const,
      senderId: 'rubbish',
      peerMetadata,
      supportedProtocolVersions: ['1'],
    };
    socket.send(encodeFrame(join));
  }
  socket.send(bytes);
  return ended;
}
