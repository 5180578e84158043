import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { PATIENCE } from '../support/patience.ts';
import { startProgram, type RunningProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { copiesOf, virtualPrinter } from './support/bench.ts';
import { call } from './support/http-bridge.ts';
import { job } from './support/papers.ts';

const BRIDGE = 'hardware-bridge/main.ts';
const STALLED = 'tests/bridge/support/stalled-bridge.ts';

async function start(path: string, data: string, printerPort: number): Promise<RunningProgram> {
  const program = await startProgram(path, [
    '--data',
    data,
    '--port',
    '0',
    '--printer',
    `front=tcp://127.0.0.1:${printerPort}`,
  ]);
  onTestFinished(() => program.kill());
  return program;
}

async function stateOf(bridge: RunningProgram, jobId: string): Promise<unknown> {
  const { body } = await call(bridge.ready.port, 'GET', `/v1/jobs/${jobId}`);
  return (body as { state?: unknown }).state;
}

async function reaches(bridge: RunningProgram, jobId: string, ...states: string[]): Promise<void> {
  await vi.waitFor(async () => expect(states).toContain(await stateOf(bridge, jobId)), PATIENCE);
}

/** After a restart: the first job is unknown, handing it in again prints nothing, and other papers come out. */
async function expectNothingTwice(bridge: RunningProgram): Promise<void> {
  expect(await call(bridge.ready.port, 'GET', `/v1/jobs/${job(1).jobId}`)).toMatchObject({
    body: { state: 'unknown', cause: 'bridge-restarted' },
  });
  expect(await call(bridge.ready.port, 'POST', '/v1/jobs', job(1))).toMatchObject({
    status: 200,
    body: { state: 'unknown' },
  });
  await call(bridge.ready.port, 'POST', '/v1/jobs', job(2));
  await reaches(bridge, job(2).jobId, 'printed');
  expect(await stateOf(bridge, job(1).jobId)).toBe('unknown');
}

describe('a power cut', () => {
  it('[P3] while a paper is being sent leaves it unknown, and nothing comes out twice', async () => {
    const data = await temporaryFolder();
    const printer = await virtualPrinter();
    const stalled = await start(STALLED, data, printer.port);
    await call(stalled.ready.port, 'POST', '/v1/jobs', job(1));
    await reaches(stalled, job(1).jobId, 'sending');
    await stalled.kill();
    await expectNothingTwice(await start(BRIDGE, data, printer.port));
    expect(copiesOf(printer, job(1).jobId)).toBeLessThanOrEqual(1);
    expect(copiesOf(printer, job(2).jobId)).toBe(1);
  });

  it('[P3] while a confirmation is awaited leaves it unknown, and nothing comes out twice', async () => {
    const data = await temporaryFolder();
    const printer = await virtualPrinter();
    const bridge = await start(BRIDGE, data, printer.port);
    await call(bridge.ready.port, 'GET', '/v1/devices/front/status?fresh=1');
    await printer.setFaults({ paperOutAtByte: 60 });
    await call(bridge.ready.port, 'POST', '/v1/jobs', job(1));
    await reaches(bridge, job(1).jobId, 'confirming');
    await bridge.kill();
    await printer.setFaults({ paperOut: false });
    await expectNothingTwice(await start(BRIDGE, data, printer.port));
    expect(copiesOf(printer, job(1).jobId)).toBe(1);
  });

  it('[P2] while papers wait loses none of them and keeps their order', async () => {
    const data = await temporaryFolder();
    const printer = await virtualPrinter();
    await printer.setFaults({ off: true });
    const bridge = await start(BRIDGE, data, printer.port);
    const jobs = [1, 2, 3, 4, 5].map((number) => job(number));
    for (const each of jobs)
      expect(await call(bridge.ready.port, 'POST', '/v1/jobs', each)).toMatchObject({ status: 202 });
    await bridge.kill();
    await printer.setFaults({ off: false });
    await start(BRIDGE, data, printer.port);
    await vi.waitFor(() => expect(printer.papers()).toHaveLength(5), PATIENCE);
    const order = printer
      .papers()
      .map((paper) => jobs.findIndex(({ jobId }) => JSON.stringify(paper.lines).includes(jobId)));
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it('[P3] at any moment leaves at most one paper of each id, and none that says "printed" without one', async () => {
    const data = await temporaryFolder();
    const printer = await virtualPrinter();
    for (let round = 0; round < 6; round += 1) {
      const bridge = await start(BRIDGE, data, printer.port);
      const posts = [0, 1, 2].map((index) =>
        call(bridge.ready.port, 'POST', '/v1/jobs', job(`${round}${index}`)),
      );
      // Ends it after another number of papers each time, in the middle of whatever comes next.
      await Promise.all(posts);
      const before = printer.papers().length;
      await vi.waitFor(
        () => expect(printer.papers().length).toBeGreaterThanOrEqual(before + Math.min(round % 3, 1)),
        { ...PATIENCE, interval: 1 },
      );
      await bridge.kill();
    }
    const last = await start(BRIDGE, data, printer.port);
    await call(last.ready.port, 'POST', '/v1/jobs', job('end'));
    await reaches(last, job('end').jobId, 'printed');
    const { body } = await call(last.ready.port, 'GET', '/v1/jobs');
    for (const { jobId, state } of body as { jobId: string; state: string }[]) {
      expect(['printed', 'unknown']).toContain(state);
      expect(state === 'printed' ? [1] : [0, 1]).toContain(copiesOf(printer, jobId));
    }
    expect(body).toHaveLength(19);
  });
});

describe('a stop', () => {
  it('lets the paper under way finish', async () => {
    const data = await temporaryFolder();
    const printer = await virtualPrinter();
    await printer.setFaults({ bytesPerSecond: 150 });
    const bridge = await start(BRIDGE, data, printer.port);
    await call(bridge.ready.port, 'POST', '/v1/jobs', job(1));
    await reaches(bridge, job(1).jobId, 'confirming');
    expect(await bridge.stop()).toBe(0);
    expect(copiesOf(printer, job(1).jobId)).toBe(1);
    await printer.setFaults({ bytesPerSecond: null });
    expect(await stateOf(await start(BRIDGE, data, printer.port), job(1).jobId)).toBe('printed');
  });

  it('[P3] marks a paper unknown that cannot finish', async () => {
    const data = await temporaryFolder();
    const printer = await virtualPrinter();
    const bridge = await start(BRIDGE, data, printer.port);
    await printer.setFaults({ paperOutAtByte: 20 });
    await call(bridge.ready.port, 'POST', '/v1/jobs', job(1));
    await reaches(bridge, job(1).jobId, 'confirming');
    expect(await bridge.stop()).toBe(0);
    const restarted = await start(BRIDGE, data, printer.port);
    expect(await stateOf(restarted, job(1).jobId)).toBe('unknown');
  });
});
