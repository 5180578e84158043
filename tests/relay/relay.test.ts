import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { freePort } from '../support/free-ports.ts';
import { PATIENCE } from '../support/patience.ts';
import { ProgramEnded, runProgram, startProgram, type RunningProgram } from '../support/program.ts';
import { ORGANIZATION, entriesOf, stockPeer } from '../support/stock-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const session = (number: number, register = 1, store = 1): DocumentKey => ({
  class: 'session',
  store: storeId(store),
  register: registerId(register),
  session: number,
});

async function relay(data: string, ...args: string[]): Promise<RunningProgram> {
  const program = await startProgram('sync-relay/main.ts', [
    '--data',
    data,
    '--port',
    String(await freePort()),
    '--open',
    '--no-discovery',
    ...args,
  ]);
  onTestFinished(async () => {
    await program.stop();
  });
  return program;
}

const urlOf = (program: RunningProgram) => `ws://127.0.0.1:${program.ready.port}/sync`;

describe('a relay between stock automerge-repo clients', () => {
  test('passes a change from one to the other, unasked, and keeps it when both are gone', async () => {
    const data = await temporaryFolder();
    const first = await relay(data);
    const ana = stockPeer(urlOf(first), 'ana');
    const ben = stockPeer(urlOf(first), 'ben');
    ana.write(session(1), '000000001', '{"n":1}');
    await vi.waitFor(
      async () => expect(entriesOf(await ben.find(session(1)))).toEqual({ '000000001': '{"n":1}' }),
      PATIENCE,
    );
    await ana.stop();
    await ben.stop();
    await first.kill();

    const second = await relay(data);
    const cleo = stockPeer(urlOf(second), 'cleo');
    await vi.waitFor(
      async () => expect(entriesOf(await cleo.find(session(1)))).toEqual({ '000000001': '{"n":1}' }),
      PATIENCE,
    );
  });

  test('[D2] merges what two devices wrote into "the same" document while they were apart', async () => {
    const program = await relay(await temporaryFolder());
    const ana = stockPeer(urlOf(program), 'ana');
    const ben = stockPeer(urlOf(program), 'ben');
    ana.write({ class: 'customers', shard: 0 }, 'a', '1');
    ben.write({ class: 'customers', shard: 0 }, 'b', '2');
    for (const peer of [ana, ben]) {
      await vi.waitFor(
        async () =>
          expect(entriesOf(await peer.find({ class: 'customers', shard: 0 }))).toEqual({ a: '1', b: '2' }),
        PATIENCE,
      );
    }
  });

  test('says that a document nobody has is unavailable', async () => {
    const program = await relay(await temporaryFolder());
    const ana = stockPeer(urlOf(program), 'ana');
    const handle = await ana.find(session(7));
    expect(handle.isUnavailable()).toBe(true);
  });
});

describe('what a relay tells its clients', () => {
  test('its heads mean "on disk": what it confirmed is there after a SIGKILL, every time', async () => {
    const data = await temporaryFolder();
    const expected: Record<string, string> = {};
    for (let round = 1; round <= 5; round++) {
      const program = await relay(data);
      const ana = stockPeer(urlOf(program), `ana-${round}`);
      const handle = ana.open(session(1));
      await vi.waitFor(() => expect(entriesOf(handle)).toEqual(expected), PATIENCE);
      const storageId = `relay-${String(program.ready['device'])}`;
      const key = String(round).padStart(9, '0');
      expected[key] = `{"round":${round}}`;
      ana.write(session(1), key, expected[key]);
      await vi.waitFor(
        () => expect(handle.getSyncInfo(storageId as never)?.lastHeads).toEqual(handle.heads()),
        { ...PATIENCE, interval: 1 },
      );
      await program.kill();
      await ana.stop();
    }
    const program = await relay(data);
    const reader = stockPeer(urlOf(program), 'reader');
    await vi.waitFor(
      async () => expect(entriesOf(await reader.find(session(1)))).toEqual(expected),
      PATIENCE,
    );
  });
});

