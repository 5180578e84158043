import * as A from '@automerge/automerge';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { MemoryStorage } from '../../../app/lib/repo/document-storage.ts';
import type { Documents } from '../../../app/lib/repo/documents.ts';
import type { NodeDocumentsOptions } from '../../../app/lib/repo/node-documents.ts';
import { LINK_LIMITS } from '../../../app/lib/repo/websocket-link.ts';
import { PATIENCE } from '../../support/patience.ts';
import { WireRelay } from '../../support/wire-relay.ts';
import { collect, session } from './documents.contract.ts';
import { nodeTerminal, ORGANIZATION } from './node-terminal.ts';

const STAFF: DocumentKey = { class: 'staff' };
const ID = documentId({ organization: ORGANIZATION, key: STAFF });
const THEIRS = { kept: '1', changed: 'theirs' };

type Stored = { entries: Record<string, A.ImmutableString> };
const entriesOf = (doc: A.Doc<Stored>) =>
  Object.fromEntries(Object.entries(doc.entries).map(([key, text]) => [key, text.val]));
const storedIn = async (storage: MemoryStorage) => {
  const chunks = await storage.loadRange([ID]);
  return chunks.reduce((doc, { data }) => A.loadIncremental(doc, data ?? new Uint8Array()), A.init<Stored>());
};

let relay: WireRelay;
let storage: MemoryStorage;
beforeEach(async () => {
  relay = await WireRelay.start();
  storage = new MemoryStorage();
  onTestFinished(() => relay.cut());
  relay.write(ID, THEIRS);
  relay.forbid(ID);
});

function terminalAt(options: Partial<NodeDocumentsOptions> = {}) {
  const documents = nodeTerminal(2, { syncUrl: relay.url, storage, ...options });
  onTestFinished(() => documents.close());
  return { documents, heard: collect(documents) };
}

type Terminal = ReturnType<typeof terminalAt>;
const heals = ({ heard }: Terminal) => heard.events.filter(({ type }) => type === 'healed');
const healed = (terminal: Terminal, times = 1) =>
  vi.waitFor(() => expect(heals(terminal)).toHaveLength(times), PATIENCE);
const caughtUp = (documents: Documents) =>
  vi.waitFor(async () => expect(await documents.caughtUp(STAFF, 5_000)).toBe('caught-up'), PATIENCE);
/** A write the relay leaves out; what becomes of the call depends on how fast the relay is. */
const write = (documents: Documents, entries: Record<string, string>) =>
  Promise.allSettled([documents.write(STAFF, entries)]);

describe('after healing', () => {
  test("[E7] the disk holds the relay's document and no trace of the refused change, also for the next start", async () => {
    const first = terminalAt();
    await caughtUp(first.documents);
    await write(first.documents, { changed: 'ours', added: '2' });
    await healed(first);
    const stored = await storedIn(storage);
    expect(A.getHeads(stored)).toEqual(relay.heads(ID));
    await first.documents.close();
    await relay.cut();
    const second = terminalAt();
    expect(await second.documents.open(STAFF)).toEqual(THEIRS);
  });

  test('[E7] later changes are saved on top of the new copy', async () => {
    const terminal = terminalAt();
    await caughtUp(terminal.documents);
    await write(terminal.documents, { added: '2' });
    await healed(terminal);
    relay.write(ID, { later: '3' });
    await vi.waitFor(
      async () => expect(A.getHeads(await storedIn(storage))).toEqual(relay.heads(ID)),
      PATIENCE,
    );
    expect(entriesOf(await storedIn(storage))).toEqual({ ...THEIRS, later: '3' });
  });

  test('[E7] the copy put aside is the whole document with the refused change', async () => {
    const terminal = terminalAt();
    await caughtUp(terminal.documents);
    await write(terminal.documents, { changed: 'ours', added: '2' });
    await healed(terminal);
    const [copy, ...more] = await terminal.documents.archived();
    expect(more).toEqual([]);
    expect(entriesOf(A.load<Stored>(copy?.bytes ?? new Uint8Array()))).toEqual({
      kept: '1',
      changed: 'ours',
      added: '2',
    });
  });

  test('[E7] nothing more is sent, nothing is printed and nothing fails unattended', async () => {
    const printed = vi.spyOn(console, 'log');
    const escaped: unknown[] = [];
    const note = (cause: unknown) => escaped.push(cause);
    process.on('unhandledRejection', note);
    onTestFinished(() => {
      process.off('unhandledRejection', note);
      printed.mockRestore();
    });
    const terminal = terminalAt({ limits: { ...LINK_LIMITS, pingEveryMs: 30 } });
    await caughtUp(terminal.documents);
    await write(terminal.documents, { added: '2' });
    await healed(terminal);
    await caughtUp(terminal.documents);
    const pingsAfter = async (count: number) => {
      const { pings } = relay;
      await vi.waitFor(() => expect(relay.pings).toBeGreaterThan(pings + count), PATIENCE);
    };
    await pingsAfter(5);
    const { frames } = relay;
    await pingsAfter(10);
    expect(relay.frames).toBe(frames);
    expect(heals(terminal)).toHaveLength(1);
    expect({ printed: printed.mock.calls, escaped }).toEqual({ printed: [], escaped: [] });
  });
});

