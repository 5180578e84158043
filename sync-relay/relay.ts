import type { Logger } from 'pino';
import type { Heads } from '@automerge/automerge';
import {
  addressOfBytes,
  documentId,
  parseDocumentId,
  describeDocument,
  type DocumentAddress,
  type DocumentId,
  type DocumentKey,
} from '#model/ids/document-id.ts';
import { CLOSE_CODES, type FrameOf } from '#model/protocol/frame.ts';
import { assert } from '#model/result.ts';
import { isVouchedFor, type Voucher } from '#model/trust/voucher.ts';
import { isOffered, isReadable } from './access.ts';
import { Connection, type OwnPeer } from './connection.ts';
import type { LogFolder } from './document-log.ts';
import type { Door, Turned } from './door.ts';
import { dropDuplicates } from './duplicate-links.ts';
import { Holdings } from './holdings.ts';
import { JournalEnds, type RegisterPlace } from './journal-ends.ts';
import { LatestSessions } from './latest-sessions.ts';
import type { Link, LinkSocket } from './link.ts';
import { RefusedChanges } from './refused-changes.ts';
import { RelayDocument } from './relay-document.ts';
import { peerStatus, type RelayStatus } from './relay-status.ts';
import { documentBytes } from './heads-index.ts';
import { LiveDocuments } from './live-documents.ts';
import type { KeptSeal, Seal } from './seal.ts';
import { Shelf } from './shelf.ts';
import { Summaries } from './summaries.ts';
import type { TrustedDevices } from './trusted-devices.ts';
import type { Vouchers } from './vouchers.ts';

/** What a relay is made of; everything that touches the world is passed in. */
export type RelayParts = {
  readonly own: OwnPeer;
  readonly folder: LogFolder;
  /** Who may come in; without it anybody may, and is who they say they are. */
  readonly door?: { readonly guard: Door; readonly trusted: TrustedDevices } | undefined;
  readonly vouchers: Vouchers;
  readonly log: Logger;
  readonly now: () => string;
  /** Calls back later; gives the function that calls it off. */
  readonly later: (milliseconds: number, callback: () => void) => () => void;
};

/** How often the relay looks whether a connected device has expired, in milliseconds. */
const EXPIRY_CHECK_MS = 10_000;

/**
 * A peer that keeps every document it sees on disk and passes it on. The same program on a till, in the back office and
 * at HQ; it has no opinion on what documents mean.
 */
