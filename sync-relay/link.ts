import * as A from '@automerge/automerge';
import type { DocumentAddress, DocumentId } from '#model/ids/document-id.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import {
  CLOSE_CODES,
  LATEST_VERSION,
  encodeFrame,
  type Frame,
  type PeerMetadata,
} from '#model/protocol/frame.ts';
import { HOLDINGS_VERSION } from '#model/protocol/holdings.ts';
import { OUTLINE_VERSION, SUMMARY_VERSION } from '#model/protocol/summary.ts';
import { writeRight } from '#model/trust/rights.ts';
import type { Voucher } from '#model/trust/voucher.ts';
import type { Trust } from './door.ts';
import { sameHeads } from './entries-document.ts';
import { headsDigest } from './heads-index.ts';

/** Bytes waiting in one socket above which nothing new is generated for it; the peer catches up with one later message. */
const CONGESTED_BYTES = 4 * 1024 * 1024;

/** Bytes waiting above which a peer that does not read loses its connection: it must not cost the others their memory. */
const TOO_SLOW_BYTES = 64 * 1024 * 1024;

/** Bytes of a peer waiting to be worked on above which nothing more is taken from it: who floods waits, and costs no memory. */
const HELD_BYTES = 8 * 1024 * 1024;

/** Words of head office a link remembers for each document; the rest would be said again. More than a relay keeps of one. */
const MOST_WORDS = 128;

/** What a message costs besides its bytes while it waits. */
const MESSAGE_BYTES = 256;

/** What a link needs of a socket. */
export interface LinkSocket {
  /** Sends bytes; calls `sent` when they left this process. `compress` says whether that may make them fewer. */
  send(bytes: Uint8Array, sent: () => void, compress?: boolean): void;
  /** Closes with a code of {@link CLOSE_CODES} or 1000. */
  close(code: number, reason: string): void;
  /** Takes nothing more from the peer, or goes on taking. */
  hold?(held: boolean): void;
}

/** One live connection to a peer, with the sync state of every document it takes part in. A new connection is a new link. */
export class Link {
  readonly peerId: string;
  readonly metadata: PeerMetadata;
  readonly direction: 'in' | 'out';
  readonly since: string;
  /** Whether the peer speaks with this relay's own key: a tool of this machine, not another relay. */
  readonly isTool: boolean;
  /** How far the peer is trusted. */
  readonly trust: Trust;
  readonly #ownPeerId: string;
  readonly #socket: LinkSocket;
  readonly #syncStates = new Map<DocumentId, A.SyncState>();
  readonly #deferred = new Map<DocumentId, () => void>();
  /** What the peer said it holds when it linked: the digests of documents nothing was said of since. */
  readonly #heldThere = new Map<DocumentId, string>();
  /** Documents of which the peer was sent changes and has said nothing since. */
  readonly #owed = new Set<DocumentId>();
  /** Documents whose agreement somebody waits for. */
  readonly #awaited = new Map<DocumentId, (() => void)[]>();
  /** What was said last about a document, so that it is said once: refused heads, told heads. */
  readonly #told = new Map<string, string>();
  /** The signatures of head office's words for a document that the peer was told or said, the latest ones. */
  readonly #vouched = new Map<string, readonly string[]>();
  #waitingBytes = 0;
  #unhandledBytes = 0;
  #held = false;
  #open = true;

  constructor(
    ownPeerId: string,
    peer: {
      readonly id: string;
      readonly metadata: PeerMetadata;
      readonly trust: Trust;
      readonly direction: 'in' | 'out';
      readonly since: string;
      readonly isTool: boolean;
    },
    socket: LinkSocket,
  ) {
    this.#ownPeerId = ownPeerId;
    this.peerId = peer.id;
    this.metadata = peer.metadata;
    this.direction = peer.direction;
    this.since = peer.since;
    this.isTool = peer.isTool;
    this.trust = peer.trust;
    this.#socket = socket;
  }

  /** Whether the connection lives. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Whether the peer is a relay, which passes on what it gets. */
  get isRelay(): boolean {
    const role = this.metadata.device?.role;
    return !this.isTool && (role === 'relay' || role === 'hq');
  }

  /**
   * Whether both sides tell each other a summary instead of offering every document (rule W5). Who was dialled decides: head
   * office that knows nobody tells strangers nothing.
   */
  get summarizes(): boolean {
    const isToldOf = this.direction === 'out' || this.trust !== 'stranger';
    return this.isRelay && isToldOf && this.metadata.summary === SUMMARY_VERSION;
  }

  /** Whether a long summary may have an outline before it (rule W11). */
  get outlines(): boolean {
    return this.summarizes && this.metadata.outline === OUTLINE_VERSION;
  }

  /** Whether the peer is a relay that answers how far it holds a register's journal (rule W12). */
  get answersLatest(): boolean {
    return this.isRelay && this.trust !== 'stranger' && this.metadata.latest === LATEST_VERSION;
  }

