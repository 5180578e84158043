import type { Chunk, StorageAdapterInterface, StorageKey } from '@automerge/automerge-repo/slim';

/** How many copies are kept of documents that were put aside; the oldest goes first. */
export const ARCHIVE_MOST = 20;

/** A document as it was when it was put aside (rule E7): `at` is UTC with milliseconds, `bytes` as Automerge saves them. */
export type ArchivedBytes = {
  readonly at: string;
  readonly documentId: string;
  readonly bytes: Uint8Array;
};

/** What is remembered of documents that were let go. */
export type Remembered = {
  readonly notes: Readonly<Record<string, string>>;
  readonly gone: ReadonlySet<string>;
};

/** The first parts of the keys under which notes and marks lie among the documents, so that one transaction holds both. */
export const NOTE = 'tillmesh-note';
export const GONE = 'tillmesh-gone';

/**
 * Where documents are kept, beyond what automerge-repo asks of a storage adapter. What automerge-repo keeps there for
 * itself (every key {@link isDocumentKey} refuses) must never fail: without it a Repo does not even dial the relay.
 */
export interface DocumentStorage extends StorageAdapterInterface {
  /** The ids of the documents kept, in no particular order. */
  documentIds(): Promise<readonly string[]>;
  /**
   * Takes everything of these documents out, marks them as gone and keeps `notes` by name (undefined takes one out): all of it or,
   * when it rejects or the power goes, nothing.
   */
  letGo(ids: readonly string[], notes: Readonly<Record<string, string | undefined>>): Promise<void>;
  /** What {@link DocumentStorage.letGo} keeps: notes by name, and the ids of the documents marked as gone. */
  remembered(): Promise<Remembered>;
  /** Puts a copy of a document aside, and lets go of the oldest beyond {@link ARCHIVE_MOST}. */
  archive(copy: ArchivedBytes): Promise<void>;
  /** The copies put aside, oldest first. */
  archived(): Promise<readonly ArchivedBytes[]>;
  /** Lets go of the disk once everything asked for is done; later calls reject. */
  close(): Promise<void>;
}

/** Keeps documents as long as the program runs: for tools that fill documents through a relay, and for tests. */
export class MemoryStorage implements DocumentStorage {
  readonly #values = new Map<string, { readonly key: StorageKey; readonly data: Uint8Array }>();
  readonly #notes = new Map<string, string>();
  readonly #gone = new Set<string>();
  #archive: readonly ArchivedBytes[] = [];

  load(key: StorageKey): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#values.get(nameOf(key))?.data);
  }

  save(key: StorageKey, data: Uint8Array): Promise<void> {
    this.#values.set(nameOf(key), { key, data });
    return Promise.resolve();
  }

  remove(key: StorageKey): Promise<void> {
    this.#values.delete(nameOf(key));
    return Promise.resolve();
  }

  loadRange(prefix: StorageKey): Promise<Chunk[]> {
    return Promise.resolve(this.#under(prefix));
  }

  removeRange(prefix: StorageKey): Promise<void> {
    for (const { key } of this.#under(prefix)) this.#values.delete(nameOf(key));
    return Promise.resolve();
  }

  documentIds(): Promise<readonly string[]> {
    const ids = new Set<string>();
    for (const { key } of this.#values.values()) if (isDocumentKey(key)) ids.add(key[0] ?? '');
    return Promise.resolve([...ids]);
  }

  letGo(ids: readonly string[], notes: Readonly<Record<string, string | undefined>>): Promise<void> {
    for (const id of ids) {
      for (const { key } of this.#under([id])) this.#values.delete(nameOf(key));
      this.#gone.add(id);
    }
    for (const [name, text] of Object.entries(notes))
      if (text === undefined) this.#notes.delete(name);
      else this.#notes.set(name, text);
    return Promise.resolve();
  }

  remembered(): Promise<Remembered> {
    return Promise.resolve({ notes: Object.fromEntries(this.#notes), gone: new Set(this.#gone) });
  }

  archive(copy: ArchivedBytes): Promise<void> {
    this.#archive = [...this.#archive, copy].slice(-ARCHIVE_MOST);
    return Promise.resolve();
  }

  archived(): Promise<readonly ArchivedBytes[]> {
    return Promise.resolve(this.#archive);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #under(prefix: StorageKey): Chunk[] {
    return [...this.#values.values()].filter(({ key }) => prefix.every((part, i) => key[i] === part));
  }
}

/** Whether a storage key holds a part of a document, not a note automerge-repo makes for itself. */
export function isDocumentKey(key: StorageKey): boolean {
  return key.length === 3 && (key[1] === 'snapshot' || key[1] === 'incremental');
}

function nameOf(key: StorageKey): string {
  return key.join('\0');
}
