import * as v from 'valibot';
import { IndexedDbConnection } from '../repo/indexeddb-connection.ts';
import { hostSurroundings } from '../repo/surroundings.ts';
import type { NoteStore } from './kept-notes.ts';

const STORE = 'notes';
/** A write that takes longer counts as failed and is tried again, in milliseconds. */
const WATCHDOG_MS = 2_000;

const noteSchema = v.object({ name: v.string(), text: v.string() });

/** Notes in a database of the browser, whose writes reach the disk in their order. `trouble` hears why the browser took the database away. */
export function notesInIndexedDb(database: string, trouble: (detail: string) => void): NoteStore {
  const connection = new IndexedDbConnection({
    database,
    stores: [STORE],
    watchdogMs: WATCHDOG_MS,
    surroundings: hostSurroundings,
    trouble,
  });
  return {
    read: async () => {
      const rows = await connection.readAll(STORE, 'reading what waits here');
      return new Map(rows.filter((row) => v.is(noteSchema, row)).map(({ name, text }) => [name, text]));
    },
    write: (notes, sureness) => {
      const put = (store: IDBObjectStore) => {
        for (const [name, text] of notes)
          if (text === undefined) store.delete(name);
          else store.put({ name, text }, name);
        return () => undefined;
      };
      const kind = sureness === 'on-disk' ? 'write-strict' : 'write-relaxed';
      return connection.transact(kind, STORE, put, 'keeping what waits here');
    },
  };
}
