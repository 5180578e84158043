import { existsSync, readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { runProgram, startProgram } from '../../support/program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Every file under a folder, by its path in it. */
const filesUnder = async (folder: string) => (await readdir(folder, { recursive: true })).sort();

const IMPORT = 'app/server/import-sales/main.ts';
const FIXTURE = 'tests/fixtures/import/sales.csv';
const SHARED = '../shared/data/online-retail.csv';

/** Rounds a fraction of whole numbers half away from zero; big integers, so nothing here shares the product's arithmetic. */
function rounded(numerator: bigint, denominator: bigint): bigint {
  const size = numerator < 0n ? -numerator : numerator;
  const whole = (2n * size + denominator) / (2n * denominator);
  return numerator < 0n ? -whole : whole;
}

const thousandths = (text: string) => rounded(BigInt(Math.round(Number(text) * 1e6)), 1000n);
const money = (cents: bigint) =>
  `${cents < 0n ? '-' : ''}${(cents < 0n ? -cents : cents) / 100n}.${String((cents < 0n ? -cents : cents) % 100n).padStart(2, '0')}`;

/** What the totals of a file of one tax rate, included in the price, must be: computed from the rows alone. */
function expectedTotals(path: string) {
  const rows = parse(readFileSync(path), { columns: true }) as Record<string, string>[];
  const receipts = new Map<
    string,
    { row: Record<string, string>; gross: bigint; lines: number; refund: boolean }
  >();
  for (const row of rows) {
    const amount = rounded(
      thousandths(row['quantity'] ?? '') * thousandths(row['unit_price'] ?? ''),
      10_000n,
    );
    const known = receipts.get(row['receipt'] ?? '') ?? { row, gross: 0n, lines: 0, refund: false };
    const refund = known.refund || (row['quantity'] ?? '').startsWith('-');
    receipts.set(row['receipt'] ?? '', {
      ...known,
      gross: known.gross + amount,
      lines: known.lines + 1,
      refund,
    });
  }
  const all = [...receipts.values()];
  const grossBy = (keyOf: (row: Record<string, string>) => string) => {
    const sums = new Map<string, bigint>();
    for (const { row, gross } of all) sums.set(keyOf(row), (sums.get(keyOf(row)) ?? 0n) + gross);
    return Object.fromEntries(
      [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, sum]) => [key, money(sum)]),
    );
  };
  const gross = all.reduce((sum, receipt) => sum + receipt.gross, 0n);
  const tax = all.reduce((sum, receipt) => sum + rounded(receipt.gross * 175n, 1175n), 0n);
  return {
    receipts: all.length,
    lines: rows.length,
    gross: money(gross),
    tax: money(tax),
    refund_receipts: all.filter((receipt) => receipt.refund).length,
    units: String(rows.reduce((sum, row) => sum + Number(row['quantity']), 0)),
    net: money(gross - tax),
    gross_by_tender: grossBy((row) => row['tender'] ?? ''),
    gross_by_store: grossBy((row) => row['store'] ?? ''),
    gross_by_register: grossBy((row) => `${row['store']}-${row['register']}`),
    gross_by_day: grossBy((row) => (row['at'] ?? '').slice(0, 10)),
    tax_by_percent: { '17.5': money(tax) },
  };
}

/** What a program said when it failed; empty when it did not. */
function failure({ code, stderr }: { code: number | null; stderr: string }): string {
  return code === 0 ? '' : `exit ${code}: ${stderr}`;
}

describe('importing a sales history', { timeout: 120_000 }, () => {
  test('gives the figures of the file to the cent, and importing it again changes nothing', async () => {
    const data = join(await temporaryFolder(), 'data');
    const first = await runProgram(IMPORT, [FIXTURE, '--data', data]);
    expect(failure(first)).toBe('');
    expect(JSON.parse(first.stdout)).toEqual(expectedTotals(FIXTURE));
    const second = await runProgram(IMPORT, [FIXTURE, '--data', data]);
    expect(JSON.parse(second.stdout)).toEqual(JSON.parse(first.stdout));
  });

  test('gives the published figures of the whole data set where it lies beside the project', async () => {
    const path = existsSync(SHARED) ? SHARED : FIXTURE;
    const outcome = await runProgram(IMPORT, [path, '--data', await temporaryFolder()]);
    const published: unknown =
      path === SHARED
        ? JSON.parse(readFileSync('../shared/data/online-retail.expected.json', 'utf8'))
        : expectedTotals(path);
    expect(failure(outcome)).toBe('');
    expect(JSON.parse(outcome.stdout)).toEqual(published);
    expect(JSON.parse(outcome.stdout)).toEqual(expectedTotals(path));
  });

  test('a file broken off in the middle is completed by the whole one', async () => {
    const folder = await temporaryFolder();
    const lines = readFileSync(FIXTURE, 'utf8').split('\n');
    const half = join(folder, 'half.csv');
    // Whole days only: a session that was closed takes no more receipts.
    const days = lines.filter((line, i) => i === 0 || line.includes(',2010-12-01T'));
    await writeFile(half, days.join('\n'));
    const data = join(folder, 'data');
    expect((await runProgram(IMPORT, [half, '--data', data])).code).toBe(0);
    const whole = await runProgram(IMPORT, [FIXTURE, '--data', data]);
    expect(JSON.parse(whole.stdout)).toEqual(expectedTotals(FIXTURE));
  });

  test('a bad row names file, line, column and cause, and nothing is imported', async () => {
    const folder = await temporaryFolder();
    const lines = readFileSync(FIXTURE, 'utf8').split('\n');
    lines[40] = (lines[40] ?? '').replace(/,17\.5,/, ',lots,');
    await writeFile(join(folder, 'broken.csv'), lines.join('\n'));
    const data = join(folder, 'data');
    const { code, stderr, stdout } = await runProgram(IMPORT, [join(folder, 'broken.csv'), '--data', data]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      'broken.csv, line 41, column tax_percent: "lots" is not a percentage. Nothing was imported.',
    );
    expect(existsSync(data)).toBe(false);
  });

  test('a folder that a running relay uses is refused, and nothing in it changes', async () => {
    const data = await temporaryFolder();
    const relay = await startProgram('sync-relay/main.ts', [
      '--data',
      join(data, 'hq', 'relay'),
      '--port',
      '0',
    ]);
    const before = await filesUnder(join(data, 'hq', 'relay'));
    const { code, stderr } = await runProgram(IMPORT, [FIXTURE, '--data', data]);
    expect(code).toBe(1);
    expect(stderr).toContain('is in use by another Tillmesh program');
    expect(await filesUnder(join(data, 'hq', 'relay'))).toEqual(before);
    await relay.stop();
  });

  test.each([
    [[], 'name the file to import'],
    [[FIXTURE], 'say where to keep the data'],
    [[FIXTURE, '--data', 'x', '--time-zone', 'Mars'], 'a time zone looks like'],
    [[FIXTURE, '--data', 'x', '--speed', '9'], '--speed'],
  ])('%j → "%s", exit 2', async (args, sentence) => {
    const { code, stderr } = await runProgram(IMPORT, args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});
