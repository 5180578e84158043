import * as A from '@automerge/automerge';
import { Repo, type DocHandle, type DocumentId } from '@automerge/automerge-repo';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FIRST_CHANGE } from '#model/documents/first-change.ts';
import { documentId } from '#model/ids/document-id.ts';
import { emptyDocument, type StoredDocument } from '../../../app/lib/repo/first-change.ts';
import { takeWhole } from '../../../app/lib/repo/whole-document.ts';
import { ORGANIZATION } from './node-terminal.ts';

const ID = documentId({ organization: ORGANIZATION, key: { class: 'staff' } }) as string as DocumentId;
const OWN = 'a'.repeat(32);

const began = (actor = OWN) => emptyDocument(actor);

function sold(doc: A.Doc<StoredDocument>, by: string, sales: number): A.Doc<StoredDocument> {
  let next = doc;
  for (let sale = 0; sale < sales; sale++)
    next = A.change(next, (draft) => {
      draft.entries[`${by}-${sale}`] = new A.ImmutableString(`sale ${sale}`);
    });
  return next;
}

/** A till that shows `doc`, and how often it told of a change. */
function tillWith(doc: A.Doc<StoredDocument>) {
  const handle: DocHandle<StoredDocument> = new Repo().import(FIRST_CHANGE, { docId: ID });
  handle.update(() => doc);
  const told: number[] = [];
  handle.on('change', ({ patches }) => told.push(patches.length));
  const saved: A.Heads[] = [];
  const taken = (heads: A.Heads, bytes: Uint8Array) => {
    expect(A.getHeads(A.load(bytes))).toEqual(heads);
    saved.push(heads);
  };
  return { handle, told, taken, saved, state: A.initSyncState() };
}

/** Takes a message as the Repo does behind {@link takeWhole}; gives the answer. */
function takes(till: ReturnType<typeof tillWith>, data: Uint8Array): Uint8Array | null {
  const rest = takeWhole(till.handle, data, till.taken);
  till.handle.update((doc) => {
    const [next, state] = A.receiveSyncMessage(doc, till.state, rest);
    till.state = state;
    return next;
  });
  const [state, answer] = A.generateSyncMessage(till.handle.doc(), till.state);
  till.state = state;
  return answer;
}

/** Lets a relay of Automerge's own and a till talk until neither has anything to say; gives the relay's document. */
function talk(till: ReturnType<typeof tillWith>, relay: A.Doc<StoredDocument>): A.Doc<StoredDocument> {
  let [doc, state] = [A.clone(relay), A.initSyncState()];
  let answer: Uint8Array | null = null;
  for (let turn = 0; turn < 20; turn++) {
    if (answer !== null) [doc, state] = A.receiveSyncMessage(doc, state, answer);
    const [next, message] = A.generateSyncMessage(doc, state);
    state = next;
    if (message === null) break;
    answer = takes(till, message);
  }
  return doc;
}

/** What a relay with `relay` sends a till that has said that it holds `held`. */
function messageTo(held: A.Doc<StoredDocument>, relay: A.Doc<StoredDocument>): Uint8Array {
  const [, greeting] = A.generateSyncMessage(held, A.initSyncState());
  const [doc, state] = A.receiveSyncMessage(A.clone(relay), A.initSyncState(), greeting ?? new Uint8Array());
  return A.generateSyncMessage(doc, state)[1] ?? new Uint8Array();
}

const countOf = (doc: A.Doc<StoredDocument>) => Object.keys(doc.entries).length;

describe('a whole document from the relay', () => {
  test('takes the place of what is here, is told as one change, and is answered', () => {
    const till = tillWith(began());
    const relay = sold(began('b'.repeat(32)), 'other', 50);
    const data = messageTo(began(), relay);
    expect(takeWhole(till.handle, data, till.taken).length).toBeLessThan(data.length / 2);
    expect(till.told).toEqual([50]);
    expect(till.saved).toEqual([A.getHeads(relay)]);
    expect(A.getHeads(till.handle.doc())).toEqual(A.getHeads(relay));
    const answer = takes(till, data);
    expect(A.decodeSyncMessage(answer ?? new Uint8Array()).heads).toEqual(A.getHeads(relay));
  });

  test('leaves the till its own name: what it sells next follows what it sold', () => {
    const mine = sold(began(), 'mine', 1);
    const till = tillWith(mine);
    talk(till, sold(A.clone(mine, { actor: 'b'.repeat(32) }), 'other', 50));
    till.handle.update((doc) => sold(doc, 'next', 1));
    expect(A.getActorId(till.handle.doc())).toBe(OWN);
    expect(countOf(till.handle.doc())).toBe(52);
    expect(
      A.getAllChanges(till.handle.doc())
        .map((change) => A.decodeChange(change))
        .filter(({ actor }) => actor === OWN),
    ).toHaveLength(2);
  });

  test('hides no sale that is here alone', () => {
    const till = tillWith(sold(began(), 'mine', 2));
    const relay = talk(till, sold(began('b'.repeat(32)), 'other', 50));
    expect(countOf(till.handle.doc())).toBe(52);
    expect(countOf(relay)).toBe(52);
  });

  test('that is damaged is left to Automerge, and nothing of it is told', () => {
    const till = tillWith(began());
    const data = messageTo(began(), sold(began('b'.repeat(32)), 'other', 50)).slice();
    const at = data.length - 40;
    data[at] = (data[at] ?? 0) ^ 0xff;
    expect(takeWhole(till.handle, data, till.taken)).toBe(data);
    expect([till.told, till.saved]).toEqual([[], []]);
  });

  test('few changes among many are none, and are left to Automerge', () => {
    const before = sold(began('b'.repeat(32)), 'other', 50);
    const till = tillWith(A.clone(before, { actor: OWN }));
    const data = messageTo(before, sold(A.clone(before), 'next', 1));
    expect(takeWhole(till.handle, data, till.taken)).toBe(data);
  });
});

test('whatever both sold alone, till and relay have the same in the end', () => {
  const sales = fc.record({ together: fc.nat(10), mine: fc.nat(5), theirs: fc.nat(30) });
  fc.assert(
    fc.property(sales, ({ together, mine, theirs }) => {
      const both = sold(began('c'.repeat(32)), 'both', together);
      const till = tillWith(sold(A.clone(both, { actor: OWN }), 'mine', mine));
      const relay = talk(till, sold(A.clone(both, { actor: 'b'.repeat(32) }), 'theirs', theirs));
      expect(A.getHeads(relay)).toEqual(A.getHeads(till.handle.doc()));
      expect(countOf(relay)).toBe(together + mine + theirs);
    }),
    { seed: 20261122, numRuns: 30 },
  );
});
