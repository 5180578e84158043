import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { base64url, canonicalJson, sha256Text, type CanonicalValue } from '#model/journal/canonical.ts';
import {
  emptyHead,
  hashRecord,
  recordText,
  sealRecord,
  verifyNext,
  type ChainHead,
} from '#model/journal/chain.ts';
import { parseRecord, recordKey, type JournalRecord } from '#model/journal/record.ts';
import { AssertionError } from '#model/result.ts';
import { HEAD, close, drawer, open, pay, play, sellExactly, stampOf } from './support/played-register.ts';
import { basket, line } from './support/shop.ts';
import { anyText } from './support/arbitraries.ts';

const RECORDS = play([
  open(),
  sellExactly(basket([line({}, '3'), line({ id: 'bread', taxes: ['gst'] })]), 'cash'),
  pay('out', 50),
  sellExactly(basket([line({ name: 'Café “Crème”' })]), 'card'),
  drawer,
  close(-5),
]).records;

/** Verifies a journal as a third party would; the first fault with the record it shows at. */
function verify(records: readonly JournalRecord[], from: ChainHead = HEAD): string {
  let head = from;
  for (const record of records) {
    const next = verifyNext(head, record);
    if (!next.ok) return `${record.seq} ${next.error}`;
    head = next.value;
  }
  return 'sound';
}

/** The journal after its stored texts were read; the first refusal otherwise. */
function verifyTexts(texts: readonly string[]): string {
  const records: JournalRecord[] = [];
  for (const text of texts) {
    const read = parseRecord(text);
    if (!read.ok) return read.error.code;
    records.push(read.value);
  }
  return verify(records);
}

const at = (index: number): JournalRecord => {
  const record = RECORDS[index];
  if (!record) throw new Error(`no record ${index}`);
  return record;
};

/** JSON of any shape, with the numbers the journal may hold. */
const canonicalValue: fc.Arbitrary<CanonicalValue> = fc.letrec<{ value: CanonicalValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    anyText,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

describe('canonical JSON', () => {
  test('[J2] sorts members by UTF-16 code unit, has no white space, and leaves out what has no value', () => {
    expect(canonicalJson({ b: 1, a: [true, null, 'x'], '\u{1f600}': 2, '\ufb33': 3, c: undefined })).toBe(
      '{"a":[true,null,"x"],"b":1,"\u{1f600}":2,"\ufb33":3}',
    );
  });

  test('[J2] escapes as RFC 8785 does', () => {
    expect(canonicalJson('€$\u000f\nA\'B"\\\\"/\u2028')).toBe('"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u2028"');
  });

  test('[J2] brings text into NFC and minus zero to zero', () => {
    expect(canonicalJson('Cafe\u0301')).toBe('"Caf\u00e9"');
    expect(canonicalJson(-0)).toBe('0');
  });

  test.each([0.5, NaN, Infinity, 2 ** 53])('[J2] refuses the number %d', (number) => {
    expect(() => canonicalJson(number)).toThrow(AssertionError);
  });

  test('[J2] writing what was read gives the same bytes, whatever the order of members', () => {
    fc.assert(
      fc.property(canonicalValue, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text) as CanonicalValue)).toBe(text);
      }),
    );
  });

  test('[J3] SHA-256 and base64url agree with another implementation', () => {
    expect(sha256Text('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
    fc.assert(
      fc.property(anyText, fc.uint8Array(), (text, bytes) => {
        expect(sha256Text(text)).toBe(createHash('sha256').update(text, 'utf8').digest('base64url'));
        expect(base64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      }),
    );
  });
});

describe('the example in SPEC.md', () => {
  const examples = [
    ...readFileSync(new URL('../../model/SPEC.md', import.meta.url), 'utf8').matchAll(/```json\n(.+)\n```/g),
  ].map((match) => match[1] ?? '');

  test('[J3] hashes as written there, by cutting text alone', () => {
    expect(examples).toHaveLength(2);
    for (const text of examples) {
      const [, hash] = /"hash":"([^"]+)",/.exec(text) ?? [];
      const hashed = text.replace(/"hash":"[^"]+",/, '').replace('"sig":"",', '');
      expect(createHash('sha256').update(hashed, 'utf8').digest('base64url')).toBe(hash);
    }
  });

  test('[J4] is what this program makes and accepts', () => {
    const head = emptyHead('0123456789ab', storeId(1), registerId(2));
    const first = sealRecord(
      head,
      1,
      { kind: 'opened', body: { day: '2026-11-21', currency: 'GBP', float: 10_000 } },
      { at: '2026-11-21T08:55:00.000Z', by: 'zoe\u0308' },
    );
    expect(recordText(first)).toBe(examples[0]);
    const records = examples.map((text) => parseRecord(text));
    expect(records.map((read) => (read.ok ? 'read' : read.error.detail))).toStrictEqual(['read', 'read']);
    expect(
      verify(
        records.flatMap((read) => (read.ok ? [read.value] : [])),
        head,
      ),
    ).toBe('sound');
  });
});

