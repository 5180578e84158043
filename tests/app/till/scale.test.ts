import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startVirtualScale } from '../../../hardware-bridge/virtual-scale/virtual-scale.ts';
import { BridgeScale } from '../../../app/lib/till/scale.ts';
import { ScaleDesk } from '../../../app/lib/till/scale-desk.svelte.ts';
import { httpBridge } from '../../bridge/support/http-bridge.ts';
import { freePort } from '../../support/free-ports.ts';
import { FakeScale } from './fake-scale.ts';
import { scaleContract } from './scale.contract.ts';
import { must, openTill, payCash } from './till-fixture.ts';

scaleContract('the fake scale', async () => {
  const scale = new FakeScale();
  return {
    scale,
    put: async (pan) => void Object.assign(scale, pan),
    cut: async (away) => void (scale.away = away),
  };
});

scaleContract('a scale of the bridge', async () => {
  const pan = await startVirtualScale({ port: await freePort() });
  onTestFinished(() => pan.stop());
  const profile = {
    device: 'scale',
    host: '127.0.0.1',
    port: pan.port,
    protocol: '8217',
    unit: 'kg',
  } as const;
  const { port } = await httpBridge([], [], [profile]);
  return {
    scale: new BridgeScale(`http://127.0.0.1:${port}`, 'scale'),
    put: (change) => pan.put(change),
    cut: (away) => pan.put({ power: away ? 'off' : 'on' }),
  };
});

describe('a scale of the bridge', () => {
  it.each([
    [200, 'not json'],
    [200, '{"device":"scale","state":"stable"}'],
    [200, '{"device":"scale","state":"stable","grams":"-3"}'],
    [200, '{"device":"scale","state":"stable","grams":452}'],
    [404, '{"code":"unknown-device","message":"There is no scale."}'],
    [502, '{"device":"scale","state":"stable","grams":"452"}'],
  ])('[C14] is away where the answer is %d %s', async (status, body) => {
    const server = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const scale = new BridgeScale(`http://127.0.0.1:${port}`, 'scale');
    expect(await scale.read()).toEqual({ device: 'scale', state: 'away' });
  });
});

describe('weighing at a till', () => {
  /** A desk whose pauses end when the test says so. */
  function desk() {
    const scale = new FakeScale();
    const waiting: (() => void)[] = [];
    const made = new ScaleDesk({ scale, pause: () => new Promise((resolve) => waiting.push(resolve)) });
    return { scale, made, again: () => waiting.splice(0).forEach((resolve) => resolve()), waiting };
  }

  it('[C14] asks only while somebody weighs, and forgets the weight of the article before', async () => {
    const { scale, made, again, waiting } = desk();
    scale.grams = 452;
    expect([made.present, made.reading, scale.reads]).toEqual([true, undefined, 0]);
    const stop = made.weigh();
    await expect.poll(() => made.reading).toMatchObject({ state: 'stable', grams: '452' });
    scale.grams = 0;
    again();
    await expect.poll(() => made.reading?.state).toBe('empty');
    await expect.poll(() => waiting.length).toBe(1);
    stop();
    again();
    expect(made.reading).toBe(undefined);
    const { reads } = scale;
    const next = made.weigh();
    stop();
    await expect.poll(() => made.reading?.state).toBe('empty');
    expect(scale.reads).toBe(reads + 1);
    next();
  });

  it('[C15] sells the weight that stood, and the record says so', async () => {
    const scale = new FakeScale();
    const bench = await openTill({ scale });
    const { till, view } = bench;
    const lantern = till.shop.productWithCode('5012345678900');
    if (!lantern) throw new Error('the test shop has no lantern');
    view.add({ ...lantern, unit: 'kg' });
    view.articles.answer({ quantity: '0.452', weighed: { from: 'scale', tare: '0.02' } });
    must(till.sale.startPaying());
    payCash(bench, till.sale.priced.total);
    const { body } = must(await till.completeSale());
    expect(body.lines).toMatchObject([{ quantity: '0.452', weighed: { from: 'scale', tare: '0.02' } }]);
  });

  it('[C14] has no desk where the till has no scale', async () => {
    const { till } = await openTill();
    const stop = till.scale.weigh();
    expect([till.scale.present, till.scale.reading]).toEqual([false, undefined]);
    stop();
  });
});
