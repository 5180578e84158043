import { once } from 'node:events';
import * as A from '@automerge/automerge';
import { WebSocket } from 'ws';
import type { DocumentId } from '#model/ids/document-id.ts';
import { decodeFrame, encodeFrame, type PeerMetadata } from '#model/protocol/frame.ts';
import { firstChange, type EntriesDocument } from './stock-peer.ts';

/**
 * A terminal on Automerge core, without the throttles of a Repo: what a benchmark needs to load a relay honestly. Knows
 * when the relay has confirmed.
 */
export class CorePeer {
  readonly name: string;
  readonly #socket: WebSocket;
  readonly #docs = new Map<DocumentId, { doc: A.Doc<EntriesDocument>; state: A.SyncState }>();
  readonly #waiting = new Set<() => void>();

  private constructor(name: string, socket: WebSocket) {
    this.name = name;
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#receive(data));
  }

  /** Connects and waits for the handshake. */
  static async connect(url: string, name: string, device?: PeerMetadata['device']): Promise<CorePeer> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    // Listens before it speaks: the first offers may come in one piece with the answer.
    const peer = new CorePeer(name, socket);
    const greeted = once(socket, 'message');
    const peerMetadata = device === undefined ? {} : { device };
    socket.send(
      encodeFrame({ type: 'join', senderId: name, peerMetadata, supportedProtocolVersions: ['1'] }),
    );
    await greeted;
    return peer;
  }

  /** Writes one entry and sends it. */
  write(id: DocumentId, key: string, text: string): void {
    const entry = this.#entry(id);
    entry.doc = A.change(entry.doc, { time: 0 }, (draft) => {
      draft.entries[key] = new A.ImmutableString(text);
    });
    this.#push(id);
  }

  /** Whether the relay has said that it holds everything this peer has of a document. */
  isConfirmed(id: DocumentId): boolean {
    const { doc, state } = this.#entry(id);
    const theirs = state.theirHeads ?? [];
    return A.getHeads(doc).every((head) => theirs.includes(head));
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
    const frame = encodeFrame({
      type: 'sync',
      senderId: this.name,
      targetId: 'relay',
      documentId: id,
      data: message,
    });
    this.#socket.send(frame);
  }

  #receive(data: Buffer): void {
    const frame = decodeFrame(data);
    if (!frame.ok || frame.value.type !== 'sync') return;
    const id = frame.value.documentId as DocumentId;
    const entry = this.#entry(id);
    [entry.doc, entry.state] = A.receiveSyncMessage(entry.doc, entry.state, frame.value.data);
    this.#push(id);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
