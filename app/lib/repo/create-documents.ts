import wasmUrl from '@automerge/automerge/automerge.wasm?url';
import type { Result } from '#model/result.ts';
import type { DeviceKeyParts } from '../device/device-key.ts';
import { DocumentsClient } from './documents-client.ts';
import type { DocumentsRefusal } from './documents-messages.ts';
import type { Documents, TerminalIdentity } from './documents.ts';
import { hostSurroundings } from './surroundings.ts';

export type { DocumentsRefusal } from './documents-messages.ts';

/** What a page says to get its documents. */
export type CreateDocumentsOptions = {
  readonly identity: TerminalIdentity;
  /** The key of the identity's device, from the `DeviceStore`; a relay that asks for a proof refuses without it. */
  readonly deviceKey?: DeviceKeyParts;
  /** `ws://…/sync` of the relay; see {@link syncUrlOf}. */
  readonly syncUrl: string;
  /** The name of the IndexedDB database, one for each device identity. */
  readonly database: string;
  /** When another tab has the documents: give up at once (the default), or wait until that tab is gone. */
  readonly whenTaken?: 'refuse' | 'wait';
  /** Hears in words what went wrong without a call failing (link losses, storage hiccups), for a log. */
  readonly trouble?: (detail: string) => void;
};

/** A worker that loads while the page still finds out whose documents it needs. */
let early: Worker | undefined;

/** Begins to load what {@link createDocuments} takes a while to load; for a page that will most likely call it. */
export function prepareDocuments(): void {
  early ??= newWorker();
  // One that could not be loaded is made again by who needs it, and hears why.
  early.addEventListener('error', () => (early = undefined), { once: true });
  early.postMessage({ type: 'warm', wasmUrl }, []);
}

/** Lets go of what {@link prepareDocuments} began, on a page that turned out to need no documents. */
export function dropPreparedDocuments(): void {
  early?.terminate();
  early = undefined;
}

function newWorker(): Worker {
  return new Worker(new URL('./documents-worker.ts', import.meta.url), { type: 'module', name: 'documents' });
}

/**
 * Starts the documents of this page in a worker of their own. One tab of a device at a time has them: a second one is
 * refused with `already-open-in-another-tab`, or waits.
 */
export function createDocuments(
  options: CreateDocumentsOptions,
): Promise<Result<Documents, DocumentsRefusal>> {
  const { identity, deviceKey, syncUrl, database, whenTaken = 'refuse', trouble } = options;
  const worker = early ?? newWorker();
  early = undefined;
  const client = new DocumentsClient({
    worker,
    surroundings: hostSurroundings,
    trouble: trouble ?? noLog,
  });
  return client.start({
    identity,
    syncUrl,
    database,
    whenTaken,
    wasmUrl,
    ...(deviceKey === undefined ? {} : { deviceKey }),
  });
}

/** The relay's address at a page's own origin: `http://localhost:8080` → `ws://localhost:8080/sync`. */
export function syncUrlOf(origin: string): string {
  return `${origin.replace(/^http/, 'ws')}/sync`;
}

/** Asks the browser never to clear this origin's storage on its own; false when it keeps that right to itself. */
export function keepStorage(): Promise<boolean> {
  return navigator.storage.persist();
}

/** A page without a log still sees every failure as an event or as the outcome of its call. */
function noLog(_detail: string): void {}