describe('the chain of a register', () => {
  test('[J6] what the register made verifies, record by record', () => {
    expect(verify(RECORDS)).toBe('sound');
    expect(verifyTexts(RECORDS.map(recordText))).toBe('sound');
  });

  test('[J6] every alteration of a single byte of a stored record is found', () => {
    const texts = RECORDS.map(recordText);
    for (const [index, text] of texts.entries()) {
      const bytes = Buffer.from(text, 'utf8');
      for (let i = 0; i < bytes.length; i++) {
        const altered = Buffer.from(bytes);
        // Flips a bit that keeps ASCII readable; what else can be done to a byte is tried at random below.
        altered[i] = (altered[i] ?? 0) ^ 1;
        expect(verifyTexts(texts.with(index, altered.toString('utf8'))), `byte ${i} of ${text}`).not.toBe(
          'sound',
        );
      }
    }
  });

  test('[J6] any other byte, a byte too many or too few is found', () => {
    const texts = RECORDS.map(recordText);
    const change = fc.record({
      index: fc.nat(texts.length - 1),
      place: fc.nat(),
      remove: fc.nat(1),
      insert: fc.string({ unit: 'grapheme-ascii', maxLength: 2 }),
    });
    fc.assert(
      fc.property(change, ({ index, place, remove, insert }) => {
        const text = texts[index] ?? '';
        const start = place % text.length;
        const altered = text.slice(0, start) + insert + text.slice(start + remove);
        fc.pre(altered !== text);
        expect(verifyTexts(texts.with(index, altered))).not.toBe('sound');
      }),
    );
  });

  test('[J2] the same record in another spelling is refused', () => {
    const text = recordText(at(3));
    for (const spelling of [
      ` ${text}`,
      text.replace('"v":1', '"v": 1'),
      text.replace('"v":1', '"v":1.0'),
      text.replace('"kind":"sale"', '"kind":"sale","kind":"sale"'),
      text.replace('Café', 'Cafe\u0301'),
      text.replace('"kind"', '"\\u006bind"'),
      JSON.stringify(at(3)),
    ]) {
      expect(spelling).not.toBe(text);
      expect(parseRecord(spelling)).toStrictEqual({
        ok: false,
        error: { code: 'bad-shape', detail: 'the text is not canonical JSON' },
      });
    }
  });

  test('[J4] a missing record is a gap, a record again is a fork', () => {
    expect(verify(RECORDS.toSpliced(2, 1))).toBe('4 gap');
    expect(verify([...RECORDS.slice(0, 3), at(2)])).toBe('3 fork');
    expect(verify(RECORDS.slice(1))).toBe('2 gap');
  });

  test('[J6] swapped records are found at the first of them', () => {
    for (let i = 0; i + 1 < RECORDS.length; i++)
      expect(verify(RECORDS.with(i, at(i + 1)).with(i + 1, at(i)))).toBe(`${i + 2} gap`);
  });

  test('[J7] two records with one number and different hashes are a fork', () => {
    const state = play([open()]);
    const ours = play([pay('in', 100)], state).records;
    const theirs = play([pay('in', 900)], state).records;
    expect(verify(ours)).toBe('sound');
    expect(verify(theirs)).toBe('sound');
    expect(verify([...ours, ...theirs.slice(1)])).toBe('2 fork');
  });

  test('[J6] a record that was renumbered or rechained to close a gap is found', () => {
    const moved = { ...at(3), seq: 3 };
    expect(verify([...RECORDS.slice(0, 2), moved])).toBe('3 broken-link');
    expect(verify([...RECORDS.slice(0, 2), { ...moved, prev: at(1).hash }])).toBe('3 altered');
  });

  test.each(['receipts', 'signed', 'absolute'] as const)(
    '[J5] forged %s are found even when hash and link are right',
    (name) => {
      const totals = { ...HEAD.totals, [name]: 500 };
      const head: ChainHead = { ...HEAD, seq: 1, hash: at(0).hash, totals };
      const forged = sealRecord(head, 1, { kind: 'drawer', body: { reason: 'x' } }, stampOf(2));
      expect(verify([at(0), forged])).toBe('2 wrong-totals');
    },
  );

  test('[J5] totals hold the count, the signed sum and the sum of sizes of all receipts', () => {
    const totals = RECORDS.map((record) => record.totals);
    expect(totals).toStrictEqual([
      { absolute: 0, receipts: 0, signed: 0 },
      { absolute: 486, receipts: 1, signed: 486 },
      { absolute: 486, receipts: 1, signed: 486 },
      { absolute: 606, receipts: 2, signed: 606 },
      { absolute: 606, receipts: 2, signed: 606 },
      { absolute: 606, receipts: 2, signed: 606 },
    ]);
  });

  test('[J6] a receipt number of another register or out of turn is found', () => {
    for (const receipt of ['S01-R2-000003', 'S01-R3-000001', 'S02-R2-000001']) {
      const altered = JSON.parse(recordText(at(1)).replace('S01-R2-000001', receipt)) as JournalRecord;
      expect(verify([at(0), { ...altered, hash: hashRecord(altered) }])).toBe('2 wrong-receipt-number');
    }
  });

  test('[J6] a record of another register or organization does not continue this one', () => {
    const foreign = { ...HEAD, register: registerId(3) };
    expect(verify(RECORDS, foreign)).toBe('1 wrong-register');
    expect(verify(RECORDS, { ...HEAD, org: 'ffffffffffff' })).toBe('1 wrong-register');
    expect(verify(RECORDS, { ...HEAD, store: storeId(2) })).toBe('1 wrong-register');
  });

  test('[J8] the signature is outside the hash, so signing later breaks nothing', () => {
    const signed = RECORDS.map((record) => ({ ...record, sig: 'A'.repeat(86) }));
    expect(verifyTexts(signed.map(recordText))).toBe('sound');
    expect(verifyTexts([recordText({ ...at(0), sig: 'short' })])).toBe('bad-shape');
  });
});

