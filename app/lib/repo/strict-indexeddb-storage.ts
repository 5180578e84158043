import type { IndexedDBStorageAdapter } from '@automerge/automerge-repo-storage-indexeddb';
import type { Chunk, StorageKey } from '@automerge/automerge-repo/slim';
import {
  ARCHIVE_MOST,
  GONE,
  NOTE,
  isDocumentKey,
  type ArchivedBytes,
  type DocumentStorage,
  type Remembered,
} from './document-storage.ts';
import { IndexedDbConnection } from './indexeddb-connection.ts';
import { causeText, type Surroundings } from './surroundings.ts';

/** automerge-repo's own adapter uses the same name, so either can read what the other wrote. */
const DOCUMENTS = 'documents';
/** The copies put aside, under the key `[at, documentId]`. */
const ARCHIVE = 'archive';

/** A transaction that takes longer counts as failed, in milliseconds. */
export const STORAGE_WATCHDOG_MS = 2_000;

/** What the storage needs. `trouble` hears of everything that went wrong without anyone waiting for it. */
export type StorageParts = {
  readonly database: string;
  readonly surroundings: Surroundings;
  readonly trouble: (detail: string) => void;
  /** {@link STORAGE_WATCHDOG_MS} unless told. */
  readonly watchdogMs?: number;
};

type StoredValue = { readonly key: StorageKey; readonly binary: Uint8Array };

/** What the stock adapter offers; ours stands in its place and must keep offering it. */
type StockStorage = Pick<IndexedDBStorageAdapter, 'load' | 'save' | 'remove' | 'loadRange' | 'removeRange'>;

/**
 * Documents in IndexedDB, in the layout of automerge-repo's own adapter (database version 1, store `documents`, value
 * `{ key, binary }` under the key array), but honest about the disk: a save is done when the disk has it, and rejects
 * when the transaction aborts, errs or hangs.
 */
export class StrictIndexedDbStorage implements DocumentStorage, StockStorage {
  readonly #parts: StorageParts;
  readonly #connection: IndexedDbConnection;
  readonly #garbage = new Map<string, StorageKey>();
  #sweeping: Promise<void> | undefined;

