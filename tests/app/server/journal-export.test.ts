import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { openHeadOffice } from '../../../app/server/head-office-documents.ts';
import { deviceLine, entryLine } from '../../../app/server/export-journal/export-lines.ts';
import { readOptions } from '../../../app/server/export-journal/options.ts';
import { documentTrouble } from '../../../app/server/export-journal/relay-trouble.ts';
import { sessionsBetween } from '../../../app/server/export-journal/session-range.ts';
import type { JournalVerdict } from '../../../app/server/verify-journal/journal-check.ts';
import { chainOf, firstFault } from '../../support/exported-journal.ts';
import { recordText } from '#model/journal/chain.ts';
import { terminalOf } from '../../support/journal-fixture.ts';
import { runProgram, startProgram } from '../../support/program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const IMPORT = 'app/server/import-sales/main.ts';
const EXPORT = 'app/server/export-journal/main.ts';
const VERIFY = 'app/server/verify-journal/main.ts';
const FIXTURE = 'tests/fixtures/import/sales.csv';
const REAL = '../shared/data/online-retail.csv';

/** A data folder with the fixture's sales in it, imported once; tests that change it take a copy. */
let imported = '';

beforeAll(async () => {
  imported = await mkdtemp(join(tmpdir(), 'tillmesh-export-'));
  const { code, stderr } = await runProgram(IMPORT, [FIXTURE, '--data', imported]);
  if (code !== 0) throw new Error(stderr);
});
afterAll(() => rm(imported, { recursive: true }));

async function copyOfImported(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(imported, folder, { recursive: true });
  return folder;
}

const sessionKey: DocumentKey = {
  class: 'session',
  store: storeId(1),
  register: registerId(1),
  session: 1,
};

async function logOf(data: string, key: DocumentKey): Promise<string> {
  const { organization } = JSON.parse(await readFile(join(data, 'tillmesh.json'), 'utf8')) as {
    organization: string;
  };
  return join(data, 'hq/relay/documents', `${documentId({ organization, key })}.log`);
}

/** Exports to a file and verifies it with the command; both must come to an end by themselves. */
async function exported(
  data: string,
  args: readonly string[] = [],
): Promise<{ readonly text: string; readonly verdict: JournalVerdict; readonly code: number | null }> {
  const out = join(await temporaryFolder(), 'journal.jsonl');
  const made = await runProgram(EXPORT, ['--data', data, '--out', out, ...args]);
  expect(`${made.code} ${made.stderr}`).toMatch(/^0 /);
  const { code, stdout } = await runProgram(VERIFY, [out, '--json']);
  return { text: await readFile(out, 'utf8'), verdict: JSON.parse(stdout) as JournalVerdict, code };
}

/** Writes entries into head office's documents as a peer of its relay would. */
async function writeInto(data: string, key: DocumentKey, entries: Record<string, string>): Promise<void> {
  const { organization } = JSON.parse(await readFile(join(data, 'tillmesh.json'), 'utf8')) as {
    organization: string;
  };
  const args = [
    '--port',
    '0',
    '--role',
    'hq',
    '--data',
    join(data, 'hq/relay'),
    '--organization',
    organization,
  ];
  const relay = await startProgram('sync-relay/main.ts', args);
  onTestFinished(async () => void (await relay.stop()));
  const opened = await openHeadOffice(
    join(data, 'hq/relay'),
    organization,
    `ws://127.0.0.1:${relay.ready.port}/sync`,
  );
  if (!opened.ok) throw new Error(opened.error);
  const { documents } = opened.value;
  await documents.open(key);
  expect(await documents.caughtUp(key, 10_000)).toBe('caught-up');
  expect((await documents.writeDurably(key, entries, 10_000)).relay).toBe('saved');
  await documents.close();
  await relay.stop();
}

