import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import { MemoryStorage } from '../../../app/lib/repo/document-storage.ts';
import type { Documents } from '../../../app/lib/repo/documents.ts';
import type { NodeDocumentsOptions } from '../../../app/lib/repo/node-documents.ts';
import { PATIENCE } from '../../support/patience.ts';
import { WireRelay } from '../../support/wire-relay.ts';
import { collect, session } from './documents.contract.ts';
import { ORGANIZATION, nodeTerminal } from './node-terminal.ts';

const RELAY_WAIT = 10_000;
const idOf = (key: DocumentKey) => documentId({ organization: ORGANIZATION, key });

/** A disk that refuses to let go while a test says so. */
class StubbornStorage extends MemoryStorage {
  refuses = false;

  override letGo(ids: readonly string[], notes: Readonly<Record<string, string | undefined>>): Promise<void> {
    return this.refuses ? Promise.reject(new Error('the disk refused')) : super.letGo(ids, notes);
  }
}

let relay: WireRelay;
beforeEach(async () => {
  relay = await WireRelay.start();
  onTestFinished(() => relay.cut());
});

function terminalAt(options: Partial<NodeDocumentsOptions>): Documents {
  const documents = nodeTerminal(2, { syncUrl: relay.url, ...options });
  onTestFinished(() => documents.close());
  return documents;
}

async function saveBoth(documents: Documents, key: DocumentKey, entries: Record<string, string>) {
  await vi.waitFor(async () => {
    const saved = await documents.writeDurably(key, entries, RELAY_WAIT);
    expect(saved).toEqual({ here: 'saved', relay: 'saved' });
  }, PATIENCE);
}

describe('[D9] letting go, on the disk', () => {
  test('nothing of the document is left, and a later start neither has it nor takes it unasked', async () => {
    const storage = new MemoryStorage();
    const before = nodeTerminal(2, { syncUrl: relay.url, storage });
    await saveBoth(before, session(1), { a: '1' });
    await saveBoth(before, session(2), { b: '2' });
    expect(await before.letGo([session(1)], { note: 'kept' }, RELAY_WAIT)).toEqual({ gone: true });
    await before.close();
    expect(await storage.loadRange([idOf(session(1))])).toEqual([]);
    const after = terminalAt({ storage });
    await saveBoth(after, session(2), { c: '3' });
    expect(await after.known()).toEqual([session(2)]);
    expect(await after.remembered()).toEqual({ note: 'kept' });
    expect(await after.fetch(session(1), RELAY_WAIT)).toEqual({ found: true, entries: { a: '1' } });
    expect(relay.entries(idOf(session(1)))).toEqual({ a: '1' });
  });

  test('a disk that refuses leaves everything as it was, and the document goes on', async () => {
    const storage = new StubbornStorage();
    const documents = terminalAt({ storage });
    await saveBoth(documents, session(1), { a: '1' });
    storage.refuses = true;
    await expect(documents.letGo([session(1)], { note: 'x' }, RELAY_WAIT)).rejects.toThrow(
      'the disk refused',
    );
    expect(await documents.remembered()).toEqual({});
    expect(await documents.known()).toEqual([session(1)]);
    expect(await documents.open(session(1))).toEqual({ a: '1' });
    await saveBoth(documents, session(1), { b: '2' });
    expect(relay.entries(idOf(session(1)))).toEqual({ a: '1', b: '2' });
    storage.refuses = false;
    expect(await documents.letGo([session(1)], {}, RELAY_WAIT)).toEqual({ gone: true });
  });

  test('one that was asked for again is held again at the next start', async () => {
    const storage = new MemoryStorage();
    const before = nodeTerminal(2, { syncUrl: relay.url, storage });
    await saveBoth(before, session(1), { a: '1' });
    await before.letGo([session(1)], {}, RELAY_WAIT);
    await vi.waitFor(async () => expect(await before.open(session(1))).toEqual({ a: '1' }), PATIENCE);
    await saveBoth(before, session(1), { b: '2' });
    await before.close();
    await relay.cut();
    const after = terminalAt({ storage });
    expect(await after.open(session(1))).toEqual({ a: '1', b: '2' });
  });

  test('what the relay does not hold yet stays, however long it has been there', async () => {
    const storage = new MemoryStorage();
    const documents = terminalAt({ storage });
    await saveBoth(documents, session(1), { a: '1' });
    relay.answering = false;
    await documents.write(session(1), { b: '2' });
    expect(await documents.letGo([session(1)], {}, 200)).toEqual({
      gone: false,
      unconfirmed: [session(1)],
    });
    expect(await documents.open(session(1))).toEqual({ a: '1', b: '2' });
  });

  test('what is asked for while it leaves is what the relay has', async () => {
    const documents = terminalAt({ storage: new MemoryStorage() });
    await saveBoth(documents, session(1), { a: '1' });
    const [outcome] = await Promise.all([
      documents.letGo([session(1)], {}, RELAY_WAIT),
      documents.open(session(1)),
    ]);
    expect(outcome).toEqual({ gone: true });
    await vi.waitFor(async () => expect(await documents.open(session(1))).toEqual({ a: '1' }), PATIENCE);
  });
});

describe('[D11] looking something up', () => {
  test('takes nothing else the relay has, and ends with the documents', async () => {
    const documents = nodeTerminal(2, { syncUrl: relay.url });
    await saveBoth(documents, session(1), { a: '1' });
    await documents.letGo([session(1)], {}, RELAY_WAIT);
    const heard = collect(documents);
    await Promise.all([documents.fetch(session(1), RELAY_WAIT), documents.fetch(session(1), RELAY_WAIT)]);
    expect(relay.peers).toHaveLength(2);
    expect(heard.of(session(1))).toEqual([]);
    await documents.close();
    await vi.waitFor(() => expect(relay.peers).toHaveLength(0), PATIENCE);
    await expect(documents.fetch(session(1), 100)).rejects.toThrow('the documents are closed');
  });

  test('more documents than one link is used for are all found', async () => {
    const documents = terminalAt({});
    await saveBoth(documents, session(1), { linked: '1' });
    for (let n = 1; n <= 70; n++) await documents.write(session(n), { n: String(n) });
    const keys = Array.from({ length: 70 }, (_, i) => session(i + 1));
    expect(await documents.letGo(keys, {}, RELAY_WAIT)).toEqual({ gone: true });
    expect(await documents.known()).toEqual([]);
    const fetched = await Promise.all(keys.slice(0, 60).map((key) => documents.fetch(key, RELAY_WAIT)));
    for (const key of keys.slice(60)) fetched.push(await documents.fetch(key, RELAY_WAIT));
    for (const [i, one] of fetched.entries())
      expect(one).toMatchObject({ found: true, entries: { n: String(i + 1) } });
  });

  test('a document others have a moment later is found', async () => {
    const documents = terminalAt({});
    await saveBoth(documents, { class: 'staff' }, { linked: '1' });
    const fetching = documents.fetch(session(5), RELAY_WAIT);
    await vi.waitFor(() => expect(relay.peers).toHaveLength(2), PATIENCE);
    relay.write(idOf(session(5)), { late: '1' });
    expect(await fetching).toEqual({ found: true, entries: { late: '1' } });
  });
});
