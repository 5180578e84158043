import * as A from '@automerge/automerge';
import type { Logger } from 'pino';
import type { Entries } from '#model/documents/entries.ts';
import { FIRST_CHANGE, FIRST_CHANGE_HASH } from '#model/documents/first-change.ts';
import type { DocumentAddress, DocumentId } from '#model/ids/document-id.ts';
import { CLOSE_CODES } from '#model/protocol/frame.ts';
import { assert } from '#model/result.ts';
import type { DocumentLog, LogFolder } from './document-log.ts';
import { isVouchedFor } from '#model/trust/voucher.ts';
import type { Link } from './link.ts';
import type { Vouchers } from './vouchers.ts';

/** Frames a log may gather before it is rewritten as one; keeps start-up quick without rewriting on every sale. */
const REWRITE_FRAMES = 256;

/** How long the relay waits before it tries a write again that the disk refused, in milliseconds. */
const REFUSED_RETRY_MS = 1000;

/** How long a relay waits before it passes on what another relay sent it, in milliseconds. */
const PASS_ON_MS = 300;

/** A sync message of a peer, waiting for its turn. */
type Received = { readonly link: Link; readonly data: Uint8Array; readonly requested: boolean };

/** The relay's own change of a document, waiting for its turn. */
type Edit = {
  readonly changes: Readonly<Record<string, string | undefined>>;
  readonly done: (outcome: 'saved' | 'failed') => void;
};

/** The shape of our documents, as Automerge shows them. */
type Stored = { entries: Record<string, A.ImmutableString> };

/** What a document tells the relay it lives in. */
export type DocumentEvents = {
  /** The links that take part in this document now. */
  readonly links: (document: RelayDocument) => Iterable<Link>;
  /** The document has new changes, which are on the disk. */
  readonly onChanged: (document: RelayDocument) => void;
  /** A peer sent changes it may not make; they were left out (rule E7). */
  readonly onRefusedChanges: (document: RelayDocument, link: Link) => void;
  /** Head office's word for what it owns. */
  readonly vouchers: Vouchers;
  /** Calls back later, unless the relay has stopped by then. */
  readonly later: (milliseconds: number, callback: () => void) => void;
  /** The disk took a write, or refused it. */
  readonly onDisk: (state: 'ok' | 'failed', cause?: unknown) => void;
};

/**
 * One document of the relay. Invariants:
 * 1. Messages are handled one batch at a time; what a batch changes is on the medium before any reply is made, so a
 *    reply's heads always mean "on this relay's disk".
 * 2. When the disk refuses, the changes stay in memory unconfirmed and nobody gets a reply until a retry succeeds. (Taking
 *    them back would need every link to be cut: a peer never sends again what it sent on a living link.)
 * 3. A message that cannot be read changes nothing and costs its link the connection.
 * 4. Changes of a peer that may not make them never reach `#doc`; those that need head office's word wait in a candidate
 *    of their link until a voucher names exactly its heads.
 */
export class RelayDocument {
  readonly id: DocumentId;
  readonly address: DocumentAddress;
  readonly #folder: LogFolder;
  readonly #events: DocumentEvents;
  readonly #log: Logger;
  #doc: A.Doc<unknown> | undefined;
  #file: DocumentLog | undefined;
  #durableHeads: A.Heads = [];
  #offered: { readonly heads: A.Heads; readonly message: Uint8Array } | undefined;
  readonly #inbox: Received[] = [];
  readonly #edits: Edit[] = [];
  /** Copies with changes head office has not vouched for yet, by the link they came on. */
  readonly #candidates = new Map<Link, A.Doc<unknown>>();
  readonly #wanting = new Set<Link>();
  /** Links that got no reply because the disk refused. */
  readonly #unanswered = new Set<Link>();
  #running: Promise<void> | undefined;
  #loading: Promise<void> | undefined;
  #readers = 0;
  /** Relays that hear of second-hand changes when {@link PASS_ON_MS} are over. */
  readonly #passOn = new Set<Link>();
  #passingOn = false;