export class Relay {
  readonly #parts: RelayParts;
  readonly #shelf: Shelf;
  readonly #live: LiveDocuments;
  readonly #summaries: Summaries;
  readonly #holdings: Holdings;
  readonly #ends: JournalEnds;
  readonly #latestSessions = new LatestSessions();
  readonly #refused = new RefusedChanges();
  readonly #watchers = new Set<(document: RelayDocument) => void>();
  readonly #links = new Set<Link>();
  readonly #delayed = new Set<() => void>();
  #seals: Iterable<readonly [DocumentAddress, KeptSeal]> = [];
  #disk: 'ok' | 'failed' = 'ok';
  #stopped = false;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    const later = (milliseconds: number, callback: () => void) => this.#later(milliseconds, callback);
    this.#shelf = new Shelf(parts.folder, parts.log, later);
    this.#live = new LiveDocuments({ make: (id, address) => this.#make(id, address), later });
    this.#summaries = new Summaries({
      index: this.#shelf.index,
      isShared: (link, address) =>
        this.#isReadable(link, address) && isReadable(parts.own.metadata.device, address),
      isVouched: (id, digest) => parts.vouchers.isAllVouched(id, digest),
      speak: (link, documents) => void this.#live.offer(link, documents, true),
      later,
      isHeadOffice: parts.own.metadata.device.role === 'hq',
    });
    this.#holdings = new Holdings({
      index: this.#shelf.index,
      isReadable: (link, address) => this.#isReadable(link, address),
      offered: (link) => this.#addresses(link),
      speak: (link, documents) => void this.#live.offer(link, documents, false),
    });
    this.#ends = new JournalEnds({
      links: this.#links,
      organization: parts.own.metadata.device.organization,
      latest: (address) => this.#latestSessions.latest(address),
      isReadable: (link, address) => this.#isReadable(link, address),
      speak: (link, documents) => void this.#live.offer(link, documents, false),
    });
  }

  /** Asks the relays linked now what they have of the end of a register's journal; {@link Relay.status} says of which all is here. */
  askForEnd(place: RegisterPlace): void {
    this.#ends.ask(place);
  }

  /** Reads which documents there are, each to be loaded when first needed. */
  async start(): Promise<void> {
    this.#seals = await this.#shelf.start();
    await this.#parts.vouchers.load(this.#noteAll());
    await this.#readDevices();
    if (this.#parts.door) this.#later(EXPIRY_CHECK_MS, () => this.#checkExpiry());
  }

  /** Notes the latest sessions, which are the last of their blocks; gives the documents that head office vouches for. */
  #noteAll(): DocumentId[] {
    const vouched: DocumentId[] = [];
    for (const indexed of this.#shelf.index.blocks()) {
      const { block, last } = indexed;
      const newest = addressOfBytes(documentBytes(block, last));
      if (newest === undefined) continue;
      this.#latestSessions.note(newest);
      if (!isVouchedFor(newest.key)) continue;
      for (const { place } of indexed.documents) {
        const address = addressOfBytes(documentBytes(block, place));
        if (address) vouched.push(documentId(address));
      }
    }
    return vouched;
  }

  /** What is known of the archived sessions; forgotten once it was asked for. */
  takeSeals(): Iterable<readonly [DocumentAddress, KeptSeal]> {
    const seals = this.#seals;
    this.#seals = [];
    return seals;
  }

  /** Ends all links and waits until every change handed in is on disk. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#delayed) cancel();
    for (const link of this.#links) link.close(CLOSE_CODES.goingAway, 'the relay is stopping');
    await Promise.all([...this.#live.all].map((document) => document.settled()));
    await this.#shelf.settled();
  }

  /** Takes a new socket, dialled by us (`out`) or by the peer (`in`). `onRefused` hears why a connection was refused. */
  connect(direction: 'in' | 'out', socket: LinkSocket): Connection {
    const events = {
      onLink: (link: Link) => this.#join(link),
      onSync: (link: Link, frame: FrameOf<'sync' | 'request'>) => this.#receive(link, frame),
      onSummary: (link: Link, frame: FrameOf<'tillmesh-summary'>) => this.#summaries.take(link, frame),
      onOutline: (link: Link, frame: FrameOf<'tillmesh-outline'>) => this.#summaries.takeOutline(link, frame),
      onRanges: (link: Link, frame: FrameOf<'tillmesh-ranges'>) => this.#summaries.takeRanges(link, frame),
      onDifferences: (link: Link, frame: FrameOf<'tillmesh-differences'>) =>
        this.#summaries.takeDifferences(link, frame),
      onHoldings: (link: Link, frame: FrameOf<'tillmesh-holdings'>) => this.#holdings.take(link, frame),
      onAskLatest: (link: Link, frame: FrameOf<'tillmesh-ask-latest'>) => this.#ends.answer(link, frame),
      onLatest: (link: Link, frame: FrameOf<'tillmesh-latest'>) => this.#ends.take(link, frame),
      onVoucher: (link: Link, { voucher }: FrameOf<'tillmesh-voucher'>) => this.#takeVoucher(link, voucher),
      onRefused: ({ code, reason }: Turned, peer: string | undefined) =>
        this.#parts.log.warn({ code, reason, direction, peer }, 'connection refused'),
    };
    const { own, door, now } = this.#parts;
    return new Connection({ own, direction, socket, events, door: door?.guard, now });
  }

  /** A document of this relay's organization; made when it is not there yet. */
  document(key: DocumentKey): RelayDocument {
    const { organization } = this.#parts.own.metadata.device;
    assert(organization !== undefined, () => 'a relay without organization has no documents of its own');
    const address = { organization, key };
    return this.#live.get(documentId(address), address);
  }

  /** A document that is held; undefined when it is not. It may be let go once nothing happens with it. */
  held(id: DocumentId): RelayDocument | undefined {
    const address = parseDocumentId(id);
    const isHeld = address.ok && (this.#live.find(id) !== undefined || this.#shelf.index.has(id));
    return isHeld ? this.#live.get(id, address.value) : undefined;
  }

  /** Every document held, those of other organizations too, each loaded when it is looked at. */
  get documents(): Iterable<RelayDocument> {
    return [...this.#addresses()].map((address) => this.#live.get(documentId(address), address));
  }

  /** What every document held of these classes is, those of other organizations too. */
  addressesOf(...classes: readonly DocumentKey['class'][]): Iterable<DocumentAddress> {
    return this.#addresses(undefined, classes);
  }

  /** The baskets that lie in logs alone. */
  *looseBaskets(): Iterable<DocumentAddress> {
    for (const bytes of this.#shelf.index.loose()) {
      const address = addressOfBytes(bytes);
      if (address?.key.class === 'basket') yield address;
    }
  }

  /** Archives a document that still has these heads, and lets it go (rules D12 and D14); whether it did. */
  async archive(id: DocumentId, heads: Heads, seal: Seal | null): Promise<boolean> {
    return (!this.#stopped && (await this.held(id)?.archive(heads, seal))) || false;
  }

  /** Hears of every document whose changes have reached the disk; gives back the function that stops it. */
  watch(watcher: (document: RelayDocument) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Takes note of an error of a socket; the close that follows ends its link. */
  noteSocketError(direction: 'in' | 'out', cause: Error): void {
    this.#parts.log.debug({ err: cause, direction }, 'socket error');
  }

  /** Forgets a link whose socket is gone. */
  leave(link: Link): void {
    this.#links.delete(link);
    this.#summaries.left(link);
  }

  /** Whether a relay of this device is connected, whoever dialled. */
  isLinkedTo(device: string): boolean {
    return [...this.#links].some((link) => link.isOpen && link.metadata.device?.id === device);
  }

  /** Whether relays that came back wait to be answered (rule W14). */
  get isAwaited(): boolean {
    return this.#summaries.isAwaited;
  }

  /** Relay and peers as they are now; with `asked` how far each peer was heard about that register. */
  status(asked?: RegisterPlace): RelayStatus {
    const { id, role, store, register, organization } = this.#parts.own.metadata.device;
    return {
      device: id,
      role,
      ...(store === undefined ? {} : { store }),
      ...(register === undefined ? {} : { register }),
      ...(organization === undefined ? {} : { organization }),
      open: this.#parts.door === undefined,
      documents: this.#shelf.index.count,
      inMemory: this.#live.count,
      disk: this.#disk,
      refused: this.#refused.list,
      sessions: this.#latestSessions.byRegister(organization),
      peers: [...this.#links]
        .filter((link) => link.isOpen)
        .map((link) => peerStatus(link, asked && this.#ends.isHeard(link, asked))),
    };
  }

  #make(id: DocumentId, address: DocumentAddress): RelayDocument {
    const events = {
      links: (document: RelayDocument) => this.#linksOf(document),
      onChanged: (document: RelayDocument) => this.#changed(document),
      onRefusedChanges: (document: RelayDocument, link: Link) => this.#noteRefused(document, link),
      vouchers: this.#parts.vouchers,
      later: (milliseconds: number, callback: () => void) => this.#later(milliseconds, callback),
      onIdle: (document: RelayDocument) => this.#live.idle(document),
      offer: (offered: DocumentId, link: Link) => this.#live.get(offered, address).offer(link),
      onDisk: (state: 'ok' | 'failed') => {
        this.#disk = state;
      },
    };
    this.#latestSessions.note(address);
    return new RelayDocument(id, address, this.#shelf, events, this.#parts.log);
  }

  /** Addresses of all documents on the disk; with a link, of those it is offered. */
  *#addresses(link?: Link, classes?: readonly DocumentKey['class'][]): Iterable<DocumentAddress> {
    for (const indexed of this.#shelf.index.blocks()) {
      const { block } = indexed;
      const newest = addressOfBytes(documentBytes(block, indexed.last));
      if (newest === undefined || classes?.includes(newest.key.class) === false) continue;
      // A block has one class and one place: where its newest document is not offered, none is.
      if (link && !this.#isOffered(link, newest)) continue;
      for (const { place } of indexed.documents) {
        const address = addressOfBytes(documentBytes(block, place));
        if (address && (!link || this.#isOffered(link, address))) yield address;
      }
    }
  }

  #isReadable(link: Link, address: DocumentAddress): boolean {
    if (link.trust === 'stranger' && address.key.class !== 'organization') return false;
    return isReadable(link.metadata.device, address);
  }

  #isOffered(link: Link, address: DocumentAddress): boolean {
    if (!this.#isReadable(link, address)) return false;
    return isOffered(link.metadata.device, address, this.#latestSessions.latest(address));
  }

  *#linksOf(document: RelayDocument): Iterable<Link> {
    for (const link of this.#links) {
      const isTold = link.follows(document.id) || this.#isOffered(link, document.address);
      if (link.isOpen && isTold && !this.#summaries.tellsLater(link, document)) yield link;
    }
  }

  #changed(document: RelayDocument): void {
    const { door, own } = this.#parts;
    const { organization, key } = document.address;
    if (key.class === 'organization' && organization === own.metadata.device.organization) {
      door?.trusted.update(document.currentEntries);
      this.#rejudge();
    }
    for (const watcher of this.#watchers) watcher(document);
  }

  async #readDevices(): Promise<void> {
    const { door, own } = this.#parts;
    if (door === undefined || own.metadata.device.organization === undefined) return;
    door.trusted.update(await this.document({ class: 'organization' }).entries());
  }

  /** Whoever may not take part any more leaves at once. */
  #rejudge(): void {
    for (const link of this.#links) {
      const turned = this.#parts.door?.guard.rejudge({ device: link.metadata.device, trust: link.trust });
      if (turned === undefined || !link.isOpen) continue;
      this.#parts.log.warn({ peer: link.peerId, ...turned }, 'a device was sent away');
      link.close(turned.code, turned.reason);
      this.#links.delete(link);
    }
  }

  #checkExpiry(): void {
    this.#rejudge();
    this.#later(EXPIRY_CHECK_MS, () => this.#checkExpiry());
  }

  #noteRefused(document: RelayDocument, link: Link): void {
    const refusal = {
      device: link.metadata.device?.id ?? link.peerId,
      document: describeDocument(document.address.key),
      at: this.#parts.now(),
    };
    this.#refused.add(refusal);
    this.#parts.log.warn(refusal, 'changes were left out: this device may not write this document');
  }

  #takeVoucher(link: Link, voucher: Voucher): void {
    const address = parseDocumentId(voucher.document);
    if (!address.ok || !isVouchedFor(address.value.key) || !this.#isReadable(link, address.value)) return;
    if (!this.#parts.vouchers.take(voucher, link.metadata.device?.id ?? link.peerId)) {
      this.#parts.log.warn(
        { peer: link.peerId, document: voucher.document },
        'a voucher is not head office’s word',
      );
      return;
    }
    link.noteVouched(voucher);
    // It may come before the first change of its document, and is not sent again.
    this.#live.get(voucher.document as DocumentId, address.value).vouched();
  }

  #later(milliseconds: number, callback: () => void): void {
    const cancel = this.#parts.later(milliseconds, () => {
      this.#delayed.delete(cancel);
      callback();
    });
    this.#delayed.add(cancel);
  }

  #join(link: Link): void {
    this.#links.add(link);
    dropDuplicates(link, this.#links, this.#parts.own.metadata.device.id);
    if (!link.isOpen) return;
    this.#parts.log.info(
      { peer: link.peerId, device: link.metadata.device, direction: link.direction },
      'peer joined',
    );
    if (link.summarizes) {
      if (link.direction === 'out') this.#summaries.begin(link);
    } else if (!link.tellsHoldings) void this.#live.offer(link, this.#offered(link), false);
  }

  *#offered(link: Link): Iterable<readonly [DocumentId, DocumentAddress]> {
    for (const address of this.#addresses(link)) yield [documentId(address), address];
    // What came since this began was offered as it came; what is not on the disk yet waits for it.
  }

  #receive(link: Link, frame: FrameOf<'sync' | 'request'>): void {
    const address = parseDocumentId(frame.documentId);
    if (!address.ok || !this.#isReadable(link, address.value)) {
      this.#parts.log.warn(
        { peer: link.peerId, document: frame.documentId },
        'refused a document that is not ours or not theirs',
      );
      link.unavailable(frame.documentId);
      return;
    }
    const id = frame.documentId as DocumentId;
    this.#summaries.heard(link, id);
    this.#live.get(id, address.value).receive(link, frame.data, frame.type === 'request');
  }
}
