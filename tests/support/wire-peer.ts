import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as A from '@automerge/automerge';
import { decodeFrame, encodeFrame, type Frame, type FrameOf } from '#model/protocol/frame.ts';
import { WebSocketServer, type WebSocket } from 'ws';
import { Doorkeeper } from './doorkeeper.ts';
import { freePort } from './free-ports.ts';

type Document = A.Doc<Record<string, unknown>>;

/**
 * A small relay for tests: offers its documents to whoever joins, answers sync messages, and remembers every frame. It
 * listens on a free port of 127.0.0.1. Not durable, not careful: the real one is tested elsewhere.
 */
export class WirePeer {
  readonly frames: Frame[] = [];
  /** Whether pings are answered. */
  answersPings = true;
  /** Asks who joins for a proof; lets everyone in until devices are listed. */
  readonly door = new Doorkeeper();
  readonly #documents = new Map<string, Document>();
  readonly #states = new Map<WebSocket, Map<string, A.SyncState>>();
  readonly #names = new Map<WebSocket, string>();
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => this.#receive(socket, data));
      socket.on('close', () => {
        this.#states.delete(socket);
        this.#names.delete(socket);
      });
    });
  }

  /** Starts listening, on a free port unless one is given. */
  static async listen(port?: number): Promise<WirePeer> {
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port: port ?? (await freePort()),
      path: '/sync',
    });
    await once(server, 'listening');
    return new WirePeer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/sync`;
  }

  /** How many peers have joined and are still there. */
  get joined(): number {
    return this.#names.size;
  }

  /** Takes a document in, or a newer state of it, and offers it to everyone. */
  put(documentId: string, doc: A.Doc<unknown>): void {
    // A copy: the test may go on changing its own.
    this.#documents.set(documentId, A.clone(doc as Document));
    for (const socket of this.#names.keys()) this.#offer(socket, documentId);
  }

  /** The document as this peer has it. */
  get(documentId: string): Document | undefined {
    return this.#documents.get(documentId);
  }

  /** Frames of one type that came in. */
  received<Type extends Frame['type']>(type: Type): FrameOf<Type>[] {
    return this.frames.filter((frame): frame is FrameOf<Type> => frame.type === type);
  }

  /** Sends bytes as they are to everyone. */
  sendRaw(data: Uint8Array | string): void {
    for (const socket of this.#server.clients) socket.send(data);
  }

  /** Sends a frame to everyone. */
  send(frame: Frame): void {
    this.sendRaw(encodeFrame(frame));
  }

  /** Closes every connection with a code. */
  closeAll(code: number): void {
    for (const socket of this.#server.clients) socket.close(code);
  }

  /** Cuts every connection without a word. */
  cut(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #receive(socket: WebSocket, data: Buffer): void {
    const frame = decodeFrame(data);
    if (!frame.ok) throw new Error(`the peer sent a bad frame: ${frame.error.detail}`);
    this.frames.push(frame.value);
    const { value } = frame;
    if (value.type === 'join' || value.type === 'tillmesh-proof') {
      const admitted = this.door.admits(value, socket);
      if (admitted !== undefined) this.#join(socket, admitted.senderId);
    } else if (value.type === 'sync') this.#sync(socket, value.documentId, value.data);
    else if (value.type === 'tillmesh-ping' && this.answersPings)
      socket.send(encodeFrame({ type: 'tillmesh-pong', senderId: 'relay' }));
  }

  #join(socket: WebSocket, name: string): void {
    this.#names.set(socket, name);
    this.#states.set(socket, new Map());
    socket.send(
      encodeFrame({
        type: 'peer',
        senderId: 'relay',
        targetId: name,
        peerMetadata: { storageId: 'relay-test', isEphemeral: true },
        selectedProtocolVersion: '1',
      }),
    );
    for (const documentId of this.#documents.keys()) this.#offer(socket, documentId);
  }

  #sync(socket: WebSocket, documentId: string, data: Uint8Array): void {
    const doc = this.#documents.get(documentId);
    const states = this.#states.get(socket);
    if (!doc || !states) return;
    const state = states.get(documentId) ?? A.initSyncState();
    const [next, nextState] = A.receiveSyncMessage(doc, state, data);
    this.#documents.set(documentId, next);
    states.set(documentId, nextState);
    this.#offer(socket, documentId);
  }

  #offer(socket: WebSocket, documentId: string): void {
    const doc = this.#documents.get(documentId);
    const states = this.#states.get(socket);
    const name = this.#names.get(socket);
    if (!doc || !states || name === undefined) return;
    const [state, message] = A.generateSyncMessage(doc, states.get(documentId) ?? A.initSyncState());
    states.set(documentId, state);
    if (message)
      socket.send(
        encodeFrame({ type: 'sync', senderId: 'relay', targetId: name, documentId, data: message }),
      );
  }
}
