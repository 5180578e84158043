import * as A from '@automerge/automerge';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import type { Documents } from '../../../app/lib/repo/documents.ts';
import { MemoryStorage, isDocumentKey } from '../../../app/lib/repo/document-storage.ts';
import { FIRST_CHANGE, FIRST_CHANGE_HASH } from '#model/documents/first-change.ts';
import { makeFirstChange } from '../../../app/lib/repo/first-change.ts';
import type { NodeDocumentsOptions } from '../../../app/lib/repo/node-documents.ts';
import { relayHolds } from '../../../app/lib/repo/relay-confirmation.ts';
import { hostSurroundings } from '../../../app/lib/repo/surroundings.ts';
import { PATIENCE } from '../../support/patience.ts';
import { WireRelay } from '../../support/wire-relay.ts';
import { collect, session } from './documents.contract.ts';
import { nodeTerminal, ORGANIZATION } from './node-terminal.ts';

const idOf = (key: DocumentKey, organization = ORGANIZATION) => documentId({ organization, key });
type Stored = { entries: Record<string, A.ImmutableString> };

let relay: WireRelay;
beforeEach(async () => {
  relay = await WireRelay.start();
  onTestFinished(() => relay.cut());
});

function terminalAt(number: number, options: Partial<NodeDocumentsOptions> = {}): Documents {
  const documents = nodeTerminal(number, { syncUrl: relay.url, ...options });
  onTestFinished(() => documents.close());
  return documents;
}

const stored = (storage: MemoryStorage, key: DocumentKey) =>
  storage
    .loadRange([idOf(key)])
    .then((chunks) =>
      chunks.reduce((doc, { data }) => A.loadIncremental(doc, data ?? new Uint8Array()), A.init<Stored>()),
    );

describe('the first change', () => {
  test('[D2] is the same bytes whoever makes it', () => {
    const made = makeFirstChange();
    expect(made).toEqual(FIRST_CHANGE);
    expect(A.decodeChange(FIRST_CHANGE)).toMatchObject({
      hash: FIRST_CHANGE_HASH,
      actor: '00',
      seq: 1,
      time: 0,
    });
  });

  test('[D1] documents two terminals made while apart become one map', async () => {
    await relay.cut();
    const one = terminalAt(1);
    const two = terminalAt(2);
    await one.write(session(1), { one: '1', both: 'a' });
    await two.write(session(1), { two: '2', both: 'b' });
    await relay.listen();
    await vi.waitFor(async () => {
      const entries = await one.open(session(1));
      expect(Object.keys(entries).sort()).toEqual(['both', 'one', 'two']);
      expect(await two.open(session(1))).toEqual(entries);
    }, PATIENCE);
  });

  test('[J7] three texts of one entry are the same three at every terminal, told of to whoever listens', async () => {
    await relay.cut();
    const terminals = [1, 2, 3].map((number) => terminalAt(number));
    const heard = terminals.map((documents) => collect(documents));
    for (const [n, documents] of terminals.entries()) await documents.write(session(1), { one: `text ${n}` });
    await relay.listen();
    const all = { one: ['text 0', 'text 1', 'text 2'] };
    for (const documents of terminals)
      await vi.waitFor(async () => expect(await documents.contested(session(1))).toEqual(all), PATIENCE);
    for (const { events } of heard) expect(events).toContainEqual({ type: 'contested', key: session(1) });
  });

  test('[J7] a third text that comes later is told of as well, shown or not', async () => {
    await relay.cut();
    const one = terminalAt(1);
    const two = terminalAt(2);
    await one.write(session(1), { one: 'a' });
    await two.write(session(1), { one: 'b' });
    await relay.listen();
    for (const documents of [one, two])
      await vi.waitFor(
        async () => expect(await documents.contested(session(1))).toEqual({ one: ['a', 'b'] }),
        PATIENCE,
      );
    await relay.cut();
    const three = terminalAt(3);
    await three.write(session(1), { one: 'c' });
    const heard = [one, two].map((documents) => collect(documents));
    await relay.listen();
    for (const [n, documents] of [one, two].entries())
      await vi.waitFor(async () => {
        expect(await documents.contested(session(1))).toEqual({ one: ['a', 'b', 'c'] });
        expect(heard[n]?.events).toContainEqual({ type: 'contested', key: session(1) });
      }, PATIENCE);
  });
});