describe('while healing', () => {
  /** A terminal whose relay went away in the middle of healing. */
  async function interrupted(): Promise<Terminal> {
    const terminal = terminalAt();
    await caughtUp(terminal.documents);
    relay.refusing = () => void relay.cut();
    await write(terminal.documents, { changed: 'ours', added: '2' });
    await vi.waitFor(async () => expect(await terminal.documents.archived()).toHaveLength(1), PATIENCE);
    relay.refusing = () => undefined;
    return terminal;
  }

  test('[E7] the copy of before is read and takes no writes; other documents go on', async () => {
    const { documents } = await interrupted();
    expect(await documents.open(STAFF)).toEqual({ kept: '1', changed: 'ours', added: '2' });
    await expect(documents.write(STAFF, { more: '3' })).rejects.toThrow('is being fetched');
    await expect(documents.writeDurably(STAFF, { more: '3' }, 10)).rejects.toThrow('is being fetched');
    expect(await documents.writeDurably(session(1), { a: '1' }, 10)).toEqual({
      here: 'saved',
      relay: 'away',
    });
  });

  test("[E7] who waits until it is caught up then reads the relay's copy", async () => {
    const { documents } = await interrupted();
    await relay.listen();
    await caughtUp(documents);
    expect(await documents.open(STAFF)).toEqual(THEIRS);
  });

  test('[E7] it goes on when the relay is back', async () => {
    const terminal = await interrupted();
    await relay.listen();
    await healed(terminal);
    expect(await terminal.documents.open(STAFF)).toEqual(THEIRS);
    expect(terminal.heard.entriesOf(STAFF)).toEqual(THEIRS);
  });

  test('[E7] a terminal that is closed keeps the copy of before, and is healed at its next start', async () => {
    const first = await interrupted();
    await first.documents.close();
    expect(entriesOf(await storedIn(storage))).toEqual({ kept: '1', changed: 'ours', added: '2' });
    await relay.listen();
    const second = terminalAt();
    await healed(second);
    expect(await second.documents.open(STAFF)).toEqual(THEIRS);
    expect(A.getHeads(await storedIn(storage))).toEqual(relay.heads(ID));
  });

  test('[E7] a disk that does not take the copy aside is told, and tried again until it does', async () => {
    class FailingArchive extends MemoryStorage {
      failures = 2;

      override archive(...args: Parameters<MemoryStorage['archive']>): Promise<void> {
        if (this.failures === 0) return super.archive(...args);
        this.failures -= 1;
        return Promise.reject(new Error('the disk is full'));
      }
    }
    storage = new FailingArchive();
    const terminal = terminalAt();
    await caughtUp(terminal.documents);
    await write(terminal.documents, { added: '2' });
    await healed(terminal);
    const told = terminal.heard.events.filter(({ type }) => type === 'save-failed');
    expect(told).toEqual([
      { type: 'save-failed', key: STAFF, cause: 'the disk is full' },
      { type: 'save-failed', key: STAFF, cause: 'the disk is full' },
    ]);
    expect(await terminal.documents.archived()).toHaveLength(1);
  });
});

describe('a relay that refuses without reason', () => {
  test('[E7] a document without a change of ours is left as it is', async () => {
    const terminal = terminalAt();
    await terminal.documents.open(session(4));
    await caughtUp(terminal.documents);
    const id = documentId({ organization: ORGANIZATION, key: session(4) });
    const refuse = (about: string) =>
      relay.sendFrame((targetId) => ({
        type: 'tillmesh-refused',
        senderId: 'relay-double',
        targetId,
        documentId: about,
      }));
    refuse(id);
    refuse('nonsense');
    expect(await terminal.documents.writeDurably(session(5), { a: '1' }, 5_000)).toEqual({
      here: 'saved',
      relay: 'saved',
    });
    expect(terminal.heard.events.filter(({ type }) => type === 'link')).toHaveLength(1);
    expect(await terminal.documents.archived()).toEqual([]);
  });

  test('[E7] a document told again and again is healed once at a time and stays what the relay has', async () => {
    const terminal = terminalAt();
    await caughtUp(terminal.documents);
    for (let round = 1; round <= 3; round++) {
      relay.sendFrame((targetId) => ({
        type: 'tillmesh-refused',
        senderId: 'relay-double',
        targetId,
        documentId: ID,
      }));
      await healed(terminal, round);
      await caughtUp(terminal.documents);
    }
    expect(heals(terminal)).toEqual([1, 2, 3].map(() => ({ type: 'healed', key: STAFF, lost: [] })));
    expect(terminal.heard.of(STAFF)).toHaveLength(1);
    expect(await terminal.documents.open(STAFF)).toEqual(THEIRS);
  });
});
