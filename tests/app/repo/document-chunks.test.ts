import * as A from '@automerge/automerge';
import { Repo } from '@automerge/automerge-repo';
import { describe, expect, it } from 'vitest';
import { documentId } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { DocumentChunks, GATHERED_BYTES } from '../../../app/lib/repo/document-chunks.ts';
import { MemoryStorage } from '../../../app/lib/repo/document-storage.ts';
import { emptyDocument, type StoredDocument } from '../../../app/lib/repo/first-change.ts';
import { ORGANIZATION } from '../../support/stock-peer.ts';

const ID = documentId({
  organization: ORGANIZATION,
  key: { class: 'session', store: storeId(1), register: registerId(1), session: 1 },
});
const ACTOR = 'ab'.repeat(16);

function sold(doc: A.Doc<StoredDocument>, key: string, text = `sale ${key}`): A.Doc<StoredDocument> {
  return A.change(doc, { time: 0 }, (draft) => {
    draft.entries[key] = new A.ImmutableString(text);
  });
}

function textOf(doc: A.Doc<StoredDocument> | undefined, key: string): string | undefined {
  return doc?.entries[key]?.val;
}

/** The chunks stored of the document, by kind. */
async function kinds(storage: MemoryStorage): Promise<string[]> {
  return (await storage.loadRange([ID])).map(({ key }) => key[1] ?? '');
}

/** A disk that refuses one save in the middle of others. */
class RefusingStorage extends MemoryStorage {
  refuses = false;

  override save(key: string[], data: Uint8Array): Promise<void> {
    return this.refuses ? Promise.reject(new Error('the disk is full')) : super.save(key, data);
  }
}

