import { rivalRequire } from '../rival-packages.ts';
import type { YLevelDb, Yjs, YWebsocket } from '../rival-types.ts';
import { saleKey, type SyncSystem } from '../sync-system.ts';
import { startRivalServer } from './rival-server.ts';

const ROOM = 'store';
const SALES = 'sales';

/** Yjs with y-websocket: one document with a map of sales, its own server and its own LevelDB persistence. */
export const yjs: SyncSystem = {
  startServer: (folder) => startRivalServer('yjs', folder),

  async client(port, till) {
    const { Doc } = rivalRequire<Yjs>('yjs');
    const { WebsocketProvider } = rivalRequire<YWebsocket>('y-websocket');
    const doc = new Doc();
    const sales = doc.getMap(SALES);
    // Stored as y-indexeddb stores them, one update behind the other, but in memory.
    const stored: Uint8Array[] = [];
    doc.on('update', (update) => stored.push(update));
    const provider = new WebsocketProvider(`ws://127.0.0.1:${port}`, ROOM, doc, {
      WebSocketPolyfill: WebSocket,
      maxBackoffTime: 100,
      // Tabs of one browser would otherwise talk past the network that is measured.
      disableBc: true,
    });
    const linked = new Promise<void>((resolve) => provider.once('sync', () => resolve()));
    return {
      linked,
      write: async (sale, text) => sales.set(saleKey(till, sale), text),
      count: () => sales.size,
      texts: async () => [...sales.values()],
      close: async () => {
        provider.destroy();
        doc.destroy();
      },
    };
  },

  async load(folder) {
    const { LeveldbPersistence } = rivalRequire<YLevelDb>('y-leveldb');
    const persistence = new LeveldbPersistence(folder);
    const doc = await persistence.getYDoc(ROOM);
    return doc.getMap(SALES).size;
  },
};
