import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readCommandLine } from '../../hardware-bridge/command-line.ts';
import type { ScaleProtocol } from '../../hardware-bridge/scale-frames.ts';
import { ScalePort } from '../../hardware-bridge/scale-port.ts';
import { parseScaleFlag, type ScaleProfile } from '../../hardware-bridge/scale-profiles.ts';
import { startVirtualScale, type VirtualScale } from '../../hardware-bridge/virtual-scale/virtual-scale.ts';
import { httpBridge } from './support/http-bridge.ts';
import { testClock, type TestClock } from './support/test-clock.ts';
import { freePort } from '../support/free-ports.ts';
import { PATIENCE } from '../support/patience.ts';

const at = (port: number, protocol: ScaleProtocol = '8217'): ScaleProfile => ({
  device: 'scale',
  host: '127.0.0.1',
  port,
  protocol,
  unit: 'kg',
});

async function scale(
  options: { protocol?: ScaleProtocol; port?: number; webPort?: number } = {},
): Promise<VirtualScale> {
  const started = await startVirtualScale({ port: await freePort(), ...options });
  onTestFinished(() => started.stop());
  return started;
}

/** A port that says what the test tells it to, whatever it is asked; `asked` are the questions. */
async function wire(): Promise<{
  port: number;
  asked: string[];
  say: (text: string) => void;
  sockets: Socket[];
}> {
  const asked: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (bytes) => asked.push(bytes.toString('latin1')));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, asked, sockets, say: (text) => void sockets.at(-1)?.write(text, 'latin1') };
}

function portTo(port: number): { scalePort: ScalePort; clock: TestClock } {
  const clock = testClock();
  const scalePort = new ScalePort(at(port), clock);
  scalePort.start();
  onTestFinished(() => scalePort.stop());
  return { scalePort, clock };
}

describe('a scale at the bridge', () => {
  it.each(['8217', 'nci'] as const)('[C14] that speaks %s says what lies on it', async (protocol) => {
    const pan = await scale({ protocol });
    const { call } = await httpBridge([], [], [at(pan.port, protocol)]);
    const read = async () => (await call('GET', '/v1/scales/scale')).body;
    await vi.waitFor(async () => expect(await read()).toEqual({ device: 'scale', state: 'empty' }), PATIENCE);
    await pan.put({ grams: 452 });
    expect(await read()).toEqual({ device: 'scale', state: 'stable', grams: '452' });
    await pan.put({ moving: true });
    expect(await read()).toEqual({ device: 'scale', state: 'moving' });
    await pan.put({ moving: false, grams: 20_000 });
    expect(await read()).toEqual({ device: 'scale', state: 'overload' });
    await pan.put({ grams: -20 });
    expect(await read()).toEqual({ device: 'scale', state: 'below-zero' });
    await pan.put({ power: 'babbling' });
    expect(await read()).toMatchObject({
      state: 'fault',
      message: expect.stringContaining('check its protocol'),
    });
    expect((await call('GET', '/v1/scales')).body).toMatchObject([{ device: 'scale', state: 'fault' }]);
  });

  it('[C14] is away while it is off or mute, and back by itself', async () => {
    const pan = await scale();
    await pan.put({ grams: 1250 });
    const { call } = await httpBridge([], [], [at(pan.port)]);
    const read = async () => (await call('GET', '/v1/scales/scale')).body;
    await vi.waitFor(async () => expect(await read()).toMatchObject({ grams: '1250' }), PATIENCE);
    await pan.put({ power: 'mute' });
    expect(await read()).toMatchObject({
      state: 'away',
      message: expect.stringContaining('does not answer'),
    });
    await pan.put({ power: 'off' });
    await vi.waitFor(
      async () =>
        expect(await read()).toMatchObject({
          state: 'away',
          message: expect.stringContaining('is not connected'),
        }),
      PATIENCE,
    );
    await pan.put({ power: 'on' });
    await vi.waitFor(
      async () => expect(await read()).toMatchObject({ state: 'stable', grams: '1250' }),
      PATIENCE,
    );
  });

  it('[C14] that nobody configured is told from one that is away', async () => {
    const { call } = await httpBridge([], [], [at(9)]);
    expect(await call('GET', '/v1/scales/other')).toMatchObject({
      status: 404,
      body: { code: 'unknown-device' },
    });
    expect(await call('GET', '/v1/scales/scale')).toMatchObject({ status: 200, body: { state: 'away' } });
  });
});

