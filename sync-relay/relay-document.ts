import * as A from '@automerge/automerge';
import type { Logger } from 'pino';
import type { Entries } from '#model/documents/entries.ts';
import { FIRST_CHANGE_HASH } from '#model/documents/first-change.ts';
import type { DocumentAddress, DocumentId } from '#model/ids/document-id.ts';
import { CLOSE_CODES } from '#model/protocol/frame.ts';
import { assert } from '#model/result.ts';
import { Candidates } from './candidates.ts';
import type { DocumentEvents } from './document-events.ts';
import type { DocumentFile } from './document-file.ts';
import type { Edit, Received, Sealing } from './document-work.ts';
import { isVouchedFor } from '#model/trust/voucher.ts';
import { entriesOf, holds, sameHeads, withEntries } from './entries-document.ts';
import type { Link } from './link.ts';
import { Looks, NotOnDisk } from './looks.ts';
import { Replies } from './replies.ts';
import type { Seal } from './seal.ts';
import type { Shelf } from './shelf.ts';
import { Spreading } from './spreading.ts';
import { readSyncMessage } from './sync-message.ts';

/** How long the relay waits before it tries a write again that the disk refused, in milliseconds. */
const REFUSED_RETRY_MS = 1000;

/**
 * One document of the relay. Invariants:
 * 1. Messages are handled one batch at a time; what a batch changes is on the medium before any reply is made, so a
 *    reply's heads always mean "on this relay's disk".
 * 2. When the disk refuses, the changes stay in memory unconfirmed and nobody gets a reply until a retry succeeds. (Taking
 *    them back would need every link to be cut: a peer never sends again what it sent on a living link.)
 * 3. A message that cannot be read changes nothing and costs its link the connection.
 * 4. Changes of a peer that may not make them never reach `#doc`; those that need head office's word wait in a candidate
 *    of their link until the heads of a voucher cover them.
 */
export class RelayDocument {
  readonly id: DocumentId;
  readonly address: DocumentAddress;
  readonly #shelf: Shelf;
  readonly #events: DocumentEvents;
  readonly #log: Logger;
  #doc: A.Doc<unknown> | undefined;
  #file: DocumentFile | undefined;
  /** The heads on the disk before what is being worked on. */
  #before: A.Heads = [];
  readonly #replies: Replies;
  readonly #inbox: Received[] = [];
  readonly #edits: Edit[] = [];
  #sealing: Sealing | undefined;
  readonly #looks = new Looks();
  readonly #candidates = new Candidates();
  readonly #wanting = new Set<Link>();
  /** Links that got no reply because the disk refused. */
  readonly #unanswered = new Set<Link>();
  #running: Promise<void> | undefined;
  readonly #spreading: Spreading;

