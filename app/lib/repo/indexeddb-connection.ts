import { assert } from '#model/result.ts';
import { causeText, type Surroundings } from './surroundings.ts';

/**
 * What a connection needs. `trouble` hears in words why the browser took the connection away. The object `stores` are made
 * when they are not there, also in a database of an earlier program that had fewer.
 */
export type ConnectionParts = {
  readonly database: string;
  readonly stores: readonly string[];
  /**
   * A writing transaction counts as failed when none has ended for so long, in milliseconds; a reading one and an opening when they take
   * five times as long. A till that fetches its first catalog has dozens in line: the last of them waits longer, and nothing is wrong.
   */
  readonly watchdogMs: number;
  readonly surroundings: Surroundings;
  readonly trouble: (detail: string) => void;
};

/** Nothing is lost by waiting for a read, and what cannot be read is shown as damaged: a busy machine is given more time. */
const READ_PATIENCE = 5;

/** How a transaction is run. `strict` waits for the disk, `relaxed` for the operating system. */
export type TransactionKind = 'read' | 'write-strict' | 'write-relaxed';

/**
 * A connection to one database that opens itself, and opens itself again after the browser closed it or another page
 * asked for it. Everything it promises settles: at completion, at an error, at an abort, or when the watchdog runs out.
 */
export class IndexedDbConnection {
  readonly #parts: ConnectionParts;
  #opening: Promise<IDBDatabase> | undefined;
  #opened: IDBDatabase | undefined;
  /** How many transactions have ended, however they did. */
  #ended = 0;
  #closed = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** Runs one transaction of one or more requests on one store and gives back `result()` once it is complete. */
  async transact<Value>(
    kind: TransactionKind,
    store: string,
    begin: (store: IDBObjectStore) => () => Value,
    what: string,
  ): Promise<Value> {
    assert(!this.#closed, () => `the database ${this.#parts.database} is closed`);
    const transaction =
      this.#begin(await this.#database(), kind, store) ?? this.#begin(await this.#database(), kind, store);
    if (transaction === undefined) throw new Error(`${what}: the browser closed the database`);
    const { watchdogMs } = this.#parts;
    const waitMs = kind === 'read' ? READ_PATIENCE * watchdogMs : watchdogMs;
    return this.#settled(transaction, (of) => begin(of.objectStore(store)), what, waitMs);
  }

  /** Every value of a store, in the order of their keys. What they are is for the caller to look at. */
  readAll(store: string, what: string): Promise<readonly unknown[]> {
    const begin = (from: IDBObjectStore) => {
      const request: IDBRequest<unknown[]> = from.getAll();
      return () => request.result;
    };
    return this.transact('read', store, begin, what);
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
  #begin(database: IDBDatabase, kind: TransactionKind, store: string): IDBTransaction | undefined {
    try {
      return kind === 'read'
        ? database.transaction(store, 'readonly')
        : database.transaction(store, 'readwrite', {
            durability: kind === 'write-strict' ? 'strict' : 'relaxed',
          });
    } catch (cause) {
      this.#forget(database, `a transaction could not begin: ${causeText(cause)}`);
      return undefined;
    }
  }

  #settled<Value>(
    transaction: IDBTransaction,
    begin: (transaction: IDBTransaction) => () => Value,
    what: string,
    waitMs: number,
  ): Promise<Value> {
    return new Promise((resolve, reject) => {
      const cancelWatchdog = this.#watch(waitMs, () => {
        this.#forget(transaction.db, `${what} did not finish`);
        reject(new Error(`${what} did not finish in ${waitMs} ms`));
      });
      const failed = (cause: unknown) => {
        this.#ended++;
        cancelWatchdog();
        reject(new Error(`${what} failed: ${cause === null ? 'the browser aborted it' : causeText(cause)}`));
      };
      // A full disk shows up as an abort without an error event.
      transaction.addEventListener('abort', () => failed(transaction.error));
      let result: (() => Value) | undefined;
      transaction.addEventListener('complete', () => {
        this.#ended++;
        cancelWatchdog();
        if (result !== undefined) resolve(result());
      });
      try {
        result = begin(transaction);
      } catch (cause) {
        failed(cause);
      }
    });
  }

  /** Calls back once when no transaction has ended for `waitMs`; gives back what stops the watching. */
  #watch(waitMs: number, silent: () => void): () => void {
    let cancel = () => undefined as void;
    const look = () => {
      const ended = this.#ended;
      cancel = this.#parts.surroundings.after(waitMs, () => (this.#ended === ended ? silent() : look()));
    };
    look();
    return () => cancel();
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

  /** Opens the database with all its stores. A store that is missing needs a higher version to be made in. */
  async #open(): Promise<IDBDatabase> {
    const database = await this.#openVersion(undefined);
    const isMissing = (store: string) => !database.objectStoreNames.contains(store);
    if (!this.#parts.stores.some(isMissing)) return this.#guarded(database);
    database.close();
    return this.#guarded(await this.#openVersion(database.version + 1));
  }

  #openVersion(version: number | undefined): Promise<IDBDatabase> {
    const { database: name, stores, watchdogMs, surroundings } = this.#parts;
    const waitMs = READ_PATIENCE * watchdogMs;
    return new Promise((resolve, reject) => {
      let late = false;
      const cancelWatchdog = surroundings.after(waitMs, () => {
        late = true;
        reject(new Error(`the database ${name} did not open in ${waitMs} ms`));
      });
      const request = indexedDB.open(name, version);
      request.addEventListener('upgradeneeded', () => {
        const there = request.result.objectStoreNames;
        for (const store of stores) if (!there.contains(store)) request.result.createObjectStore(store);
      });
      request.addEventListener('error', () => {
        cancelWatchdog();
        reject(new Error(`the database ${name} did not open: ${causeText(request.error)}`));
      });
      request.addEventListener('success', () => {
        cancelWatchdog();
        if (late) request.result.close();
        else resolve(request.result);
      });
    });
  }

  #guarded(database: IDBDatabase): IDBDatabase {
    this.#opened = database;
    database.addEventListener('close', () => this.#forget(database, 'the browser closed the database'));
    database.addEventListener('versionchange', () =>
      this.#forget(database, 'another page asked for the database'),
    );
    return database;
  }

  #forget(database: IDBDatabase, detail: string): void {
    database.close();
    // One that was forgotten before must not take the next one with it.
    if (this.#opened !== database) return;
    this.#opened = undefined;
    this.#opening = undefined;
    this.#parts.trouble(detail);
  }
}
