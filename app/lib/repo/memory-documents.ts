import { documentId, type DocumentKey } from '#model/ids/document-id.ts';
import type { Entries, EntryChange } from '#model/documents/entries.ts';
import type {
  ArchivedCopy,
  CaughtUp,
  Documents,
  DocumentsEvent,
  Fetched,
  LetGo,
  Saved,
} from './documents.ts';
import type { ContestedEntries } from './entry-changes.ts';
import { isWrittenOnce } from './entry-writing.ts';

/** Any organization: the fake needs a name for each document, nobody sees it. */
const ORGANIZATION = '000000000000';

type Changes = Readonly<Record<string, string | undefined>>;
type MemoryDocument = {
  readonly key: DocumentKey;
  readonly entries: Map<string, string>;
  /** What other devices wrote under a key that is taken here. */
  readonly others: Map<string, ReadonlySet<string>>;
  announced: boolean;
};

/**
 * Documents in memory, for tests and stories of screens: the same port with the same behaviour, and with switches for
 * what a test wants to go wrong.
 */
export class MemoryDocuments implements Documents {
  readonly #documents = new Map<string, MemoryDocument>();
  readonly #listeners = new Set<(event: DocumentsEvent) => void>();
  readonly #archive: ArchivedCopy[] = [];
  /** What the relay has of documents that are not here. */
  readonly #elsewhere = new Map<string, Entries>();
  readonly #notes = new Map<string, string>();
  #connected: boolean;
  #closed = false;
  /** Why writes to this terminal's disk fail from now on; undefined when they do not. */
  failHere: string | undefined;
  /** Whether the relay confirms while it is connected. */
  relayConfirms = true;
  /** Whether the relay leaves out what is written here to a document, as it does without the right to write it. */
  relayRefuses: (key: DocumentKey) => boolean = () => false;

  constructor(options: { readonly connected?: boolean } = {}) {
    this.#connected = options.connected ?? true;
  }

  async open(key: DocumentKey): Promise<Entries> {
    return Object.fromEntries(this.#usable(key).entries);
  }

  async contested(key: DocumentKey): Promise<ContestedEntries> {
    const { entries, others } = this.#usable(key);
    return Object.fromEntries(
      [...others].map(([name, texts]) => [name, [...new Set([...texts, entries.get(name) ?? ''])].sort()]),
    );
  }

  async known(): Promise<readonly DocumentKey[]> {
    return [...this.#documents.values()].map((document) => document.key);
  }

  async write(key: DocumentKey, changes: Changes): Promise<void> {
    this.#writeHere(key, changes);
    if (this.failHere === undefined) return;
    this.#tell({ type: 'save-failed', key, cause: this.failHere });
    throw new Error(this.failHere);
  }

  async writeDurably(key: DocumentKey, changes: Changes, _relayWaitMs: number): Promise<Saved> {
    this.#writeHere(key, changes);
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

  async letGo(keys: readonly DocumentKey[], notes: Changes, _relayWaitMs: number): Promise<LetGo> {
    if (!this.#connected || !this.relayConfirms) return { gone: false, unconfirmed: keys };
    if (this.failHere !== undefined) throw new Error(this.failHere);
    for (const key of keys) {
      const id = idOf(key);
      this.#elsewhere.set(id, Object.fromEntries(this.#usable(key).entries));
      this.#documents.delete(id);
    }
    for (const [name, text] of Object.entries(notes))
      if (text === undefined) this.#notes.delete(name);
      else this.#notes.set(name, text);
    return { gone: true };
  }

  async remembered(): Promise<Entries> {
    return Object.fromEntries(this.#notes);
  }

  async fetch(key: DocumentKey, _waitMs: number): Promise<Fetched> {
    const here = this.#documents.get(idOf(key));
    if (here) return { found: true, entries: Object.fromEntries(here.entries) };
    if (!this.#connected) return { found: false, why: 'away' };
    const entries = this.#elsewhere.get(idOf(key));
    return entries ? { found: true, entries } : { found: false, why: 'late' };
  }

  /** Gives the relay a document that this terminal was never sent. */
  holdElsewhere(key: DocumentKey, entries: Entries): void {
    this.#elsewhere.set(idOf(key), entries);
  }

  async archived(): Promise<readonly ArchivedCopy[]> {
    return [...this.#archive];
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
    const gone = this.#documents.has(idOf(key)) ? undefined : this.#elsewhere.get(idOf(key));
    if (gone) {
      const there = Object.entries({ ...gone, ...changes }).filter(([, text]) => text !== undefined);
      this.#elsewhere.set(idOf(key), Object.fromEntries(there) as Entries);
      return;
    }
    this.#apply(this.#usable(key), changes, true);
  }

  /** Merges entries that another terminal wrote while it was apart: where one is taken both stay, and the text that comes later is shown. */
  receiveApart(key: DocumentKey, written: Entries): void {
    const { entries, others } = this.#usable(key);
    const news: Record<string, string> = {};
    for (const [name, text] of Object.entries(written)) {
      const here = entries.get(name);
      if (here !== undefined && here !== text)
        others.set(name, new Set([...(others.get(name) ?? []), here, text]));
      if (here === undefined || text > here) news[name] = text;
    }
    this.receive(key, news);
    this.#tell({ type: 'contested', key });
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
    const id = idOf(key);
    let document = this.#documents.get(id);
    if (document === undefined) {
      // Who asks for a document that is not here gets the relay's.
      const entries = new Map(Object.entries(this.#elsewhere.get(id) ?? {}));
      document = { key, entries, others: new Map(), announced: false };
      this.#documents.set(id, document);
    }
    return document;
  }

  /** Writes; what the relay leaves out is put aside and taken back at once, and the write is refused (rule E7). */
  #writeHere(key: DocumentKey, changes: Changes): void {
    const document = this.#usable(key);
    const before = Object.fromEntries(document.entries);
    this.#apply(document, changes, false);
    if (!this.#connected || !this.relayRefuses(key)) return;
    const ours = Object.fromEntries(document.entries);
    const bytes = new TextEncoder().encode(JSON.stringify(ours));
    this.#archive.push({ key, at: new Date(0).toISOString(), bytes });
    const names = [...new Set([...Object.keys(ours), ...Object.keys(before)])];
    this.#apply(document, Object.fromEntries(names.map((name) => [name, before[name]])), true);
    const lost = Object.keys(ours).filter((name) => ours[name] !== before[name]);
    this.#tell({ type: 'healed', key, lost });
    throw new Error('this device may not change this document');
  }

  #apply(document: MemoryDocument, wanted: Changes, remote: boolean): void {
    const { key, entries, others } = document;
    const changes: EntryChange[] = [];
    let isContested = false;
    for (const [name, text] of Object.entries(wanted)) {
      const here = entries.get(name);
      if (here === text) continue;
      if (!remote && text !== undefined && here !== undefined && isWrittenOnce(key, name)) {
        const known = others.get(name) ?? new Set();
        if (known.has(text)) continue;
        others.set(name, new Set([...known, here, text]));
        isContested = true;
        if (text < here) continue;
      }
      if (text === undefined) entries.delete(name);
      else entries.set(name, text);
      changes.push({ key: name, text });
    }
    if (isContested) this.#tell({ type: 'contested', key });
    if (changes.length === 0) return;
    document.announced = true;
    this.#tell({ type: 'changed', key, changes, remote });
  }

  #tell(event: DocumentsEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function idOf(key: DocumentKey): string {
  return documentId({ organization: ORGANIZATION, key });
}
