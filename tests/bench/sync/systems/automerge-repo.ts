import { documentId } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { MemoryStorage } from '../../../../app/lib/repo/document-storage.ts';
import { ORGANIZATION } from '../../../support/stock-peer.ts';
import { rivalModule } from '../rival-packages.ts';
import type {
  Automerge,
  AutomergeRepo,
  NodeFsStorage,
  RepoHandle,
  WebSocketNetwork,
} from '../rival-types.ts';
import { saleKey, type SyncSystem } from '../sync-system.ts';
import { startRivalServer } from './rival-server.ts';

/** One document a till, as Tillmesh has it: what automerge-repo is best at. */
const idOf = (till: number) =>
  documentId({
    organization: ORGANIZATION,
    key: { class: 'session', store: storeId(1), register: registerId(till), session: 1 },
  });

/** The first change of every document, the same bytes on every till. */
async function firstChange(): Promise<Uint8Array> {
  const automerge = await rivalModule<Automerge>('@automerge/automerge');
  const doc = automerge.change(automerge.init({ actor: '00' }), { time: 0 }, (draft) => {
    draft['sales'] = {};
  });
  return automerge.save(doc);
}

/** automerge-repo as it is published: Repo, WebSocket adapter, and its sync server with a folder. */
export const automergeRepo: SyncSystem = {
  startServer: (folder) => startRivalServer('automerge-repo', folder),

  async client(port, till, tills) {
    const { Repo, ImmutableString } = await rivalModule<AutomergeRepo>('@automerge/automerge-repo');
    const { WebSocketClientAdapter } = await rivalModule<WebSocketNetwork>(
      '@automerge/automerge-repo-network-websocket',
    );
    const adapter = new WebSocketClientAdapter(`ws://127.0.0.1:${port}`, 100);
    // What a till sold must outlive its page, so every system's tills store what they have: here all of them in memory.
    const storage = new MemoryStorage();
    const repo = new Repo({ network: [adapter], storage, peerId: `till-${till}-${port}` });
    const linked = new Promise<void>((resolve) => repo.networkSubsystem.once('peer', () => resolve()));
    const first = await firstChange();
    const handles: RepoHandle[] = [];
    for (let other = 1; other <= tills; other++) handles.push(repo.import(first, { docId: idOf(other) }));
    const sizes = handles.map(() => 0);
    handles.forEach((handle, i) =>
      handle.on('change', () => (sizes[i] = Object.keys(handle.doc().sales ?? {}).length)),
    );
    return {
      linked,
      write: async (sale, text) =>
        handles[till - 1]?.change((draft) => {
          draft.sales[saleKey(till, sale)] = new ImmutableString(text);
        }),
      count: () => sizes.reduce((sum, size) => sum + size, 0),
      texts: async () => handles.flatMap((handle) => Object.values(handle.doc().sales ?? {}).map(String)),
      close: () => repo.shutdown(),
    };
  },

  async load(folder) {
    const { Repo } = await rivalModule<AutomergeRepo>('@automerge/automerge-repo');
    const { NodeFSStorageAdapter } = await rivalModule<NodeFsStorage>(
      '@automerge/automerge-repo-storage-nodefs',
    );
    const repo = new Repo({ network: [], storage: new NodeFSStorageAdapter(folder) });
    let sales = 0;
    for (let till = 1; ; till++) {
      const handle = await repo.find(idOf(till), { allowableStates: ['ready', 'unavailable'] });
      const size = Object.keys(readable(handle)).length;
      if (size === 0) return sales;
      sales += size;
    }
  },
};

/** A document that is not there has no sales, and says so by an exception. */
function readable(handle: RepoHandle): Readonly<Record<string, unknown>> {
  try {
    return handle.doc().sales ?? {};
  } catch {
    return {};
  }
}