describe('an export of imported sales', () => {
  test('[J10] holds every record of every register and verifies', async () => {
    const { text, verdict, code } = await exported(imported);
    expect(firstFault(verdict)).toBe('valid');
    expect(code).toBe(0);
    const lines = text.trimEnd().split('\n');
    const header = JSON.parse(lines[0] ?? '') as { registers: string[] };
    expect(header).toMatchObject({ format: 'tillmesh-journal', version: 1 });
    expect(header.registers).toEqual(['S01-R1', 'S01-R2', 'S02-R1', 'S02-R2', 'S03-R1', 'S03-R2']);
    const receipts = new Set(
      (await readFile(FIXTURE, 'utf8'))
        .trim()
        .split('\n')
        .slice(1)
        .map((row) => row.split(',')[0]),
    );
    const counted = verdict.registers.reduce((sum, { totals }) => sum + totals.receipts, 0);
    expect(counted).toBe(receipts.size);
    // Head office, its indexer, and the device each register's history was signed with.
    expect(verdict.devices).toHaveLength(8);
    const records = lines.filter((line) => 'kind' in (JSON.parse(line) as object)).length;
    expect(verdict.registers.reduce((sum, { records: found }) => sum + found, 0)).toBe(records);
    expect(verdict.registers.reduce((sum, { signed }) => sum + signed, 0)).toBe(records);
  });

  test('[J10] of one store or register holds no other, and goes to standard output as well', async () => {
    const { verdict } = await exported(imported, ['--store', 'S02', '--register', 'R2']);
    expect(verdict.registers.map(({ register }) => register)).toEqual(['S02-R2']);
    const store = await exported(imported, ['--store', 'S03']);
    expect(store.verdict.registers.map(({ register }) => register)).toEqual(['S03-R1', 'S03-R2']);
    const { code, stdout } = await runProgram(EXPORT, ['--data', imported, '--store', 'S03']);
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(1, -2)).toEqual(store.text.split('\n').slice(1, -2));
  });

  test('[J11] of some days holds the sessions of those days and verifies', async () => {
    const whole = await exported(imported, ['--register', 'R1']);
    const days = [...whole.text.matchAll(/"day":"([\d-]+)"/g)].map(([, day = '']) => day).sort();
    const last = days.at(-1) ?? '';
    expect(new Set(days).size).toBeGreaterThan(1);
    const { text, verdict } = await exported(imported, ['--register', 'R1', '--from', last, '--to', last]);
    expect(firstFault(verdict)).toBe('valid');
    expect(verdict.registers.length).toBeGreaterThan(0);
    expect(new Set([...text.matchAll(/"day":"([\d-]+)"/g)].map(([, day]) => day))).toEqual(new Set([last]));
    expect(verdict.registers[0]?.firstSeq).toBeGreaterThan(1);
    const none = await exported(imported, ['--from', '2030-01-01']);
    expect(none.verdict).toMatchObject({ valid: true, registers: [] });
  });

  test('[J14] is told as a table for people, with what its hashes cannot show', async () => {
    const out = join(await temporaryFolder(), 'journal.jsonl');
    await runProgram(EXPORT, ['--data', imported, '--register', 'R1', '--out', out]);
    const sound = await runProgram(VERIFY, [out]);
    expect(sound.code).toBe(0);
    expect(sound.stdout).toMatch(/^S01-R1 +\d+ +1 to \d+ +S01-R1-000001 to S01-R1-\d{6} .* valid$/m);
    expect(sound.stdout).toMatch(/^\d+ records are signed by devices of this file, which names 8/m);
    expect(sound.stdout).toMatch(/^S01-R1 ends with seq \d+, hash [\w-]{43}\./m);
    const text = await readFile(out, 'utf8');
    await writeFile(out, text.replace('"by":"c', '"by":"x'));
    const broken = await runProgram(VERIFY, [out]);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toMatch(/^S01-R1, line \d+, seq \d+: the record was changed/m);
    expect(broken.stdout).toContain('NOT VALID');
  });

  test(
    '[J14] of real sales verifies and adds up to their published total',
    { timeout: 120_000 },
    async () => {
      const isThere = existsSync(REAL);
      const data = await temporaryFolder();
      const { code } = await runProgram(IMPORT, [isThere ? REAL : FIXTURE, '--data', data]);
      expect(code).toBe(0);
      const { verdict } = await exported(data);
      expect(firstFault(verdict)).toBe('valid');
      const signed = verdict.registers.reduce((sum, { totals }) => sum + totals.signed, 0);
      expect(signed).toBe(isThere ? 18_066_775 : await fixtureTotal());
    },
  );
});

/** The fixture's total in pence from its rows alone: every price there has its tax inside. */
async function fixtureTotal(): Promise<number> {
  const rows = (await readFile(FIXTURE, 'utf8')).trim().split('\n').slice(1);
  return rows.reduce((sum, row) => {
    const [quantity, price] = row.split(',').slice(-6, -4).map(Number);
    return sum + Math.round((quantity ?? NaN) * (price ?? NaN) * 100);
  }, 0);
}