describe('the chunks of a document', () => {
  it('are none before anything is saved', async () => {
    const chunks = new DocumentChunks(new MemoryStorage());
    expect(await chunks.load(ID)).toBeUndefined();
  });

  it('give back what was saved, to another program too', async () => {
    const storage = new MemoryStorage();
    const chunks = new DocumentChunks(storage);
    let doc = emptyDocument(ACTOR);
    for (let sale = 1; sale <= 5; sale++) {
      doc = sold(doc, String(sale));
      await chunks.save(ID, doc);
    }
    const read = await new DocumentChunks(storage).load(ID);
    expect(read && A.getHeads(read)).toEqual(A.getHeads(doc));
    expect(textOf(read, '5')).toBe('sale 5');
    expect(await kinds(storage)).toEqual([
      'snapshot',
      'incremental',
      'incremental',
      'incremental',
      'incremental',
    ]);
  });

  it('go on where the program before stopped', async () => {
    const storage = new MemoryStorage();
    await new DocumentChunks(storage).save(ID, sold(emptyDocument(ACTOR), '1'));
    const chunks = new DocumentChunks(storage);
    const read = await chunks.load(ID);
    await chunks.save(ID, sold(A.clone(read ?? emptyDocument(ACTOR), { actor: 'cd'.repeat(16) }), '2'));
    const again = await new DocumentChunks(storage).load(ID);
    expect([textOf(again, '1'), textOf(again, '2')]).toEqual(['sale 1', 'sale 2']);
    expect(await kinds(storage)).toEqual(['snapshot', 'incremental']);
  });

  it('add nothing when nothing changed', async () => {
    const storage = new MemoryStorage();
    const chunks = new DocumentChunks(storage);
    const doc = sold(emptyDocument(ACTOR), '1');
    await chunks.save(ID, doc);
    await chunks.save(ID, doc);
    expect(await kinds(storage)).toEqual(['snapshot']);
  });

  it('are written anew once many changes are gathered, and never before', async () => {
    const storage = new MemoryStorage();
    const chunks = new DocumentChunks(storage);
    const text = 'x'.repeat(16 * 1024);
    let doc = emptyDocument(ACTOR);
    let most = 0;
    for (let sale = 1; sale <= 40; sale++) {
      doc = sold(doc, String(sale), text + sale);
      await chunks.save(ID, doc);
      const stored = await storage.loadRange([ID]);
      const gathered = stored.filter(({ key }) => key[1] === 'incremental');
      expect(stored.length - gathered.length).toBe(1);
      most = Math.max(
        most,
        gathered.reduce((sum, { data }) => sum + (data?.byteLength ?? 0), 0),
      );
    }
    // Automerge shortens such a text to next to nothing, so the snapshot stays the smaller of both bounds.
    expect(most).toBeLessThanOrEqual(GATHERED_BYTES);
    expect(textOf(await new DocumentChunks(storage).load(ID), '40')).toBe(`${text}40`);
  });

  it('are the very bytes that came, where a document came whole, and replace what it holds', async () => {
    const storage = new MemoryStorage();
    const chunks = new DocumentChunks(storage);
    const before = sold(emptyDocument(ACTOR), '1');
    await chunks.save(ID, before);
    const doc = sold(before, '2');
    const bytes = A.save(doc);
    chunks.came(ID, A.getHeads(doc), bytes);
    await chunks.save(ID, doc);
    const stored = await storage.loadRange([ID]);
    expect(stored.map(({ data }) => data)).toEqual([bytes]);
    expect(stored[0]?.data).toBe(bytes);
    expect(textOf(await new DocumentChunks(storage).load(ID), '2')).toBe('sale 2');
  });

  it('hold what was written after a document came whole', async () => {
    const storage = new MemoryStorage();
    const chunks = new DocumentChunks(storage);
    const whole = sold(emptyDocument(ACTOR), '1');
    chunks.came(ID, A.getHeads(whole), A.save(whole));
    const doc = sold(whole, '2');
    await chunks.save(ID, doc);
    await chunks.save(ID, sold(doc, '3'));
    const read = await new DocumentChunks(storage).load(ID);
    expect(['1', '2', '3'].map((key) => textOf(read, key))).toEqual(['sale 1', 'sale 2', 'sale 3']);
  });

  it('make up for a save the disk refused', async () => {
    const storage = new RefusingStorage();
    const chunks = new DocumentChunks(storage);
    let doc = sold(emptyDocument(ACTOR), '1');
    await chunks.save(ID, doc);
    doc = sold(doc, '2');
    storage.refuses = true;
    await expect(chunks.save(ID, doc)).rejects.toThrow('the disk is full');
    storage.refuses = false;
    doc = sold(doc, '3');
    await chunks.save(ID, doc);
    const read = await new DocumentChunks(storage).load(ID);
    expect(['1', '2', '3'].map((key) => textOf(read, key))).toEqual(['sale 1', 'sale 2', 'sale 3']);
  });

  it('are all gone when the document is taken out, and begin anew after that', async () => {
    const storage = new MemoryStorage();
    const chunks = new DocumentChunks(storage);
    const doc = sold(emptyDocument(ACTOR), '1');
    await chunks.save(ID, doc);
    await chunks.save(ID, sold(doc, '2'));
    await storage.save([ID, 'sync-state', 'relay'], new Uint8Array([1]));
    await chunks.remove(ID);
    expect(await storage.loadRange([ID])).toEqual([]);
    await chunks.save(ID, sold(emptyDocument(ACTOR), '3'));
    const read = await new DocumentChunks(storage).load(ID);
    expect(Object.keys(read?.entries ?? {})).toEqual(['3']);
  });

  it('are written as a whole again once they were forgotten', async () => {
    const storage = new MemoryStorage();
    const chunks = new DocumentChunks(storage);
    const doc = sold(emptyDocument(ACTOR), '1');
    await chunks.save(ID, doc);
    await storage.letGo([ID], {});
    chunks.forget(ID);
    await chunks.save(ID, doc);
    expect(textOf(await new DocumentChunks(storage).load(ID), '1')).toBe('sale 1');
  });

  it('can be read by automerge-repo, and those it wrote can be read here', async () => {
    const storage = new MemoryStorage();
    const chunks = new DocumentChunks(storage);
    let doc = sold(emptyDocument(ACTOR), '1');
    await chunks.save(ID, doc);
    doc = sold(doc, '2');
    await chunks.save(ID, doc);
    const repo = new Repo({ storage, network: [] });
    const handle = await repo.find<StoredDocument>(ID as never);
    expect(Object.keys(handle.doc().entries)).toEqual(['1', '2']);
    handle.change((draft) => {
      draft.entries['3'] = new A.ImmutableString('sale 3');
    });
    await repo.flush();
    expect(textOf(await new DocumentChunks(storage).load(ID), '3')).toBe('sale 3');
  });
});
