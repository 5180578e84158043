import { once } from 'node:events';
import type { Socket } from 'node:net';
import * as A from '@automerge/automerge';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  CLOSE_CODES,
  PROTOCOL_VERSION,
  decodeFrame,
  encodeFrame,
  type Frame,
  type PeerMetadata,
} from '#model/protocol/frame.ts';
import { Doorkeeper } from './doorkeeper.ts';
import { freePort } from './free-ports.ts';

type Stored = { entries: Record<string, A.ImmutableString> };
type Peer = {
  readonly socket: WebSocket;
  readonly id: string;
  readonly metadata: PeerMetadata;
  readonly states: Map<string, A.SyncState>;
  /** What was told to be refused, with its heads. */
  readonly refused: Set<string>;
};

const RELAY_ID = 'relay-double';
/** The first change every document has, as a relay never makes it: only for documents a test fills before any terminal. */
const firstChange = () =>
  A.change(A.init<Stored>({ actor: '00' }), { time: 0 }, (draft) => {
    draft.entries = {};
  });

/**
 * A relay in memory that speaks the wire protocol on Automerge core: it confirms at once what it took, offers every
 * document to every peer, and goes wrong in the ways a test asks for.
 */
export class WireRelay {
  readonly #documents = new Map<string, A.Doc<Stored>>();
  readonly #peers = new Set<Peer>();
  readonly #sockets = new Set<WebSocket>();
  readonly #connections = new Set<Socket>();
  readonly #compress: boolean;
  #server: WebSocketServer | undefined;
  #port: number | undefined;
  /** Whether messages are taken and answered; a relay that does not is there but silent. */
  answering = true;
  /** Asks who links for a proof; lets everyone in until devices are listed. */
  readonly door = new Doorkeeper();
  readonly #forbidden = new Set<string>();
  /** Frames of any kind so far, both ways but for pings. */
  frames = 0;
  /** Pings that came in so far. */
  pings = 0;
  /** Hears when a peer is told that its changes were left out. */
  refusing: () => void = () => undefined;

  constructor(compress: boolean) {
    this.#compress = compress;
  }

