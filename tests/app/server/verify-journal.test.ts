import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordText } from '#model/journal/chain.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { headerLine } from '../../../app/server/export-journal/export-lines.ts';
import { canonical } from '../../../app/server/verify-journal/canonical.ts';
import { checkJournal } from '../../../app/server/verify-journal/journal-check.ts';
import {
  HEADER,
  NAME,
  ORG,
  chainOf,
  exportText,
  firstFault,
  recordOf,
  rehashed,
  relinked,
  signedChain,
  verdictOn,
  verdictOnRecords,
} from '../../support/exported-journal.ts';
import { ORGANIZATION, makeShop } from '../../support/journal-fixture.ts';

const RECORDS = chainOf();
const TEXTS = RECORDS.map(recordText);
const at = (index: number): JournalRecord => {
  const record = RECORDS.at(index);
  if (!record) throw new Error(`no record ${index}`);
  return record;
};

/** The verdict on an export in which one line of records was replaced; the end line is right again. */
const withLine = async (index: number, line: string) =>
  firstFault(await verdictOn(await exportText(TEXTS.with(index, line))));

/** A JSON value with the member at a path changed. */
function changedAt(value: unknown, path: readonly string[], change: (old: unknown) => unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return change(value);
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  const own = copy as Record<string, unknown>;
  own[name] = changedAt(own[name], rest, change);
  return copy;
}

/** The paths of every string, number and truth value in a JSON value. */
function leaves(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return Object.entries(value).flatMap(([name, member]) => leaves(member, [...path, name]));
}

/** Another value of the same form, near the old one. */
function nudged(old: unknown): unknown {
  if (typeof old === 'number') return old + 1;
  if (typeof old === 'boolean') return !old;
  return String(old).replace(/[0-9]|[a-z]$|$/, (found) => (found === '1' ? '2' : '1'));
}

describe('an export as it was written', () => {
  test('[J14] is valid, and its numbers, receipts and totals are told', async () => {
    const verdict = await verdictOnRecords(RECORDS);
    expect(firstFault(verdict)).toBe('valid');
    expect(verdict.registers).toMatchObject([
      {
        register: NAME,
        records: 10,
        checked: 10,
        unsigned: 10,
        signed: 0,
        firstSeq: 1,
        lastSeq: 10,
        firstReceipt: `${NAME}-000001`,
        lastReceipt: `${NAME}-000003`,
        totals: { receipts: 3, signed: 950, absolute: 1550 },
        head: at(-1).hash,
        open: true,
      },
    ]);
  });

  test('[J14] of registers played by chance is valid', async () => {
    const journals = makeShop(11, { stores: 2, registers: 2, sessions: 3, salesPerSession: 25 });
    const registers = journals.map(({ store, register }) => `${store}-${register}`);
    const header = { ...HEADER, organization: ORGANIZATION, registers };
    const verdict = await verdictOnRecords(
      journals.flatMap(({ records }) => records),
      header,
    );
    expect(firstFault(verdict)).toBe('valid');
    expect(verdict.registers.map(({ records }) => records)).toEqual(
      journals.map(({ records }) => records.length),
    );
  });

  test('[J3] the example of SPEC.md is valid', async () => {
    const spec = readFileSync(new URL('../../../model/SPEC.md', import.meta.url), 'utf8');
    const examples = [...spec.matchAll(/```json\n(.+)\n```/g)].map(([, text = '']) => text);
    expect(examples).toHaveLength(2);
    expect(firstFault(await verdictOn(await exportText(examples)))).toBe('valid');
  });

  test('[J10] may come in pieces of any size, with U+2028 in its texts', async () => {
    const bytes = Buffer.from(await exportText(TEXTS), 'utf8');
    expect(bytes.toString('utf8')).toContain('\u2028');
    for (const size of [1, 7, 1000]) {
      const pieces = (async function* () {
        for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
      })();
      expect(firstFault(await checkJournal(pieces))).toBe('valid');
    }
  });

  test('[J2] writes an unpaired surrogate as its escape', async () => {
    const content = { kind: 'drawer' as const, body: { reason: 'half \ud83d' } };
    const { kind, body } = recordOf(RECORDS, 'opened');
    const records = chainOf([{ kind, body }, content]);
    expect(recordText(records[1] ?? at(1))).toContain('half \\ud83d');
    expect(firstFault(await verdictOnRecords(records))).toBe('valid');
  });
});

