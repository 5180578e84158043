import * as A from '@automerge/automerge/slim';
import type { DocHandleChangePayload, Repo } from '@automerge/automerge-repo/slim';
import type { Entries, EntryChange } from '#model/documents/entries.ts';
import { parseDocumentId, type DocumentKey } from '#model/ids/document-id.ts';
import { DocumentChunks } from './document-chunks.ts';
import type { DocumentStorage } from './document-storage.ts';
import { DocumentSaver } from './document-saver.ts';
import { DocumentHealing } from './document-healing.ts';
import { DocumentLeaving } from './document-leaving.ts';
import type {
  ArchivedCopy,
  CaughtUp,
  Documents,
  DocumentsEvent,
  Fetched,
  LetGo,
  Saved,
  TerminalIdentity,
} from './documents.ts';
import {
  contestedEntries,
  isContest,
  patchedEntries,
  readEntries,
  type ContestedEntries,
} from './entry-changes.ts';
import { writeEntries } from './entry-writing.ts';
import type { StoredDocument } from './first-change.ts';
import { OpenDocuments, type OpenDocument } from './open-documents.ts';
import { relayAnswers, relayHasNoMore, relayHolds, type RelayWord } from './relay-confirmation.ts';
import { RelayHeads } from './relay-heads.ts';
import { RelayLink } from './relay-link.ts';
import { RelayMeeting } from './relay-meeting.ts';
import { RelayReader } from './relay-reader.ts';
import type { RelayNews, ResilientWebSocketNetwork } from './resilient-websocket-network.ts';
import { causeText, type Surroundings } from './surroundings.ts';

/** How long a durable write waits for this terminal's own disk, in milliseconds. */
export const OWN_DISK_WAIT_MS = 2_000;

/** Stored documents the relay is told of in one message, as they are opened. */
const TOLD_TOGETHER = 64;

/** What the documents are made of. `repo` uses `storage` and `network` and nothing else. */
export type RepoDocumentsParts = {
  readonly repo: Repo;
  readonly storage: DocumentStorage;
  readonly network: ResilientWebSocketNetwork | undefined;
  readonly identity: TerminalIdentity;
  readonly surroundings: Surroundings;
  /** Documents of a link of their own at the same relay, which keep nothing: for looking something up. */
  readonly beside?: (() => Documents) | undefined;
  /** Takes nothing that nobody here asked for. */
  readonly asksOnly?: boolean | undefined;
};

/** The documents of a terminal in an automerge-repo, in a worker or in Node. */
export class RepoDocuments implements Documents {
  readonly #parts: RepoDocumentsParts;
  readonly #listeners = new Set<(event: DocumentsEvent) => void>();
  readonly #documents: OpenDocuments;
  readonly #saver: DocumentSaver;
  readonly #relay: RelayWord;
  readonly #healing: DocumentHealing;
  #stored: Promise<readonly string[]> | undefined;
  readonly #leaving: DocumentLeaving;
  readonly #meeting: RelayMeeting;
  readonly #reader: RelayReader | undefined;
  /** Documents to which a merge brought a second text of an entry. */
  readonly #contested = new Set<string>();
  #writing = false;
  #closed = false;

