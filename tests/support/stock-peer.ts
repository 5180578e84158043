import * as A from '@automerge/automerge';
import {
  ImmutableString,
  Repo,
  type DocHandle,
  type DocumentId as RepoDocumentId,
  type PeerId,
} from '@automerge/automerge-repo';
import { WebSocketClientAdapter } from '@automerge/automerge-repo-network-websocket';
import { onTestFinished } from 'vitest';
import { documentId, type DocumentKey } from '#model/ids/document-id.ts';

/** The organization all tests of the wire use. */
export const ORGANIZATION = 'a1b2c3d4e5f6';

/** The shape of our documents, as automerge shows them. */
export type EntriesDocument = { entries: Record<string, ImmutableString> };

/** The first change every document starts with, the same bytes on every device. */
export function firstChange(): Uint8Array {
  const doc = A.change(A.init<EntriesDocument>({ actor: '00' }), { time: 0 }, (draft) => {
    draft.entries = {};
  });
  return A.save(doc);
}

/** An automerge-repo client as the package ships it: what others would connect with. */
export type StockPeer = {
  readonly repo: Repo;
  readonly open: (key: DocumentKey) => DocHandle<EntriesDocument>;
  readonly find: (key: DocumentKey) => Promise<DocHandle<EntriesDocument>>;
  readonly write: (key: DocumentKey, entryKey: string, text: string) => void;
  readonly stop: () => Promise<void>;
};

/** Connects a stock client to a relay. It is stopped when the test ends. */
export function stockPeer(url: string, name: string): StockPeer {
  const adapter = new WebSocketClientAdapter(url, 100);
  const repo = new Repo({ network: [adapter], peerId: name as PeerId });
  const idOf = (key: DocumentKey) =>
    documentId({ organization: ORGANIZATION, key }) as string as RepoDocumentId;
  const open = (key: DocumentKey) => repo.import<EntriesDocument>(firstChange(), { docId: idOf(key) });
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    // A socket that is still opening raises an error on close, which the stock adapter rethrows.
    await repo.shutdown();
  };
  onTestFinished(stop);
  return {
    repo,
    open,
    find: (key) => repo.find<EntriesDocument>(idOf(key), { allowableStates: ['ready', 'unavailable'] }),
    write: (key, entryKey, text) => {
      open(key).change((draft) => {
        draft.entries[entryKey] = new ImmutableString(text);
      });
    },
    stop,
  };
}

/** The entries of a handle as plain texts. */
export function entriesOf(handle: DocHandle<EntriesDocument>): Record<string, string> {
  if (!handle.isReady()) return {};
  return Object.fromEntries(
    Object.entries(handle.doc().entries ?? {}).map(([key, value]) => [key, String(value)]),
  );
}
