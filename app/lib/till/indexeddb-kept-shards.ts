import * as v from 'valibot';
import { IndexedDbConnection } from '../repo/indexeddb-connection.ts';
import { hostSurroundings } from '../repo/surroundings.ts';
import type { KeptShards } from './kept-catalog.ts';

const STORE = 'shards';
/** A copy that takes longer to read is slower than what it is a copy of. */
const WATCHDOG_MS = 10_000;

const keptSchema = v.object({ shard: v.number(), version: v.string(), text: v.string() });

/**
 * The catalog kept in a database of the browser. `version` is the program's: another one may read entries otherwise, so it
 * does not take what this one read. What goes wrong is told to `trouble` and costs the quick start alone.
 */
export function keptInIndexedDb(
  database: string,
  version: string,
  trouble: (detail: string) => void,
): KeptShards {
  const connection = new IndexedDbConnection({
    database,
    stores: [STORE],
    watchdogMs: WATCHDOG_MS,
    surroundings: hostSurroundings,
    trouble,
  });
  const tolerated = async <Value>(work: Promise<Value>, otherwise: Value): Promise<Value> => {
    try {
      return await work;
    } catch (cause) {
      trouble(String(cause));
      return otherwise;
    }
  };
  const readAll = (store: IDBObjectStore) => {
    const request: IDBRequest<unknown[]> = store.getAll();
    return () => request.result;
  };
  return {
    read: async () => {
      const rows = await tolerated(
        connection.transact('read', STORE, readAll, 'reading the kept catalog'),
        [],
      );
      const kept = rows.filter((row) => v.is(keptSchema, row)).filter((row) => row.version === version);
      return new Map(kept.map(({ shard, text }) => [shard, text]));
    },
    write: (shard, text) => {
      const put = (store: IDBObjectStore) => {
        if (text === undefined) store.delete(shard);
        else store.put({ shard, version, text }, shard);
        return () => undefined;
      };
      return tolerated(
        connection.transact('write-relaxed', STORE, put, `keeping shard ${shard} of the catalog`),
        undefined,
      );
    },
  };
}
