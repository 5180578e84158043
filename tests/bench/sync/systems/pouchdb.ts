import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { rivalRequire } from '../rival-packages.ts';
import type { PouchClass } from '../rival-types.ts';
import { saleKey, type SyncSystem } from '../sync-system.ts';
import { startRivalServer } from './rival-server.ts';

const DATABASE = 'store';

// PouchDB leaves a rejection behind for every try while the cable is cut; it tries again all the same.
process.on('unhandledRejection', (cause) => {
  if (!(cause instanceof Error && cause.name === 'FetchError')) throw cause;
});

/** PouchDB in memory at the tills, with live replication both ways, and express-pouchdb on LevelDB as the server. */
export const pouchdb: SyncSystem = {
  startServer: (folder) => startRivalServer('pouchdb', folder),

  async client(port, till) {
    // Each database of a process listens for the changes of all others.
    EventEmitter.defaultMaxListeners = 100;
    const PouchDB = rivalRequire<PouchClass>('pouchdb');
    PouchDB.plugin(rivalRequire('pouchdb-adapter-memory'));
    const name = `till-${till}-${randomBytes(4).toString('hex')}`;
    const database = new PouchDB(name, { adapter: 'memory' });
    const sync = PouchDB.sync(database, `http://127.0.0.1:${port}/${DATABASE}`, {
      live: true,
      retry: true,
      batch_size: 500,
      back_off_function: () => 100,
    });
    const linked = new Promise<void>((resolve) => sync.once('paused', () => resolve()));
    // While the cable is cut every try fails, and is tried again.
    sync.on('error', () => undefined);
    const all = async () => (await database.allDocs({ include_docs: true })).rows.map(({ doc }) => doc.text);
    return {
      linked,
      write: async (sale, text) => {
        await database.put({ _id: saleKey(till, sale), text });
      },
      count: async () => (await database.info()).doc_count,
      texts: all,
      close: async () => {
        sync.cancel();
        await database.close();
      },
    };
  },

  async load(folder) {
    const PouchDB = rivalRequire<PouchClass>('pouchdb');
    const database = new PouchDB(join(folder, 'data', DATABASE));
    return (await database.allDocs({ include_docs: true })).rows.length;
  },
};