describe('reading records', () => {
  test('[J9] a newer version asks for an update, not for an alarm', () => {
    expect(parseRecord(recordText(at(0)).replace('"v":1', '"v":2'))).toStrictEqual({
      ok: false,
      error: { code: 'unknown-version', detail: 'record version 2, this program knows 1' },
    });
  });

  test.each(['2026-02-30T10:00:00.000Z', '2026-11-21T25:00:00.000Z', '2026-11-21T10:00:00Z', '21.11.2026'])(
    '[J1] "%s" is no time',
    (time) => {
      const read = parseRecord(recordText({ ...at(0), at: time }));
      expect(read.ok ? 'accepted' : read.error.code).toBe('bad-shape');
    },
  );

  test('[J1] a field too many is refused at any depth', () => {
    for (const text of [
      recordText(Object.assign({ note: 'x' }, at(1))),
      recordText(at(1)).replace('"sku":', '"shelf":1,"sku":'),
    ]) {
      const read = parseRecord(text);
      expect(read.ok ? 'accepted' : read.error.code).toBe('bad-shape');
    }
  });

  test('[J9] any text is answered with a record or a refusal, never with an exception', () => {
    const hostile = fc.record({ number: fc.double(), text: fc.string() }).map(({ number, text }) =>
      recordText(at(1))
        .replace('"receipts":1', `"receipts":${Number.isFinite(number) ? number : 0}`)
        .replace('Apple', JSON.stringify(text).slice(1, -1)),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), hostile), (text) => {
        const read = parseRecord(text);
        const answer = read.ok ? faultOf(read.value) : read.error.code;
        expect(['not-json', 'bad-shape', 'unknown-version', 'altered', 'gap', 'sound']).toContain(answer);
      }),
    );
  });

  test('[D3] the key of a record sorts as its number does', () => {
    expect([recordKey(2), recordKey(10), recordKey(123_456_789)]).toStrictEqual([
      '000000002',
      '000000010',
      '123456789',
    ]);
  });
});

function faultOf(record: JournalRecord): string {
  const next = verifyNext({ ...HEAD, seq: 1, hash: at(0).hash }, record);
  return next.ok ? 'sound' : next.error;
}
