import * as A from '@automerge/automerge';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confirmation, readSyncMessage } from '../../sync-relay/sync-message.ts';
import { firstChange, type EntriesDocument } from '../support/stock-peer.ts';

const message = (bloom: Uint8Array, heads: A.Heads = []) =>
  A.encodeSyncMessage({ heads, need: [], have: [{ lastSync: [], bloom }], changes: [] });

/** Every message of two peers, one of which has these texts and the other nothing. */
function exchanged(texts: readonly string[]): Uint8Array[] {
  const full = texts.reduce(
    (doc, text, key) =>
      A.change(doc, (draft) => {
        draft.entries[`${key}`] = new A.ImmutableString(text);
      }),
    A.load<EntriesDocument>(firstChange()),
  );
  const peers = [full, A.load<EntriesDocument>(firstChange())].map((doc) => ({
    doc,
    sync: A.initSyncState(),
  }));
  const said: Uint8Array[] = [];
  for (let turn = 0; turn < 12; turn++) {
    const [speaker, hearer] = turn % 2 === 0 ? peers : peers.toReversed();
    if (speaker === undefined || hearer === undefined) break;
    const [sync, data] = A.generateSyncMessage(speaker.doc, speaker.sync);
    speaker.sync = sync;
    if (data === null) continue;
    said.push(data);
    [hearer.doc, hearer.sync] = A.receiveSyncMessage(hearer.doc, hearer.sync, data);
  }
  return said;
}

describe('[W4] a sync message', () => {
  test('of a real peer is read, with its heads', () => {
    const doc = A.change(A.load<EntriesDocument>(firstChange()), (draft) => {
      draft.entries['a'] = new A.ImmutableString('1');
    });
    const [, data] = A.generateSyncMessage(doc, A.initSyncState());
    const read = readSyncMessage(data ?? new Uint8Array());
    expect(read).toEqual({
      ok: true,
      value: { heads: A.getHeads(doc), hasChanges: false, isBeginning: true, isWhole: false },
    });
  });

  test('says of everything two peers tell each other what Automerge reads in it, and is refused where its head is cut off', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 12 }), (texts) => {
        for (const data of exchanged(texts)) {
          const { heads, have, need, changes } = A.decodeSyncMessage(data);
          expect(readSyncMessage(data)).toEqual({
            ok: true,
            value: {
              heads,
              hasChanges: changes.length > 0,
              isBeginning: have.every(({ lastSync }) => lastSync.length === 0),
              isWhole: changes.length === 1 && changes[0]?.[8] === 0,
            },
          });
          const hashes = heads.length + need.length + have.flatMap(({ lastSync }) => lastSync).length;
          const filters = have.reduce((sum, { bloom }) => sum + bloom.length, 0);
          for (let end = 0; end < 1 + 32 * hashes + filters; end++)
            expect(readSyncMessage(data.subarray(0, end)).ok).toBe(false);
        }
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ['entries without bits', [1, 0, 7], 0],
    ['entries without probes', [1, 10, 0], 2],
    ['more probes than anybody has time for', [1, 10, 0xff, 0xff, 0xff, 0xff, 0x0f], 2],
    ['more bits than anybody has room for', [1, 0xff, 0x7f, 7], 2048],
  ])('whose Bloom filter has %s is refused', (_what, head, bytes) => {
    const bloom = new Uint8Array([...head, ...new Uint8Array(bytes)]);
    expect(readSyncMessage(message(bloom))).toEqual({ ok: false, error: 'a Bloom filter nobody can use' });
  });

  test('of any bytes is refused with a reason, never with an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const read = readSyncMessage(bytes);
        expect(read.ok || read.error.length > 0).toBe(true);
      }),
    );
  });

  test('that only confirms is taken by a peer that has the same, and leaves it nothing to say', () => {
    const doc = A.load<EntriesDocument>(firstChange());
    const [asked] = A.generateSyncMessage(doc, A.initSyncState());
    const [same, state] = A.receiveSyncMessage(doc, asked, confirmation(A.getHeads(doc)));
    expect(state.theirHeads).toEqual(A.getHeads(same));
    expect(A.generateSyncMessage(same, state)[1]).toBeNull();
  });
});
