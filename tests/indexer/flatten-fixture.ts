import type { DatabaseSync } from 'node:sqlite';
import { parseDocumentId } from '#model/ids/document-id.ts';
import { openReport, addToReport, type SessionReport } from '#model/folds/session-report.ts';
import { assert } from '#model/result.ts';
import type { Device } from '#model/trust/device.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { create, queryBuilder } from '../../reports-indexer/database.ts';
import { putDevice } from '../../reports-indexer/device-rows.ts';
import type { EntryValue } from '../../reports-indexer/read-record.ts';
import { prepareStatements } from '../../reports-indexer/statements.ts';
import { terminals } from '../support/journal-fixture.ts';
import { ReportWriter, type DocumentUpdate } from '../../reports-indexer/report-writer.ts';

/** A database in memory with its writer and query builder, in which the terminals of generated registers are known. */
export function freshReports(devices: readonly Device[] = terminals(9, 9)) {
  const database = create(':memory:');
  const statements = prepareStatements(database);
  for (const device of devices) putDevice(statements, device);
  const writer = new ReportWriter(database, () => '2026-11-21T12:00:00.000Z');
  return { database, writer, query: queryBuilder(database) };
}

/** An update that says all a document holds. Heads follow from the entries, as in Automerge. */
export function wholeUpdate(
  documentId: string,
  entries: Readonly<Record<string, string | readonly EntryValue[]>>,
): DocumentUpdate {
  return { ...partialUpdate(documentId, entries, entries), complete: true };
}

/** An update that brings some entries of a document that holds `all`. */
export function partialUpdate(
  documentId: string,
  entries: Readonly<Record<string, string | readonly EntryValue[]>>,
  all: Readonly<Record<string, string | readonly EntryValue[]>>,
): DocumentUpdate {
  const address = parseDocumentId(documentId);
  assert(address.ok, () => `no document id: ${documentId}`);
  return {
    documentId,
    address: address.value,
    heads: [`${Object.keys(all).length}-${JSON.stringify(all).length}`],
    entries: new Map(
      Object.entries(entries).map(([key, value]) => [key, typeof value === 'string' ? [value] : value]),
    ),
    complete: false,
    faults: [],
  };
}

/** Everything in the database but when exceptions were seen; two equal dumps are the same reports. */
export function dump(database: DatabaseSync): Record<string, unknown[]> {
  const tables = database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
    .all()
    .map(({ name }) => String(name));
  return Object.fromEntries(
    tables.map((table) => {
      const columns = database
        .prepare(`SELECT name FROM pragma_table_info('${table}') ORDER BY cid`)
        .all()
        .map(({ name }) => `"${String(name)}"`)
        .filter((column) => column !== '"seen_at"');
      const rows = database
        .prepare(`SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${columns.join(', ')}`)
        .all();
      return [table, rows.map((row) => ({ ...row }))];
    }),
  );
}

/** The model's own report over the records of one session. */
export function foldSession(records: readonly JournalRecord[]): SessionReport {
  const [first, ...rest] = records;
  assert(first?.kind === 'opened', () => 'a session begins with its opening record');
  return rest.reduce(addToReport, openReport(first));
}