  constructor(parts: StorageParts) {
    this.#parts = parts;
    this.#connection = new IndexedDbConnection({
      watchdogMs: STORAGE_WATCHDOG_MS,
      stores: [DOCUMENTS, ARCHIVE],
      ...parts,
    });
  }

  async load(key: StorageKey): Promise<Uint8Array | undefined> {
    const read = this.#connection.transact(
      'read',
      DOCUMENTS,
      (store) => {
        const request: IDBRequest<StoredValue | undefined> = store.get(key);
        return () => request.result?.binary;
      },
      `reading ${key.join('/')}`,
    );
    return isDocumentKey(key) ? read : this.#tolerated(read);
  }

  async save(key: StorageKey, data: Uint8Array): Promise<void> {
    this.#garbage.delete(key.join('/'));
    const write = this.#connection.transact(
      isDocumentKey(key) ? 'write-strict' : 'write-relaxed',
      DOCUMENTS,
      (store) => {
        store.put({ key, binary: data } satisfies StoredValue, key);
        return () => undefined;
      },
      `saving ${key.join('/')}`,
    );
    await (isDocumentKey(key) ? write : this.#tolerated(write));
  }

  /**
   * Takes a value out, later and many at once: Repo removes what a saved snapshot already holds, one by one, while a
   * sale waits. What a crash leaves behind is removed at the next compaction.
   */
  remove(key: StorageKey): Promise<void> {
    this.#garbage.set(key.join('/'), key);
    this.#sweeping ??= new Promise((resolve) => {
      this.#parts.surroundings.after(0, () => resolve(this.#sweep()));
    });
    return Promise.resolve();
  }

  async loadRange(prefix: StorageKey): Promise<Chunk[]> {
    return this.#connection.transact(
      'read',
      DOCUMENTS,
      (store) => {
        const request: IDBRequest<StoredValue[]> = store.getAll(rangeUnder(prefix));
        return () => request.result.map(({ key, binary }) => ({ key, data: binary }));
      },
      `reading ${prefix.join('/')}`,
    );
  }

  async removeRange(prefix: StorageKey): Promise<void> {
    await this.#connection.transact(
      'write-strict',
      DOCUMENTS,
      (store) => {
        store.delete(rangeUnder(prefix));
        return () => undefined;
      },
      `removing ${prefix.join('/')}`,
    );
  }

  async documentIds(): Promise<readonly string[]> {
    return this.#connection.transact(
      'read',
      DOCUMENTS,
      (store) => {
        // One request for all keys: a cursor that skips from document to document costs a turn of the browser for each.
        const request = store.getAllKeys();
        return () => [
          ...new Set((request.result as StorageKey[]).filter(isDocumentKey).map(([id = '']) => id)),
        ];
      },
      'listing the documents',
    );
  }

  async letGo(ids: readonly string[], notes: Readonly<Record<string, string | undefined>>): Promise<void> {
    await this.#connection.transact(
      'write-strict',
      DOCUMENTS,
      (store) => {
        const put = (key: StorageKey, binary: Uint8Array) =>
          store.put({ key, binary } satisfies StoredValue, key);
        for (const id of ids) {
          store.delete(rangeUnder([id]));
          put([GONE, id], new Uint8Array());
        }
        for (const [name, text] of Object.entries(notes))
          if (text === undefined) store.delete([NOTE, name]);
          else put([NOTE, name], new TextEncoder().encode(text));
        return () => undefined;
      },
      `letting go of ${ids.length} documents`,
    );
  }

  async remembered(): Promise<Remembered> {
    const notes = await this.loadRange([NOTE]);
    const gone = await this.loadRange([GONE]);
    const decoder = new TextDecoder();
    return {
      notes: Object.fromEntries(notes.map(({ key, data }) => [key[1] ?? '', decoder.decode(data)])),
      gone: new Set(gone.map(({ key }) => key[1] ?? '')),
    };
  }

  async archive(copy: ArchivedBytes): Promise<void> {
    await this.#connection.transact(
      'write-strict',
      ARCHIVE,
      (store) => {
        store.put(copy, [copy.at, copy.documentId]);
        const keys = store.getAllKeys();
        keys.addEventListener('success', () => {
          for (const key of keys.result.slice(0, -ARCHIVE_MOST)) store.delete(key);
        });
        return () => undefined;
      },
      `putting ${copy.documentId} aside`,
    );
  }

  async archived(): Promise<readonly ArchivedBytes[]> {
    const copies = await this.#connection.readAll(ARCHIVE, 'listing what was put aside');
    return copies as readonly ArchivedBytes[];
  }

  async close(): Promise<void> {
    await this.#sweeping;
    await this.#connection.close();
  }

  async #sweep(): Promise<void> {
    this.#sweeping = undefined;
    const keys = [...this.#garbage.values()];
    this.#garbage.clear();
    const removal = this.#connection.transact(
      'write-relaxed',
      DOCUMENTS,
      (store) => {
        for (const key of keys) store.delete(key);
        return () => undefined;
      },
      `removing ${keys.length} values a snapshot replaced`,
    );
    await this.#tolerated(removal);
  }

  /** For what Repo keeps for its own convenience and would not survive losing politely: told, not thrown. */
  async #tolerated<Value>(operation: Promise<Value>): Promise<Value | undefined> {
    try {
      return await operation;
    } catch (cause) {
      this.#parts.trouble(causeText(cause));
      return undefined;
    }
  }
}

function rangeUnder(prefix: StorageKey): IDBKeyRange {
  return IDBKeyRange.bound(prefix, [...prefix, '\uffff']);
}
