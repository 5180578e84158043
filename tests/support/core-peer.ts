import { once } from 'node:events';
import * as A from '@automerge/automerge';
import { WebSocket } from 'ws';
import type { DocumentId } from '#model/ids/document-id.ts';
import {
  decodeFrame,
  encodeFrame,
  type Frame,
  type FrameOf,
  type PeerMetadata,
} from '#model/protocol/frame.ts';
import { challengeText } from '#model/trust/challenge.ts';
import type { Voucher } from '#model/trust/voucher.ts';
import { firstChange, type EntriesDocument } from './stock-peer.ts';
import type { TestKey } from './test-key.ts';

/**
 * A terminal on Automerge core, without the throttles of a Repo: what a benchmark needs to load a relay honestly. Knows
 * when the relay has confirmed.
 */
export class CorePeer {
  readonly name: string;
  readonly #socket: WebSocket;
  readonly #docs = new Map<DocumentId, { doc: A.Doc<EntriesDocument>; state: A.SyncState }>();
  readonly #waiting = new Set<() => void>();
  readonly #key: TestKey | undefined;
  readonly #forge: (frame: Frame) => Frame;
  #greeted: () => void = () => undefined;
  /** How the relay ended the connection; undefined while it lives. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  /** Documents of which the relay said that it left changes out. */
  readonly refused: string[] = [];
  /** Vouchers that were passed on to this peer. */
  readonly vouchers: Voucher[] = [];
  /** Vouchers that named a state which was not here yet. */
  readonly vouchedAhead: Voucher[] = [];

  private constructor(
    name: string,
    socket: WebSocket,
    key: TestKey | undefined,
    forge: (frame: Frame) => Frame,
  ) {
    this.name = name;
    this.#socket = socket;
    this.#key = key;
    this.#forge = forge;
    socket.on('message', (data: Buffer) => this.#receive(data));
  }

  /**
   * Connects and waits for the handshake. With a key it proves the device when asked; rejects with {@link TurnedAway} when the
   * relay closes instead. `forge` may change what is sent before it goes.
   */
  static async connect(
    url: string,
    name: string,
    device?: PeerMetadata['device'],
    key?: TestKey,
    forge: (frame: Frame) => Frame = (frame) => frame,
  ): Promise<CorePeer> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    // Listens before it speaks: the first offers may come in one piece with the answer.
    const peer = new CorePeer(name, socket, key, forge);
    const greeted = new Promise<void>((resolve, reject) => {
      peer.#greeted = resolve;
      socket.on('close', (code, reason) => {
        peer.closed = { code, reason: String(reason) };
        reject(new TurnedAway(code, String(reason)));
        peer.#wake();
      });
    });
    const peerMetadata = device === undefined ? {} : { device };
    peer.sendFrame({ type: 'join', senderId: name, peerMetadata, supportedProtocolVersions: ['1'] });
    await greeted;
    return peer;
  }

  /** Sends a frame as it is. */
  sendFrame(frame: Frame): void {
    this.#socket.send(encodeFrame(this.#forge(frame)));
  }

  /** Writes one entry and sends it. */
  write(id: DocumentId, key: string, text: string): void {
    const entry = this.#entry(id);
    entry.doc = A.change(entry.doc, { time: 0 }, (draft) => {
      draft.entries[key] = new A.ImmutableString(text);
    });
    this.#push(id);
  }

  /** Takes one entry out and sends that. */
  remove(id: DocumentId, key: string): void {
    const entry = this.#entry(id);
    entry.doc = A.change(entry.doc, { time: 0 }, (draft) => {
      delete draft.entries[key];
    });
    this.#push(id);
  }

  /** How many changes a document is made of. */
  changes(id: DocumentId): number {
    return A.getAllChanges(this.#entry(id).doc).length;
  }

  /** Whether the relay has said that it holds everything this peer has of a document. */
  isConfirmed(id: DocumentId): boolean {
    const { doc, state } = this.#entry(id);
    const theirs = state.theirHeads ?? [];
    return A.getHeads(doc).every((head) => theirs.includes(head));
  }

  /** The entries of a document as they are here. */
  entries(id: DocumentId): Record<string, string> {
    const { entries } = this.#entry(id).doc;
    return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, String(value)]));
  }

  /** The document itself, for a test that forges messages. */
  doc(id: DocumentId): A.Doc<EntriesDocument> {
    return this.#entry(id).doc;
  }

  /** Sends bytes as a sync message about a document. */
  sendSync(documentId: DocumentId, data: Uint8Array): void {
    this.sendFrame({ type: 'sync', senderId: this.name, targetId: 'relay', documentId, data });
  }

  /** How many entries a document has here. */
  size(id: DocumentId): number {
    return Object.keys(this.#entry(id).doc.entries).length;
  }

  /** Waits until something about this peer's documents holds. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.#socket.close();
    await once(this.#socket, 'close');
  }

  #entry(id: DocumentId) {
    let entry = this.#docs.get(id);
    if (!entry) {
      entry = { doc: A.load<EntriesDocument>(firstChange()), state: A.initSyncState() };
      this.#docs.set(id, entry);
    }
    return entry;
  }

  #push(id: DocumentId): void {
    const entry = this.#entry(id);
    const [state, message] = A.generateSyncMessage(entry.doc, entry.state);
    entry.state = state;
    if (!message) return;
    this.sendSync(id, message);
  }

  #receive(data: Buffer): void {
    const frame = decodeFrame(data);
    if (!frame.ok) throw new Error(`the relay sent a bad frame: ${frame.error.detail}`);
    this.#take(frame.value);
    this.#wake();
  }

  #take(frame: Frame): void {
    if (frame.type === 'peer') this.#greeted();
    else if (frame.type === 'tillmesh-challenge') this.#prove(frame);
    else if (frame.type === 'tillmesh-refused') this.refused.push(frame.documentId);
    else if (frame.type === 'tillmesh-voucher') this.#takeVoucher(frame.voucher);
    else if (frame.type === 'sync') this.#sync(frame.documentId as DocumentId, frame.data);
  }

  #prove({ nonce, device: verifier }: FrameOf<'tillmesh-challenge'>): void {
    if (this.#key === undefined) return;
    const prover = this.#key.id;
    const signature = this.#key.sign(challengeText({ nonce, verifier, prover, peerId: this.name }));
    this.sendFrame({ type: 'tillmesh-proof', senderId: this.name, signature });
  }

  #takeVoucher(voucher: Voucher): void {
    this.vouchers.push(voucher);
    const { doc } = this.#entry(voucher.document as DocumentId);
    if (!A.hasHeads(doc, [...voucher.heads])) this.vouchedAhead.push(voucher);
  }

  #sync(id: DocumentId, data: Uint8Array): void {
    const entry = this.#entry(id);
    [entry.doc, entry.state] = A.receiveSyncMessage(entry.doc, entry.state, data);
    this.#push(id);
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

/** The relay closed the connection instead of letting the peer in. */
export class TurnedAway extends Error {
  readonly code: number;

  constructor(code: number, reason: string) {
    super(`${code}: ${reason}`);
    this.code = code;
  }
}
