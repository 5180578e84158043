import { IndexedDBStorageAdapter } from '@automerge/automerge-repo-storage-indexeddb';
import { deviceKeyOf } from '../../../../app/lib/device/device-key.ts';
import { DeviceStore } from '../../../../app/lib/device/device-store.ts';
import { createDocuments, type CreateDocumentsOptions } from '../../../../app/lib/repo/create-documents.ts';
import type { Documents, DocumentsEvent } from '../../../../app/lib/repo/documents.ts';
import { StrictIndexedDbStorage } from '../../../../app/lib/repo/strict-indexeddb-storage.ts';
import { hostSurroundings } from '../../../../app/lib/repo/surroundings.ts';

type Method = Exclude<keyof Documents, 'watch'>;

/** What a test finds on the page. */
export type TestPage = {
  /** Starts the documents; `asDevice` takes the device of this browser for the identity, and its key. */
  readonly start: (
    options: Omit<CreateDocumentsOptions, 'trouble' | 'deviceKey'>,
    asDevice?: boolean,
  ) => Promise<string>;
  readonly call: (method: Method, args: readonly unknown[]) => Promise<unknown>;
  readonly trouble: string[];
  readonly events: DocumentsEvent[];
  readonly StrictIndexedDbStorage: typeof StrictIndexedDbStorage;
  readonly IndexedDBStorageAdapter: typeof IndexedDBStorageAdapter;
  readonly hostSurroundings: typeof hostSurroundings;
  readonly devices: DeviceStore;
  readonly deviceKeyOf: typeof deviceKeyOf;
};

declare global {
  var testPage: TestPage;
  /** Put there by the test; takes the events of the documents. */
  var heard: ((event: DocumentsEvent) => Promise<void>) | undefined;
}

let documents: Documents | undefined;
const trouble: string[] = [];
const events: DocumentsEvent[] = [];

globalThis.testPage = {
  trouble,
  events,
  StrictIndexedDbStorage,
  IndexedDBStorageAdapter,
  hostSurroundings,
  devices: new DeviceStore((detail) => trouble.push(detail)),
  deviceKeyOf,
  async start(options, asDevice = false) {
    const { id, publicKey, privateKey } = await globalThis.testPage.devices.make();
    const own = {
      identity: { ...options.identity, device: id },
      deviceKey: { id, publicKey, privateKey },
    };
    const result = await createDocuments({
      ...options,
      ...(asDevice ? own : {}),
      trouble: (detail) => trouble.push(detail),
    });
    if (!result.ok) return result.error.code;
    documents = result.value;
    documents.watch((event) => {
      events.push(event);
      void globalThis.heard?.(event);
    });
    return 'started';
  },
  async call(method, args) {
    if (documents === undefined) throw new Error('not started');
    const run = documents[method] as (...all: readonly unknown[]) => Promise<unknown>;
    return run.apply(documents, [...args]);
  },
};
