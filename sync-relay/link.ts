import * as A from '@automerge/automerge';
import type { DocumentId } from '#model/ids/document-id.ts';
import { CLOSE_CODES, encodeFrame, type Frame, type PeerMetadata } from '#model/protocol/frame.ts';
import type { RelayDocument } from './relay-document.ts';

/** Bytes waiting in one socket above which nothing new is generated for it; the peer catches up with one later message. */
const CONGESTED_BYTES = 4 * 1024 * 1024;

/** Bytes waiting above which a peer that does not read loses its connection: it must not cost the others their memory. */
const TOO_SLOW_BYTES = 64 * 1024 * 1024;

/** What a link needs of a socket. */
export interface LinkSocket {
  /** Sends bytes; calls `sent` when they left this process. */
  send(bytes: Uint8Array, sent: () => void): void;
  /** Closes with a code of {@link CLOSE_CODES} or 1000. */
  close(code: number, reason: string): void;
}

/** One live connection to a peer, with the sync state of every document it takes part in. A new connection is a new link. */
export class Link {
  readonly peerId: string;
  readonly metadata: PeerMetadata;
  readonly direction: 'in' | 'out';
  readonly since: string;
  readonly #ownPeerId: string;
  readonly #socket: LinkSocket;
  readonly #syncStates = new Map<DocumentId, A.SyncState>();
  readonly #deferred = new Set<RelayDocument>();
  #waitingBytes = 0;
  #open = true;

  constructor(
    ownPeerId: string,
    peer: {
      readonly id: string;
      readonly metadata: PeerMetadata;
      readonly direction: 'in' | 'out';
      readonly since: string;
    },
    socket: LinkSocket,
  ) {
    this.#ownPeerId = ownPeerId;
    this.peerId = peer.id;
    this.metadata = peer.metadata;
    this.direction = peer.direction;
    this.since = peer.since;
    this.#socket = socket;
  }

  /** Whether the connection lives. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Whether the peer is a relay, which passes on what it gets. */
  get isRelay(): boolean {
    const role = this.metadata.device?.role;
    return role === 'relay' || role === 'hq';
  }

  /** Whether the peer reads slower than we write; documents wait with {@link defer} instead of piling up. */
  get isCongested(): boolean {
    return this.#waitingBytes > CONGESTED_BYTES;
  }

  /** Whether this peer takes part in a document on this link. */
  knows(id: DocumentId): boolean {
    return this.#syncStates.has(id);
  }

  /** The sync state of a document on this link. */
  syncState(id: DocumentId): A.SyncState {
    return this.#syncStates.get(id) ?? A.initSyncState();
  }

  /** Keeps the sync state of a document. */
  setSyncState(id: DocumentId, state: A.SyncState): void {
    if (this.#open) this.#syncStates.set(id, state);
  }

  /** Sends a sync message. */
  sync(documentId: DocumentId, data: Uint8Array): void {
    this.send({ type: 'sync', senderId: this.#ownPeerId, targetId: this.peerId, documentId, data });
  }

  /** Tells the peer that nobody here has the document it asked for. */
  unavailable(documentId: string): void {
    this.send({ type: 'doc-unavailable', senderId: this.#ownPeerId, targetId: this.peerId, documentId });
  }

  /** Sends any frame; a peer that does not read at all is cut off. */
  send(frame: Frame): void {
    if (!this.#open) return;
    const bytes = encodeFrame(frame);
    this.#waitingBytes += bytes.byteLength;
    if (this.#waitingBytes > TOO_SLOW_BYTES) {
      this.close(CLOSE_CODES.tooSlow, 'this peer reads too slowly');
      return;
    }
    this.#socket.send(bytes, () => {
      this.#waitingBytes -= bytes.byteLength;
      if (!this.isCongested) this.#offerDeferred();
    });
  }

  /** Comes back to a document when the peer has read what it was sent. */
  defer(document: RelayDocument): void {
    this.#deferred.add(document);
  }

  #offerDeferred(): void {
    const documents = [...this.#deferred];
    this.#deferred.clear();
    for (const document of documents) document.offer(this);
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
    this.#deferred.clear();
  }
}
