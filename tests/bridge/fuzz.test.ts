import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  drawn,
  forAll,
  mutated,
  mutatedBodies,
  oddMembers,
  requestBytes,
  sendRequest,
} from '../support/fuzz.ts';
import { PATIENCE } from '../support/patience.ts';
import { startProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { virtualPrinter } from './support/bench.ts';
import { call } from './support/http-bridge.ts';
import { job } from './support/papers.ts';

describe('[W4] mutated requests', { timeout: 120_000 }, () => {
  it('to a bridge never end it, never fail inside, and the next paper prints', async () => {
    const printer = await virtualPrinter();
    // What is still a whole job prints here, and does not keep the printer of the last check busy.
    const elsewhere = await virtualPrinter();
    const bridge = await startProgram('hardware-bridge/main.ts', [
      '--data',
      await temporaryFolder(),
      '--port',
      '0',
      '--printer',
      `front=tcp://127.0.0.1:${printer.port}`,
      '--printer',
      `elsewhere=tcp://127.0.0.1:${elsewhere.port}`,
    ]);
    onTestFinished(async () => {
      await bridge.stop();
    });
    const { port } = bridge.ready;
    const paper = { ...job(1), device: 'elsewhere' };
    const drawer = { device: 'elsewhere', reason: 'change', requestedAt: '2026-11-21T09:00:00.000Z' };
    const whole = [
      requestBytes(port, 'POST', '/v1/jobs', JSON.stringify(paper)),
      requestBytes(port, 'POST', '/v1/drawer/open', JSON.stringify(drawer)),
      requestBytes(port, 'GET', '/v1/jobs?state=blocked,unknown'),
      requestBytes(port, 'GET', '/v1/devices/front?fresh=1'),
      requestBytes(port, 'POST', '/v1/jobs/x/resolve', JSON.stringify({ action: 'printed' })),
      requestBytes(port, 'POST', '/v1/jobs/%/cancel', '{}'),
      requestBytes(port, 'GET', '//'),
    ];
    const requests = fc.oneof(
      mutated(whole),
      mutatedBodies(port, 'POST', '/v1/jobs', [paper]),
      oddMembers([paper]).map((body) => requestBytes(port, 'POST', '/v1/jobs', JSON.stringify(body))),
      oddMembers([drawer]).map((body) => requestBytes(port, 'POST', '/v1/drawer/open', JSON.stringify(body))),
    );
    const { seed, values } = drawn(requests, 10_000);
    onTestFinished(({ task }) => {
      if (task.result?.state === 'fail') process.stderr.write(`fuzz seed ${seed}\n`);
    });
    const failures: string[] = [];
    await forAll(values, 16, async (bytes) => {
      const answer = await sendRequest(port, bytes);
      if (answer.slice(9, 12) === '500')
        failures.push(`${Buffer.from(bytes).toString('latin1')} → ${answer}`);
    });
    expect(failures).toEqual([]);
    expect(bridge.process.exitCode).toBeNull();
    await expect.poll(() => elsewhere.papers().length, PATIENCE).toBeGreaterThan(0);
    expect(await call(port, 'POST', '/v1/jobs', job(2))).toMatchObject({ status: 202 });
    await expect.poll(() => printer.papers().length, PATIENCE).toBeGreaterThan(0);
  });
});
