import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { Exact } from '#model/money/money.ts';
import { unmet } from '../../../app/server/vectors/expectation.ts';
import { describeResults } from '../../../app/server/vectors/report.ts';
import { notedTaxes } from '../../../app/server/vectors/tax-notation.ts';
import { readVectorFile } from '../../../app/server/vectors/vector-file.ts';
import { runVectors, type VectorResult } from '../../../app/server/vectors/vector-run.ts';
import { Unrounded } from '../../../app/server/vectors/vector.ts';

const FIXTURES = new URL('../../fixtures/vectors/', import.meta.url).pathname;
const textOf = (name: string) => readFileSync(join(FIXTURES, name), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (file: unknown): Promise<VectorResult[]> =>
  runVectors(readVectorFile('a.json', typeof file === 'string' ? file : JSON.stringify(file)));
const statuses = async (vectors: unknown) =>
  (await run({ vectors })).map(({ status, detail = '' }) => [status, detail]);
const LINE = { id: 'A', category: 'tax-line', inputs: { price: 100, taxes: [20] }, expected: { tax: 20 } };

describe('published examples', () => {
  const entries = ['retail.json', 'barcodes.json', 'edges.json'].map(
    (name) => [name, readVectorFile(name, textOf(name))] as const,
  );

  test.each(entries)('all of %s pass', async (_, vectors) => {
    const results = await runVectors(vectors);
    expect(results.filter(({ status }) => status !== 'passed')).toStrictEqual([]);
    expect(results.length).toBeGreaterThan(30);
  });

  test('a wrong figure in any of them is noticed', async () => {
    const changed = (value: unknown): unknown => {
      if (typeof value === 'number') return value + 1;
      if (typeof value === 'boolean') return !value;
      if (typeof value === 'string')
        return /^-?\d+(?:\.\d+)?$/.test(value) ? `${Number(value) + 1}` : `${value}?`;
      if (Array.isArray(value)) return value.map(changed);
      if (typeof value !== 'object' || value === null) return 'something';
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [
          name,
          /^(?:buggy|wrong|forbidden|odoo)/.test(name) ? item : changed(item),
        ]),
      );
    };
    const wrong = entries
      .flatMap(([, vectors]) => vectors)
      .map((entry) =>
        'expected' in entry ? { ...entry, expected: changed(entry.expected) as object as never } : entry,
      );
    // A remark in words says nothing that can be wrong.
    const passed = (await runVectors(wrong)).filter(
      ({ status, id }) => status !== 'failed' && !id.startsWith('keyboardWedge'),
    );
    expect(passed).toStrictEqual([]);
  });

  test('what others got wrong must not come out', () => {
    const got = { total: new Exact('8.01'), levels: [12, 15, 15] };
    expect(unmet({ total: 8.01, forbidden_total: 8.02 }, got)).toStrictEqual([]);
    expect(unmet({ total: 8.01, forbidden_total: 8.01 }, got)).toStrictEqual(['forbidden_total']);
    expect(unmet({ levels: [12, 15, 15], buggy: [12, 15, 18] }, got)).toStrictEqual([]);
    expect(unmet({ levels: [12, 15, 15], buggy: [12, 15, 15] }, got)).toStrictEqual(['buggy']);
    expect(unmet({ odoo_number: '501', note: 'x', total: 8.01 }, got)).toStrictEqual([]);
  });

  test('numbers are compared as numbers, texts as texts, unrounded results to six decimals', () => {
    const got = {
      a: new Exact('9.50'),
      b: '0123',
      c: new Unrounded(new Exact(10).div(3)),
      d: { e: 1, f: 2 },
    };
    expect(unmet({ a: 9.5, b: '0123', c: 3.333333, d: { e: 1 } }, got)).toStrictEqual([]);
    expect(unmet({ a: 9.51, b: '123', c: 3.33, d: { e: 1, f: 3 }, g: 1 }, got)).toStrictEqual([
      'a',
      'b',
      'c',
      'd',
      'g',
    ]);
    expect(unmet({ g: null }, got)).toStrictEqual([]);
  });
});

