import * as A from '@automerge/automerge';
import { describe, expect, test, vi } from 'vitest';
import { documentId, type DocumentId } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { decodeFrame, encodeFrame, type Frame } from '#model/protocol/frame.ts';
import { Candidates } from '../../sync-relay/candidates.ts';
import { entriesOf, headsOf, withEntries } from '../../sync-relay/entries-document.ts';
import { Link } from '../../sync-relay/link.ts';
import type { Relay } from '../../sync-relay/relay.ts';
import { memoryRelay } from '../support/memory-relays.ts';
import { PATIENCE } from '../support/patience.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';

const session = (number: number) =>
  documentId({
    organization: ORGANIZATION,
    key: { class: 'session', store: storeId(1), register: registerId(1), session: number },
  });

/** A document of three changes, and each of these but the first one, which every document starts with. */
const FIRST = withEntries(A.init(), {});
const WHOLE = withEntries(withEntries(A.clone(FIRST), { '1': 'one' }), { '2': 'two' });
const [ONE, TWO] = A.getChanges(FIRST, WHOLE);

function link(): Link {
  return new Link(
    'hq',
    {
      id: 'relay',
      metadata: { device: { id: '1111111111111111', role: 'relay' } },
      trust: 'proven',
      direction: 'in',
      since: '2026-01-01T00:00:00.000Z',
      isTool: false,
    },
    { send: (_, sent) => sent(), close: () => undefined },
  );
}

/** A peer whose messages name the whole document and hold just the changes the test says. */
function peerOf(relay: Relay) {
  const received: Frame[] = [];
  const connection = relay.connect('in', {
    send: (bytes, sent) => {
      const frame = decodeFrame(bytes);
      if (frame.ok) received.push(frame.value);
      queueMicrotask(sent);
    },
    close: () => undefined,
  });
  const send = (frame: Frame) => connection.receive(encodeFrame(frame));
  send({ type: 'join', senderId: 'peer', peerMetadata: {}, supportedProtocolVersions: ['1'] });
  return {
    send(id: DocumentId, doc: A.Doc<unknown>, changes: readonly (Uint8Array | undefined)[]) {
      const message = { heads: A.getHeads(doc), need: [], have: [], changes: changes.filter((one) => one) };
      const data = A.encodeSyncMessage(message as Parameters<typeof A.encodeSyncMessage>[0]);
      send({ type: 'sync', senderId: 'peer', targetId: 'relay', documentId: id, data });
    },
    /** What the relay last asked for of a document. */
    needed(id: DocumentId): readonly string[] {
      const last = received.findLast((frame) => frame.type === 'sync' && frame.documentId === id);
      return last?.type === 'sync' ? A.decodeSyncMessage(last.data).need : [];
    },
  };
}

describe('[W16] a change that comes before the one it builds on', () => {
  test('waits in the copy of its link where it needs head office’s word, and is taken when both are there', () => {
    const candidates = new Candidates();
    const from = link();
    const state = headsOf(WHOLE);
    candidates.set(from, A.applyChanges(A.clone(FIRST), TWO ? [TWO] : [])[0]);
    expect(entriesOf(candidates.adopt(A.clone(FIRST), [state]))).toEqual({});
    const copy = candidates.of(from, A.clone(FIRST));
    expect(copy && A.getMissingDeps(copy, [])).toEqual(depsOf(TWO));
    candidates.set(from, A.applyChanges(copy ?? A.init(), ONE ? [ONE] : [])[0]);
    expect(entriesOf(candidates.adopt(A.clone(FIRST), [state]))).toEqual({ '1': 'one', '2': 'two' });
    expect(candidates.isEmpty).toBe(true);
  });

  test('goes with its link', () => {
    const candidates = new Candidates();
    const from = link();
    candidates.set(from, A.applyChanges(A.clone(FIRST), TWO ? [TWO] : [])[0]);
    from.closed();
    candidates.adopt(A.clone(FIRST), []);
    expect(candidates.isEmpty).toBe(true);
  });

  test('is still there when the other comes, however many documents a relay has worked on meanwhile', async () => {
    const { relay } = await memoryRelay({ id: 'ffffffffffffffff', role: 'relay', store: 'S01' });
    const peer = peerOf(relay);
    const id = session(1);
    peer.send(id, FIRST, A.getAllChanges(FIRST));
    peer.send(id, WHOLE, [TWO]);
    await vi.waitFor(() => expect(peer.needed(id)).toEqual(depsOf(TWO)), PATIENCE);
    for (let number = 2; number < 40; number++)
      expect(
        await relay
          .document({ class: 'session', store: storeId(1), register: registerId(1), session: number })
          .write({ a: '{}' }),
      ).toBe('saved');
    expect(relay.status().inMemory).toBeLessThan(30);
    peer.send(id, WHOLE, [ONE]);
    await vi.waitFor(
      async () => expect(await relay.held(id)?.entries()).toEqual({ '1': 'one', '2': 'two' }),
      PATIENCE,
    );
    expect(peer.needed(id)).toEqual([]);
  });
});

function depsOf(change: Uint8Array | undefined): readonly string[] {
  return change ? A.decodeChange(change).deps : [];
}