describe('a record that was changed', () => {
  test('[J6] is found at every byte of every kind of record', async () => {
    const unseen: string[] = [];
    for (const [index, text] of TEXTS.entries()) {
      const bytes = Buffer.from(text, 'utf8');
      // The records before it are enough: what comes behind could only show more.
      const before = TEXTS.slice(0, index);
      for (let i = 0; i < bytes.length; i++) {
        const altered = Buffer.from(bytes);
        altered[i] = (altered[i] ?? 0) ^ 1;
        const head = Buffer.from([headerLine(HEADER), ...before, ''].join('\n'), 'utf8');
        const verdict = await verdictOn(Buffer.concat([head, altered, Buffer.from('\n')]));
        // The file has no end line on purpose: the register itself must be what is found broken.
        if (verdict.registers.every(({ valid }) => valid)) unseen.push(`byte ${i} of ${text}`);
      }
    }
    expect(unseen).toEqual([]);
  });

  test('[J6, J14] is found in every member, also with its hash made anew', async () => {
    const unseen: string[] = [];
    for (const [index, record] of RECORDS.entries()) {
      for (const path of leaves(record)) {
        const changed = changedAt(record, path, nudged) as JournalRecord;
        expect(changed).not.toEqual(record);
        const plain = await verdictOnRecords(RECORDS.with(index, changed));
        if (plain.valid) unseen.push(`${record.kind}.${path.join('.')}`);
        const hashed = path[0] === 'hash' ? changed : rehashed(changed);
        const found = firstFault(await verdictOnRecords(RECORDS.with(index, hashed)));
        const isLast = index === RECORDS.length - 1;
        if (found === 'valid' && !isLast) unseen.push(`${record.kind}.${path.join('.')} with a new hash`);
      }
    }
    expect(unseen).toEqual([]);
  });

  test('[J2, J14] is found at any byte, whatever it becomes, signed or not', async () => {
    const { records, device } = signedChain();
    const files = [TEXTS, [device, ...records.map(recordText)]];
    const change = fc.record({
      file: fc.nat(1),
      line: fc.nat(RECORDS.length - 1),
      place: fc.nat(),
      byte: fc.nat(255),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ file, line, place, byte }) => {
        const lines = files[file] ?? [];
        const index = lines.length - RECORDS.length + line;
        const text = lines[index] ?? '';
        const bytes = Buffer.from(text, 'utf8');
        const position = place % bytes.length;
        fc.pre(bytes[position] !== byte);
        bytes[position] = byte;
        // Canonical JSON has one text for one value: a changed text that is still canonical says something else.
        expect(saysTheSame(bytes.toString('utf8'), text)).toBe(false);
        const head = [headerLine(HEADER), ...lines.slice(0, index), ''].join('\n');
        const tail = ['', ...lines.slice(index + 1), ''].join('\n');
        const verdict = await verdictOn(Buffer.concat([Buffer.from(head), bytes, Buffer.from(tail)]));
        expect(verdict.registers.some(({ valid }) => !valid)).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  test.each([
    ['a reason', 'drawer', ['body', 'reason'], 'seq 7: broken-link'],
    ['a sum that no longer fits', 'sale', ['body', 'lines', '0', 'amount'], 'seq 2: wrong-sums'],
    ['a perpetual total', 'drawer', ['totals', 'signed'], 'seq 6: wrong-totals'],
    ['a receipt number', 'sale', ['body', 'receipt'], 'seq 2: wrong-receipt-number'],
    ['a Z figure', 'closed', ['body', 'gross'], 'seq 8: wrong-figures'],
  ] as const)('[J6] whose hash was made anew after %s is found', async (_, kind, path, found) => {
    const index = RECORDS.findIndex((record) => record.kind === kind);
    const changed = changedAt(at(index), path, nudged) as JournalRecord;
    expect(firstFault(await verdictOnRecords(RECORDS.with(index, changed)))).toBe(
      `seq ${index + 1}: altered`,
    );
    expect(firstFault(await verdictOnRecords(RECORDS.with(index, rehashed(changed))))).toBe(found);
  });

  test.each([
    ['other white space', (text: string) => text.replace('"v":1', '"v": 1')],
    ['another number form', (text: string) => text.replace('"v":1', '"v":1.0')],
    ['a member twice', (text: string) => text.replace('"kind"', '"kind":"x","kind"')],
    ['a needless escape', (text: string) => text.replace('"kind"', '"\\u006bind"')],
    ['a carriage return', (text: string) => `${text}\r`],
    ['decomposed letters', (text: string) => text.replace('zoë', 'zoe\u0308')],
  ])('[J2] with %s is not the record as it was stored', async (_, spell) => {
    expect(await withLine(1, spell(TEXTS[1] ?? ''))).toBe('seq 2: not-canonical');
  });

  test('[J1] with a member too many or too few is refused at any depth, even when its hash is right', async () => {
    const changes = [
      changedAt(at(1), ['note'], () => 'x'),
      changedAt(at(1), ['body', 'lines', '0', 'shelf'], () => 1),
      changedAt(at(1), ['body', 'tenders', '0', 'name'], () => undefined),
      changedAt(at(1), ['body', 'lines'], () => []),
    ] as JournalRecord[];
    for (const changed of changes)
      expect(await withLine(1, recordText(rehashed(changed)))).toBe('seq 2: bad-shape');
  });

  test('[J9] of a newer version asks for a newer verifier', async () => {
    const newer = { ...at(1), v: 2 } as unknown as JournalRecord;
    expect(await withLine(1, recordText(newer))).toBe('seq 2: newer-version');
  });

  test('[J14] is no text, no JSON or nested without end: the file is judged all the same', async () => {
    expect(await withLine(1, 'no record')).toBe('line 3: not-json');
    expect(await withLine(1, '[]')).toBe('line 3: not-json');
    expect(await withLine(1, `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)).toBe(
      'line 3: not-canonical',
    );
    const head = Buffer.from(`${headerLine(HEADER)}\n`);
    const bytes = Buffer.concat([head, Buffer.from([0xff, 0xfe, 0x0a])]);
    expect(firstFault(await verdictOn(bytes))).toBe('line 2: not-utf8');
  });
});

describe('records that are missing, moved or made up', () => {
  test('[J4] a missing record is a gap, wherever it was', async () => {
    for (let i = 0; i < RECORDS.length - 1; i++)
      expect(firstFault(await verdictOnRecords(RECORDS.toSpliced(i, 1)))).toBe(`seq ${i + 2}: gap`);
  });

  test('[J6] two swapped records are found at the first of them', async () => {
    for (let i = 0; i + 1 < RECORDS.length; i++) {
      const swapped = RECORDS.with(i, at(i + 1)).with(i + 1, at(i));
      expect(firstFault(await verdictOnRecords(swapped))).toBe(`seq ${i + 2}: gap`);
    }
  });

  test('[J7] a record again, or a second one of its number, is a fork', async () => {
    for (let i = 0; i < RECORDS.length; i++)
      expect(firstFault(await verdictOnRecords(RECORDS.toSpliced(i, 0, at(i))))).toBe(`seq ${i + 1}: fork`);
    const other = rehashed({ ...at(5), by: 'somebody' });
    expect(firstFault(await verdictOnRecords(RECORDS.toSpliced(6, 0, other)))).toBe('seq 6: fork');
  });

  test('[J6] a record of another register or organization is found', async () => {
    const two = { ...HEADER, registers: ['S01-R1', NAME] };
    expect(firstFault(await verdictOnRecords(RECORDS, two))).toBe('line 2: missing');
    const { register: _, ...rest } = at(3);
    const foreign = rehashed({ ...rest, register: 'R3' } as JournalRecord);
    expect(firstFault(await verdictOnRecords(RECORDS.with(3, foreign)))).toBe('seq 4: wrong-register');
    const other = { ...HEADER, organization: 'ba9876543210' };
    expect(firstFault(await verdictOnRecords(RECORDS, other))).toBe('seq 1: wrong-register');
  });

  test('[J12, J15] a cut tail shows by the end line; with a new end line only against a head from elsewhere', async () => {
    const lines = (await exportText(TEXTS)).split('\n').slice(0, -1);
    const cut = `${[...lines.slice(0, 8), ...lines.slice(-1)].join('\n')}\n`;
    expect(firstFault(await verdictOn(cut))).toBe('line 9: bad-end');
    expect(firstFault(await verdictOn(`${lines.slice(0, 8).join('\n')}\n`))).toBe('line 8: cut-short');
    expect(firstFault(await verdictOn(lines.join('\n')))).toBe('line 12: cut-short');
    const forged = await verdictOnRecords(RECORDS.slice(0, 7));
    expect(firstFault(forged)).toBe('valid');
    expect(forged.registers[0]).toMatchObject({ lastSeq: 7, head: at(6).hash });
  });

  test('[J4] cutting out a run before the last record is a gap', async () => {
    expect(firstFault(await verdictOnRecords([...RECORDS.slice(0, 4), at(-1)]))).toBe('seq 10: gap');
  });
});

describe('a chain made anew as a whole', () => {
  test('[J13] is found where a figure does not fit the others', async () => {
    const unfit: [number, string[], string][] = [
      [1, ['body', 'lines', '0', 'amount'], 'seq 2: wrong-sums'],
      [1, ['body', 'taxes', '1', 'amount'], 'seq 2: wrong-sums'],
      [1, ['body', 'net'], 'seq 2: wrong-sums'],
      [1, ['body', 'tax'], 'seq 2: wrong-sums'],
      [1, ['body', 'total'], 'seq 2: wrong-totals'],
      [1, ['body', 'tenders', '0', 'amount'], 'seq 2: wrong-sums'],
      [1, ['body', 'tenders', '1', 'change'], 'seq 2: wrong-sums'],
      [0, ['body', 'float'], 'seq 8: wrong-figures'],
      [3, ['body', 'amount'], 'seq 8: wrong-figures'],
      ...['expected', 'counted', 'difference', 'sales', 'refunds', 'gross', 'tax'].map(
        (name): [number, string[], string] => [7, ['body', name], 'seq 8: wrong-figures'],
      ),
      [5, ['totals', 'receipts'], 'seq 6: wrong-totals'],
      [5, ['totals', 'absolute'], 'seq 6: wrong-totals'],
      [5, ['session'], 'seq 6: wrong-session'],
      [8, ['session'], 'seq 9: wrong-session'],
    ];
    for (const [index, path, found] of unfit) {
      const changed = changedAt(at(index), path, nudged) as JournalRecord;
      const verdict = await verdictOnRecords(relinked(RECORDS.with(index, changed)));
      expect(`${path.join('.')} ${firstFault(verdict)}`).toBe(`${path.join('.')} ${found}`);
    }
  });

  test('[J13] that calls a refund a sale, or gives no reason for a difference, is found', async () => {
    const sale = changedAt(at(2), ['body', 'type'], () => 'sale') as JournalRecord;
    expect(firstFault(await verdictOnRecords(relinked(RECORDS.with(2, sale))))).toBe('seq 3: wrong-sums');
    const { reason: _, ...body } = recordOf(RECORDS, 'closed').body;
    const silent = { ...at(7), body } as JournalRecord;
    expect(firstFault(await verdictOnRecords(relinked(RECORDS.with(7, silent))))).toBe(
      'seq 8: wrong-figures',
    );
  });

  test('[J14] whose sessions overlap or never opened is found', async () => {
    const renumbered = (records: readonly JournalRecord[]) =>
      relinked(records.map((record, i) => ({ ...record, seq: i + 1 })));
    const zero = { totals: { receipts: 0, signed: 0, absolute: 0 } };
    const twice = renumbered([at(0), { ...at(8), ...zero }]);
    expect(firstFault(await verdictOnRecords(twice))).toBe('seq 2: already-open');
    const unopened = renumbered([{ ...at(5), ...zero }]);
    expect(firstFault(await verdictOnRecords(unopened))).toBe('seq 1: not-open');
  });

  test('[J15] that adds up is valid without signatures: only its head tells, and the signatures forbid it', async () => {
    const renamed = changedAt(at(1), ['body', 'lines', '0', 'name'], () => 'Something else') as JournalRecord;
    const forged = relinked(RECORDS.with(1, renamed));
    const verdict = await verdictOnRecords(forged);
    expect(firstFault(verdict)).toBe('valid');
    expect(verdict.registers[0]?.unsigned).toBe(RECORDS.length);
    expect(verdict.registers[0]?.head).not.toBe(at(-1).hash);
    const { records, device } = signedChain();
    const keptSignatures = forged.map((record, i) => ({ ...record, sig: records[i]?.sig ?? '' }));
    expect(firstFault(await verdictOnRecords([device, ...keptSignatures]))).toBe('seq 2: bad-signature');
  });
});

/** Whether two different texts are both canonical JSON and of one value. */
function saysTheSame(changed: string, text: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(changed);
  } catch (cause) {
    if (cause instanceof SyntaxError) return false;
    throw cause;
  }
  return canonical(value) === changed && isDeepStrictEqual(value, JSON.parse(text));
}

test('the fixture has every kind of record', () => {
  expect(new Set(RECORDS.map(({ kind }) => kind)).size).toBe(6);
  expect(RECORDS.every(({ org }) => org === ORG)).toBe(true);
});
