import { createHash } from 'node:crypto';
import * as A from '@automerge/automerge';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { bytesOfDocumentId, documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { decodeFrame, encodeFrame, type Frame } from '#model/protocol/frame.ts';
import { encodeDifferences, encodeSummary } from '#model/protocol/summary.ts';
import type { Relay } from '../../sync-relay/relay.ts';
import { holdings, memoryRelay, wire, type Wire } from '../support/memory-relays.ts';
import { PATIENCE } from '../support/patience.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';

const session = (number: number, register = 1, store = 1): DocumentKey => ({
  class: 'session',
  store: storeId(store),
  register: registerId(register),
  session: number,
});
const idOf = (key: DocumentKey) => documentId({ organization: ORGANIZATION, key });

const STORE = { id: '1111111111111111', role: 'relay', store: 'S01' } as const;
const HQ = { id: '2222222222222222', role: 'hq' } as const;

const typesOf = ({ said }: Wire) => said.map(({ type }) => type);
const spokenOf = ({ said }: Wire) =>
  [...new Set(said.flatMap((frame) => (frame.type === 'sync' ? [frame.documentId] : [])))].sort();

/** Resolves when both hold the same, of what both may. */
function equal(a: Relay, b: Relay): Promise<void> {
  return vi.waitFor(async () => expect(await holdings(a)).toEqual(await holdings(b)), {
    ...PATIENCE,
    interval: 20,
  });
}

const said = (over: Wire, type: string) =>
  vi.waitFor(() => expect(typesOf(over)).toContain(type), { ...PATIENCE, interval: 5 });

/** Resolves when the side that dialled has the answer to its summary. */
const answered = (over: Wire) => said(over, 'tillmesh-differences');

async function write(relay: Relay, key: DocumentKey, entry: string, text = '{}'): Promise<void> {
  expect(await relay.document(key).write({ [entry]: text })).toBe('saved');
}

/** Two relays that hold the same documents, in seventy blocks of two ranges. */
async function withManyBlocks(): Promise<{ readonly store: Relay; readonly hq: Relay }> {
  const [{ relay: store }, { relay: hq }] = [await memoryRelay(STORE), await memoryRelay(HQ)];
  for (let block = 1; block <= 70; block++) await write(store, session(64 * block), '000000001');
  const first = wire(store, hq);
  await equal(store, hq);
  first.cut();
  return { store, hq };
}

describe('two relays that meet', () => {
  test('[W5] tell each other one summary, and nothing of documents they have alike', async () => {
    const store = await memoryRelay(STORE);
    const hq = await memoryRelay(HQ);
    for (let number = 1; number <= 100; number++) await write(store.relay, session(number), '000000001');
    const first = wire(store.relay, hq.relay);
    await equal(store.relay, hq.relay);
    first.cut();
    const again = wire(store.relay, hq.relay);
    await answered(again);
    expect(typesOf(again)).toEqual(['join', 'peer', 'tillmesh-summary', 'tillmesh-differences']);
  });

  test('[W5] speak of just the one document that differs, whichever side has more', async () => {
    const store = await memoryRelay(STORE);
    const hq = await memoryRelay(HQ);
    for (let number = 1; number <= 80; number++) await write(store.relay, session(number), '000000001');
    const first = wire(store.relay, hq.relay);
    await equal(store.relay, hq.relay);
    first.cut();
    await write(store.relay, session(80), '000000002');
    const up = wire(store.relay, hq.relay);
    await equal(store.relay, hq.relay);
    expect(spokenOf(up)).toEqual([idOf(session(80))]);
    up.cut();
    await write(hq.relay, session(3), '000000009');
    const down = wire(store.relay, hq.relay);
    await equal(store.relay, hq.relay);
    expect(spokenOf(down)).toEqual([idOf(session(3))]);
  });

  test('[W5] any two states become equal, and exactly the differing documents are spoken of', async () => {
    const place = fc.record({
      number: fc.integer({ min: 1, max: 140 }),
      register: fc.integer({ min: 1, max: 2 }),
    });
    const side = fc.array(fc.tuple(place, fc.integer({ min: 1, max: 2 })), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(side, side, side, async (both, mine, theirs) => {
        const store = await memoryRelay(STORE);
        const hq = await memoryRelay(HQ);
        for (const [{ number, register }, entry] of both)
          await write(store.relay, session(number, register), String(entry));
        const first = wire(store.relay, hq.relay);
        await equal(store.relay, hq.relay);
        first.cut();
        for (const [relay, changes] of [[store.relay, mine] as const, [hq.relay, theirs] as const])
          for (const [{ number, register }, entry] of changes)
            await write(relay, session(number, register), `${entry}`, JSON.stringify(relay.status().device));
        const differing = new Set([...mine, ...theirs].map(([at]) => idOf(session(at.number, at.register))));
        const second = wire(store.relay, hq.relay);
        await equal(store.relay, hq.relay);
        await answered(second);
        expect(spokenOf(second)).toEqual([...differing].sort());
        second.cut();
      }),
      { numRuns: 8, seed: 14 },
    );
  });

  test('[W6] the digests are as the rule says', async () => {
    const store = await memoryRelay(STORE);
    const hq = await memoryRelay(HQ);
    const key = session(65);
    await write(store.relay, key, '000000001');
    const heads = (await store.relay.document(key).look((doc) => A.getHeads(doc))) ?? [];
    const over = wire(store.relay, hq.relay);
    await equal(store.relay, hq.relay);
    const frame = over.said.find(({ type }) => type === 'tillmesh-summary');
    const hash = (...parts: readonly Uint8Array[]) =>
      createHash('sha256').update(Buffer.concat(parts)).digest().subarray(0, 16);
    const block = Buffer.from(bytesOfDocumentId(idOf(session(64))));
    const document = hash(Buffer.from([...heads].sort().join(',')));
    const expected = Buffer.concat([block, hash(Buffer.from([1]), document)]).toString('hex');
    expect(frame?.type === 'tillmesh-summary' && Buffer.from(frame.blocks).toString('hex')).toBe(expected);
  });

  test('[W11] that hold much tell an outline first, which is all where nothing is new', async () => {
    const { store, hq } = await withManyBlocks();
    const again = wire(store, hq);
    await said(again, 'tillmesh-ranges');
    expect(typesOf(again)).toEqual(['join', 'peer', 'tillmesh-outline', 'tillmesh-ranges']);
    const outline = again.said.find(({ type }) => type === 'tillmesh-outline');
    expect(outline?.type === 'tillmesh-outline' && outline.blocks.length).toBe(2 * 32);
  });

  test('[W11] and then a summary of the ranges that differ, whichever side has more', async () => {
    const { store, hq } = await withManyBlocks();
    await write(store, session(64 * 3), '000000002');
    await write(hq, session(64 * 3 + 1), '000000002');
    const again = wire(store, hq);
    await equal(store, hq);
    expect(spokenOf(again)).toEqual([idOf(session(64 * 3)), idOf(session(64 * 3 + 1))].sort());
    const summary = again.said.find(({ type }) => type === 'tillmesh-summary');
    expect(summary?.type === 'tillmesh-summary' && summary.blocks.length).toBe(63 * 32);
  });

  test('[W11] a relay that knows no outline is told the summary at once', async () => {
    const { store, hq } = await withManyBlocks();
    const over = wire(store, hq, (bytes) => {
      const frame = decodeFrame(bytes);
      if (!frame.ok || frame.value.type !== 'peer') return bytes;
      const { outline: _outline, ...peerMetadata } = frame.value.peerMetadata;
      return encodeFrame({ ...frame.value, peerMetadata }).slice();
    });
    await answered(over);
    expect(typesOf(over)).toEqual(['join', 'peer', 'tillmesh-summary', 'tillmesh-differences']);
  });

  test('[W8] a store hears nothing of another store, not even a digest', async () => {
    const store = await memoryRelay(STORE);
    const hq = await memoryRelay(HQ);
    await write(hq.relay, session(1, 1, 2), '000000001', 'of another store');
    await write(hq.relay, { class: 'staff' }, 'person', '{}');
    const over = wire(store.relay, hq.relay);
    await vi.waitFor(
      async () => expect(Object.keys(await holdings(store.relay))).toEqual([idOf({ class: 'staff' })]),
      PATIENCE,
    );
    const heard = over.said.find((frame) => frame.type === 'tillmesh-differences');
    expect(heard?.type === 'tillmesh-differences' && heard.blocks.length).toBe(16 + 1 + 17);
  });

  test('[W5] a relay that knows no summary is offered every document as before', async () => {
    const store = await memoryRelay(STORE);
    const hq = await memoryRelay(HQ);
    for (let number = 1; number <= 5; number++) await write(hq.relay, session(number), '000000001');
    // What an older relay sends: the same join without the member it does not know.
    const over = wire(store.relay, hq.relay, (bytes) => {
      const frame = decodeFrame(bytes);
      if (!frame.ok || frame.value.type !== 'join') return bytes;
      const { summary: _summary, ...peerMetadata } = frame.value.peerMetadata;
      return encodeFrame({ ...frame.value, peerMetadata }).slice();
    });
    await equal(store.relay, hq.relay);
    expect(typesOf(over)).not.toContain('tillmesh-summary');
    expect(spokenOf(over)).toHaveLength(5);
  });

  test('a document that is written while the summary is on its way is not missed', async () => {
    const store = await memoryRelay(STORE);
    const hq = await memoryRelay(HQ);
    await write(store.relay, session(1), '000000001');
    wire(store.relay, hq.relay);
    await Promise.all([
      write(store.relay, session(2), '000000001'),
      write(hq.relay, session(3), '000000001'),
      write(store.relay, session(1), '000000002'),
    ]);
    await equal(store.relay, hq.relay);
    expect(Object.keys(await holdings(hq.relay))).toHaveLength(3);
  });
});

describe('a summary nobody should send', () => {
  const rows = (...names: readonly number[]) =>
    encodeSummary(
      names.map((name) => ({ block: new Uint8Array(16).fill(name * 64, 15), digest: new Uint8Array(16) })),
    );
  const list = (places: readonly number[]) =>
    encodeDifferences([
      {
        block: new Uint8Array(16),
        documents: places.map((place) => ({ place, digest: new Uint8Array(16) })),
      },
    ]);

  /** What becomes of a wire on which one frame is another. */
  async function altered(type: 'tillmesh-summary' | 'tillmesh-differences', blocks: Uint8Array) {
    const store = await memoryRelay(STORE);
    const hq = await memoryRelay(HQ);
    wire(store.relay, hq.relay, (bytes) => {
      const frame = decodeFrame(bytes);
      return frame.ok && frame.value.type === type
        ? encodeFrame({ ...frame.value, blocks } as Frame).slice()
        : bytes;
    });
    return { store, hq };
  }

  test.each([
    ['tillmesh-summary', rows(1).subarray(1)],
    ['tillmesh-summary', rows(2, 1)],
    ['tillmesh-summary', rows(1, 1)],
    ['tillmesh-summary', new Uint8Array(5 * 1024 * 1024)],
    ['tillmesh-summary', encodeSummary([{ block: new Uint8Array(16).fill(1), digest: new Uint8Array(16) }])],
    ['tillmesh-differences', list([3]).subarray(0, 20)],
    ['tillmesh-differences', list([3, 2])],
    ['tillmesh-differences', list([64])],
    ['tillmesh-differences', new Uint8Array(5 * 1024 * 1024)],
  ] as const)('[W7] %s costs its link and leaves no document', async (type, blocks) => {
    const { store, hq } = await altered(type, blocks);
    await vi.waitFor(() => {
      expect(store.relay.status().peers).toEqual([]);
      expect(hq.relay.status().peers).toEqual([]);
    }, PATIENCE);
    expect([store.relay.status().documents, hq.relay.status().documents]).toEqual([0, 0]);
  });

  test.each([
    ['tillmesh-summary', { type: 'tillmesh-outline', blocks: rows(1).subarray(1) }],
    ['tillmesh-differences', { type: 'tillmesh-ranges', ranges: new Uint8Array() }],
  ] as const)(
    '[W7] [W11] in place of %s what is out of turn or cut off costs its link',
    async (type, said) => {
      const store = await memoryRelay(STORE);
      const hq = await memoryRelay(HQ);
      wire(store.relay, hq.relay, (bytes) => {
        const frame = decodeFrame(bytes);
        if (!frame.ok || frame.value.type !== type) return bytes;
        const { senderId, targetId } = frame.value;
        return encodeFrame({ senderId, targetId, ...said } as Frame).slice();
      });
      await vi.waitFor(() => {
        expect(store.relay.status().peers).toEqual([]);
        expect(hq.relay.status().peers).toEqual([]);
      }, PATIENCE);
    },
  );

  test('[W7] documents that only a lie names are asked for once and kept nowhere', async () => {
    const block = Buffer.from(bytesOfDocumentId(idOf(session(1))));
    block[15] = 0;
    const documents = Array.from({ length: 63 }, (_, at) => ({ place: at + 1, digest: new Uint8Array(16) }));
    const { store } = await altered('tillmesh-differences', encodeDifferences([{ block, documents }]));
    await vi.waitFor(() => expect(store.relay.status().peers).toHaveLength(1), PATIENCE);
    await vi.waitFor(() => expect(store.relay.status().inMemory).toBe(0), PATIENCE);
    expect(store.relay.status().documents).toBe(0);
  });
});