  constructor(id: DocumentId, address: DocumentAddress, shelf: Shelf, events: DocumentEvents, log: Logger) {
    this.id = id;
    this.address = address;
    this.#shelf = shelf;
    this.#events = events;
    this.#replies = new Replies(id, address);
    this.#spreading = new Spreading(id, address.key, {
      later: events.later,
      passOn: (waiting) => this.#want(waiting),
    });
    this.#log = log;
  }

  /** Hands in a peer's sync message; the reply goes out when its changes are on the medium. */
  receive(link: Link, data: Uint8Array, requested: boolean): void {
    link.received(data);
    this.#inbox.push({ link, data, requested });
    this.#run();
  }

  /** Sends a link what it lacks of this document. */
  offer(link: Link): void {
    this.#want([link]);
  }

  /** The entries as they are on this relay's disk, texts only. Rejects while the disk refuses. */
  async entries(): Promise<Entries> {
    return (await this.look(entriesOf)) ?? {};
  }

  /** The same at once, where the document is in memory and on the disk: so it is whenever `onChanged` is called. */
  get currentEntries(): Entries {
    assert(this.#doc && this.#isDurable, () => 'a document is on the disk when it is said to have changed');
    return entriesOf(this.#doc);
  }

  /**
   * Shows a reader the document as it is on the disk; undefined when it has no change yet. Rejects while the disk refuses, with
   * `NotOnDisk` where it refuses what is new. It is one more message in the queue, so that peers that keep a document busy cannot
   * keep a reader from it.
   */
  look<Seen>(reader: (doc: A.Doc<unknown>) => Seen): Promise<Seen | undefined> {
    const seen = this.#looks.add(reader);
    this.#run();
    return seen;
  }

  /** This relay's own change: sets entries, or takes out those that are undefined; resolves when it is on the disk. */
  write(changes: Readonly<Record<string, string | undefined>>): Promise<'saved' | 'failed'> {
    return new Promise((done) => {
      this.#edits.push({ changes, done });
      this.#run();
    });
  }

  /** Archives the document and lets it go, when its heads are still these (rule D12); whether it did. */
  archive(heads: A.Heads, seal: Seal | null): Promise<boolean> {
    return new Promise((done) => {
      this.#endSealing(false);
      this.#sealing = { heads, seal, done };
      this.#run();
    });
  }

  #endSealing(archived: boolean): void {
    this.#sealing?.done(archived);
    this.#sealing = undefined;
  }

  /** Whether it is not in memory, or nothing but a name a peer said. */
  get isEmpty(): boolean {
    return this.#durableHeads.length === 0;
  }

  /** Forgets what the disk holds, where nobody waits for anything; false while somebody does. */
  release(): boolean {
    const isBusy = this.#running !== undefined || this.#hasWork || this.#spreading.isWaiting;
    if (isBusy || this.#unanswered.size > 0 || !this.#candidates.isEmpty) return false;
    this.#unload();
    return this.#doc === undefined;
  }

  /** A voucher for this document has come: what waited for it is taken. */
  vouched(): void {
    this.#want(this.#candidates.links);
  }

  /** Tries again to write what the disk refused, and answers those who wait for it. */
  #retry(): void {
    const unanswered = [...this.#unanswered];
    this.#unanswered.clear();
    this.#want(unanswered);
  }

  /** Resolves when nothing is left to write or to answer. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  #run(): void {
    if (this.#running) return;
    const received = this.#inbox.splice(0);
    this.#running = this.#work(received)
      .catch((cause: unknown) => this.#giveUp(cause))
      .finally(() => {
        for (const { link, data } of received) link.handled(data);
        this.#running = undefined;
        if (this.#hasWork) this.#run();
        else this.#events.onIdle(this);
      });
  }

  /** Whether anything waits for its turn. */
  get #hasWork(): boolean {
    const waiting = this.#inbox.length + this.#edits.length + this.#looks.size + this.#wanting.size;
    return waiting > 0 || this.#sealing !== undefined;
  }

  /** Nothing a peer sends should lead here; if it does, this document begins anew from its disk, and no other is touched. */
  #giveUp(cause: unknown): void {
    this.#log.error({ err: cause, document: this.id }, 'a document could not be worked on; it is read again');
    this.#looks.fail(cause);
    this.#endSealing(false);
    this.#unload();
    for (const link of this.#events.links(this))
      link.close(CLOSE_CODES.retry, 'a document could not be worked on');
  }

  async #work(received: readonly Received[]): Promise<void> {
    const edits = this.#edits.splice(0);
    const wasLoaded = this.#doc !== undefined;
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
      this.#endSealing(false);
      this.#looks.fail(cause);
      return;
    }
    this.#before = this.#durableHeads;
    for (const message of received) this.#apply(message);
    this.#adoptVouched();
    for (const { changes } of edits) this.#doc = withEntries(this.#doc ?? A.init(), changes);
    const outcome = await this.#persist();
    if (outcome === 'saved') this.#events.onChanged(this);
    for (const { done } of edits) done(outcome === 'failed' ? 'failed' : 'saved');
    this.#show();
    await this.#answer(received, wanting, outcome);
    await this.#tidy();
    // A look at all journals must not load them for good.
    if (!wasLoaded && wanting.size + edits.length === 0) this.#unload();
  }

  #show(): void {
    if (!this.#isDurable) this.#looks.fail(new NotOnDisk());
    else this.#looks.show(this.#durableHeads.length > 0 ? this.#doc : undefined);
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
      if (await this.#events.vouchers.settle(this.id, this.#durableHeads))
        for (const link of this.#events.links(this)) if (link.isRelay) this.#spreading.later(link);
    }
    if (outcome === 'saved') {
      const others = [...this.#events.links(this)].filter((link) => !wanting.has(link));
      for (const link of this.#spreading.now(others, received)) this.#reply(link);
    }
    for (const link of wanting) this.#reply(link);
    if (this.#durableHeads.length > 0) return;
    for (const { link, requested } of received) if (requested) link.unavailable(this.id);
  }

  #want(links: Iterable<Link>): void {
    for (const link of links) this.#wanting.add(link);
    this.#run();
  }

  /** Whether the disk holds nothing but what every document starts with. */
  get #isBlank(): boolean {
    return this.#durableHeads.every((head) => head === FIRST_CHANGE_HASH);
  }

  /** Whether everything in memory is on the disk. */
  get #isDurable(): boolean {
    return this.#doc !== undefined && sameHeads(A.getHeads(this.#doc), this.#durableHeads);
  }

  /** Forgets what the disk holds anyway. */
  #unload(): void {
    if (!this.#doc || !this.#isDurable || !this.#candidates.isEmpty) return;
    // The memory of Automerge is given back when a collector gets to it, which may be too late for a relay that reads a year.
    A.free(this.#doc);
    this.#doc = undefined;
    this.#file = undefined;
    this.#replies.forget();
  }

  get #durableHeads(): A.Heads {
    return this.#file?.heads ?? [];
  }

  async #load(): Promise<void> {
    if (this.#doc) return;
    const { file, doc } = await this.#shelf.open(this.id);
    this.#file = file;
    this.#doc = doc;
    if (this.#shelf.knows(this.id, file)) return;
    // The disk lost something since the peers were told what is here.
    this.#shelf.note(this.id, file);
    this.#want(this.#events.links(this));
  }

  #apply({ link, data }: Received): void {
    if (!this.#doc || !link.isOpen) return;
    link.noteAnswer(this.id);
    const right = link.writeRight(this.address);
    const message = readSyncMessage(data);
    if (!message.ok) {
      this.#log.warn({ document: this.id, peer: link.peerId, why: message.error }, 'unreadable sync message');
      link.refuse('the sync message could not be read');
      return;
    }
    if (message.value.isBeginning) this.#replies.beginAnew(link, A.getHeads(this.#doc));
    try {
      if (right === 'free') this.#doc = this.#take(link, data, this.#doc);
      else if (right === 'none') this.#leaveOut(link, data, this.#doc, message.value.heads);
      else this.#takeUnvouched(link, data, this.#doc, message.value.hasChanges);
    } catch (cause) {
      this.#log.warn({ err: cause, document: this.id, peer: link.peerId }, 'unreadable sync message');
      link.refuse('the sync message could not be read');
    }
  }

  #take(link: Link, data: Uint8Array, into: A.Doc<unknown>): A.Doc<unknown> {
    const [doc, state] = A.receiveSyncMessage(into, link.syncState(this.id, false), data);
    link.setSyncState(this.id, state);
    return doc;
  }

  /** A peer whose heads are unknown here has changes nobody takes; told only when there is something to fetch instead. */
  #leaveOut(link: Link, data: Uint8Array, doc: A.Doc<unknown>, heads: A.Heads): void {
    const [same, state] = A.receiveSyncMessage(doc, link.syncState(this.id, true), data);
    this.#doc = same;
    link.setSyncState(this.id, state);
    if (this.#isBlank) return;
    if (heads.length === 0 || holds(same, heads)) return;
    if (link.refuseChanges(this.id, [...heads].sort().join())) this.#events.onRefusedChanges(this, link);
  }

  /** What needs head office's word goes into a copy; a message without changes needs none, and a copy costs a document. */
  #takeUnvouched(link: Link, data: Uint8Array, doc: A.Doc<unknown>, hasChanges: boolean): void {
    const copy = this.#candidates.of(link, doc);
    if (copy === undefined && !hasChanges) this.#doc = this.#take(link, data, doc);
    else this.#candidates.set(link, this.#take(link, data, copy ?? A.clone(doc)));
  }

  /** Takes over what head office has vouched for (rule E6). */
  #adoptVouched(): void {
    if (!this.#doc) return;
    const { vouchers } = this.#events;
    if (!this.#candidates.isEmpty) this.#doc = this.#candidates.adopt(this.#doc, vouchers.states(this.id));
    if (isVouchedFor(this.address.key)) vouchers.reach(this.id, A.getHeads(this.#doc));
  }

  /** Appends what is new; what the disk refuses stays unconfirmed. */
  async #persist(): Promise<'unchanged' | 'saved' | 'failed'> {
    if (!this.#doc || !this.#file) return 'failed';
    try {
      const outcome = await this.#file.save(this.#doc);
      if (outcome === 'unchanged') return outcome;
    } catch (cause) {
      this.#log.error(
        { err: cause, document: this.id },
        'the disk refused a write; nothing is confirmed until it takes it',
      );
      this.#events.onDisk('failed', cause);
      this.#events.later(REFUSED_RETRY_MS, () => this.#retry());
      return 'failed';
    }
    this.#shelf.note(this.id, this.#file);
    this.#events.onDisk('ok');
    return 'saved';
  }

  /** Shortens a long log, or archives what is sealed. What the disk refuses is still whole, and is tried again another time. */
  async #tidy(): Promise<void> {
    const sealing = this.#sealing;
    if (!this.#doc || !this.#file || !this.#isDurable) return this.#endSealing(false);
    const heads = this.#file.heads;
    const isSealed = sealing !== undefined && sameHeads(sealing.heads, heads);
    try {
      if (isSealed) await this.#file.archive(this.#doc);
      else if (!(await this.#file.shorten(this.#doc))) return this.#endSealing(false);
      this.#shelf.note(this.id, this.#file, isSealed ? sealing.seal : null);
    } catch (cause) {
      this.#shelf.note(this.id, this.#file);
      this.#log.warn({ err: cause, document: this.id }, 'could not shorten or archive a document');
      return this.#endSealing(false);
    }
    this.#endSealing(isSealed);
    if (!isSealed) return;
    for (const link of this.#events.links(this)) link.forget(this.id, heads);
    this.#unload();
  }

  #reply(link: Link): void {
    if (!this.#doc || !link.isOpen) return;
    // A stranger may bring what head office lost, and learns nothing of what is here.
    if (link.trust === 'stranger' && !this.#isBlank) return;
    if (link.isCongested) {
      link.defer(this.id, () => this.#events.offer(this.id, link));
      return;
    }
    this.#vouch(link, this.#doc);
    const doc = this.#candidates.of(link, this.#doc) ?? this.#doc;
    this.#replies.send(link, doc, this.#durableHeads, this.#before);
  }

  /**
   * Passes head office's word on before the changes it speaks of: were a link to break between the two, a peer could hold changes
   * that it can give back to nobody, not even to a head office that lost them.
   */
  #vouch(link: Link, doc: A.Doc<unknown>): void {
    const voucher = link.isRelay ? this.#events.vouchers.of(this.id) : undefined;
    if (voucher === undefined || link.isVouched(voucher)) return;
    if (holds(doc, voucher.heads)) link.vouch(voucher);
  }
}
