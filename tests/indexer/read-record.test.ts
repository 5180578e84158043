import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '#model/journal/canonical.ts';
import { hashRecord, recordText } from '#model/journal/chain.ts';
import { journalRecordSchema, parseRecord, type JournalRecord } from '#model/journal/record.ts';
import { isCanonical, isUnaltered } from '../../reports-indexer/canonical-text.ts';
import { fromThousandths, toThousandths } from '../../reports-indexer/quantities.ts';
import { compileCheck } from '../../reports-indexer/schema-check.ts';
import { makeShop } from '../support/journal-fixture.ts';

const records = makeShop(2, { stores: 1, registers: 1, sessions: 3, salesPerSession: 40 }).flatMap(
  (journal) => journal.records,
);
const anyRecord = fc.constantFrom(...records);
const check = compileCheck(journalRecordSchema);

type Tree = Record<string, unknown>;

/** The record with one value, anywhere inside, put in another's place. */
function altered(record: JournalRecord, path: number, value: unknown, add: boolean): unknown {
  const copy = structuredClone(record) as unknown as Tree;
  const spots: [Tree, string][] = [];
  const walk = (node: Tree) => {
    for (const key of Object.keys(node)) {
      spots.push([node, key]);
      const child = node[key];
      if (typeof child === 'object' && child !== null) walk(child as Tree);
    }
  };
  walk(copy);
  const [node, key] = spots[path % spots.length] ?? [copy, 'v'];
  if (value === undefined) delete node[key];
  else node[add ? `${key}x` : key] = value;
  // What cannot be written as JSON is never read from it.
  return JSON.parse(JSON.stringify(copy));
}

const strange = fc.oneof(
  fc.constantFrom(undefined, null, '', 'x'.repeat(201), '2026-02-30', '01', '-1', 1.5, -1, 2 ** 53, 0, true),
  fc.constantFrom<unknown>([], {}, ['x'], { id: 'x' }, 'S01', 'cash', '{"a":1}', { constructor: 1 }),
  fc.string(),
  fc.integer(),
);

describe('the fast check', () => {
  test('is there for the record schema and takes every record the model makes', () => {
    // Without it every record would be read the slow way, and no figure would tell.
    expect(new Set(records.map((record) => check?.(record)))).toEqual(new Set([true]));
    expect(new Set(records.map(({ kind }) => kind)).size).toBe(9);
  });

  test('never says yes where valibot says no, and misses none but what it leaves to valibot', () => {
    let refused = 0;
    const property = fc.property(anyRecord, fc.nat(), strange, fc.boolean(), (record, path, value, add) => {
      const changed = altered(record, path, value, add);
      const slow = v.safeParse(journalRecordSchema, changed);
      if (!slow.success) refused++;
      expect(check?.(changed)).toBe(slow.success);
      expect(slow.success ? slow.output : changed).toEqual(changed);
    });
    fc.assert(property, { numRuns: 1500 });
    expect(refused).toBeGreaterThan(500);
  });

  test('leaves schemas it does not know to valibot', () => {
    expect(compileCheck(v.pipe(v.string(), v.trim()))).toBeUndefined();
    expect(compileCheck(v.strictObject({ a: v.map(v.string(), v.string()) }))).toBeUndefined();
  });
});

describe('the fast hash', () => {
  test('[J3] agrees with the model on every record and every changed character', () => {
    const property = fc.property(anyRecord, fc.nat(), (record, position) => {
      const text = recordText(record);
      expect(isCanonical(JSON.parse(text), text)).toBe(true);
      expect(isUnaltered(record, text)).toBe(true);
      const at = position % text.length;
      const other = text.slice(0, at) + (text[at] === '7' ? '8' : '7') + text.slice(at + 1);
      const parsed = parseRecord(other);
      if (!parsed.ok) return;
      expect(isUnaltered(parsed.value, other)).toBe(hashRecord(parsed.value) === parsed.value.hash);
    });
    fc.assert(property, { numRuns: 400 });
  });

  test('a text that names the hash inside a name is cut at the right place', () => {
    const record = structuredClone(records.find(({ kind }) => kind === 'cash')) as JournalRecord;
    if (record.kind !== 'cash') throw new Error('no cash movement');
    record.body.reason = `,"hash":"${record.hash}","sig":""`;
    const whole = { ...record, hash: hashRecord(record) };
    expect(isUnaltered(whole, recordText(whole))).toBe(true);
    expect(isUnaltered({ ...whole, seq: 999 }, recordText({ ...whole, seq: 999 }))).toBe(false);
  });

  test('[J2] no text is canonical but the one the model writes', () => {
    const values = fc.jsonValue({ maxDepth: 3, noUnicodeString: false });
    const property = fc.property(values, fc.constantFrom(0, 1, 2), (value, spaces) => {
      const text = JSON.stringify(value, null, spaces);
      if (!isCanonical(JSON.parse(text), text)) return;
      expect(canonicalJson(JSON.parse(text) as never)).toBe(text);
    });
    fc.assert(property, { numRuns: 500 });
    expect(isCanonical({ a: 'e\u0301' }, '{"a":"e\u0301"}')).toBe(false);
    expect(isCanonical({ a: 1 }, '{"a":1}')).toBe(true);
  });
});

test('[M4] quantities survive being counted in thousandths', () => {
  const property = fc.property(fc.integer({ min: -99_999_999, max: 99_999_999 }), (thousandths) => {
    expect(toThousandths(fromThousandths(thousandths))).toBe(thousandths);
  });
  fc.assert(property);
  expect(['-0.5', '0.05', '12', '-3.25'].map(toThousandths)).toEqual([-500, 50, 12_000, -3250]);
  expect([-500, 50, 12_000, 0].map(fromThousandths)).toEqual(['-0.5', '0.05', '12', '0']);
});