  /** Asks how far the peer holds a register's journal (rule W12). */
  askLatest(store: StoreId, register: RegisterId): void {
    const peers = { senderId: this.#ownPeerId, targetId: this.peerId };
    this.send({ type: 'tillmesh-ask-latest', ...peers, store, register });
  }

  /** Tells the peer the latest session of a register that is here, 0 without any (rule W12). */
  tellLatest(store: StoreId, register: RegisterId, session: number): void {
    const peers = { senderId: this.#ownPeerId, targetId: this.peerId };
    this.send({ type: 'tillmesh-latest', ...peers, store, register, session });
  }

  /** Whether the peer tells what it holds instead of being offered every document (rule W9). Strangers are asked for all. */
  get tellsHoldings(): boolean {
    const isTerminal = this.direction === 'in' && !this.isRelay && this.metadata.device !== undefined;
    return isTerminal && this.trust !== 'stranger' && this.metadata.holdings === HOLDINGS_VERSION;
  }

  /** What this relay does with the peer's changes to a document (rules E4, E6); at an open relay it takes all. */
  writeRight(address: DocumentAddress): 'free' | 'vouched' | 'none' {
    const { device } = this.metadata;
    return device === undefined || this.trust === 'open' ? 'free' : writeRight(device, address);
  }

  /** Whether the peer reads slower than we write; documents wait with {@link defer} instead of piling up. */
  get isCongested(): boolean {
    return this.#waitingBytes > CONGESTED_BYTES;
  }

  /** Whether messages of the peer wait to be worked on. */
  get isBehind(): boolean {
    return this.#unhandledBytes > 0;
  }

  /** Whether this document was spoken of on this link. */
  knows(id: DocumentId): boolean {
    return this.#syncStates.has(id);
  }

  /** Whether this peer takes part in a document on this link. */
  follows(id: DocumentId): boolean {
    return this.knows(id) || this.#heldThere.has(id);
  }

  /** Takes note of the state in which the peer holds a document: it hears when that is another one here. */
  noteHeld(id: DocumentId, digest: Uint8Array): void {
    if (this.#open) this.#heldThere.set(id, Buffer.from(digest).toString('latin1'));
  }

  /** Which of these states of a document has the digest the peer told of its own, as long as nothing was said of it since. */
  held(id: DocumentId, states: readonly A.Heads[]): A.Heads | undefined {
    const digest = this.knows(id) ? undefined : this.#heldThere.get(id);
    if (digest === undefined) return undefined;
    return states.find((heads) => Buffer.from(headsDigest(heads)).toString('latin1') === digest);
  }

  /** Whether the peer was sent changes of a document and has said nothing of it since. */
  owesAnswer(id: DocumentId): boolean {
    return this.#owed.has(id);
  }

  /** Takes note that the peer was sent changes of a document. */
  noteOwed(id: DocumentId): void {
    if (this.#open) this.#owed.add(id);
  }

  /** Takes note that the peer said something of a document. */
  noteAnswer(id: DocumentId): void {
    this.#owed.delete(id);
  }

  /** The sync state of a document on this link; `readOnly` for one the peer may not write (rule E7). */
  syncState(id: DocumentId, readOnly: boolean): A.SyncState {
    return this.#syncStates.get(id) ?? A.initSyncState({ readOnly });
  }

  /** Keeps the sync state of a document. */
  setSyncState(id: DocumentId, state: A.SyncState): void {
    if (this.#open) this.#syncStates.set(id, state);
  }

  /** Forgets what both said of a document. */
  forgetState(id: DocumentId): void {
    this.#syncStates.delete(id);
  }

  /** Whether a peer that waits for a confirmation has not heard of this state of a document. Relays wait for none. */
  isUntold(id: DocumentId, heads: A.Heads): boolean {
    return !this.isRelay && this.#told.get(`heads ${id}`) !== heads.join();
  }

  /** Takes note of the state of a document the peer was told last. */
  noteTold(id: DocumentId, heads: A.Heads): void {
    if (!this.isRelay) this.#told.set(`heads ${id}`, heads.join());
  }

  /** Sends a sync message; one that is `compressed` already is not once more. */
  sync(documentId: DocumentId, data: Uint8Array, compressed = false): void {
    this.send(
      { type: 'sync', senderId: this.#ownPeerId, targetId: this.peerId, documentId, data },
      !compressed,
    );
  }

  /** Tells the peer, once for each state of its copy, that its changes to a document were left out (rule E7). */
  refuseChanges(documentId: string, heads: string): boolean {
    if (this.#told.get(`refused ${documentId}`) === heads) return false;
    this.#told.set(`refused ${documentId}`, heads);
    this.send({ type: 'tillmesh-refused', senderId: this.#ownPeerId, targetId: this.peerId, documentId });
    return true;
  }

  /** Whether the peer was told this word of head office for a document, or said it. */
  isVouched({ document, signature }: Voucher): boolean {
    return this.#vouched.get(document)?.includes(signature) === true;
  }

  /** Takes note that the peer has head office's word for a document. */
  noteVouched({ document, signature }: Voucher): void {
    const known = this.#vouched.get(document) ?? [];
    if (this.#open && !known.includes(signature))
      this.#vouched.set(document, [...known, signature].slice(-MOST_WORDS));
  }

  /** Passes head office's word for a document on, once for each state (rule E6). */
  vouch(voucher: Voucher): void {
    if (this.isVouched(voucher)) return;
    this.noteVouched(voucher);
    this.send({ type: 'tillmesh-voucher', senderId: this.#ownPeerId, targetId: this.peerId, voucher });
  }

  /** Tells the peer what is here (rule W5). */
  summarize(blocks: Uint8Array): void {
    this.send({ type: 'tillmesh-summary', senderId: this.#ownPeerId, targetId: this.peerId, blocks });
  }

  /** Tells the peer what is here, in short (rule W11). */
  outline(blocks: Uint8Array): void {
    this.send({ type: 'tillmesh-outline', senderId: this.#ownPeerId, targetId: this.peerId, blocks });
  }

  /** Tells the peer where its outline differs from what is here (rule W11). */
  tellRanges(ranges: Uint8Array): void {
    this.send({ type: 'tillmesh-ranges', senderId: this.#ownPeerId, targetId: this.peerId, ranges });
  }

  /** Tells the peer what is here of what differs (rule W5). */
  tellDifferences(blocks: Uint8Array): void {
    this.send({ type: 'tillmesh-differences', senderId: this.#ownPeerId, targetId: this.peerId, blocks });
  }

  /** Tells the peer which of the documents it holds are not the same here (rule W9). */
  tellUnlike(places: Uint8Array): void {
    this.send({ type: 'tillmesh-unlike', senderId: this.#ownPeerId, targetId: this.peerId, places });
  }

  /** Tells the peer that nobody here has the document it asked for. */
  unavailable(documentId: string): void {
    this.send({ type: 'doc-unavailable', senderId: this.#ownPeerId, targetId: this.peerId, documentId });
  }

  /** Sends any frame; a peer that does not read at all is cut off. */
  send(frame: Frame, compress = true): void {
    if (!this.#open) return;
    const bytes = encodeFrame(frame);
    this.#waitingBytes += bytes.byteLength;
    if (this.#waitingBytes > TOO_SLOW_BYTES) {
      this.close(CLOSE_CODES.tooSlow, 'this peer reads too slowly');
      return;
    }
    const sent = () => {
      this.#waitingBytes -= bytes.byteLength;
      if (!this.isCongested) this.#offerDeferred();
    };
    this.#socket.send(bytes, sent, compress);
  }

  /** Takes note of a message of the peer that waits for its turn. */
  received(data: Uint8Array): void {
    this.#unhandledBytes += data.byteLength + MESSAGE_BYTES;
    this.#hold(this.#unhandledBytes > HELD_BYTES);
  }

  /** Takes note that a message had its turn. */
  handled(data: Uint8Array): void {
    this.#unhandledBytes -= data.byteLength + MESSAGE_BYTES;
    this.#hold(this.#held && this.#unhandledBytes > HELD_BYTES / 2);
  }

  #hold(held: boolean): void {
    if (held === this.#held || !this.#open) return;
    this.#held = held;
    this.#socket.hold?.(held);
  }

  /** Comes back to a document when the peer has read what it was sent. */
  defer(id: DocumentId, offer: () => void): void {
    this.#deferred.set(id, offer);
  }

  #offerDeferred(): void {
    const offers = [...this.#deferred.values()];
    this.#deferred.clear();
    for (const offer of offers) offer();
  }

  /** Calls back once when the peer is known to have the same of a document, or when the link is gone. */
  onceAgreed(id: DocumentId, agreed: () => void): void {
    if (this.#open) this.#awaited.set(id, [...(this.#awaited.get(id) ?? []), agreed]);
    else agreed();
  }

  /** Takes note of the state of a document that is here: the peer may have the same. */
  noteAgreed(id: DocumentId, heads: A.Heads): void {
    const awaited = this.#awaited.get(id);
    if (awaited === undefined || !this.#agrees(id, heads)) return;
    this.#awaited.delete(id);
    for (const agreed of awaited) agreed();
  }

  /** Forgets a document both sides have alike: a link that lives for a year would keep all of them. */
  forget(id: DocumentId, heads: A.Heads): void {
    if (!this.isRelay || !this.#agrees(id, heads)) return;
    this.forgetState(id);
    this.#vouched.delete(id);
    this.#told.delete(`refused ${id}`);
  }

  #agrees(id: DocumentId, heads: A.Heads): boolean {
    const theirs = this.#syncStates.get(id)?.theirHeads;
    return theirs != null && sameHeads(theirs, heads);
  }

  /** Closes because of what the peer sent; it may come back with a clean link. */
  refuse(reason: string): void {
    this.close(CLOSE_CODES.badFrame, reason);
  }

  /** Closes the connection; nothing is sent or kept afterwards. */
  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.closed();
    this.#socket.close(code, reason);
  }

  /** Takes note that the connection is gone. */
  closed(): void {
    this.#open = false;
    this.#syncStates.clear();
    this.#heldThere.clear();
    this.#owed.clear();
    this.#deferred.clear();
    this.#told.clear();
    this.#vouched.clear();
    const awaited = [...this.#awaited.values()].flat();
    this.#awaited.clear();
    for (const agreed of awaited) agreed();
  }
}
