import type { Entries } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import type { DeviceKeyParts } from '../device/device-key.ts';
import type {
  ArchivedCopy,
  CaughtUp,
  DocumentsEvent,
  Fetched,
  LetGo,
  Saved,
  TerminalIdentity,
} from './documents.ts';
import type { ContestedEntries } from './entry-changes.ts';

/** What a worker is told to start with. */
export type DocumentsStart = {
  readonly identity: TerminalIdentity;
  /** The key of the identity's device; a CryptoKey is copied to the worker without anyone reading it. */
  readonly deviceKey?: DeviceKeyParts;
  /** `ws://…/sync` of the relay. */
  readonly syncUrl: string;
  /** The name of the IndexedDB database; also of the lock that lets one tab have it. */
  readonly database: string;
  /** What to do when another tab has the database: give up, or wait until it is free. */
  readonly whenTaken: 'refuse' | 'wait';
  /** Where Automerge's WebAssembly is. The page knows it, so that it is among the files kept for a start without network. */
  readonly wasmUrl: string;
};

/** Tells a worker that will be started to load Automerge meanwhile. */
export type Warm = { readonly type: 'warm'; readonly wasmUrl: string };

/** Why the documents did not start. */
export type DocumentsRefusal = {
  readonly code: 'already-open-in-another-tab' | 'not-started';
  /** A sentence for people. */
  readonly message: string;
};

type Changes = Readonly<Record<string, string | undefined>>;

/** The calls a page makes, by name: what goes along and what comes back. */
export type DocumentsCalls = {
  readonly open: { readonly takes: [key: DocumentKey]; readonly gives: Entries };
  readonly contested: { readonly takes: [key: DocumentKey]; readonly gives: ContestedEntries };
  readonly known: { readonly takes: []; readonly gives: readonly DocumentKey[] };
  readonly write: { readonly takes: [key: DocumentKey, changes: Changes]; readonly gives: undefined };
  readonly writeDurably: {
    readonly takes: [key: DocumentKey, changes: Changes, relayWaitMs: number];
    readonly gives: Saved;
  };
  readonly caughtUp: { readonly takes: [key: DocumentKey, waitMs: number]; readonly gives: CaughtUp };
  readonly letGo: {
    readonly takes: [keys: readonly DocumentKey[], notes: Changes, relayWaitMs: number];
    readonly gives: LetGo;
  };
  readonly remembered: { readonly takes: []; readonly gives: Entries };
  readonly fetch: { readonly takes: [key: DocumentKey, waitMs: number]; readonly gives: Fetched };
  readonly archived: { readonly takes: []; readonly gives: readonly ArchivedCopy[] };
  readonly close: { readonly takes: []; readonly gives: undefined };
};

/** A call under way; `id` counts the calls of one page. */
export type DocumentsCall = {
  [Method in keyof DocumentsCalls]: {
    readonly type: 'call';
    readonly id: number;
    readonly method: Method;
    readonly args: DocumentsCalls[Method]['takes'];
  };
}[keyof DocumentsCalls];

/** From the page to the worker. */
export type ToWorker = { readonly type: 'start'; readonly start: DocumentsStart } | DocumentsCall;

/** From the worker to the page. Events told before an answer arrive before it. */
export type FromWorker =
  | { readonly type: 'started' }
  | { readonly type: 'refused'; readonly refusal: DocumentsRefusal }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  | { readonly type: 'events'; readonly events: readonly DocumentsEvent[] }
  | { readonly type: 'trouble'; readonly detail: string };

/** The page's end of a worker, as far as the documents use it. */
export type WorkerEnd = {
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: FromWorker }) => void): void;
  addEventListener(type: 'error', listener: (event: { readonly message: string }) => void): void;
  terminate(): void;
};