  constructor(parts: RepoDocumentsParts) {
    const { repo, identity, network, storage, surroundings } = parts;
    const chunks = new DocumentChunks(storage);
    this.#parts = parts;
    this.#saver = new DocumentSaver({
      save: async (id) => {
        const open = this.#documents.peek(id);
        if (open !== undefined) await chunks.save(id, open.handle.doc());
      },
      failed: (id, cause) => this.#saveFailed(id, cause),
      surroundings,
    });
    this.#documents = new OpenDocuments({
      repo,
      organization: identity.organization,
      device: identity.device,
      surroundings,
      load: (id) => chunks.load(id),
      taken: (id, heads, bytes) => chunks.came(id, heads, bytes),
      opened: (open) => this.#announce(open, false),
      changed: (open, payload) => this.#changed(open, payload),
      damaged: (documentId, cause) => this.#tell({ type: 'damaged', documentId, cause }),
      isAnnounced: (id) => !this.#meeting.covers(id),
      spokenOf: (id) => this.#meeting.spokenOf(id),
      isWanted: async (id) => parts.asksOnly !== true && !(await this.#leaving.isGone(id)),
    });
    this.#documents.guard();
    const link = new RelayLink(network);
    const heads = new RelayHeads(repo, link);
    this.#relay = { link, heads };
    this.#meeting = new RelayMeeting({
      documents: this.#documents,
      heads,
      surroundings,
      known: () => this.#knownElsewhere(),
      send: (holdings) => network?.tellHoldings(holdings),
      begin: (id) => {
        if (link.peerId !== undefined) this.#documents.begin(id, link.peerId);
      },
    });
    this.#leaving = new DocumentLeaving({
      chunks,
      storage,
      documents: this.#documents,
      saver: this.#saver,
      relay: this.#relay,
      surroundings,
      renewLink: () => network?.renew(),
    });
    this.#reader = parts.beside && new RelayReader(parts.beside, surroundings);
    link.watch((connected) => this.#linkTurned(connected));
    this.#healing = new DocumentHealing({
      chunks,
      storage,
      documents: this.#documents,
      saver: this.#saver,
      relay: this.#relay,
      surroundings,
      renewLink: () => network?.renew(),
      replaced: (open, changes) => this.#replaced(open, changes),
      healed: (key, lost) => this.#tell({ type: 'healed', key, lost }),
      failed: (key, cause) => this.#tell({ type: 'save-failed', key, cause }),
    });
    network?.watch((news) => this.#relaySaid(news));
  }

  async open(key: DocumentKey): Promise<Entries> {
    const open = await this.#usable(key);
    return open.shows ?? readEntries(open.handle.doc()).entries;
  }

  async contested(key: DocumentKey): Promise<ContestedEntries> {
    return contestedEntries((await this.#usable(key)).handle.doc());
  }

  async known(): Promise<readonly DocumentKey[]> {
    const stored = await this.#storedIds();
    const ids = new Set([...stored, ...this.#documents.all().map((open) => open.id)]);
    return [...ids].flatMap((id) => this.#documents.ours(id) ?? []);
  }

  /** What was stored when it was last looked: nobody else writes here, and what has come since is open. */
  #storedIds(): Promise<readonly string[]> {
    this.#stored ??= this.#parts.storage.documentIds().catch((cause: unknown) => {
      this.#stored = undefined;
      throw cause;
    });
    return this.#stored;
  }

  async write(key: DocumentKey, changes: Readonly<Record<string, string | undefined>>): Promise<void> {
    const open = await this.#writable(key);
    this.#change(open, changes);
    await Promise.race([this.#savedHere(open), open.retired]);
  }

  async writeDurably(
    key: DocumentKey,
    changes: Readonly<Record<string, string | undefined>>,
    relayWaitMs: number,
  ): Promise<Saved> {
    const open = await this.#writable(key);
    this.#change(open, changes);
    const wanted = A.getHeads(open.handle.doc());
    const { surroundings } = this.#parts;
    const copies = Promise.all([
      this.#failureHere(open),
      relayAnswers(
        open.handle,
        (doc, heads) => relayHolds(doc, heads, wanted),
        this.#relay,
        relayWaitMs,
        surroundings,
      ),
    ]);
    const [failure, relay] = await Promise.race([copies, open.retired]);
    return failure === undefined ? { here: 'saved', relay } : { here: 'failed', relay, cause: failure };
  }

  async caughtUp(key: DocumentKey, waitMs: number): Promise<CaughtUp> {
    const { handle } = await this.#usable(key);
    this.#meeting.wanted(handle.documentId);
    const answer = await relayAnswers(handle, relayHasNoMore, this.#relay, waitMs, this.#parts.surroundings);
    if (answer !== 'saved') return answer;
    await this.#healing.whenFetched(handle.documentId);
    return 'caught-up';
  }

  async letGo(
    keys: readonly DocumentKey[],
    notes: Readonly<Record<string, string | undefined>>,
    relayWaitMs: number,
  ): Promise<LetGo> {
    const open = await Promise.all(keys.map((key) => this.#usable(key)));
    try {
      return await this.#leaving.letGo(open, notes, relayWaitMs);
    } finally {
      this.#stored = undefined;
    }
  }

  async remembered(): Promise<Entries> {
    return (await this.#parts.storage.remembered()).notes;
  }

  async fetch(key: DocumentKey, waitMs: number): Promise<Fetched> {
    const id = this.#documents.idOf(key);
    const isHere = this.#documents.peek(id) ?? (await this.#storedIds()).includes(id);
    if (isHere) return { found: true, entries: await this.open(key) };
    if (this.#closed) throw new Error('the documents are closed');
    return this.#reader?.fetch(key, waitMs) ?? { found: false, why: 'away' };
  }

  async archived(): Promise<readonly ArchivedCopy[]> {
    const copies = await this.#parts.storage.archived();
    return copies.flatMap(({ documentId, at, bytes }) => {
      const parsed = parseDocumentId(documentId);
      return parsed.ok ? [{ key: parsed.value.key, at, bytes }] : [];
    });
  }

  watch(listener: (event: DocumentsEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#listeners.clear();
    this.#parts.network?.disconnect();
    await this.#reader?.close();
    await this.#healing.close();
    await this.#saver.close();
    await this.#parts.storage.close();
  }

  async #usable(key: DocumentKey): Promise<OpenDocument> {
    if (this.#closed) throw new Error('the documents are closed');
    await this.#leaving.askFor(this.#documents.idOf(key));
    return this.#documents.get(key);
  }

  async #writable(key: DocumentKey): Promise<OpenDocument> {
    const open = await this.#usable(key);
    if (open.shows !== undefined)
      throw new Error("the relay's copy of this document is being fetched in place of ours; try again");
    return open;
  }

  #change(open: OpenDocument, wanted: Readonly<Record<string, string | undefined>>): void {
    const time = Math.floor(this.#parts.surroundings.now() / 1000);
    const doc = open.handle.doc();
    const written = writeEntries(doc, open.key, wanted, time);
    if (written === doc) return;
    this.#writing = true;
    try {
      open.handle.update(() => written);
      this.#meeting.changed(open.id);
    } finally {
      this.#writing = false;
    }
  }

  async #savedHere({ id }: OpenDocument): Promise<void> {
    try {
      await this.#saver.save(id);
    } catch (cause) {
      this.#saveFailed(id, causeText(cause));
      throw cause;
    }
  }

  /** Why the document is not on this disk; undefined when it is. */
  #failureHere(open: OpenDocument): Promise<string | undefined> {
    return new Promise((resolve) => {
      const cancel = this.#parts.surroundings.after(OWN_DISK_WAIT_MS, () =>
        resolve(`not on this terminal's disk after ${OWN_DISK_WAIT_MS} ms`),
      );
      this.#saver
        .save(open.id)
        .then(
          () => resolve(undefined),
          (cause: unknown) => resolve(causeText(cause)),
        )
        .finally(cancel);
    });
  }

  #changed(open: OpenDocument, { patches, doc }: DocHandleChangePayload<StoredDocument>): void {
    const remote = !this.#writing;
    if (remote) this.#saver.saveSoon(open.id);
    if (open.damage !== undefined || open.shows !== undefined) return;
    const { changes, faults, replaced } = patchedEntries(patches, doc);
    if (replaced) {
      open.damage = 'another map of entries came in from elsewhere and hides its own';
      this.#documents.tellDamage(open.id, open.damage);
      return;
    }
    for (const fault of faults) this.#documents.tellDamage(open.id, fault);
    // A third text that is not shown makes no patch of its own.
    if (patches.some(isContest)) this.#contested.add(open.id);
    if (this.#contested.has(open.id)) this.#tell({ type: 'contested', key: open.key });
    if (changes.length === 0) return;
    if (open.announced) this.#tell({ type: 'changed', key: open.key, changes, remote });
    else this.#announce(open, remote);
  }

  /** The first event of a document: all its entries, once it has any. */
  #announce(open: OpenDocument, remote: boolean): void {
    const { entries, faults } = readEntries(open.handle.doc());
    for (const fault of faults) this.#documents.tellDamage(open.id, fault);
    const changes = Object.entries(entries).map(([key, text]) => ({ key, text }));
    if (changes.length === 0) return;
    open.announced = true;
    this.#tell({ type: 'changed', key: open.key, changes, remote });
  }

  #replaced(open: OpenDocument, changes: readonly EntryChange[]): void {
    if (changes.length === 0) return;
    open.announced = true;
    this.#tell({ type: 'changed', key: open.key, changes, remote: true });
  }

  #relaySaid(news: RelayNews): void {
    if (news.type === 'refused') this.#healing.refused(news.documentId);
    else if (news.type === 'greeted') this.#meeting.greeted(news.meets);
    else if (news.type === 'unlike') this.#meeting.answered(news.places);
    else this.#tell(news);
  }

  #linkTurned(connected: boolean): void {
    this.#tell({ type: 'link', connected });
    if (connected) void this.#meet();
  }

  /** Tells what is open, then opens what is stored, so that a relay that lost its disk gets everything back. */
  async #meet(): Promise<void> {
    // Who only asks is brought nothing unasked.
    if (this.#parts.asksOnly !== true) await this.#meeting.joined();
    await this.#offerStored();
  }

  /** What is stored and not open, and what was let go: of the one the relay is told later, of the other never. */
  async #knownElsewhere(): Promise<readonly string[]> {
    const [gone, stored] = await Promise.all([this.#leaving.gone(), this.#storedIds()]);
    const ours = [...gone, ...stored].filter((id) => parseDocumentId(id).ok);
    return ours.filter((id) => this.#documents.peek(id) === undefined);
  }

  /** Opens what is stored, one after the other, and tells the relay of some together. */
  async #offerStored(): Promise<void> {
    const together: string[] = [];
    try {
      for (const key of await this.known()) {
        if (this.#closed || !this.#relay.link.connected) return;
        const id = this.#documents.idOf(key);
        if (this.#documents.peek(id) !== undefined) continue;
        this.#meeting.cover(id);
        await this.#documents.offer(key).catch((cause: unknown) => this.#tellUnreadable(key, cause));
        if (together.push(id) >= TOLD_TOGETHER) this.#meeting.opened(together.splice(0));
      }
      this.#meeting.opened(together);
    } catch (cause) {
      this.#documents.tellDamage('', `the stored documents could not be listed: ${causeText(cause)}`);
    }
  }

  #tellUnreadable(key: DocumentKey, cause: unknown): void {
    this.#documents.tellDamage(this.#documents.idOf(key), causeText(cause));
  }

  #saveFailed(id: string, cause: string): void {
    const parsed = parseDocumentId(id);
    if (parsed.ok) this.#tell({ type: 'save-failed', key: parsed.value.key, cause });
  }

  #tell(event: DocumentsEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
