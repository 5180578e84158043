import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as A from '@automerge/automerge';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { describe, expect, test, vi } from 'vitest';
import { isKept } from '../../../app/server/backup/kept-files.ts';
import { PATIENCE } from '../../support/patience.ts';
import { runProgram } from '../../support/program.ts';
import { ORGANIZATION } from '../../support/stock-peer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { deviceEntry, testKey } from '../../support/test-key.ts';
import {
  ORGANIZATION_DOCUMENT,
  TrustedRelays,
  connect,
  idOf,
  restarted,
  session,
  toolOf,
  vouchedAt,
  type TrustedRelay,
} from '../../support/trusted-relays.ts';

const CATALOG = idOf({ class: 'catalog', shard: 0 });
const OWN = idOf(session(1));

/** A shop whose head office keeps its files where a station keeps them. */
async function shop() {
  const data = join(await temporaryFolder(), 'data');
  await mkdir(join(data, 'hq', 'relay'), { recursive: true });
  const relays = await TrustedRelays.found(join(data, 'hq', 'relay'));
  return { data, relays };
}

const backUp = (...args: string[]) => runProgram('app/server/backup/main.ts', args);
const restore = (...args: string[]) => runProgram('app/server/restore/main.ts', args);

/** Head office on another folder, at the address it had. */
async function headOfficeOn(data: string, { hq }: TrustedRelays): Promise<TrustedRelay> {
  const port = ['--port', String(hq.program.ready.port)];
  const moved = { folder: join(data, 'hq', 'relay') };
  return restarted(moved, ['--role', 'hq', '--organization', ORGANIZATION, ...port]);
}

/** A store whose relay holds the catalog, the people's devices and one record. */
async function sellingStore(relays: TrustedRelays) {
  const key = await relays.terminal(1);
  const relay = await relays.storeRelay(1, ['--hq', relays.hq.url]);
  relays.tool.write(CATALOG, 'before', '1');
  for (const id of [ORGANIZATION_DOCUMENT, CATALOG])
    await vi.waitFor(
      async () => expect(await vouchedAt(relay, id)).toEqual(A.getHeads(relays.tool.doc(id))),
      PATIENCE,
    );
  const till = await connect(relay, key);
  till.write(OWN, '000000001', '{}');
  await till.until(() => till.isConfirmed(OWN));
  return { key, relay, till };
}

