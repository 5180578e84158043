import * as A from '@automerge/automerge/slim';
import type { Chunk, StorageKey } from '@automerge/automerge-repo/slim';
import { isDocumentKey, type DocumentStorage } from './document-storage.ts';
import type { StoredDocument } from './first-change.ts';

/**
 * How many bytes of changes are gathered behind a snapshot, at least, before the document is written anew. Changes are stored as they
 * came, some 2 kB a sale; writing the document anew compresses all of them, while a sale may wait for it.
 */
export const GATHERED_BYTES = 128 * 1024;

/** What is on the disk of one document. */
type OnDisk = {
  heads: A.Heads;
  keys: StorageKey[];
  snapshotBytes: number;
  gatheredBytes: number;
};

/**
 * The chunks in which documents are stored: a snapshot and the changes since, under the keys automerge-repo uses, so that either can
 * read what the other wrote. Repo's own saving writes a small document anew every few changes. One save of a document at a time.
 */
export class DocumentChunks {
  readonly #storage: DocumentStorage;
  readonly #onDisk = new Map<string, OnDisk>();
  /** Documents that came whole since they were last saved. */
  readonly #came = new Map<string, { readonly heads: A.Heads; readonly bytes: Uint8Array }>();

  constructor(storage: DocumentStorage) {
    this.#storage = storage;
  }

  /** Reads a document; undefined when nothing of it is stored. Rejects when it cannot be read. */
  async load(id: string): Promise<A.Doc<StoredDocument> | undefined> {
    this.#onDisk.delete(id);
    const chunks = (await this.#storage.loadRange([id])).filter(({ key }) => isDocumentKey(key));
    if (chunks.length === 0) return undefined;
    const [snapshots = [], gathered = []] = ['snapshot', 'incremental'].map((kind) =>
      chunks.filter(({ key }) => key[1] === kind),
    );
    const doc = A.loadIncremental(A.init<StoredDocument>(), joined([...snapshots, ...gathered]));
    this.#onDisk.set(id, {
      heads: A.getHeads(doc),
      keys: chunks.map(({ key }) => key),
      snapshotBytes: bytesOf(snapshots),
      gatheredBytes: bytesOf(gathered),
    });
    return doc;
  }

  /** A document came whole, with these heads: saved as it is now it need not be made into bytes again. */
  came(id: string, heads: A.Heads, bytes: Uint8Array): void {
    this.#came.set(id, { heads, bytes });
  }

  /** Writes what is not on the disk yet; resolves when it is. A rejected save is made up for by the next one. */
  async save(id: string, doc: A.Doc<StoredDocument>): Promise<void> {
    const onDisk = this.#onDisk.get(id);
    const heads = A.getHeads(doc);
    const came = this.#came.get(id);
    this.#came.delete(id);
    if (onDisk !== undefined && sameHeads(heads, onDisk.heads)) return;
    if (came !== undefined && sameHeads(heads, came.heads))
      return this.#put(id, came.bytes, heads, onDisk?.keys ?? []);
    if (onDisk === undefined) return this.#put(id, A.save(doc), heads, []);
    const most = Math.max(GATHERED_BYTES, onDisk.snapshotBytes);
    const news = A.saveSince(doc, onDisk.heads);
    if (onDisk.gatheredBytes + news.byteLength > most) return this.#put(id, A.save(doc), heads, onDisk.keys);
    const key = [id, 'incremental', nameOf(heads)];
    await this.#storage.save(key, news);
    onDisk.heads = heads;
    onDisk.keys.push(key);
    onDisk.gatheredBytes += news.byteLength;
  }

  /** Takes everything stored of a document off the disk, with what automerge-repo noted of its peers. */
  async remove(id: string): Promise<void> {
    this.forget(id);
    for (const kind of ['snapshot', 'incremental', 'sync-state']) await this.#storage.removeRange([id, kind]);
  }

  /** Forgets what is on the disk of a document that is not open any more, or that was let go. */
  forget(id: string): void {
    this.#onDisk.delete(id);
    this.#came.delete(id);
  }

  /** Writes the whole document; only then what it replaces goes. */
  async #put(id: string, bytes: Uint8Array, heads: A.Heads, replaced: readonly StorageKey[]): Promise<void> {
    const key = [id, 'snapshot', nameOf(heads)];
    await this.#storage.save(key, bytes);
    this.#onDisk.set(id, { heads, keys: [key], snapshotBytes: bytes.byteLength, gatheredBytes: 0 });
    for (const old of replaced) if (old.join() !== key.join()) await this.#storage.remove(old);
  }
}

/** A chunk is named by the state it leads to: a save that is tried again writes over itself. */
function nameOf(heads: A.Heads): string {
  return [...heads].sort().join('-');
}

function sameHeads(one: A.Heads, other: A.Heads): boolean {
  return one.length === other.length && one.every((hash) => other.includes(hash));
}

function bytesOf(chunks: readonly Chunk[]): number {
  return chunks.reduce((sum, { data }) => sum + (data?.byteLength ?? 0), 0);
}

function joined(chunks: readonly Chunk[]): Uint8Array {
  const whole = new Uint8Array(bytesOf(chunks));
  let at = 0;
  for (const { data } of chunks) {
    if (data === undefined) continue;
    whole.set(data, at);
    at += data.byteLength;
  }
  return whole;
}