describe('what cannot be run', () => {
  test('a malformed example fails with a sentence, and the others run', async () => {
    const odd = [
      null,
      {},
      { id: 'x' },
      { id: 'x', category: 'tax-line' },
      { id: 'x', category: 'tax-line', inputs: {} },
      { id: 'x', category: 'tax-line', inputs: {}, expected: {} },
      { id: 'x', category: 'tax-line', inputs: {}, expected: { total: 1 } },
      { id: 'x', category: 'astrology', inputs: {}, expected: { total: 1 } },
      { id: 'x', category: 'cash-rounding', inputs: { total: 1, step: 0 }, expected: { cash: 1 } },
      {
        id: 'x',
        category: 'cart-discount',
        inputs: { document: 'NO-1', percent: 2 },
        expected: { total: 1 },
      },
      LINE,
    ];
    expect(await statuses(odd)).toStrictEqual([
      ['failed', 'It is no object.'],
      ['failed', 'It has no id.'],
      ['failed', 'It has no category.'],
      ['failed', 'Its inputs are no object.'],
      ['failed', 'What is expected is no object.'],
      ['failed', 'It expects nothing.'],
      ['failed', 'the price should be a number, and is undefined.'],
      ['failed', 'No rule is known for the category "astrology".'],
      ['failed', 'It names no rounding step above zero.'],
      ['failed', 'It refers to NO-1, which is in none of the files.'],
      ['passed', ''],
    ]);
  });

  test('a file that is none of examples is one failure', async () => {
    for (const file of ['{', '[', '5', '{}', '{"vectors": 3}', '{"strange": [1]}', 'null', '"text"'])
      expect((await run(file)).map(({ status }) => status)).toStrictEqual(['failed']);
  });

  test('nothing an example may hold breaks the run', async () => {
    const known = readVectorFile('retail.json', textOf('retail.json')).filter((entry) => 'inputs' in entry);
    const scramble = fc.tuple(fc.constantFrom(...known), fc.jsonValue(), fc.nat(20));
    await fc.assert(
      fc.asyncProperty(scramble, async ([vector, value, place]) => {
        const names = Object.keys(vector.inputs);
        const name = names[place % names.length] ?? 'x';
        const results = await runVectors([{ ...vector, inputs: { ...vector.inputs, [name]: value } }]);
        expect(results).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['sync', { requests: 1e240, uuid: 'same' }, /how often it is sent should be from 0 to 10000/],
    ['sync', { offline_orders: 1e308, tabs_syncing: 2 }, /offline_orders should be from 0 to 10000/],
    ['sync', { offline_orders: 9000, tabs_syncing: 9000 }, /should be from 0 to 10000, and is 81000000/],
    ['numbering', { tabs: 1e9, orders_per_tab: 1 }, /tabs should be from 0 to 10000/],
    ['numbering', { session_id: 1, sequences: [1, 1e12] }, /a sequence should be from 0 to 10000/],
    ['numbering', { session_id: 1, sequence_after_reload: 1e15 }, /sequence_after_reload should be/],
    ['numbering', { date: '2026-01-05', concurrent_orders: -1 }, /concurrent_orders should be from 0/],
    ['drawer', { total: 1, tendered: 1, sync_times: 1e300 }, /sync_times should be from 0 to 10000/],
    ['cart-discount', { lines: [], percent_range: [0, 1e12] }, /percent_range should be from 0 to 10000/],
    ['tax-line', { price: 1, taxes: [20], decimals: 1e200 }, /decimals should be from 0 to 10000/],
    ['proration', { discount: 1e300, weights: [1, 3] }, /the discount is too large for an amount/],
  ])('a count without measure holds up no %s example: %j', async (category, inputs, sentence) => {
    const [result] = await runVectors([{ id: 'x', category, title: '', inputs, expected: { total: 1 } }]);
    expect(result?.status).toBe('failed');
    expect(result?.detail).toMatch(sentence);
  });

  test('what the product does not offer is skipped with its reason', async () => {
    const [result] = await run({
      vectors: [{ ...LINE, category: 'signature-chain', title: 'Portugal: document 1', inputs: {} }],
    });
    expect(result).toMatchObject({
      status: 'skipped',
      detail:
        'not offered yet: the product has no country module for Portugal that makes this signature-chain',
    });
  });
});

describe('taxes as examples write them', () => {
  test.each([
    [
      '35 incl + 50 excl on net',
      [
        { rate: '35', included: true },
        { rate: '50', included: false, onNet: true },
      ],
    ],
    ['21% incl', [{ rate: '21', included: true }]],
    ['10 compounding', [{ rate: '10', included: false, compounds: true }]],
    ['21 reverse charge', [{ rate: '21', reverseCharge: true }]],
    ['fixed 10 incl', [{ rate: '10', included: true, kind: 'fixed' }]],
    [
      [10, 20],
      [{ rate: '10' }, { rate: '20' }],
    ],
    [null, []],
    [{ type: 'division', rate: 5, price_include: true }, [{ rate: '5', kind: 'division', included: true }]],
  ])('%j', (written, taxes) => {
    expect(notedTaxes(written)).toMatchObject(taxes);
    expect(notedTaxes(written)).toHaveLength(taxes.length);
  });
});

describe('the command', () => {
  const command = (...files: string[]) => {
    const main = new URL('../../../app/server/vectors/main.ts', import.meta.url).pathname;
    const { status, stdout, stderr } = spawnSync('npx', ['node', main, ...files], { encoding: 'utf8' });
    return { status, lines: stdout.trimEnd().split('\n'), stderr };
  };

  test('prints what failed, a table and the sums, and ends with 1', () => {
    const file = join(folder, 'one.json');
    writeFileSync(file, JSON.stringify({ vectors: [LINE, { ...LINE, id: 'B', expected: { tax: 21 } }] }));
    const { status, lines } = command(file, join(folder, 'none.json'));
    expect(status).toBe(1);
    expect(lines[0]).toBe('FAILED  B (tax-line): expected {"tax":21}, got {"tax":"20"}');
    expect(lines[1]).toContain('The file cannot be read');
    expect(lines.some((line) => /^tax-line\s+1\s+1\s+0$/.test(line))).toBe(true);
    expect(lines.at(-1)).toBe('1 passed, 2 failed, 0 skipped');
  });

  test('ends with 0 when nothing failed and with 2 when no file was named', () => {
    expect(command(join(FIXTURES, 'edges.json'))).toMatchObject({ status: 0 });
    expect(command()).toMatchObject({ status: 2 });
    expect(command('--help').lines[0]).toContain('npm run --silent vectors -- FILE');
  });

  test('says nothing but the table when all passed', () => {
    expect(describeResults([{ id: 'a', category: 'tax-line', status: 'passed' }]).split('\n')[0]).toContain(
      'category',
    );
  });
});