describe('a backup', () => {
  test('made while head office takes writes holds everything it had confirmed by then', async () => {
    const { data, relays } = await shop();
    const file = `${data}.tar.gz`;
    let confirmed = 0;
    const work = { done: false };
    const writing = (async () => {
      while (!work.done) {
        relays.tool.write(CATALOG, `p${String(confirmed).padStart(6, '0')}`, '1');
        await relays.tool.until(() => relays.tool.isConfirmed(CATALOG));
        confirmed += 1;
      }
    })();
    await vi.waitUntil(() => confirmed > 5, PATIENCE);
    const atStart = confirmed;
    const made = await backUp('--data', data, '--to', file);
    work.done = true;
    await writing;
    expect(made).toMatchObject({ code: 0, stderr: '' });
    await relays.hq.program.kill();

    const elsewhere = `${data}-again`;
    expect(await restore('--from', file, '--data', elsewhere)).toMatchObject({ code: 0, stderr: '' });
    const hq = await headOfficeOn(elsewhere, relays);
    const tool = await toolOf(hq, 'hq');
    await tool.until(() => tool.size(CATALOG) >= atStart);
    const names = Object.keys(tool.entries(CATALOG)).sort();
    expect(names).toEqual(names.map((_, i) => `p${String(i).padStart(6, '0')}`));
  });

  test('put back gets from the stores what happened since, also who was locked out, and goes on', async () => {
    const { data, relays } = await shop();
    const { key, till } = await sellingStore(relays);
    const file = `${data}.tar.gz`;
    expect((await backUp('--data', data, '--to', file)).code).toBe(0);

    relays.tool.write(CATALOG, 'after', '1');
    await relays.tool.until(() => relays.tool.isConfirmed(CATALOG));
    till.write(OWN, '000000002', '{}');
    await till.until(() => till.isConfirmed(OWN) && till.entries(CATALOG)['after'] === '1');
    const late = testKey();
    await relays.list(late, { revokedAt: '2026-01-02T00:00:00.000Z' });
    await till.until(() => `device:${late.id}` in till.entries(ORGANIZATION_DOCUMENT));
    await relays.hq.program.kill();
    await rm(data, { recursive: true });

    expect((await restore('--from', file, '--data', data)).code).toBe(0);
    const hq = await headOfficeOn(data, relays);
    const tool = await toolOf(hq, 'hq');
    await tool.until(
      () =>
        tool.size(OWN) === 2 &&
        tool.size(CATALOG) === 2 &&
        `device:${late.id}` in tool.entries(ORGANIZATION_DOCUMENT),
    );
    const name = `device:${late.id}`;
    expect(tool.entries(ORGANIZATION_DOCUMENT)[name]).toBe(
      deviceEntry(late, { revokedAt: '2026-01-02T00:00:00.000Z' })[name],
    );
    tool.write(CATALOG, 'afterwards', '1');
    await till.until(() => till.entries(CATALOG)['afterwards'] === '1');
    expect(Object.keys(till.entries(CATALOG)).sort()).toEqual(['after', 'afterwards', 'before']);
    expect(key.id).not.toBe(late.id);
  });

  test('of the identity alone is enough for head office, lost entirely, to get everything back from its stores', async () => {
    const { data, relays } = await shop();
    const { key, till } = await sellingStore(relays);
    const file = `${data}.tar.gz`;
    expect((await backUp('--data', data, '--to', file, '--identity')).code).toBe(0);
    await relays.hq.program.kill();
    await rm(data, { recursive: true });

    expect((await restore('--from', file, '--data', data)).code).toBe(0);
    expect(await readdir(join(data, 'hq', 'relay'))).toEqual(['device.json']);
    const tool = await toolOf(await headOfficeOn(data, relays), 'hq');
    await tool.until(() => tool.size(CATALOG) === 1 && tool.size(OWN) === 1);
    const organization = () => Object.keys(tool.entries(ORGANIZATION_DOCUMENT));
    await vi.waitFor(() => expect(organization()).toContain(`device:${key.id}`), PATIENCE);
    tool.write(CATALOG, 'afterwards', '1');
    await till.until(() => till.entries(CATALOG)['afterwards'] === '1');
  });

  test('leaves out what must not come back', () => {
    const kept = [
      'tillmesh.json',
      'hq/relay/device.json',
      'hq/relay/documents/pYLk.log',
      'hq/relay/documents/pYLk.log.damaged',
      'hq/relay/documents/pYLk.voucher',
      'hq/reports/device.json',
    ];
    const left = [
      'log.txt',
      'hq/relay/lock',
      'hq/relay/documents/pYLk.voucher.new',
      'hq/reports/reports.db',
      's01-r1/bridge/front/ledger.log',
      's01-r1/printer/paper-1.svg',
    ];
    expect([...kept, ...left].filter((name) => isKept(name, 'all'))).toEqual(kept);
    expect([...kept, ...left].filter((name) => isKept(name, 'identity'))).toEqual([
      'tillmesh.json',
      'hq/relay/device.json',
      'hq/reports/device.json',
    ]);
  });
});

/** A folder that looks like a machine's, and a backup of it. */
async function smallBackup() {
  const folder = await temporaryFolder();
  const data = join(folder, 'data');
  await mkdir(join(data, 'hq', 'relay', 'documents'), { recursive: true });
  await writeFile(join(data, 'hq', 'relay', 'device.json'), '{"device":"0123456789abcdef"}');
  await writeFile(join(data, 'hq', 'relay', 'documents', 'a.log'), 'x'.repeat(3000));
  const file = join(folder, 'shop.tar.gz');
  expect((await backUp('--data', data, '--to', file)).code).toBe(0);
  return { folder, data, file };
}

