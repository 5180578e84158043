import * as A from '@automerge/automerge';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entriesOf, withEntries } from '../../sync-relay/entries-document.ts';
import { readSyncMessage } from '../../sync-relay/sync-message.ts';
import { receiveMessage } from '../../sync-relay/whole-document.ts';

/** One side of a conversation about a document. */
type Side = { doc: A.Doc<unknown>; state: A.SyncState };

const sideWith = (doc: A.Doc<unknown>): Side => ({ doc, state: A.initSyncState() });

function sold(doc: A.Doc<unknown>, by: string, sales: number): A.Doc<unknown> {
  let next = doc;
  for (let sale = 0; sale < sales; sale++) next = withEntries(next, { [`${by}-${sale}`]: `sale ${sale}` });
  return next;
}

function said({ doc, state }: Side): { readonly state: A.SyncState; readonly message: Uint8Array | null } {
  const [next, message] = A.generateSyncMessage(doc, state);
  return { state: next, message };
}

/** Lets a peer of Automerge's own and a relay talk until neither has anything to say; gives what the peer said. */
function talk(peer: Side, relay: Side): Uint8Array[] {
  const heard: Uint8Array[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const { state, message } = said(peer);
    peer.state = state;
    if (message !== null) {
      heard.push(message);
      [relay.doc, relay.state] = receiveMessage(relay.doc, relay.state, message);
    }
    const answer = said(relay);
    relay.state = answer.state;
    if (answer.message === null && message === null) break;
    if (answer.message !== null)
      [peer.doc, peer.state] = A.receiveSyncMessage(peer.doc, peer.state, answer.message);
  }
  return heard;
}

const bringsWhole = (message: Uint8Array) => {
  const read = readSyncMessage(message);
  return read.ok && read.value.whole !== undefined;
};

/** The message that brings all a peer has to a relay with `there`, and the relay before it hears it. */
function wholeFor(
  there: A.Doc<unknown>,
  here: A.Doc<unknown>,
): { readonly relay: Side; readonly whole: Uint8Array } {
  const [relay, peer] = [sideWith(there), sideWith(here)];
  const offer = said(relay);
  relay.state = offer.state;
  [peer.doc, peer.state] = A.receiveSyncMessage(peer.doc, peer.state, offer.message ?? new Uint8Array());
  const whole = said(peer).message ?? new Uint8Array();
  expect(bringsWhole(whole)).toBe(true);
  return { relay, whole };
}

describe('a whole document', () => {
  test('takes the place of what is here, and the relay says that it holds it', () => {
    const there = withEntries(A.init(), {});
    const full = sold(A.clone(there), 'till', 50);
    const { relay, whole } = wholeFor(there, full);
    const [doc, state] = receiveMessage(relay.doc, relay.state, whole);
    expect(entriesOf(doc)).toEqual(entriesOf(full));
    expect(A.getHeads(doc)).toEqual(A.getHeads(full));
    expect(state.theirHeads).toEqual(A.getHeads(full));
    expect(state.sharedHeads).toEqual(A.getHeads(full));
    expect(said({ doc, state }).message).not.toBeNull();
  });

  test('of a program that begins its documents otherwise is taken as ever', () => {
    const foreign = A.from({ entries: {} as Record<string, string> });
    const full = A.change(foreign, (draft) => {
      for (let sale = 0; sale < 50; sale++) draft.entries[`${sale}`] = 'sold';
    });
    const { relay, whole } = wholeFor(A.init(), full);
    const [doc] = receiveMessage(relay.doc, relay.state, whole);
    expect(A.getHeads(doc)).toEqual(A.getHeads(full));
    expect(A.getAllChanges(doc)).toHaveLength(2);
  });

  test('hides nothing that is here alone', () => {
    const start = withEntries(A.init(), {});
    const there = sold(A.clone(start), 'other', 2);
    const { relay, whole } = wholeFor(there, sold(A.clone(start), 'till', 50));
    const [doc] = receiveMessage(relay.doc, relay.state, whole);
    expect(Object.keys(entriesOf(doc))).toHaveLength(52);
  });

  test('that is damaged is left to Automerge, which takes nothing of it', () => {
    const there = sold(A.init(), 'here', 1);
    const { relay, whole } = wholeFor(there, sold(A.clone(there), 'till', 50));
    const damaged = whole.slice();
    const at = damaged.length - 40;
    damaged[at] = (damaged[at] ?? 0) ^ 0xff;
    const [same, state] = receiveMessage(relay.doc, relay.state, damaged);
    expect(entriesOf(same)).toEqual({ 'here-0': 'sale 0' });
    const [doc] = receiveMessage(same, state, whole);
    expect(Object.keys(entriesOf(doc))).toHaveLength(51);
  });

  test('that is sent again changes nothing', () => {
    const { relay, whole } = wholeFor(withEntries(A.init(), {}), sold(A.init(), 'till', 50));
    const [doc, state] = receiveMessage(relay.doc, relay.state, whole);
    const heads = A.getHeads(doc);
    const [again] = receiveMessage(doc, state, whole);
    expect(A.getHeads(again)).toEqual(heads);
  });
});

test('whatever both sold alone and heard of each other, a peer and a relay have the same in the end', () => {
  const step = fc.record({ peer: fc.nat(20), relay: fc.nat(4), anew: fc.boolean() });
  let wholes = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), (steps) => {
      const start = withEntries(A.init(), {});
      const [peer, relay] = [sideWith(A.clone(start)), sideWith(A.clone(start))];
      for (const [round, { peer: there, relay: here, anew }] of steps.entries()) {
        peer.doc = sold(peer.doc, `peer-${round}`, there);
        relay.doc = sold(relay.doc, `relay-${round}`, here);
        if (anew) [peer.state, relay.state] = [A.initSyncState(), A.initSyncState()];
        wholes += talk(peer, relay).filter(bringsWhole).length;
        expect(A.getHeads(relay.doc)).toEqual(A.getHeads(peer.doc));
        expect(entriesOf(relay.doc)).toEqual(entriesOf(peer.doc));
      }
    }),
    { seed: 20261122, numRuns: 40 },
  );
  expect(wholes).toBeGreaterThan(20);
});