  constructor(
    id: DocumentId,
    address: DocumentAddress,
    folder: LogFolder,
    events: DocumentEvents,
    log: Logger,
  ) {
    this.id = id;
    this.address = address;
    this.#folder = folder;
    this.#events = events;
    this.#log = log;
  }

  /** Hands in a peer's sync message; the reply goes out when its changes are on the medium. */
  receive(link: Link, data: Uint8Array, requested: boolean): void {
    this.#inbox.push({ link, data, requested });
    this.#run();
  }

  /** Sends a link what it lacks of this document. */
  offer(link: Link): void {
    this.#wanting.add(link);
    this.#run();
  }

  /** The entries as they are on this relay, texts only. Rejects when the disk cannot be read. */
  async entries(): Promise<Entries> {
    const entries = await this.look((doc) => (doc as Partial<Stored>).entries);
    return Object.fromEntries(Object.entries(entries ?? {}).map(([key, value]) => [key, String(value)]));
  }

  /**
   * Shows a reader the document as it is on the disk; undefined when it has no change yet. Rejects while the disk refuses.
   * A document nobody else needs is not kept in memory for it: a look at all journals must not load them for good.
   */
  async look<Seen>(reader: (doc: A.Doc<unknown>) => Seen): Promise<Seen | undefined> {
    const wasLoaded = this.#doc !== undefined;
    this.#readers += 1;
    try {
      do {
        await this.settled();
        await this.#load();
      } while (this.#running);
      const doc = this.#doc;
      assert(doc, () => 'a document that was loaded is there');
      if (!this.#isDurable) throw new Error('the disk refuses what is new');
      return this.#durableHeads.length > 0 ? reader(doc) : undefined;
    } finally {
      this.#readers -= 1;
      if (!wasLoaded && this.#readers === 0 && !this.#running) this.#unload();
    }
  }

  /** This relay's own change: sets entries, or takes out those that are undefined; resolves when it is on the disk. */
  write(changes: Readonly<Record<string, string | undefined>>): Promise<'saved' | 'failed'> {
    return new Promise((done) => {
      this.#edits.push({ changes, done });
      this.#run();
    });
  }

  /** A voucher for this document has come: what waited for it is taken. */
  vouched(): void {
    for (const link of this.#candidates.keys()) this.#wanting.add(link);
    for (const link of this.#events.links(this)) if (link.isRelay) this.#wanting.add(link);
    this.#run();
  }

  /** Tries again to write what the disk refused, and answers those who wait for it. */
  #retry(): void {
    for (const link of this.#unanswered) this.#wanting.add(link);
    this.#unanswered.clear();
    this.#run();
  }

  /** Resolves when nothing is left to write or to answer. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  #run(): void {
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
      if (this.#inbox.length > 0 || this.#edits.length > 0 || this.#wanting.size > 0) this.#run();
    });
  }

  async #work(): Promise<void> {
    const received = this.#inbox.splice(0);
    const edits = this.#edits.splice(0);
    const wanting = new Set(this.#wanting);
    this.#wanting.clear();
    for (const { link } of received) wanting.add(link);
    try {
      await this.#load();
    } catch (cause) {
      this.#log.error({ err: cause, document: this.id }, 'the disk refused a read');
      this.#events.onDisk('failed', cause);
      // A message that was not handled is a lost message; only a new link makes up for it.
      for (const link of wanting) link.close(CLOSE_CODES.retry, 'the relay cannot read its disk');
      for (const { done } of edits) done('failed');
      return;
    }
    for (const message of received) this.#apply(message);
    this.#adoptVouched();
    for (const { changes } of edits) this.#edit(changes);
    const outcome = await this.#persist();
    for (const { done } of edits) done(outcome === 'failed' ? 'failed' : 'saved');
    await this.#answer(received, wanting, outcome);
  }

  async #answer(
    received: readonly Received[],
    wanting: ReadonlySet<Link>,
    outcome: 'unchanged' | 'saved' | 'failed',
  ): Promise<void> {
    if (outcome === 'failed') {
      for (const link of wanting) this.#unanswered.add(link);
      return;
    }
    if (isVouchedFor(this.address.key)) {
      await this.#events.vouchers.sign(this.id, this.#durableHeads);
      await this.#events.vouchers.settle(this.id, this.#durableHeads);
    }
    if (outcome === 'saved') {
      this.#events.onChanged(this);
      this.#spread(received, wanting);
    }
    for (const link of wanting) this.#reply(link);
    if (this.#durableHeads.length > 0) return;
    for (const { link, requested } of received) if (requested) link.unavailable(this.id);
  }

  /**
   * Tells the others what is new. What a terminal wrote goes to everyone at once; what another relay sent goes on to
   * further relays a little later: in a mesh most of them hear it from the source and say so meanwhile, and twelve tills
   * that meet again would otherwise each send everything to everyone.
   */
  #spread(received: readonly Received[], answered: ReadonlySet<Link>): void {
    const isSecondHand = received.length > 0 && received.every(({ link }) => link.isRelay);
    for (const link of this.#events.links(this)) {
      if (answered.has(link)) continue;
      if (isSecondHand && link.isRelay) this.#passOn.add(link);
      else this.#reply(link);
    }
    if (this.#passOn.size > 0) this.#passOnLater();
  }

  #passOnLater(): void {
    if (this.#passingOn) return;
    this.#passingOn = true;
    this.#events.later(PASS_ON_MS, () => {
      this.#passingOn = false;
      for (const link of this.#passOn) this.#wanting.add(link);
      this.#passOn.clear();
      this.#run();
    });
  }

  /** Whether everything in memory is on the disk. */
  get #isDurable(): boolean {
    return this.#doc !== undefined && sameHeads(A.getHeads(this.#doc), this.#durableHeads);
  }

  /** Forgets what the disk holds anyway. */
  #unload(): void {
    if (!this.#isDurable || this.#candidates.size > 0) return;
    this.#doc = undefined;
    this.#file = undefined;
    this.#durableHeads = [];
  }

  /** One at a time: a second load would put the document back to what it was before the first message. */
  #load(): Promise<void> {
    if (this.#doc) return Promise.resolve();
    this.#loading ??= this.#read().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #read(): Promise<void> {
    const { log, frames } = await this.#folder.open(this.id);
    this.#file = log;
    let doc = A.init<unknown>();
    try {
      for (const frame of frames) doc = A.loadIncremental(doc, frame);
    } catch (cause) {
      this.#log.error(
        { err: cause, document: this.id },
        'a document log is unreadable; it is put aside and fetched again',
      );
      await log.setAside();
      doc = A.init<unknown>();
    }
    this.#doc = doc;
    this.#durableHeads = A.getHeads(doc);
  }

  #apply({ link, data }: Received): void {
    if (!this.#doc || !link.isOpen) return;
    const right = link.writeRight(this.address);
    try {
      const before = right === 'vouched' ? (this.#candidates.get(link) ?? A.clone(this.#doc)) : this.#doc;
      const state = link.syncState(this.id, right === 'none');
      const [doc, next] = A.receiveSyncMessage(before, state, data);
      link.setSyncState(this.id, next);
      if (right === 'vouched') this.#candidates.set(link, doc);
      else this.#doc = doc;
      if (right === 'none') this.#tellRefused(link, data);
    } catch (cause) {
      this.#log.warn({ err: cause, document: this.id, peer: link.peerId }, 'unreadable sync message');
      link.refuse('the sync message could not be read');
    }
  }

  /** A peer whose heads are unknown here has changes nobody takes; told only when there is something to fetch instead. */
  #tellRefused(link: Link, data: Uint8Array): void {
    const doc = this.#doc;
    if (!doc || this.#durableHeads.every((head) => head === FIRST_CHANGE_HASH)) return;
    const { heads } = A.decodeSyncMessage(data);
    if (heads.length === 0 || A.hasHeads(doc, heads)) return;
    if (link.refuseChanges(this.id, [...heads].sort().join())) this.#events.onRefusedChanges(this, link);
  }

  /** Takes over the candidates whose state head office has vouched for (rule E6), and forgets those that hold nothing new. */
  #adoptVouched(): void {
    if (!this.#doc) return;
    for (const [link, candidate] of this.#candidates) {
      const heads = A.getHeads(candidate);
      if (this.#events.vouchers.covers(this.id, heads)) {
        this.#doc = A.merge(this.#doc, candidate);
        this.#candidates.delete(link);
      } else if (!link.isOpen || A.hasHeads(this.#doc, heads)) {
        this.#candidates.delete(link);
      }
    }
  }

  #edit(changes: Readonly<Record<string, string | undefined>>): void {
    assert(this.#doc, () => 'a document is loaded before it is edited');
    const doc = A.loadIncremental(this.#doc as A.Doc<Stored>, FIRST_CHANGE);
    this.#doc = A.change(doc, (draft) => {
      for (const [key, text] of Object.entries(changes)) {
        if (text === undefined) delete draft.entries[key];
        else draft.entries[key] = new A.ImmutableString(text);
      }
    });
  }

  /** Appends what is new; what the disk refuses stays unconfirmed. */
  async #persist(): Promise<'unchanged' | 'saved' | 'failed'> {
    const doc = this.#doc;
    if (!doc || !this.#file) return 'failed';
    const heads = A.getHeads(doc);
    if (sameHeads(heads, this.#durableHeads)) return 'unchanged';
    try {
      await this.#file.append(A.saveSince(doc, this.#durableHeads));
    } catch (cause) {
      this.#log.error(
        { err: cause, document: this.id },
        'the disk refused a write; nothing is confirmed until it takes it',
      );
      this.#events.onDisk('failed', cause);
      this.#events.later(REFUSED_RETRY_MS, () => this.#retry());
      return 'failed';
    }
    this.#durableHeads = heads;
    this.#events.onDisk('ok');
    await this.#rewriteWhenLong(doc);
    return 'saved';
  }

  async #rewriteWhenLong(doc: A.Doc<unknown>): Promise<void> {
    if (!this.#file || this.#file.frames < REWRITE_FRAMES) return;
    try {
      await this.#file.rewrite(A.save(doc));
    } catch (cause) {
      // The long log is still whole; the next append tries again.
      this.#log.warn({ err: cause, document: this.id }, 'could not rewrite a document log');
    }
  }

  #reply(link: Link): void {
    if (!this.#doc || !link.isOpen) return;
    if (link.isCongested) {
      link.defer(this);
      return;
    }
    this.#replyChanges(link, this.#candidates.get(link) ?? this.#doc);
    const voucher = link.isRelay ? this.#events.vouchers.of(this.id) : undefined;
    if (voucher !== undefined && A.hasHeads(this.#doc, [...voucher.heads])) link.vouch(voucher);
  }

  #replyChanges(link: Link, doc: A.Doc<unknown>): void {
    if (!link.knows(this.id)) {
      // An offer nobody has answered needs no state of its own, and is the same bytes for every peer: a thousand
      // documents for a hundred silent peers would otherwise cost memory and time.
      link.sync(this.id, this.#offerMessage(doc));
      return;
    }
    const readOnly = link.writeRight(this.address) === 'none';
    const [state, message] = A.generateSyncMessage(doc, link.syncState(this.id, readOnly));
    link.setSyncState(this.id, state);
    if (message) link.sync(this.id, message);
  }

  #offerMessage(doc: A.Doc<unknown>): Uint8Array {
    if (this.#offered && sameHeads(this.#offered.heads, this.#durableHeads)) return this.#offered.message;
    const [, message] = A.generateSyncMessage(doc, A.initSyncState());
    assert(message !== null, () => 'a fresh sync state always has something to say');
    this.#offered = { heads: this.#durableHeads, message };
    return message;
  }
}

function sameHeads(a: A.Heads, b: A.Heads): boolean {
  return a.length === b.length && a.every((head) => b.includes(head));
}