describe('changes', () => {
  test('one write is one change, by an actor of this device, with the time it was made', async () => {
    const storage = new MemoryStorage();
    const documents = terminalAt(5, {
      storage,
      surroundings: { ...hostSurroundings, now: () => 1_700_000_000_999 },
    });
    await documents.write(session(1), { a: '1', b: '2', c: '3' });
    const doc = await stored(storage, session(1));
    const [, change, ...more] = A.getAllChanges(doc).map((bytes) => A.decodeChange(bytes));
    expect(more).toEqual([]);
    expect(change?.actor).toMatch(/^0000000000000005[0-9a-f]{16}$/);
    expect(change?.time).toBe(1_700_000_000);
    expect(change?.ops).toHaveLength(3);
    expect(A.isImmutableString(doc.entries['a'])).toBe(true);
  });

  test('each load writes with another actor', async () => {
    const storage = new MemoryStorage();
    for (const text of ['1', '2', '3']) {
      const documents = nodeTerminal(5, { storage });
      await documents.write(session(1), { a: text });
      await documents.close();
    }
    const doc = await stored(storage, session(1));
    const actors = A.getAllChanges(doc).map((bytes) => A.decodeChange(bytes).actor);
    expect(new Set(actors).size).toBe(4);
    expect(doc.entries['a']?.val).toBe('3');
  });

  test('a relay that lost its disk gets everything back, also what is not open here', async () => {
    const storage = new MemoryStorage();
    const before = nodeTerminal(5, { storage });
    await before.write(session(1), { a: '1' });
    await before.write(session(2), { b: '2' });
    await before.close();
    relay.wipe();
    terminalAt(5, { storage });
    await vi.waitFor(() => {
      expect(relay.entries(idOf(session(1)))).toEqual({ a: '1' });
      expect(relay.entries(idOf(session(2)))).toEqual({ b: '2' });
    }, PATIENCE);
  });
});

describe('documents that cannot be used', () => {
  test.each([
    ['an id that is none of ours', () => '4NMNnkMhL8jXrdJ9jamS58PAVdXu', 'its id'],
    ['a document of another organization', () => idOf(session(1), 'ffffffffffff'), 'another organization'],
  ])('%s is told and not taken', async (_name, id, cause) => {
    const documents = terminalAt(2);
    const heard = collect(documents);
    relay.write(id(), { a: '1' });
    await vi.waitFor(
      () =>
        expect(heard.events).toContainEqual({
          type: 'damaged',
          documentId: id(),
          cause: expect.stringContaining(cause),
        }),
      PATIENCE,
    );
    expect(await documents.known()).toEqual([]);
  });
});

describe('documents that come in damaged', () => {
  test('an entry that is not an immutable text is told and left out; the others count', async () => {
    const documents = terminalAt(2);
    const heard = collect(documents);
    relay.edit(idOf(session(1)), (draft) => {
      const entries = draft.entries as Record<string, unknown>;
      entries['good'] = new A.ImmutableString('1');
      entries['text'] = 'typed together';
      entries['number'] = 7;
      entries['map'] = { deep: 'x' };
    });
    await vi.waitFor(() => expect(heard.entriesOf(session(1))).toEqual({ good: '1' }), PATIENCE);
    const causes = heard.events.flatMap((event) => (event.type === 'damaged' ? [event.cause] : []));
    expect(causes.sort()).toEqual([
      'entry "map" is not an immutable text',
      'entry "number" is not an immutable text',
      'entry "text" is not an immutable text',
    ]);
    await documents.write(session(1), { more: '2' });
    expect(await documents.open(session(1))).toEqual({ good: '1', more: '2' });
  });

  test('another map of entries is told, and the document is not used further', async () => {
    const documents = terminalAt(2);
    await documents.write(session(1), { a: '1' });
    const heard = collect(documents);
    await vi.waitFor(() => expect(relay.entries(idOf(session(1)))).toEqual({ a: '1' }), PATIENCE);
    relay.edit(idOf(session(1)), (draft) => {
      draft.entries = { b: new A.ImmutableString('2') };
    });
    await vi.waitFor(
      () =>
        expect(heard.events).toContainEqual({
          type: 'damaged',
          documentId: idOf(session(1)),
          cause: 'another map of entries came in from elsewhere and hides its own',
        }),
      PATIENCE,
    );
    await expect(documents.write(session(1), { c: '3' })).rejects.toThrow('damaged');
    expect(heard.of(session(1))).toEqual([]);
    expect(await documents.writeDurably(session(2), { a: '1' }, 10_000)).toEqual({
      here: 'saved',
      relay: 'saved',
    });
  });

  test('bytes that are no sync message are told, and the other documents go on', async () => {
    const documents = terminalAt(2);
    const heard = collect(documents);
    await vi.waitFor(() => expect(relay.peers).toHaveLength(1), PATIENCE);
    relay.sendFrame((peerId) => ({
      type: 'sync',
      senderId: 'relay-double',
      targetId: peerId,
      documentId: idOf(session(1)),
      data: new Uint8Array([1, 2, 3]),
    }));
    await vi.waitFor(
      () =>
        expect(heard.events).toContainEqual({
          type: 'damaged',
          documentId: idOf(session(1)),
          cause: expect.stringContaining('could not be merged'),
        }),
      PATIENCE,
    );
    expect(await documents.writeDurably(session(1), { a: '1' }, 10_000)).toEqual({
      here: 'saved',
      relay: 'saved',
    });
  });

  test.each([
    ['nonsense', new Uint8Array([1, 2, 3, 4]), 'cannot be read'],
    [
      'a document that begins otherwise',
      A.save(A.from({ entries: { a: new A.ImmutableString('1') } }, '0f')),
      'damaged',
    ],
  ])('%s on the disk is told, left as it is and not opened', async (_name, bytes, why) => {
    const storage = new MemoryStorage();
    await storage.save([idOf(session(1)), 'snapshot', 'x'], bytes);
    const documents = terminalAt(2, { storage });
    const heard = collect(documents);
    await expect(documents.open(session(1))).rejects.toThrow(why);
    expect(heard.events).toContainEqual({
      type: 'damaged',
      documentId: idOf(session(1)),
      cause: expect.any(String),
    });
    await expect(documents.writeDurably(session(1), { a: '1' }, 10)).rejects.toThrow(why);
    expect(await storage.load([idOf(session(1)), 'snapshot', 'x'])).toEqual(bytes);
    expect(await documents.open(session(2))).toEqual({});
  });
});

