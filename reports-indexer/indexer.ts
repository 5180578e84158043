import * as A from '@automerge/automerge';
import {
  describeDocument,
  parseDocumentId,
  type DocumentAddress,
  type DocumentClass,
} from '#model/ids/document-id.ts';
import type { Logger } from 'pino';
import { isDamage } from './database.ts';
import {
  auditTexts,
  mergedChanges,
  noteContested,
  notePatches,
  pendingChanges,
  readChanges,
} from './document-entries.ts';
import type { PendingChanges, SyncedDocument } from './document-entries.ts';
import type { DocumentUpdate, ReportWriter } from './report-writer.ts';

/** Documents that reports are made of; of the others only the names are kept. */
const REPORTED = new Set([
  'organization',
  'staff',
  'catalog',
  'store',
  'session',
  'acknowledgements',
  'customers',
  'exceptions',
  'stock-book',
]);

/** Documents asked for at once; the relay sends them whole, and they wait in memory until they are flattened. */
const MOST_OPENING = 32;
/** Documents kept in memory to follow their changes; a dropped one is fetched again when it changes. */
const MOST_FOLLOWED = 256;
/** Entries per transaction: fewer cost more commits, more would keep reports waiting longer than a tenth of a second. */
const BATCH_ENTRIES = 2000;
/** Ticks a document that was asked for may take. */
const MOST_TICKS = 3;

type OpenDocument = {
  readonly address: DocumentAddress;
  doc: SyncedDocument;
  sync: A.SyncState;
  /** The heads the relay last said it has. */
  theirs: readonly string[];
  pending: PendingChanges;
  /** Keys that have or had several values: of one more that is not shown Automerge says nothing, so they are read again. */
  readonly contested: Set<string>;
  /** The heads it was last flattened at while it is open; none when it was opened from nothing. */
  written: A.Heads;
  /** Not flattened since it was opened from nothing. */
  first: boolean;
};

/** What the indexer needs from around it. */
export type IndexerParts = {
  readonly writer: ReportWriter;
  readonly log: Logger;
  /** Runs a task in a later turn of the event loop, so that frames and reports come between two batches. */
  readonly schedule: (task: () => void) => void;
  /** ISO time, UTC. */
  readonly now: () => string;
  /** Called after each batch that was written. */
  readonly onIndexed: (at: string) => void;
  /** Called when the database turns out to be damaged; nothing is written after it. */
  readonly onDamaged: (error: unknown) => void;
};

/**
 * A peer that only reads. What holds:
 * 1. It never makes a change and never sends one: what it answers carries no changes.
 * 2. A document whose heads are those in the database is not opened.
 * 3. A document is flattened only when every head the relay named is here, so half a document never replaces a whole one.
 * 4. A new link has new sync states; documents in memory stay.
 * 5. One batch is written at a time; what comes meanwhile waits for the next.
 */
