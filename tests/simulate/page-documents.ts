import * as A from '@automerge/automerge';
import { FIRST_CHANGE } from '#model/documents/first-change.ts';
import { parseDocumentId, type DocumentId } from '#model/ids/document-id.ts';
import { assert } from '#model/result.ts';
import { textsUnder } from '../../app/lib/repo/entry-changes.ts';
import { writeEntries } from '../../app/lib/repo/entry-writing.ts';
import type { EntryValue } from '../../sync-relay/journal-entries.ts';
import { entriesSince } from '../../sync-relay/journal-entries.ts';
import type { EntriesDocument } from '../support/stock-peer.ts';
import { ifRefused, type SimulatedDisk } from './disk.ts';

type Held = {
  doc: A.Doc<EntriesDocument>;
  sync: A.SyncState;
  /** The writes that were begun, as one file: the next one adds to them, and takes the place of the file as a whole. */
  file: Buffer;
  /** What that file holds. */
  written: A.Heads;
};

/** Behind so many bytes a file is worth writing anew, compressed. */
const LONG_BYTES = 40_000;

const FOLDER = 'page';

/**
 * A till's documents on Automerge core, in place of the Repo in a worker: the same frames, and a storage that keeps whole
 * documents and takes each write whole or not at all, as a strict IndexedDB transaction does.
 */
export class PageDocuments {
  readonly #disk: SimulatedDisk;
  readonly #held = new Map<DocumentId, Held>();
  /** Hears of a document that came to hold something new from the relay. */
  onChanged: (id: DocumentId) => void = () => undefined;
  #send: ((id: DocumentId, data: Uint8Array) => void) | undefined;

  constructor(disk: SimulatedDisk) {
    this.#disk = disk;
    for (const [path, bytes] of disk.files) {
      const id = path.slice(FOLDER.length + 1);
      if (!path.startsWith(`${FOLDER}/`) || !parseDocumentId(id).ok) continue;
      const doc = A.load<EntriesDocument>(bytes);
      this.#held.set(id as DocumentId, {
        doc,
        sync: A.initSyncState(),
        file: bytes,
        written: A.getHeads(doc),
      });
    }
  }

  /** The ids of the documents held. */
  get ids(): readonly DocumentId[] {
    return [...this.#held.keys()];
  }

  doc(id: DocumentId): A.Doc<EntriesDocument> {
    return this.#entry(id).doc;
  }

  /** Every text under one key. */
  texts(id: DocumentId, key: string): readonly string[] {
    return textsUnder(this.doc(id), key);
  }

  /** Every value under each key. */
  entries(id: DocumentId): ReadonlyMap<string, readonly EntryValue[]> {
    return new Map(entriesSince(this.doc(id), []).entries);
  }

  /** The relay is there: every document begins to be compared anew. */
  linkUp(send: (id: DocumentId, data: Uint8Array) => void): void {
    this.#send = send;
    for (const [id, held] of this.#held) {
      held.sync = A.initSyncState();
      this.#push(id, held);
    }
  }

  linkDown(): void {
    this.#send = undefined;
    for (const held of this.#held.values()) held.sync = A.initSyncState();
  }

  get isLinked(): boolean {
    return this.#send !== undefined;
  }

  receive(id: DocumentId, data: Uint8Array): void {
    const held = this.#entry(id);
    const before = A.getHeads(held.doc);
    [held.doc, held.sync] = A.receiveSyncMessage(held.doc, held.sync, data);
    this.#push(id, held);
    if (before.join() === A.getHeads(held.doc).join()) return;
    this.onChanged(id);
    // What came from the relay is the relay's too; when it cannot be kept here it comes again.
    void this.save(id).catch(ifRefused(undefined));
  }

  /** Sets an entry as the app does it, and tells the relay. */
  set(id: DocumentId, key: string, text: string): void {
    const held = this.#entry(id);
    const address = parseDocumentId(id);
    assert(address.ok, () => `${id} is a document of ours`);
    held.doc = writeEntries(held.doc, address.value.key, { [key]: text }, Math.floor(Date.now() / 1_000));
    this.#push(id, held);
  }

  /** Takes an entry out, and tells the relay. */
  remove(id: DocumentId, key: string): void {
    const held = this.#entry(id);
    if (held.doc.entries[key] === undefined) return;
    held.doc = A.change(held.doc, (draft) => {
      delete draft.entries[key];
    });
    this.#push(id, held);
  }

  /** Writes the document as it is now; resolves when it is on the medium. */
  async save(id: DocumentId): Promise<void> {
    const held = this.#entry(id);
    held.file =
      held.file.length === 0 || held.file.length > LONG_BYTES
        ? Buffer.from(A.save(held.doc))
        : Buffer.concat([held.file, A.saveSince(held.doc, held.written)]);
    held.written = A.getHeads(held.doc);
    await this.#disk.replace(`${FOLDER}/${id}`, held.file);
  }

  /** Whether the relay has said that it holds everything of a document that is here. */
  isConfirmed(id: DocumentId): boolean {
    const { doc, sync } = this.#entry(id);
    return A.getHeads(doc).every((head) => (sync.theirHeads ?? []).includes(head));
  }

  /** Whether everything the relay has said it holds of a document is here. */
  isCaughtUp(id: DocumentId): boolean {
    const { doc, sync } = this.#entry(id);
    return sync.theirHeads !== undefined && sync.theirHeads !== null && A.hasHeads(doc, sync.theirHeads);
  }

  /** The relay left our changes out: its copy takes the place of ours (rule E7). */
  putAside(id: DocumentId): void {
    this.#held.delete(id);
    this.#push(id, this.#entry(id));
  }

  #entry(id: DocumentId): Held {
    let held = this.#held.get(id);
    if (held === undefined) {
      const doc = A.loadIncremental(A.init<EntriesDocument>(), FIRST_CHANGE);
      held = { doc, sync: A.initSyncState(), file: Buffer.alloc(0), written: [] };
      this.#held.set(id, held);
      this.#push(id, held);
    }
    return held;
  }

  #push(id: DocumentId, held: Held): void {
    if (this.#send === undefined) return;
    const [sync, message] = A.generateSyncMessage(held.doc, held.sync);
    held.sync = sync;
    if (message !== null) this.#send(id, message);
  }
}
