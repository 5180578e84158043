import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import type { Entries, EntryChange } from '#model/documents/entries.ts';
import type { CaughtUp, Documents, DocumentsEvent, Saved } from './documents.ts';

/** Any organization: the fake needs a name for each document, nobody sees it. */
const ORGANIZATION = '000000000000';

type Changes = Readonly<Record<string, string | undefined>>;
type MemoryDocument = {
  readonly key: DocumentKey;
  readonly entries: Map<string, string>;
  announced: boolean;
};

/**
 * Documents in memory, for tests and stories of screens: the same port with the same behaviour, and with switches for
 * what a test wants to go wrong.
 */
export class MemoryDocuments implements Documents {
  readonly #documents = new Map<string, MemoryDocument>();
  readonly #listeners = new Set<(event: DocumentsEvent) => void>();
  #connected: boolean;
  #closed = false;
  /** Why writes to this terminal's disk fail from now on; undefined when they do not. */
  failHere: string | undefined;
  /** Whether the relay confirms while it is connected. */
  relayConfirms = true;

  constructor(options: { readonly connected?: boolean } = {}) {
    this.#connected = options.connected ?? true;
  }

  async open(key: DocumentKey): Promise<Entries> {
    return Object.fromEntries(this.#usable(key).entries);
  }

  async known(): Promise<readonly DocumentKey[]> {
    return [...this.#documents.values()].map((document) => document.key);
  }

  async write(key: DocumentKey, changes: Changes): Promise<void> {
    this.#apply(this.#usable(key), changes, false);
    if (this.failHere === undefined) return;
    this.#tell({ type: 'save-failed', key, cause: this.failHere });
    throw new Error(this.failHere);
  }

  async writeDurably(key: DocumentKey, changes: Changes, _relayWaitMs: number): Promise<Saved> {
    this.#apply(this.#usable(key), changes, false);
    const relay = !this.#connected ? 'away' : this.relayConfirms ? 'saved' : 'late';
    return this.failHere === undefined
      ? { here: 'saved', relay }
      : { here: 'failed', relay, cause: this.failHere };
  }

  async caughtUp(key: DocumentKey, _waitMs: number): Promise<CaughtUp> {
    this.#usable(key);
    if (!this.#connected) return 'away';
    return this.relayConfirms ? 'caught-up' : 'late';
  }

  watch(listener: (event: DocumentsEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
  }

  /** Merges entries as if another terminal had written them. */
  receive(key: DocumentKey, changes: Changes): void {
    this.#apply(this.#usable(key), changes, true);
  }

  /** Turns the link to the relay on or off. */
  setConnected(connected: boolean): void {
    if (connected === this.#connected) return;
    this.#connected = connected;
    this.#tell({ type: 'link', connected });
  }

  /** Tells an event as if it had happened. */
  tell(event: DocumentsEvent): void {
    this.#tell(event);
  }

  #usable(key: DocumentKey): MemoryDocument {
    if (this.#closed) throw new Error('the documents are closed');
    const id = documentId({ organization: ORGANIZATION, key });
    let document = this.#documents.get(id);
    if (document === undefined) {
      document = { key, entries: new Map(), announced: false };
      this.#documents.set(id, document);
    }
    return document;
  }

  #apply(document: MemoryDocument, wanted: Changes, remote: boolean): void {
    const { key, entries } = document;
    const changes: EntryChange[] = [];
    for (const [name, text] of Object.entries(wanted)) {
      if (entries.get(name) === text) continue;
      if (text === undefined) entries.delete(name);
      else entries.set(name, text);
      changes.push({ key: name, text });
    }
    if (changes.length === 0) return;
    document.announced = true;
    this.#tell({ type: 'changed', key, changes, remote });
  }

  #tell(event: DocumentsEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