  /** Starts a relay on a free port of 127.0.0.1; `compress` offers permessage-deflate. */
  static async start(compress = false): Promise<WireRelay> {
    const relay = new WireRelay(compress);
    await relay.listen();
    return relay;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/sync`;
  }

  /** Bytes on the wire so far, both ways, with everything TCP carries. */
  get wireBytes(): number {
    return [...this.#connections].reduce(
      (sum, { bytesRead, bytesWritten }) => sum + bytesRead + bytesWritten,
      0,
    );
  }

  /** What the peers linked now said about themselves. */
  get peers(): readonly PeerMetadata[] {
    return [...this.#peers].map((peer) => peer.metadata);
  }

  /** Listens, again on the port it had before. */
  async listen(): Promise<void> {
    this.#port ??= await freePort();
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port: this.#port,
      perMessageDeflate: this.#compress,
    });
    server.on('connection', (socket, request) => {
      this.#connections.add(request.socket);
      this.#linked(socket);
    });
    await once(server, 'listening');
    this.#server = server;
  }

  /** Ends every link at once and listens no more. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.terminate();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  /** The entries of a document as the relay has them; undefined when it has no such document. */
  entries(id: string): Record<string, string> | undefined {
    const doc = this.#documents.get(id);
    if (doc?.entries === undefined) return undefined;
    return Object.fromEntries(Object.entries(doc.entries).map(([key, value]) => [key, String(value)]));
  }

  /** The heads of a document as the relay has it. */
  heads(id: string): A.Heads {
    return A.getHeads(this.#documents.get(id) ?? A.init<Stored>());
  }

  /** Changes a document as another terminal would, and passes it on. */
  write(id: string, changes: Readonly<Record<string, string | undefined>>): void {
    this.edit(id, (draft) => {
      for (const [key, text] of Object.entries(changes)) {
        if (text === undefined) delete draft.entries[key];
        else draft.entries[key] = new A.ImmutableString(text);
      }
    });
  }

  /** Changes a document in any way at all. */
  edit(id: string, change: (draft: Stored) => void): void {
    // A document a terminal has only named so far is there without its first change.
    const doc = A.merge(this.#documents.get(id) ?? A.init<Stored>(), firstChange());
    this.put(id, A.change(doc, change));
  }

  /** Puts a document in place of the one it had, and offers it. */
  put(id: string, doc: A.Doc<Stored>): void {
    this.#documents.set(id, doc);
    for (const peer of this.#peers) this.#offer(peer, id);
  }

  /** Takes no more changes to a document from anyone; who is linked has to link again, as after a change of rights. */
  forbid(id: string): void {
    this.#forbidden.add(id);
    this.closeAll(CLOSE_CODES.rightsChanged);
  }

  /** Closes every link with a code. */
  closeAll(code: number): void {
    for (const socket of this.#sockets) socket.close(code);
  }

  /** Forgets every document, as after a new disk. */
  wipe(): void {
    this.#documents.clear();
  }

  /** Sends bytes or text to every peer as they are. */
  sendRaw(data: Uint8Array | string): void {
    for (const peer of this.#peers) peer.socket.send(data);
  }

  /** Sends a frame to every peer as it is. */
  sendFrame(frame: (peerId: string) => Frame): void {
    for (const peer of this.#peers) this.#send(peer.socket, frame(peer.id));
  }

  #linked(socket: WebSocket): void {
    this.#sockets.add(socket);
    let peer: Peer | undefined;
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (peer !== undefined) this.#peers.delete(peer);
    });
    socket.on('message', (data: Buffer) => {
      const frame = decodeFrame(data);
      if (!this.answering || !frame.ok) return;
      if (frame.value.type === 'tillmesh-ping') this.pings += 1;
      else this.frames += 1;
      if (peer === undefined) {
        const admitted = this.door.admits(frame.value, socket);
        if (admitted !== undefined) peer = this.#joined(socket, admitted.senderId, admitted.peerMetadata);
      } else this.#take(peer, frame.value);
    });
  }

  #joined(socket: WebSocket, id: string, metadata: PeerMetadata): Peer {
    const peer: Peer = { socket, id, metadata, states: new Map(), refused: new Set() };
    this.#peers.add(peer);
    this.#send(socket, {
      type: 'peer',
      senderId: RELAY_ID,
      targetId: id,
      peerMetadata: { storageId: 'relay-0000000000000000', isEphemeral: true },
      selectedProtocolVersion: PROTOCOL_VERSION,
    });
    for (const document of this.#documents.keys()) this.#offer(peer, document);
    return peer;
  }

  #take(peer: Peer, frame: Frame): void {
    if (frame.type === 'tillmesh-ping')
      this.#send(peer.socket, { type: 'tillmesh-pong', senderId: RELAY_ID });
    if (frame.type !== 'sync' && frame.type !== 'request') return;
    const id = frame.documentId;
    const [doc, state] = A.receiveSyncMessage(
      this.#documents.get(id) ?? A.init<Stored>(),
      this.#stateOf(peer, id),
      frame.data,
    );
    this.#documents.set(id, doc);
    peer.states.set(id, state);
    this.#refuse(peer, id, doc, state);
    const worthOffering = A.getHeads(doc).length > 0;
    for (const other of this.#peers) if (other === peer || worthOffering) this.#offer(other, id);
  }

  #offer(peer: Peer, id: string): void {
    const doc = this.#documents.get(id);
    if (doc === undefined) return;
    const [state, data] = A.generateSyncMessage(doc, this.#stateOf(peer, id));
    peer.states.set(id, state);
    if (data === null) return;
    this.#send(peer.socket, { type: 'sync', senderId: RELAY_ID, targetId: peer.id, documentId: id, data });
  }

  #stateOf(peer: Peer, id: string): A.SyncState {
    return peer.states.get(id) ?? A.initSyncState({ readOnly: this.#forbidden.has(id) });
  }

  /** Tells a peer, once for each state of its, that it has changes nobody takes. */
  #refuse(peer: Peer, id: string, doc: A.Doc<Stored>, { theirHeads }: A.SyncState): void {
    const told = `${id} ${theirHeads?.join() ?? ''}`;
    const isMore = theirHeads != null && !A.hasHeads(doc, theirHeads);
    if (!this.#forbidden.has(id) || !isMore || A.getHeads(doc).length === 0 || peer.refused.has(told)) return;
    peer.refused.add(told);
    this.#send(peer.socket, {
      type: 'tillmesh-refused',
      senderId: RELAY_ID,
      targetId: peer.id,
      documentId: id,
    });
    this.refusing();
  }

  #send(socket: WebSocket, frame: Frame): void {
    if (frame.type !== 'tillmesh-pong') this.frames += 1;
    socket.send(encodeFrame(frame));
  }
}