describe('relays among each other', () => {
  test('a store keeps its own and the organization’s documents, head office keeps all', async () => {
    const org = ['--organization', ORGANIZATION];
    const hqData = await temporaryFolder();
    const storeData = await temporaryFolder();
    const hq = await relay(hqData, '--role', 'hq', ...org);
    const store = await relay(storeData, '--store', 'S01', '--hq', urlOf(hq), ...org);
    const atHq = stockPeer(urlOf(hq), 'at-hq');
    atHq.write({ class: 'organization' }, 'organization', '{}');
    atHq.write(session(1, 1, 2), '1', 'other store');
    const atStore = stockPeer(urlOf(store), 'at-store');
    atStore.write(session(1), '1', 'own');
    await vi.waitFor(
      async () => expect(entriesOf(await atHq.find(session(1)))).toEqual({ '1': 'own' }),
      PATIENCE,
    );
    await vi.waitFor(
      async () =>
        expect(entriesOf(await atStore.find({ class: 'organization' }))).toEqual({ organization: '{}' }),
      PATIENCE,
    );
    const logsIn = async (data: string) =>
      (await readdir(join(data, 'documents'))).filter((name) => name.endsWith('.log'));
    await vi.waitFor(async () => expect(await logsIn(hqData)).toHaveLength(3), PATIENCE);
    await vi.waitFor(async () => expect(await logsIn(storeData)).toHaveLength(2), PATIENCE);
  });

  test('two tills that dial each other keep exactly one link, and go on when it is cut', async () => {
    const org = ['--organization', ORGANIZATION, '--store', 'S01'];
    const one = await relay(await temporaryFolder(), ...org);
    const twoData = await temporaryFolder();
    const two = await relay(twoData, '--peer', urlOf(one), ...org);
    const three = await relay(await temporaryFolder(), '--peer', urlOf(one), '--peer', urlOf(two), ...org);
    const peers = async (program: RunningProgram) => {
      const response = await fetch(`http://127.0.0.1:${program.ready.port}/status`);
      const status = (await response.json()) as { peers: { device: string }[] };
      return status.peers.map((peer) => peer.device).sort();
    };
    const deviceOf = (program: RunningProgram) => String(program.ready['device']);
    await vi.waitFor(async () => {
      expect(await peers(one)).toEqual([deviceOf(two), deviceOf(three)].sort());
      expect(await peers(three)).toEqual([deviceOf(one), deviceOf(two)].sort());
    }, PATIENCE);
    await two.kill();
    const again = await startProgram('sync-relay/main.ts', [
      '--data',
      twoData,
      '--port',
      String(two.ready.port),
      '--open',
      '--no-discovery',
      '--peer',
      urlOf(one),
      ...org,
    ]);
    onTestFinished(async () => {
      await again.stop();
    });
    await vi.waitFor(
      async () => expect(await peers(one)).toEqual([deviceOf(two), deviceOf(three)].sort()),
      PATIENCE,
    );
    const ana = stockPeer(urlOf(three), 'ana');
    ana.write(session(1, 3), '1', 'x');
    const ben = stockPeer(urlOf(again), 'ben');
    await vi.waitFor(
      async () => expect(entriesOf(await ben.find(session(1, 3)))).toEqual({ '1': 'x' }),
      PATIENCE,
    );
  });
});

describe('a relay that is started wrongly says so', () => {
  test.each([
    [['--data', 'x'], 'say which port'],
    [['--port', '0'], 'say where to keep the data'],
    [['--data', 'x', '--port', 'abc'], 'a port is a number'],
    [['--data', 'x', '--port', '0', '--hq', 'hq.example'], 'an address looks like ws://'],
    [['--data', 'x', '--port', '0', '--colour', 'red'], '--colour'],
    [['--data', 'x', '--port', '0', '--store', '1'], 'a store id is'],
    [['--data', 'x', '--port', '0', '--open', '--host', '0.0.0.0'], '--open lets everybody in'],
  ])('%j → "%s", exit 2', async (args, sentence) => {
    const { code, stderr } = await runProgram('sync-relay/main.ts', args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });

  test('a port in use → a sentence, exit 1', async () => {
    const program = await relay(await temporaryFolder());
    const { code, stderr } = await runProgram('sync-relay/main.ts', [
      '--data',
      await temporaryFolder(),
      '--port',
      String(program.ready.port),
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${program.ready.port} on 127.0.0.1 is in use`);
  });

  test('a data folder in use → a sentence, exit 1, and the running relay is not disturbed', async () => {
    const data = await temporaryFolder();
    const program = await relay(data);
    await expect(startProgram('sync-relay/main.ts', ['--data', data, '--port', '0'])).rejects.toThrow(
      ProgramEnded,
    );
    expect((await fetch(`http://127.0.0.1:${program.ready.port}/status`)).status).toBe(200);
  });
});
