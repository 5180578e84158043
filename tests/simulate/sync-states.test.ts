import * as A from '@automerge/automerge';
import { expect, test } from 'vitest';
import { FIRST_CHANGE } from '#model/documents/first-change.ts';
import type { EntriesDocument } from '../support/stock-peer.ts';
import { keepSyncStates } from './sync-states.ts';

function withEntry(key: string): A.Doc<EntriesDocument> {
  return A.change(A.loadIncremental(A.init<EntriesDocument>(), FIRST_CHANGE), (draft) => {
    draft.entries[key] = new A.ImmutableString(`what stands under ${key}`);
  });
}

/** Lets two documents meet, and gives the messages and the two states at the end. */
function meet() {
  let [one, two] = [withEntry('a'), withEntry('b')];
  let [first, second] = [A.initSyncState(), A.initSyncState()];
  let said = 0;
  for (let quiet = false; !quiet;) {
    const [next, message] = A.generateSyncMessage(one, first);
    first = next;
    if (message) [two, second] = A.receiveSyncMessage(two, second, message);
    const [answering, answer] = A.generateSyncMessage(two, second);
    second = answering;
    if (answer) [one, first] = A.receiveSyncMessage(one, first, answer);
    quiet = message === null && answer === null;
    said += 1;
  }
  const { sharedHeads, theirHeads, lastSentHeads } = first;
  const same = A.getHeads(one).join() === A.getHeads(two).join();
  return {
    said,
    same,
    shared: sharedHeads.length,
    theirs: theirHeads?.length,
    sent: lastSentHeads.length,
  };
}

test('states that stay in Automerge lead to the same talk as states that are carried out and in', async () => {
  const carried = meet();
  await keepSyncStates();
  expect(meet()).toEqual(carried);
  expect(carried.same).toBe(true);
});

test('a state shows its fields until it is used, and cannot be looked at or used again afterwards', async () => {
  await keepSyncStates();
  const doc = withEntry('a');
  const [state] = A.generateSyncMessage(doc, A.initSyncState());
  expect(state.lastSentHeads).toEqual(A.getHeads(doc));
  const [used] = A.generateSyncMessage(doc, state);
  A.generateSyncMessage(doc, used);
  expect(() => used.theirHeads).toThrow('after it was used');
  expect(() => A.generateSyncMessage(doc, used)).toThrow('after it was used');
});
