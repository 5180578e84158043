import * as v from 'valibot';
import { IndexedDbConnection } from '../repo/indexeddb-connection.ts';
import { hostSurroundings } from '../repo/surroundings.ts';
import type { KeptShards } from './kept-catalog.ts';

const STORE = 'shards';
/** A copy that takes longer to read is slower than what it is a copy of. */
const WATCHDOG_MS = 10_000;

const DEPARTMENTS = 'departments';

const shardSchema = v.object({ shard: v.number(), version: v.string(), text: v.string() });
const departmentsSchema = v.object({
  version: v.string(),
  departments: v.array(v.object({ id: v.string(), name: v.string(), count: v.number() })),
});

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
  const write = (key: number | string, row: unknown, what: string) => {
    const put = (store: IDBObjectStore) => {
      if (row === undefined) store.delete(key);
      else store.put(row, key);
      return () => undefined;
    };
    return tolerated(connection.transact('write-relaxed', STORE, put, what), undefined);
  };
  return {
    read: async () => {
      const reading = connection.readAll(STORE, 'reading the kept catalog');
      const rows = await tolerated(reading, []);
      const ofVersion = (row: { readonly version: string }) => row.version === version;
      const shards = rows.filter((row) => v.is(shardSchema, row)).filter(ofVersion);
      const [told] = rows.filter((row) => v.is(departmentsSchema, row)).filter(ofVersion);
      return {
        texts: new Map(shards.map(({ shard, text }) => [shard, text])),
        departments: told?.departments ?? [],
      };
    },
    write: (shard, text) =>
      write(
        shard,
        text === undefined ? undefined : { shard, version, text },
        `keeping shard ${shard} of the catalog`,
      ),
    writeDepartments: (departments) =>
      write(DEPARTMENTS, { version, departments }, 'keeping the departments of the catalog'),
  };
}