describe('a disk that fails', () => {
  /** Storage whose saves fail while it is told to. */
  class FailingStorage extends MemoryStorage {
    failing = false;

    override save(...args: Parameters<MemoryStorage['save']>): Promise<void> {
      return this.failing && isDocumentKey(args[0])
        ? Promise.reject(new Error('the disk is full'))
        : super.save(...args);
    }
  }

  test('a merge that cannot be saved is told, and is saved by itself later', async () => {
    const storage = new FailingStorage();
    const documents = terminalAt(2, { storage });
    await documents.write(session(1), { a: '1' });
    const heard = collect(documents);
    storage.failing = true;
    await vi.waitFor(() => expect(relay.entries(idOf(session(1)))).toEqual({ a: '1' }), PATIENCE);
    relay.write(idOf(session(1)), { b: '2' });
    await vi.waitFor(
      () =>
        expect(heard.events).toContainEqual({
          type: 'save-failed',
          key: session(1),
          cause: 'the disk is full',
        }),
      PATIENCE,
    );
    storage.failing = false;
    await vi.waitFor(
      async () => expect(Object.keys((await stored(storage, session(1))).entries)).toEqual(['a', 'b']),
      PATIENCE,
    );
  });

  test('both copies failing is told as such, and writing the same again saves it once', async () => {
    await relay.cut();
    const storage = new FailingStorage();
    const documents = terminalAt(2, { storage });
    storage.failing = true;
    expect(await documents.writeDurably(session(1), { sale: '1' }, 5_000)).toEqual({
      here: 'failed',
      relay: 'away',
      cause: 'the disk is full',
    });
    storage.failing = false;
    await relay.listen();
    await vi.waitFor(
      async () =>
        expect(await documents.writeDurably(session(1), { sale: '1' }, 5_000)).toEqual({
          here: 'saved',
          relay: 'saved',
        }),
      PATIENCE,
    );
    expect(A.getAllChanges(await stored(storage, session(1)))).toHaveLength(2);
  });
});

test('a relay that came back without its disk holds nothing on the word of before', async () => {
  const documents = terminalAt(2);
  await vi.waitFor(
    async () =>
      expect(await documents.writeDurably(session(1), { a: '1' }, 5_000)).toEqual({
        here: 'saved',
        relay: 'saved',
      }),
    PATIENCE,
  );
  const heard = collect(documents);
  await relay.cut();
  relay.wipe();
  relay.answering = false;
  await relay.listen();
  await vi.waitFor(() => expect(heard.events).toContainEqual({ type: 'link', connected: false }), PATIENCE);
  expect(await documents.writeDurably(session(1), { a: '1' }, 50)).toMatchObject({
    relay: expect.not.stringMatching('saved'),
  });
  expect(await documents.caughtUp(session(1), 50)).not.toBe('caught-up');
  await relay.cut();
  relay.answering = true;
  await relay.listen();
  await vi.waitFor(
    async () =>
      expect(await documents.writeDurably(session(1), { a: '1' }, 5_000)).toEqual({
        here: 'saved',
        relay: 'saved',
      }),
    PATIENCE,
  );
  expect(relay.entries(idOf(session(1)))).toEqual({ a: '1' });
});

describe('whether the relay holds a change', () => {
  const base = A.from<Record<string, number>>({ n: 0 }, '01');
  const ours = A.change(base, (draft) => {
    draft['n'] = 1;
  });
  const theirs = A.change(A.clone(base, { actor: '02' }), (draft) => {
    draft['m'] = 1;
  });
  const merged = A.merge(A.clone(ours), theirs);
  const after = A.change(merged, (draft) => {
    draft['n'] = 2;
  });

  test.each([
    ['the same heads', ours, A.getHeads(ours), true],
    ['heads beside ours', merged, A.getHeads(merged), true],
    ['a head built on ours', after, A.getHeads(after), true],
    ['a head before ours', ours, A.getHeads(base), false],
    ['a head apart from ours', merged, A.getHeads(theirs), false],
    ['a head we do not know yet', ours, ['ab'.repeat(32)], false],
    ['no head at all', ours, [], false],
  ] as const)('%s', (_name, doc, heads, expected) => {
    expect(relayHolds(doc, [...heads], A.getHeads(ours))).toBe(expected);
  });
});
