import { initializeWasm } from '@automerge/automerge/slim';
import { deviceKeyOf } from '../device/device-key.ts';
import { connectDocuments } from './connect-documents.ts';
import { DocumentsHost } from './documents-host.ts';
import type { DocumentsStart, FromWorker, ToWorker, Warm } from './documents-messages.ts';
import type { Documents } from './documents.ts';
import { StrictIndexedDbStorage } from './strict-indexeddb-storage.ts';
import { causeText, hostSurroundings } from './surroundings.ts';

/** The part of a dedicated worker's global scope used here; the page's types hide it. */
type WorkerScope = {
  postMessage(message: FromWorker, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: ToWorker | Warm }) => void): void;
  addEventListener(
    type: 'unhandledrejection',
    listener: (event: { readonly reason: unknown; preventDefault(): void }) => void,
  ): void;
};

const scope = globalThis as unknown as WorkerScope;
const post = (message: FromWorker) => scope.postMessage(message, []);
const trouble = (detail: string) => post({ type: 'trouble', detail });

/** Holds the lock of a database as long as this worker lives; false when another tab has it and we do not wait. */
function holdLock(database: string, whenTaken: 'refuse' | 'wait'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`documents of ${database}`, { ifAvailable: whenTaken === 'refuse' }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<never>(() => undefined);
      })
      .catch(reject);
  });
}

let wasm: Promise<unknown> | undefined;

/** Loads Automerge, once. */
function warm(wasmUrl: string): Promise<unknown> {
  wasm ??= initializeWasm(wasmUrl);
  return wasm;
}

async function start({
  identity,
  deviceKey,
  syncUrl,
  database,
  whenTaken,
  wasmUrl,
}: DocumentsStart): Promise<Documents | 'taken'> {
  if (!(await holdLock(database, whenTaken))) return 'taken';
  await warm(wasmUrl);
  const storage = new StrictIndexedDbStorage({ database, surroundings: hostSurroundings, trouble });
  return connectDocuments({
    identity,
    ...(deviceKey === undefined ? {} : { deviceKey: deviceKeyOf(deviceKey) }),
    syncUrl,
    storage,
    surroundings: hostSurroundings,
    linkEnded: (end) => trouble(`the link to the relay ended (${end.code}): ${end.detail}`),
  });
}

const host = new DocumentsHost({ post, start, surroundings: hostSurroundings });
scope.addEventListener('message', ({ data }) => {
  // Who starts the documents hears of a failure.
  if (data.type === 'warm') warm(data.wasmUrl).catch(() => (wasm = undefined));
  else void host.take(data);
});
scope.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  trouble(`something failed unattended: ${causeText(event.reason)}`);
});
