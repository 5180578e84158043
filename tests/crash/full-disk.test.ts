import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { documentId } from '#model/ids/document-id.ts';
import { virtualPrinter, copiesOf } from '../bridge/support/bench.ts';
import { call } from '../bridge/support/http-bridge.ts';
import { job, paper } from '../bridge/support/papers.ts';
import { CorePeer } from '../support/core-peer.ts';
import { PATIENCE } from '../support/patience.ts';
import { startProgram, type RunningProgram } from '../support/program.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SESSION = documentId({
  organization: ORGANIZATION,
  key: { class: 'session', store: storeId(1), register: registerId(1), session: 1 },
});

async function start(main: string, ...args: string[]): Promise<RunningProgram> {
  const program = await startProgram(main, ['--port', '0', ...args]);
  onTestFinished(() => program.kill());
  return program;
}

/**
 * Leaves a running program room for files of so many bytes, or takes the limit away: the system refuses what is longer as it
 * refuses what a disk has no room for, in the middle of a write, and it needs no rights.
 */
function giveRoom({ process: program }: RunningProgram, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(program.pid), `--fsize=${bytes}:`]);
}

const startRelay = (data: string) => start('sync-relay/main.ts', '--data', data, '--open', '--no-discovery');
const urlOf = ({ ready }: RunningProgram) => `ws://127.0.0.1:${ready.port}/sync`;

async function join(relay: RunningProgram, name: string): Promise<CorePeer> {
  const peer = await CorePeer.connect(urlOf(relay), name);
  onTestFinished(() => peer.close());
  return peer;
}

async function diskOf({ ready }: RunningProgram): Promise<unknown> {
  const status = (await (await fetch(`http://127.0.0.1:${ready.port}/status`)).json()) as { disk: string };
  return status.disk;
}

test('a relay whose disk is full says so and confirms nothing; with room it keeps all of it, and a crash loses none', async () => {
  const data = await temporaryFolder();
  const relay = await startRelay(data);
  const till = await join(relay, 'till');
  till.write(SESSION, '1', 'before');
  await till.until(() => till.isConfirmed(SESSION));
  giveRoom(relay, 4_096);
  till.write(SESSION, '2', randomBytes(20_000).toString('base64'));
  await vi.waitFor(async () => expect(await diskOf(relay)).toBe('failed'), PATIENCE);
  till.write(SESSION, '3', 'small');
  expect(till.isConfirmed(SESSION)).toBe(false);
  giveRoom(relay, 'unlimited');
  await till.until(() => till.isConfirmed(SESSION));
  await relay.kill();
  const again = await startRelay(data);
  expect(await diskOf(again)).toBe('ok');
  const reader = await join(again, 'reader');
  reader.sendSync(SESSION, new Uint8Array([0x42, 0, 0, 0, 0]));
  await reader.until(() => reader.size(SESSION) === 3);
  expect(Object.keys(reader.entries(SESSION)).sort()).toEqual(['1', '2', '3']);
});

test('a relay that is killed while its disk is full comes up by itself with what it confirmed', async () => {
  const data = await temporaryFolder();
  const relay = await startRelay(data);
  const till = await join(relay, 'till');
  till.write(SESSION, '1', 'before');
  await till.until(() => till.isConfirmed(SESSION));
  giveRoom(relay, 4_096);
  const text = randomBytes(20_000).toString('base64');
  till.write(SESSION, '2', text);
  await vi.waitFor(async () => expect(await diskOf(relay)).toBe('failed'), PATIENCE);
  await relay.kill();
  const again = await startRelay(data);
  const reader = await join(again, 'reader');
  reader.sendSync(SESSION, new Uint8Array([0x42, 0, 0, 0, 0]));
  await reader.until(() => reader.size(SESSION) === 1);
  expect(reader.entries(SESSION)).toEqual({ '1': 'before' });
});

test('[P2] a spool that is full refuses a paper and keeps the others; with room it takes the same paper, once', async () => {
  const data = await temporaryFolder();
  const printer = await virtualPrinter();
  const address = `front=tcp://127.0.0.1:${printer.port}`;
  const startBridge = () => start('hardware-bridge/main.ts', '--data', data, '--printer', address);
  const bridge = await startBridge();
  const post = (on: RunningProgram, body: object) => call(on.ready.port, 'POST', '/v1/jobs', body);
  await printer.setFaults({ off: true });
  expect(await post(bridge, job(1))).toMatchObject({ status: 202 });
  giveRoom(bridge, 2_048);
  const lines = Array.from({ length: 200 }, () => ({
    kind: 'text' as const,
    text: 'a long receipt '.repeat(2),
  }));
  const long = { ...job(2), paper: paper(...lines) };
  const refused = await post(bridge, long);
  expect(refused).toMatchObject({ status: 507, body: { code: 'spool-full' } });
  expect(await call(bridge.ready.port, 'GET', `/v1/jobs/${job(2).jobId}`)).toMatchObject({ status: 404 });
  await bridge.kill();
  const again = await startBridge();
  await printer.setFaults({ off: false });
  expect(await post(again, long)).toMatchObject({ status: 202 });
  expect(await post(again, long)).toMatchObject({ status: 200 });
  await vi.waitFor(async () => {
    const { body } = await call(again.ready.port, 'GET', '/v1/jobs');
    expect((body as { state: string }[]).map(({ state }) => state)).toEqual(['printed', 'printed']);
  }, PATIENCE);
  expect(copiesOf(printer, job(1).jobId)).toBe(1);
  expect(printer.papers()).toHaveLength(2);
});
