import { Socket, connect, type NetConnectOpts } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Dialer, type DialerWorld } from '../../sync-relay/dialer.ts';
import { peersOf, relayAt } from '../network/relays.ts';
import { memoryRelay } from '../support/memory-relays.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const STORE = { id: '1111111111111111', role: 'relay', store: 'S01' } as const;
const PATIENCE = { timeout: 30_000, interval: 10 };

/** Head office over a cable. */
async function office(): Promise<{ readonly port: number; readonly cable: TcpProxy }> {
  const { port, stop } = await relayAt(join(await temporaryFolder(), 'office'), 0);
  onTestFinished(stop);
  const cable = await TcpProxy.to(port);
  onTestFinished(() => cable.cut());
  return { port, cable };
}

/** A store's relay that dials a port. */
async function dialling(port: number, world: Partial<DialerWorld> = {}): Promise<Dialer> {
  const { relay } = await memoryRelay(STORE);
  const target = { url: `ws://127.0.0.1:${port}/sync`, kind: 'hq' } as const;
  const dialer = new Dialer(target, relay, pino({ level: 'silent' }), {
    now: () => '2026-01-01T00:00:00.000Z',
    random: () => 0.5,
    ...world,
  });
  onTestFinished(() => dialer.stop());
  dialer.start();
  return dialer;
}

/** What a socket does takes turns of its own, which no timer stands for. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A connection into a network that answers nothing. */
function lost(): Socket {
  const socket = new Socket();
  return Object.assign(socket, { connecting: true });
}

const isState = (dialer: Dialer, state: string) =>
  vi.waitFor(() => expect(dialer.status().state).toBe(state), PATIENCE);

describe('a relay that dials', () => {
  afterEach(() => void vi.useRealTimers());

  test('is linked again after its peer was away', async () => {
    const { port, cable } = await office();
    const dialer = await dialling(cable.port);
    await isState(dialer, 'connected');
    await cable.cut();
    await isState(dialer, 'away');
    await cable.join();
    await isState(dialer, 'connected');
    const linked = async () => (await peersOf(port)).map(({ device }) => device);
    await vi.waitFor(async () => expect(await linked()).toEqual([STORE.id]), PATIENCE);
  });

  test('tries at least once a second for as long as nobody is there', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let tries = 0;
    const nobody = () => {
      tries += 1;
      const socket = new Socket();
      return socket.destroy(new Error('nobody is there'));
    };
    const dialer = await dialling(1, { connect: nobody, random: () => 0.999 });
    for (let second = 0; second < 600; second++) {
      const before = tries;
      await turns();
      vi.advanceTimersByTime(1_000);
      expect(tries).toBeGreaterThan(before);
    }
    expect(dialer.status().state).toBe('away');
  });

  test('begins another try beside one that reaches nobody, and keeps the first that does', async () => {
    const { port } = await office();
    const sockets: Socket[] = [];
    const reach = (options: NetConnectOpts) => {
      const socket = sockets.length < 2 ? lost() : connect({ ...options, path: undefined } as NetConnectOpts);
      sockets.push(socket);
      return socket;
    };
    const dialer = await dialling(port, { connect: reach });
    await isState(dialer, 'connected');
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true, false]);
    expect(await peersOf(port)).toHaveLength(1);
  });

  test('has no more than a few tries at once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const sockets: Socket[] = [];
    const nowhere = () => {
      const socket = lost();
      sockets.push(socket);
      return socket;
    };
    await dialling(1, { connect: nowhere });
    for (let second = 0; second < 15; second++) vi.advanceTimersByTime(1_000);
    await turns();
    expect(sockets.filter(({ destroyed }) => !destroyed)).toHaveLength(8);
    expect(sockets.length).toBe(16);
  });
});
