import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely, SqliteDialect, type SqliteDatabase } from 'kysely';
import { SCHEMA_VERSION, type Tables } from './schema.ts';
import { CREATE_TABLES } from './tables.ts';

/** The name of the database inside the data folder. */
export const DATABASE_FILE = 'reports.sqlite';

/** What opening found, for the log. */
export type OpenedDatabase = {
  readonly database: DatabaseSync;
  /** `kept` as it was; `new`; `replayed` because of another schema version or --rebuild; `damaged` and put aside. */
  readonly state: 'kept' | 'new' | 'replayed' | 'damaged';
  /** Where a damaged file went. */
  readonly aside?: string;
};

/**
 * Opens the database in `folder`, making it where there is none. A file that is no database, or one with another schema
 * version, is not repaired: everything in it comes back from the documents. `now` names a file that is put aside.
 */
export function openDatabase(
  folder: string,
  options: { readonly rebuild?: boolean; readonly now: () => string },
): OpenedDatabase {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, DATABASE_FILE);
  if (!existsSync(file)) return { database: create(file), state: 'new' };
  if (options.rebuild) return { database: replace(file), state: 'replayed' };
  const kept = openExisting(file);
  if (kept === 'other-version') return { database: replace(file), state: 'replayed' };
  if (kept !== 'damaged') return { database: kept, state: 'kept' };
  const aside = putAside(folder, options.now());
  return { database: create(file), state: 'damaged', aside };
}

/** Moves the database of `folder` out of the way, keeping it for whoever wants to know why; gives its new path. */
export function putAside(folder: string, now: string): string {
  const file = join(folder, DATABASE_FILE);
  const aside = `${file}.damaged-${now.replaceAll(/[^0-9TZ]/g, '')}`;
  renameSync(file, aside);
  removeSideFiles(file);
  return aside;
}

/** Whether an error means that the file is damaged, not that a statement was wrong or the disk full. */
export function isDamage(error: unknown): boolean {
  // SQLITE_CORRUPT and SQLITE_NOTADB.
  return (
    error instanceof Error &&
    'errcode' in error &&
    (Number(error.errcode) % 256 === 11 || error.errcode === 26)
  );
}

function openExisting(file: string): DatabaseSync | 'damaged' | 'other-version' {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    configure(database);
    const version = database.prepare(`SELECT value FROM meta WHERE key = 'schemaVersion'`).get();
    if (version?.['value'] === String(SCHEMA_VERSION)) return database;
    database.close();
    return 'other-version';
  } catch (error) {
    database?.close();
    if (isDamage(error)) return 'damaged';
    // A database without our tables was stopped while it was made, or is someone else's older one.
    if (error instanceof Error && error.message.includes('no such table')) return 'other-version';
    throw error;
  }
}

function replace(file: string): DatabaseSync {
  rmSync(file, { force: true });
  removeSideFiles(file);
  return create(file);
}

function removeSideFiles(file: string): void {
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
}

/** Makes an empty database; `:memory:` for one that is not kept. */
export function create(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  configure(database);
  database.exec('BEGIN');
  database.exec(CREATE_TABLES);
  database.prepare(`INSERT INTO meta (key, value) VALUES ('schemaVersion', ?)`).run(String(SCHEMA_VERSION));
  database.exec('COMMIT');
  return database;
}

/** NORMAL in WAL mode may lose the last batches in a power cut, never tear one; they come again from the relay. */
function configure(database: DatabaseSync): void {
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = -65536;
    PRAGMA temp_store = MEMORY;
    PRAGMA busy_timeout = 2000;
    PRAGMA wal_autocheckpoint = 8000;
  `);
}

/**
 * The query builder over the same connection. Statements run at once and promises settle without leaving the turn of the
 * event loop, so the queries of one report see one state: batches are written in turns of their own.
 */
export function queryBuilder(database: DatabaseSync): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: asKyselyDatabase(database) }) });
}

function asKyselyDatabase(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare: (sql) => asKyselyStatement(database.prepare(sql)),
  };
}

function asKyselyStatement(statement: StatementSync): ReturnType<SqliteDatabase['prepare']> {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
    run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
    iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
  };
}

/** The rows of a statement, as the tables in schema.ts declare them. */
export function allRows<Row>(statement: StatementSync, ...parameters: SQLInputValue[]): Row[] {
  return statement.all(...parameters) as Row[];
}

/** The only row of a statement, or undefined. */
export function oneRow<Row>(statement: StatementSync, ...parameters: SQLInputValue[]): Row | undefined {
  return statement.get(...parameters) as Row | undefined;
}