describe('an export of a folder that is not as it should be', () => {
  test('[J10] shows entries that are no records, and devices with their keys', async () => {
    const data = await copyOfImported();
    const key = 'A'.repeat(43);
    const listed = terminalOf(storeId(9), registerId(9), { id: '0123456789abcdef', key });
    await writeInto(data, sessionKey, { '000000999': 'no record ü' });
    await writeInto(
      data,
      { class: 'organization' },
      {
        'device:0123456789abcdef': JSON.stringify(listed),
        'device:fedcba9876543210': JSON.stringify({ role: 'terminal' }),
      },
    );
    const { text, verdict, code } = await exported(data, ['--store', 'S01']);
    expect(code).toBe(1);
    expect(text).toContain(
      `\n{"device":"0123456789abcdef","key":"${key}","register":"R9","role":"terminal","store":"S09"}\n`,
    );
    expect(text).toContain('"unreadable":{"document":"organization","key":"device:fedcba9876543210"');
    expect(text).toContain('"text":"no record ü"');
    const [broken, sound] = verdict.registers;
    expect(broken?.fault).toMatchObject({ code: 'unreadable' });
    expect(sound?.valid).toBe(true);
  });

  test('is refused when a document log was damaged, now and until somebody looked at it', async () => {
    const data = await copyOfImported();
    // Two frames behind what may be archived: damage in the last one alone would be the torn tail of a power cut.
    await writeInto(data, sessionKey, { '000000998': 'one more frame' });
    await writeInto(data, sessionKey, { '000000999': 'and another' });
    const path = await logOf(data, sessionKey);
    const bytes = await readFile(path);
    bytes[30] = (bytes[30] ?? 0) ^ 1;
    await writeFile(path, bytes);
    const out = join(data, 'journal.jsonl');
    for (const sentence of ["Head office's documents are not whole", 'was damaged and put aside']) {
      const { code, stderr } = await runProgram(EXPORT, ['--data', data, '--out', out]);
      expect(code).toBe(1);
      expect(stderr).toContain(sentence);
    }
    expect((await readdir(data)).filter((name) => name.startsWith('journal'))).toEqual([]);
  });

  test('is refused when tillmesh.json is damaged or when there is no head office, and nothing is made', async () => {
    const data = await copyOfImported();
    await writeFile(join(data, 'tillmesh.json'), '{');
    const damaged = await runProgram(EXPORT, ['--data', data]);
    expect(damaged.code).toBe(1);
    expect(damaged.stderr).toContain('tillmesh.json is damaged');
    const empty = await temporaryFolder();
    const absent = await runProgram(EXPORT, ['--data', join(empty, 'nothing')]);
    expect(absent.code).toBe(1);
    expect(absent.stderr).toContain('holds no head office');
    expect(await readdir(empty)).toEqual([]);
  });

  test('is refused while Tillmesh runs on the folder', async () => {
    const data = await copyOfImported();
    const args = ['--port', '0', '--role', 'hq', '--data', join(data, 'hq/relay')];
    const relay = await startProgram('sync-relay/main.ts', args);
    onTestFinished(async () => void (await relay.stop()));
    const { code, stderr, stdout } = await runProgram(EXPORT, ['--data', data]);
    expect(code).toBe(1);
    expect(stderr).toContain('is in use by another Tillmesh program');
    expect(stdout).toBe('');
  });

  test('names the registers there are when it is asked for another', async () => {
    const { code, stderr } = await runProgram(EXPORT, [
      '--data',
      imported,
      '--store',
      'S01',
      '--register',
      'R9',
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('S01-R9 has no journal here. There are S01-R1, S01-R2, S02-R1');
  });

  test('says when the file cannot be written', async () => {
    const out = join(imported, 'no such folder', 'journal.jsonl');
    const { code, stderr } = await runProgram(EXPORT, ['--data', imported, '--out', out]);
    expect(code).toBe(1);
    expect(stderr).toContain('The export could not be written');
  });
});

test('only warnings of a relay about a document stop an export', () => {
  const line = (entry: object) => `[relay] ${JSON.stringify({ level: 40, msg: 'bad', ...entry })}`;
  expect(documentTrouble(line({ path: '/data/documents/x.log' }))).toBe('x: bad');
  expect(documentTrouble(line({ document: 'y', level: 50 }))).toBe('y: bad');
  for (const other of [
    line({ level: 30, document: 'y' }),
    line({ file: 'z' }),
    '(node:1) Warning',
    'relay ended: {',
  ])
    expect(documentTrouble(other)).toBeUndefined();
});

describe('the command lines', () => {
  test.each([
    [[], 'say where the data are'],
    [['--data', 'd', '--store', '1'], '--store: a store id is'],
    [['--data', 'd', '--from', '1.2.2026'], '--from: a day looks like'],
    [['--data', 'd', '--from', '2026-02-02', '--to', '2026-02-01'], '--from is a later day than --to'],
    [['--data', 'd', '--wrong'], "Unknown option '--wrong'"],
  ])('of export-journal: %j is refused', (args, sentence) => {
    const options = readOptions(args);
    expect(options.ok ? 'accepted' : options.error).toContain(sentence);
  });

  test.each([
    [EXPORT, ['--wrong'], 2],
    [EXPORT, ['--help'], 0],
    [VERIFY, [], 2],
    [VERIFY, ['--wrong'], 2],
    [VERIFY, ['a', 'b'], 2],
    [VERIFY, ['no-such-file.jsonl'], 2],
    [VERIFY, [FIXTURE], 1],
    [VERIFY, ['--help'], 0],
  ] as const)('%s %j ends with %i', async (program, args, expected) => {
    const { code, stdout, stderr } = await runProgram(program, args);
    expect(code).toBe(expected);
    expect(expected === 2 ? stderr : stdout).not.toBe('');
    expect(stderr).not.toContain('    at ');
  });
});

describe('the sessions of some days', () => {
  const days = ['2026-01-01', '2026-01-02', undefined, '2026-01-05', '2026-01-03', '2026-01-06'];

  test.each([
    [{}, { first: 1, last: 6 }],
    [
      { from: '2026-01-02', to: '2026-01-03' },
      { first: 2, last: 5 },
    ],
    [{ from: '2026-01-05' }, { first: 4, last: 6 }],
    [{ to: '2026-01-02' }, { first: 1, last: 3 }],
    [{ to: '2026-01-03' }, { first: 1, last: 5 }],
    [
      { from: '2026-01-06', to: '2026-01-06' },
      { first: 6, last: 6 },
    ],
    [{ from: '2026-02-01' }, undefined],
    [{ to: '2025-01-01' }, undefined],
  ])('[J11] %j are a run of sessions', (range, expected) => {
    expect(sessionsBetween(days, range)).toEqual(expected);
  });
});

describe('a line of an export', () => {
  const [first] = chainOf().map(recordText);
  const key = { class: 'session', store: storeId(1), register: registerId(2), session: 1 } as const;

  test('[J10, D5] is the stored text of a record under its own key, and unreadable under any other', () => {
    const text = first ?? '';
    expect(entryLine(key, '000000001', text)).toBe(text);
    const cause = (line: string) => (JSON.parse(line) as { unreadable: { cause: string } }).unreadable.cause;
    expect(cause(entryLine(key, '000000002', text))).toContain('it is record 1');
    expect(cause(entryLine({ ...key, session: 2 }, '000000001', text))).toContain('session S01-R2 #1');
    expect(cause(entryLine(key, '000000001', text.replace('"v":1', '"v":7')))).toContain('record version 7');
  });

  test('[J10] keeps an unreadable text as it is, decomposed letters too', () => {
    const line = entryLine(key, 'x', 'zoe\u0308\n');
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toMatchObject({
      unreadable: { document: 'session S01-R2 #1', register: 'S01-R2', key: 'x', text: 'zoe\u0308\n' },
    });
  });

  test('[J10] tells a device whose key is none', () => {
    const device = terminalOf(storeId(1), registerId(2), {
      id: '0123456789abcdef',
      revokedAt: '2026-11-22T00:00:00.000Z',
    });
    const name = `device:${device.id}`;
    expect(JSON.parse(deviceLine(name, JSON.stringify(device)) ?? '')).toEqual({
      device: device.id,
      key: device.key,
      role: 'terminal',
      store: 'S01',
      register: 'R2',
      revokedAt: '2026-11-22T00:00:00.000Z',
    });
    expect(deviceLine(name, JSON.stringify({ ...device, key: 'short' }))).toContain(
      '43 base64url characters',
    );
    expect(deviceLine(name, 'no json')).toContain('unreadable');
    expect(deviceLine('device:a', JSON.stringify(device))).toContain('unreadable');
    expect(deviceLine('store:S01', '{"key":"x"}')).toBeUndefined();
  });
});