export class Indexer {
  readonly #parts: IndexerParts;
  readonly #open = new Map<string, OpenDocument>();
  /** Offers waiting for a place, by document: the latest one says all. */
  readonly #waiting = new Map<string, Uint8Array>();
  /** Documents asked for and not here yet, with the ticks they have been waited for. */
  readonly #opening = new Map<string, number>();
  readonly #dirty = new Set<string>();
  /** Documents that could not be written; tried again at the next tick. */
  readonly #failed = new Set<string>();
  /** Documents Automerge could not read on this link. */
  readonly #refused = new Set<string>();
  #send: ((documentId: string, data: Uint8Array) => void) | undefined;
  #scheduled = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: IndexerParts) {
    this.#parts = parts;
  }

  /** A link to the relay is up; `send` takes a sync message for a document. */
  linkUp(send: (documentId: string, data: Uint8Array) => void): void {
    this.#send = send;
    this.#refused.clear();
    for (const open of this.#open.values()) open.sync = A.initSyncState();
  }

  /** The link is gone; what was half received is dropped and comes again. */
  linkDown(): void {
    this.#send = undefined;
    this.#waiting.clear();
    for (const documentId of this.#opening.keys()) this.#drop(documentId);
  }

  /** How many documents the relay offered that were not flattened once since. */
  get behind(): number {
    const firsts = [...this.#dirty].filter((id) => this.#open.get(id)?.first && !this.#opening.has(id));
    return this.#waiting.size + this.#opening.size + firsts.length;
  }

  /** Learns whose documents these are, from the relay when nobody said it before. */
  learnOrganization(tag: string): void {
    if (this.#parts.writer.organization() === undefined) this.#parts.writer.setOrganization(tag);
  }

  /** Takes a sync message of the relay. Never throws, whatever the bytes are. */
  receive(documentId: string, data: Uint8Array): void {
    try {
      this.#receive(documentId, data);
    } catch (error) {
      if (isDamage(error)) this.#parts.onDamaged(error);
      else this.#refuse(documentId, error);
    }
  }

  /** Called now and then: tries again what could not be written, gives up documents that were offered and never sent. */
  tick(): void {
    for (const documentId of this.#failed) if (this.#open.has(documentId)) this.#dirty.add(documentId);
    this.#failed.clear();
    if (this.#dirty.size > 0) this.#flushLater();
    for (const [documentId, ticks] of this.#opening) {
      if (ticks < MOST_TICKS) {
        this.#opening.set(documentId, ticks + 1);
        continue;
      }
      this.#parts.log.warn({ documentId }, 'the relay did not send a document it offered');
      this.#drop(documentId);
    }
    this.#openWaiting();
  }

  #receive(documentId: string, data: Uint8Array): void {
    if (this.#refused.has(documentId)) return;
    const known = this.#open.get(documentId);
    if (known) {
      this.#merge(documentId, known, data);
      return;
    }
    const address = this.#addressOf(documentId);
    if (!address) return;
    const { heads } = A.decodeSyncMessage(data);
    if (heads.length === 0 || sameHeads(heads, this.#parts.writer.heads(documentId))) return;
    // It lists the devices, and records that come before them are judged twice; so are sales that come before a stock book.
    if (address.key.class === 'organization' || address.key.class === 'stock-book')
      this.#openOne(documentId, address, data);
    else {
      this.#waiting.set(documentId, data);
      this.#openWaiting();
    }
  }

  /** The address of a document that is to be flattened; the others are noted. */
  #addressOf(documentId: string): DocumentAddress | undefined {
    const { writer } = this.#parts;
    const parsed = parseDocumentId(documentId);
    if (!parsed.ok) {
      const id = documentId.slice(0, 80);
      this.#note(id, 'foreign', { code: 'foreign-document', detail: `"${id}" is no id of this system` });
      return undefined;
    }
    const { organization, key } = parsed.value;
    const ours = writer.organization();
    if (ours === undefined) writer.setOrganization(organization);
    else if (ours !== organization) {
      const detail = `${describeDocument(key)} belongs to organization ${organization}, this is ${ours}`;
      this.#note(documentId, key.class, { code: 'foreign-document', detail });
      return undefined;
    }
    if (REPORTED.has(key.class)) return parsed.value;
    this.#note(documentId, key.class);
    return undefined;
  }

  #openWaiting(): void {
    for (const [documentId, data] of this.#waiting) {
      if (this.#opening.size >= MOST_OPENING) return;
      this.#waiting.delete(documentId);
      const parsed = parseDocumentId(documentId);
      if (parsed.ok) this.#openOne(documentId, parsed.value, data);
    }
  }

  #openOne(documentId: string, address: DocumentAddress, data: Uint8Array): void {
    const open: OpenDocument = {
      address,
      doc: A.init<Record<string, unknown>>(),
      sync: A.initSyncState(),
      theirs: [],
      pending: pendingChanges(true),
      contested: new Set(),
      written: [],
      first: true,
    };
    this.#open.set(documentId, open);
    this.#opening.set(documentId, 0);
    try {
      this.#merge(documentId, open, data);
    } catch (error) {
      this.#refuse(documentId, error);
    }
  }

  #merge(documentId: string, open: OpenDocument, data: Uint8Array): void {
    open.theirs = A.decodeSyncMessage(data).heads;
    const before = A.getHeads(open.doc);
    const patchCallback = (patches: A.Patch[]) => notePatches(open.pending, patches);
    [open.doc, open.sync] = A.receiveSyncMessage(open.doc, open.sync, data, { patchCallback });
    const isNew = !sameHeads(before, A.getHeads(open.doc).sort());
    if (isNew) noteContested(open.pending, open.contested);
    this.#answer(documentId, open);
    if (!A.hasHeads(open.doc, [...open.theirs])) return;
    this.#opening.delete(documentId);
    // Most recently changed last.
    this.#open.delete(documentId);
    this.#open.set(documentId, open);
    if (open.first || isNew || open.pending.whole || open.pending.keys.size > 0) this.#dirty.add(documentId);
    this.#flushLater();
  }

  #answer(documentId: string, open: OpenDocument): void {
    const [sync, message] = A.generateSyncMessage(open.doc, open.sync);
    open.sync = sync;
    if (message) this.#send?.(documentId, withoutChanges(message));
  }

  /** Waits until nothing is being written; nothing more is, once the link is stopped. */
  async idle(): Promise<void> {
    this.#dirty.clear();
    await this.#writing;
  }

  #flushLater(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#parts.schedule(() => {
      this.#writing = this.#flushAndGoOn();
    });
  }

  async #flushAndGoOn(): Promise<void> {
    await this.#flush();
    this.#scheduled = false;
    if (this.#dirty.size > 0) this.#flushLater();
    this.#openWaiting();
  }

  async #flush(): Promise<void> {
    const batch: Taken[] = [];
    let entries = 0;
    for (const documentId of this.#dirty) {
      const open = this.#open.get(documentId);
      this.#dirty.delete(documentId);
      if (!open) continue;
      const taken = take(documentId, open);
      batch.push(taken);
      entries += taken.update.entries.size;
      if (entries >= BATCH_ENTRIES) break;
    }
    if (batch.length === 0) return;
    const written = await this.#write(batch);
    for (const { update } of written) this.#settled(update);
    this.#dropOldest();
    if (written.length > 0) this.#parts.onIndexed(this.#parts.now());
  }

  /** Writes a batch; when it fails, its documents one by one, so that one document cannot keep the others out. */
  async #write(batch: readonly Taken[]): Promise<readonly Taken[]> {
    try {
      await this.#parts.writer.write(batch.map(({ update }) => update));
      return batch;
    } catch (error) {
      if (isDamage(error)) {
        this.#parts.onDamaged(error);
        return [];
      }
      const [only] = batch;
      if (batch.length === 1 && only) {
        this.#failedToWrite(only, error);
        return [];
      }
      const written: Taken[] = [];
      for (const taken of batch) written.push(...(await this.#write([taken])));
      return written;
    }
  }

  #failedToWrite({ update: { documentId }, changes, first, written }: Taken, error: unknown): void {
    this.#parts.log.error({ err: error, documentId }, 'a document could not be written to the database');
    this.#failed.add(documentId);
    const open = this.#open.get(documentId);
    if (!open) return;
    open.first = first;
    open.written = written;
    open.pending = mergedChanges(changes, open.pending);
  }

  #settled({ documentId, address: { key } }: DocumentUpdate): void {
    const closed =
      key.class === 'session' && this.#parts.writer.isClosed(key.store, key.register, key.session);
    // More came while this was written: it is followed until that is here too.
    if (closed && !this.#dirty.has(documentId)) this.#drop(documentId);
  }

  #dropOldest(): void {
    for (const documentId of this.#open.keys()) {
      if (this.#open.size - this.#opening.size <= MOST_FOLLOWED) return;
      if (!this.#opening.has(documentId) && !this.#dirty.has(documentId)) this.#drop(documentId);
    }
  }

  #drop(documentId: string): void {
    const open = this.#forget(documentId);
    // The memory is the WebAssembly module's, which the garbage collector frees late.
    if (open) A.free(open.doc);
  }

  #forget(documentId: string): OpenDocument | undefined {
    const open = this.#open.get(documentId);
    this.#open.delete(documentId);
    this.#opening.delete(documentId);
    this.#dirty.delete(documentId);
    return open;
  }

  /** Puts a document aside until the next link. What Automerge stumbled over is not touched again, not even to free it. */
  #refuse(documentId: string, error: unknown): void {
    const detail = `Automerge cannot read it: ${error instanceof Error ? error.message.slice(0, 160) : String(error)}`;
    this.#parts.log.warn({ err: error, documentId }, 'a document is unreadable; the others go on');
    this.#refused.add(documentId);
    this.#forget(documentId);
    const parsed = parseDocumentId(documentId);
    const name = parsed.ok ? parsed.value.key.class : 'foreign';
    this.#note(documentId.slice(0, 80), name, { code: 'unreadable-document', detail });
  }

  #note(documentId: string, name: string, fault?: { code: string; detail: string }): void {
    try {
      this.#parts.writer.note(documentId, name, fault);
    } catch (error) {
      if (isDamage(error)) this.#parts.onDamaged(error);
      else this.#parts.log.error({ err: error, documentId }, 'a document could not be noted in the database');
    }
  }
}

