import type { IncomingMessage, Server } from 'node:http';
import type { EventEmitter } from 'node:events';

/*
 * What this benchmark uses of the packages it measures beside Tillmesh, in types: they may not be installed when the types
 * are checked.
 */

/** A document handle of automerge-repo. */
export type RepoHandle = {
  readonly url: string;
  doc(): { readonly sales?: Readonly<Record<string, unknown>> };
  change(edit: (draft: { sales: Record<string, unknown> }) => void): void;
  on(event: 'change', listener: () => void): void;
  whenReady(states?: readonly string[]): Promise<void>;
};
/** `@automerge/automerge-repo`. */
export type AutomergeRepo = {
  readonly Repo: new (options: object) => {
    import(bytes: Uint8Array, options: { docId: string }): RepoHandle;
    find(id: string, options?: object): Promise<RepoHandle>;
    readonly networkSubsystem: EventEmitter;
    flush(): Promise<void>;
    shutdown(): Promise<void>;
  };
  readonly ImmutableString: new (text: string) => unknown;
};
/** `@automerge/automerge`. */
export type Automerge = {
  init(options?: object): unknown;
  change(doc: unknown, options: object, edit: (draft: Record<string, unknown>) => void): unknown;
  save(doc: unknown): Uint8Array;
};
/** `@automerge/automerge-repo-network-websocket`. */
export type WebSocketNetwork = {
  readonly WebSocketServerAdapter: new (server: unknown) => unknown;
  readonly WebSocketClientAdapter: new (url: string, retryMilliseconds?: number) => unknown;
};
/** `@automerge/automerge-repo-storage-nodefs`. */
export type NodeFsStorage = { readonly NodeFSStorageAdapter: new (folder: string) => unknown };
/** `ws`. */
export type WsServer = {
  readonly WebSocketServer: new (options: { server: Server }) => EventEmitter<{
    connection: [socket: unknown, request: IncomingMessage];
  }>;
};
/** `yjs`. */
export type Yjs = {
  readonly Doc: new () => {
    getMap(name: string): YMap;
    on(event: 'update', listener: (update: Uint8Array) => void): void;
    destroy(): void;
  };
};
/** A map of Yjs. */
export type YMap = {
  readonly size: number;
  set(key: string, value: string): void;
  values(): Iterable<string>;
};
/** `y-websocket`. */
export type YWebsocket = {
  readonly WebsocketProvider: new (
    url: string,
    room: string,
    doc: unknown,
    options: object,
  ) => { once(event: 'sync', listener: () => void): void; destroy(): void };
};
/** The server that comes with y-websocket. */
export type YWebsocketServer = {
  setupWSConnection(socket: unknown, request: IncomingMessage): void;
};
/** `y-leveldb`. */
export type YLevelDb = {
  readonly LeveldbPersistence: new (folder: string) => {
    getYDoc(name: string): Promise<{ getMap(name: string): YMap }>;
    destroy(): Promise<void>;
  };
};
/** A database of PouchDB. */
export type PouchDatabase = {
  put(doc: { _id: string; text: string }): Promise<unknown>;
  info(): Promise<{ doc_count: number }>;
  allDocs(options: { include_docs: true }): Promise<{ rows: readonly { doc: { text: string } }[] }>;
  close(): Promise<void>;
};
/** `pouchdb`. */
export type PouchClass = {
  new (name: string, options?: object): PouchDatabase;
  defaults(options: object): PouchClass;
  plugin(plugin: unknown): void;
  sync(near: PouchDatabase, far: string, options: object): EventEmitter & { cancel(): void };
};
/** `express`. */
export type Express = () => {
  use(path: string, handler: unknown): void;
  listen(port: number, host: string, ready: () => void): Server;
};
/** `express-pouchdb`. */
export type ExpressPouch = (pouch: PouchClass, options: object) => unknown;
