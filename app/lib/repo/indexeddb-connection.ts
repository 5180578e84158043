import { assert } from '#model/result.ts';
import { causeText, type Surroundings } from './surroundings.ts';

/** The one object store; automerge-repo's own adapter uses the same, so either can read what the other wrote. */
export const OBJECT_STORE = 'documents';

/** What a connection needs. `trouble` hears in words why the browser took the connection away. */
export type ConnectionParts = {
  readonly database: string;
  /** A transaction or an opening that takes longer counts as failed, in milliseconds. */
  readonly watchdogMs: number;
  readonly surroundings: Surroundings;
  readonly trouble: (detail: string) => void;
};

/** How a transaction is run. `strict` waits for the disk, `relaxed` for the operating system. */
export type TransactionKind = 'read' | 'write-strict' | 'write-relaxed';

/**
 * A connection to one database that opens itself, and opens itself again after the browser closed it or another page
 * asked for it. Everything it promises settles: at completion, at an error, at an abort, or when the watchdog runs out.
 */
export class IndexedDbConnection {
  readonly #parts: ConnectionParts;
  #opening: Promise<IDBDatabase> | undefined;
  #closed = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** Runs one transaction of one or more requests and gives back `result()` once it is complete. */
  async transact<Value>(
    kind: TransactionKind,
    begin: (store: IDBObjectStore) => () => Value,
    what: string,
  ): Promise<Value> {
    assert(!this.#closed, () => `the database ${this.#parts.database} is closed`);
    const transaction =
      this.#begin(await this.#database(), kind) ?? this.#begin(await this.#database(), kind);
    if (transaction === undefined) throw new Error(`${what}: the browser closed the database`);
    return this.#settled(transaction, begin, what);
  }

  /** Closes the database; transactions under way still finish. */
  async close(): Promise<void> {
    this.#closed = true;
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening === undefined) return;
    const [opened] = await Promise.allSettled([opening]);
    if (opened.status === 'fulfilled') opened.value.close();
  }

  /** A transaction, or undefined when the connection turned out to be closed; the next call opens a new one. */
  #begin(database: IDBDatabase, kind: TransactionKind): IDBTransaction | undefined {
    try {
      return kind === 'read'
        ? database.transaction(OBJECT_STORE, 'readonly')
        : database.transaction(OBJECT_STORE, 'readwrite', {
            durability: kind === 'write-strict' ? 'strict' : 'relaxed',
          });
    } catch (cause) {
      this.#forget(database, `a transaction could not begin: ${causeText(cause)}`);
      return undefined;
    }
  }

  #settled<Value>(
    transaction: IDBTransaction,
    begin: (store: IDBObjectStore) => () => Value,
    what: string,
  ): Promise<Value> {
    return new Promise((resolve, reject) => {
      const cancelWatchdog = this.#parts.surroundings.after(this.#parts.watchdogMs, () => {
        this.#forget(transaction.db, `${what} did not finish`);
        reject(new Error(`${what} did not finish in ${this.#parts.watchdogMs} ms`));
      });
      const failed = (cause: unknown) => {
        cancelWatchdog();
        reject(new Error(`${what} failed: ${cause === null ? 'the browser aborted it' : causeText(cause)}`));
      };
      // A full disk shows up as an abort without an error event.
      transaction.addEventListener('abort', () => failed(transaction.error));
      let result: (() => Value) | undefined;
      transaction.addEventListener('complete', () => {
        cancelWatchdog();
        if (result !== undefined) resolve(result());
      });
      try {
        result = begin(transaction.objectStore(OBJECT_STORE));
      } catch (cause) {
        failed(cause);
      }
    });
  }

  #database(): Promise<IDBDatabase> {
    if (this.#opening === undefined) {
      const opening = this.#open();
      this.#opening = opening;
      // A failed opening is told to whoever waits for it, and the next call tries again.
      opening.catch(() => {
        if (this.#opening === opening) this.#opening = undefined;
      });
    }
    return this.#opening;
  }

  #open(): Promise<IDBDatabase> {
    const { database: name, watchdogMs, surroundings } = this.#parts;
    return new Promise((resolve, reject) => {
      let late = false;
      const cancelWatchdog = surroundings.after(watchdogMs, () => {
        late = true;
        reject(new Error(`the database ${name} did not open in ${watchdogMs} ms`));
      });
      const request = indexedDB.open(name, 1);
      request.addEventListener('upgradeneeded', () => request.result.createObjectStore(OBJECT_STORE));
      request.addEventListener('error', () => {
        cancelWatchdog();
        reject(new Error(`the database ${name} did not open: ${causeText(request.error)}`));
      });
      request.addEventListener('success', () => {
        cancelWatchdog();
        if (late) request.result.close();
        else resolve(this.#guarded(request.result));
      });
    });
  }

  #guarded(database: IDBDatabase): IDBDatabase {
    database.addEventListener('close', () => this.#forget(database, 'the browser closed the database'));
    database.addEventListener('versionchange', () =>
      this.#forget(database, 'another page asked for the database'),
    );
    return database;
  }

  #forget(database: IDBDatabase, detail: string): void {
    database.close();
    this.#opening = undefined;
    this.#parts.trouble(detail);
  }
}
