import type { DatabaseSync } from 'node:sqlite';
import type { DocumentAddress } from '#model/ids/document-id.ts';
import { oneRow } from './database.ts';
import { ExceptionList, type Finding } from './exceptions.ts';
import { flattenMaster } from './flatten-master.ts';
import { flattenSession, type DocumentEntries } from './flatten-session.ts';
import { RollupBatch } from './rollup-sums.ts';
import { prepareStatements, type Statements } from './statements.ts';

/** What one document brings: its entries and the heads they are at. */
export type DocumentUpdate = {
  readonly documentId: string;
  readonly address: DocumentAddress;
  /** Sorted Automerge heads. */
  readonly heads: readonly string[];
  readonly entries: DocumentEntries['entries'];
  readonly complete: boolean;
  readonly audited?: DocumentEntries['audited'];
  /** What is wrong with the document as a whole. */
  readonly faults: readonly Pick<Finding, 'code' | 'detail'>[];
};

/**
 * The only place that writes to the database. What holds after every call:
 * 1. The tables are a function of the documents written so far: times and orders do not matter.
 * 2. A document's heads are stored in the transaction that stores its rows.
 * 3. A call that throws has changed nothing.
 */
export class ReportWriter {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #exceptions: ExceptionList;

  /** `now` stamps when an exception was first seen. */
  constructor(database: DatabaseSync, now: () => string) {
    this.#database = database;
    this.#statements = prepareStatements(database);
    this.#exceptions = new ExceptionList(this.#statements, now);
  }

  /** Writes a batch of documents in one transaction. */
  write(updates: readonly DocumentUpdate[]): void {
    this.#inTransaction(() => {
      const rollup = new RollupBatch();
      for (const update of updates) this.#flatten(update, rollup);
      rollup.flush(this.#statements);
    });
  }

  /** Notes a document that is not flattened: it holds nothing reports need, or `fault` says why it cannot be. */
  note(documentId: string, documentClass: string, fault?: Pick<Finding, 'code' | 'detail'>): void {
    this.#inTransaction(() => {
      this.#statements.noteDocument.run(documentId, documentClass);
      this.#exceptions.replace(documentSource(documentId), fault ? [{ ...fault, documentId }] : []);
    });
  }

  /** The heads a document is flattened at, or undefined when it is not. */
  heads(documentId: string): readonly string[] | undefined {
    const row = oneRow<{ heads: string | null }>(this.#statements.getDocument, documentId);
    return row?.heads?.split(' ');
  }

  /** Whether the session's closing record is here and counted. */
  isClosed(store: string, register: string, session: number): boolean {
    return oneRow(this.#statements.lastOfKind, store, register, session, 'closed') !== undefined;
  }

  /** The organization whose documents these are, once it is known. */
  organization(): string | undefined {
    return oneRow<{ value: string }>(this.#statements.getMeta, 'organization')?.value;
  }

  /** Fixes the organization. */
  setOrganization(tag: string): void {
    this.#statements.setMeta.run('organization', tag);
  }

  #flatten(update: DocumentUpdate, rollup: RollupBatch): void {
    const { documentId, address, entries, complete, audited } = update;
    const known = this.heads(documentId) !== undefined;
    const writing = { statements: this.#statements, exceptions: this.#exceptions, rollup };
    const document = { documentId, entries, complete, known, ...(audited ? { audited } : {}) };
    const { key, organization } = address;
    if (key.class === 'session') flattenSession(writing, { ...key, organization }, document);
    else if (key.class === 'organization' || key.class === 'staff' || key.class === 'catalog')
      flattenMaster(writing, key, document);
    const faults = update.faults.map((fault) => ({ ...fault, documentId }));
    this.#exceptions.replace(documentSource(documentId), faults);
    this.#statements.putDocument.run(documentId, key.class, [...update.heads].sort().join(' '));
  }

  #inTransaction(work: () => void): void {
    const { begin, commit, rollback } = this.#statements;
    begin.run();
    try {
      work();
      commit.run();
    } catch (error) {
      // A full disk may have ended the transaction already; then there is nothing to take back.
      if (this.#database.isTransaction) rollback.run();
      this.#exceptions.reload();
      throw error;
    }
  }
}

function documentSource(documentId: string): string {
  return `document:${documentId}`;
}
