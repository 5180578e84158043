import * as A from '@automerge/automerge';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { recordKey } from '#model/journal/record.ts';
import { textsUnder } from '../../../app/lib/repo/entry-changes.ts';
import { writeEntries } from '../../../app/lib/repo/entry-writing.ts';
import { emptyDocument, type StoredDocument } from '../../../app/lib/repo/first-change.ts';

const SESSION: DocumentKey = { class: 'session', store: storeId(1), register: registerId(2), session: 1 };
const ONE = recordKey(1);
const documentOf = (n: number) => emptyDocument(n.toString(16).padStart(32, '0'));
const write = (
  doc: A.Doc<StoredDocument>,
  entries: Record<string, string | undefined>,
  key: DocumentKey = SESSION,
) => writeEntries(doc, key, entries, 0);

describe('writing entries', () => {
  test('[D15] a record that is written again is the very same document, also where another one is shown', () => {
    const taken = A.merge(write(documentOf(2), { [ONE]: 'theirs' }), write(documentOf(1), { [ONE]: 'mine' }));
    expect(taken.entries[ONE]?.val).toBe('theirs');
    expect(write(taken, { [ONE]: 'mine' })).toBe(taken);
    expect(write(taken, { [ONE]: 'theirs' })).toBe(taken);
  });

  test('[D15] a third record goes beside the two that are there', () => {
    const two = A.merge(write(documentOf(2), { [ONE]: 'b' }), write(documentOf(1), { [ONE]: 'a' }));
    expect(textsUnder(write(two, { [ONE]: 'c' }), ONE)).toEqual(['a', 'b', 'c']);
  });

  test('[D15] what goes beside a record takes nothing else of the document along, nor from it', () => {
    const there = write(documentOf(1), { [ONE]: 'a', [recordKey(2)]: 'b' });
    const both = write(there, { [ONE]: 'c', [recordKey(3)]: 'd' });
    expect(textsUnder(both, ONE)).toEqual(['a', 'c']);
    expect(textsUnder(both, recordKey(2))).toEqual(['b']);
    expect(textsUnder(both, recordKey(3))).toEqual(['d']);
  });

  test('any other entry is written over and taken out', () => {
    const staff: DocumentKey = { class: 'staff' };
    const first = write(documentOf(1), { [ONE]: 'a', greeting: 'a' }, staff);
    const second = write(first, { [ONE]: 'b', greeting: undefined }, staff);
    expect([textsUnder(second, ONE), textsUnder(second, 'greeting')]).toEqual([['b'], []]);
  });

  test('[D15] whatever several devices write and hear of each other, no record is lost', () => {
    const act = fc.record({
      device: fc.nat(2),
      seq: fc.integer({ min: 1, max: 3 }),
      hears: fc.option(fc.nat(2), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const docs = [documentOf(1), documentOf(2), documentOf(3)];
        const written = new Set<string>();
        for (const [n, { device, seq, hears }] of acts.entries()) {
          let doc = docs[device] ?? documentOf(9);
          const other = hears === undefined || hears === device ? undefined : docs[hears];
          if (other !== undefined) doc = A.merge(doc, other);
          const text = `${seq} by ${device} as ${n}`;
          docs[device] = write(doc, { [recordKey(seq)]: text });
          written.add(text);
        }
        const all = docs.reduce((one, two) => A.merge(one, two));
        const found = [1, 2, 3].flatMap((seq) => textsUnder(all, recordKey(seq)));
        expect(found.sort()).toEqual([...written].sort());
      }),
      { seed: 54022, numRuns: 60 },
    );
  });
});