describe('the port of a scale', () => {
  it('[C14] asks once for all who want to know meanwhile', async () => {
    const line = await wire();
    const { scalePort } = portTo(line.port);
    await vi.waitFor(() => expect(line.sockets).toHaveLength(1), PATIENCE);
    await vi.waitFor(() => {
      void scalePort.read();
      expect(line.asked).toEqual(['W']);
    }, PATIENCE);
    const readings = [scalePort.read(), scalePort.read()];
    line.say('\u000200.452\r');
    expect(await Promise.all(readings)).toEqual(
      readings.map(() => ({ device: 'scale', state: 'stable', grams: '452' })),
    );
    expect(line.asked).toEqual(['W']);
  });

  it('[C14] never takes what was said before the question, or too late, for an answer', async () => {
    const line = await wire();
    const { scalePort, clock } = portTo(line.port);
    await vi.waitFor(() => expect(line.sockets).toHaveLength(1), PATIENCE);
    let reading = scalePort.read();
    await vi.waitFor(() => {
      if (line.asked.length === 0) reading = scalePort.read();
      expect(line.asked).toHaveLength(1);
    }, PATIENCE);
    line.say('\u000200.452\r\u000209.999\r');
    expect(await reading).toMatchObject({ grams: '452' });
    reading = scalePort.read();
    await vi.waitFor(() => expect(line.asked).toHaveLength(2), PATIENCE);
    clock.advance(1000);
    expect(await reading).toMatchObject({
      state: 'away',
      message: expect.stringContaining('does not answer'),
    });
    line.say('\u000209.999\r');
    await vi.waitFor(() => expect(line.sockets[0]?.destroyed).toBe(true), PATIENCE);
    expect(await scalePort.read()).toMatchObject({ state: 'away' });
    await vi.waitFor(() => {
      clock.advance(1000);
      expect(line.sockets).toHaveLength(2);
    }, PATIENCE);
  });

  it('[W4] ends with a fault where a frame never ends', async () => {
    const line = await wire();
    const { scalePort } = portTo(line.port);
    await vi.waitFor(() => expect(line.sockets).toHaveLength(1), PATIENCE);
    let reading = scalePort.read();
    await vi.waitFor(() => {
      if (line.asked.length === 0) reading = scalePort.read();
      expect(line.asked).toHaveLength(1);
    }, PATIENCE);
    line.say('7'.repeat(200));
    expect(await reading).toMatchObject({
      state: 'fault',
      message: expect.stringContaining('what is no weight'),
    });
  });
});

describe('the page of a virtual scale', () => {
  it('shows and changes what lies on it, and refuses what no pan can hold', async () => {
    const pan = await scale({ webPort: 0 });
    const url = `http://127.0.0.1:${pan.webPort}`;
    const put = (body: object) =>
      fetch(`${url}/pan`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect(await (await put({ grams: 452 })).json()).toMatchObject({
      grams: 452,
      moving: false,
      power: 'on',
    });
    expect(await (await fetch(`${url}/state`)).json()).toMatchObject({ grams: 452, capacity: 15_000 });
    expect(await (await fetch(url)).text()).toContain('On the pan');
    for (const wrong of [{ grams: 1.5 }, { grams: 'x' }, { power: 'smoke' }, { lid: true }])
      expect((await put(wrong)).status).toBe(400);
    expect(pan.pan()).toEqual({ grams: 452, moving: false, power: 'on' });
  });
});

describe('the flag of a scale', () => {
  it('gives a whole profile', () => {
    expect(parseScaleFlag('scale=tcp://192.168.1.52:4001')).toEqual({
      ok: true,
      value: { device: 'scale', host: '192.168.1.52', port: 4001, protocol: '8217', unit: 'kg' },
    });
    const args = ['--data', 'x', '--port', '0', '--scale', 'scale=tcp://h:4001,protocol=nci,unit=lb'];
    expect(readCommandLine(args)).toMatchObject({ value: { scales: [{ protocol: 'nci', unit: 'lb' }] } });
  });

  it.each([
    ['tcp://host:4001', 'start with a name'],
    ['scale=host:4001', 'is not a scale address'],
    ['scale=tcp://host', 'names no port'],
    ['scale=tcp://host:4001,protocol=dialog', 'protocol=dialog is not known'],
    ['scale=tcp://host:4001,unit=st', 'unit=st is not known'],
    ['scale=tcp://host:4001,unit=kg,unit=kg', 'is not a setting'],
    ['scale=tcp://host:4001,baud=9600', 'is not a setting'],
  ])('refuses %s', (flag, why) => {
    expect(parseScaleFlag(flag)).toMatchObject({ ok: false, error: expect.stringContaining(why) });
  });

  it('refuses a name that another device has', () => {
    const start = ['--data', 'x', '--port', '0', '--scale', 'front=tcp://h:4001'];
    for (const other of [
      ['--scale', 'front=tcp://i:4001'],
      ['--printer', 'front=tcp://i'],
      ['--display', 'front=tcp://i'],
    ])
      expect(readCommandLine([...start, ...other])).toMatchObject({
        error: '--scale front is given twice; every device needs a name of its own.',
      });
  });
});