describe('putting back', () => {
  test('a backup that was cut off or changed is refused, and the folder stays free', async () => {
    const { folder, file } = await smallBackup();
    const whole = await readFile(file);
    // The time in a gzip header and the last unused bits before its checksum may change without harm.
    const place = fc.integer({ min: 10, max: whole.length - 20 });
    const [cuts, flips] = [fc.sample(place, 6), fc.sample(place, 10)];
    const versions = [
      ...[0, ...cuts, whole.length - 1].map((at) => whole.subarray(0, at)),
      ...flips.map((at) => whole.with(at, (whole[at] ?? 0) ^ 0x41)),
    ];
    for (const [i, bytes] of versions.entries()) {
      const bad = join(folder, `bad-${i}.tar.gz`);
      await writeFile(bad, bytes);
      const { code, stderr } = await restore('--from', bad, '--data', join(folder, 'again'));
      expect([code, stderr.includes('Nothing was put back')]).toEqual([1, true]);
    }
    expect((await readdir(folder)).filter((name) => name.startsWith('again'))).toEqual([]);
  });

  test('writes nothing outside the folder it was given', async () => {
    const folder = await temporaryFolder();
    const tar = pack();
    tar.entry({ name: '../outside.txt' }, 'x');
    tar.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of tar) chunks.push(chunk as Buffer);
    await writeFile(join(folder, 'evil.tar.gz'), gzipSync(Buffer.concat(chunks)));
    const { code, stderr } = await restore(
      '--from',
      join(folder, 'evil.tar.gz'),
      '--data',
      join(folder, 'in', 'again'),
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining('a file lies in the folder')]);
    expect(await readdir(folder)).toEqual(['evil.tar.gz']);
  });

  test('never overwrites a folder that holds something', async () => {
    const { data, file } = await smallBackup();
    const refused = await restore('--from', file, '--data', data);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('is not empty') as string });
    expect(await readFile(join(data, 'hq', 'relay', 'device.json'), 'utf8')).toContain('0123456789abcdef');
  });

  test('gives back every byte that was kept', async () => {
    const { folder, data, file } = await smallBackup();
    const again = join(folder, 'again');
    expect((await restore('--from', file, '--data', again)).code).toBe(0);
    for (const name of ['hq/relay/device.json', 'hq/relay/documents/a.log'])
      expect(await readFile(join(again, name))).toEqual(await readFile(join(data, name)));
  });
});

describe('the commands', () => {
  test.each([
    ['backup', ['--to', '/tmp/x.tar.gz'], 2, '--data DIR is missing'],
    ['backup', ['--data', '/tmp'], 2, '--to FILE is missing'],
    ['backup', ['--data', '/nowhere', '--to', '/tmp/x.tar.gz'], 1, 'is no folder'],
    ['backup', ['--data', '/var/empty', '--to', '/var/empty/x.tar.gz'], 2, 'lies inside'],
    ['restore', ['--data', '/tmp/again'], 2, '--from FILE is missing'],
    ['restore', ['--from', '/nowhere', '--data', '/tmp/again'], 1, 'is no file'],
    ['restore', ['--form', 'x'], 2, '--form'],
  ])('%s %j ends with %i and says what is wrong', async (command, args, code, sentence) => {
    const ended = await runProgram(`app/server/${command}/main.ts`, args);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(sentence)]);
  });

  test('a backup that cannot be written leaves the one before', async () => {
    const { folder, data } = await smallBackup();
    const file = join(folder, 'folder');
    await mkdir(join(file, 'in'), { recursive: true });
    const ended = await backUp('--data', data, '--to', file);
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining('could not be written')]);
    expect(await readdir(folder)).not.toContain('folder.part');
  });
});