/** Documents an office edits, each act with its audit entry (rule A2). */
const AUDITED: readonly DocumentClass[] = ['organization', 'staff', 'catalog', 'store', 'exceptions'];

/** What was taken out of a document to be written, and what it takes to read it again. */
type Taken = {
  readonly update: DocumentUpdate;
  readonly changes: PendingChanges;
  readonly first: boolean;
  readonly written: A.Heads;
};

/** Takes what changed out of a document; from now on its changes belong to the next batch. */
function take(documentId: string, open: OpenDocument): Taken {
  const { address, doc, pending: changes, first, written } = open;
  const heads = A.getHeads(doc);
  const isAudited = AUDITED.includes(address.key.class);
  const audited = isAudited ? { audited: auditTexts(doc, written) } : {};
  const update = { documentId, address, heads, ...readChanges(doc, changes, first), ...audited };
  open.pending = pendingChanges(false);
  open.first = false;
  open.written = heads;
  return { update, changes, first, written };
}

function sameHeads(heads: readonly string[], stored: readonly string[] | undefined): boolean {
  return stored?.length === heads.length && [...heads].sort().every((head, i) => head === stored[i]);
}

/** A relay that lost its disk must not get its documents back from here, where nobody checks who wrote them. */
function withoutChanges(message: A.SyncMessage): A.SyncMessage {
  const decoded = A.decodeSyncMessage(message);
  return decoded.changes.length === 0 ? message : A.encodeSyncMessage({ ...decoded, changes: [] });
}
