import type { DatabaseSync } from 'node:sqlite';
import type { DocumentAddress } from '#model/ids/document-id.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import type { Device } from '#model/trust/device.ts';
import { allRows, oneRow } from './database.ts';
import { terminalsOf } from './device-rows.ts';
import { ExceptionList, type Finding } from './exceptions.ts';
import { flattenMaster, isMaster } from './flatten-master.ts';
import {
  flattenSession,
  rejudgeSession,
  sessionRecords,
  type DocumentEntries,
  type Writing,
} from './flatten-session.ts';
import type { SessionAddress } from './read-record.ts';
import { readSession, type JudgedRecord, type ReadEntry } from './read-session.ts';
import { RollupBatch } from './rollup-sums.ts';
import { judgeSignature } from './signatures.ts';
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

type SessionUpdate = DocumentUpdate & { readonly address: { readonly key: { readonly class: 'session' } } };

type ReadUpdate = {
  readonly update: DocumentUpdate;
  readonly place: SessionAddress;
  readonly entries: ReadonlyMap<string, readonly ReadEntry[]>;
};

/**
 * Entries of sessions that are written together. While they are, the signatures of the next are verified on the threads Node keeps for such
 * work, so a batch is cut into some.
 */
const GROUP_ENTRIES = 500;

type Place = { readonly store: StoreId; readonly register: RegisterId };

/**
 * The only place that writes to the database. What holds after every call:
 * 1. The tables are a function of the documents written so far: times and orders do not matter.
 * 2. A document's heads are stored in the transaction that stores its rows.
 * 3. A transaction that throws has changed nothing, and writing the batch again mends what it left out.
 * 4. A record counts only if somebody who may has signed it (rule E10), whichever came first, it or the list of devices.
 */
export class ReportWriter {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #exceptions: ExceptionList;
  #last: Promise<void> = Promise.resolve();

  /** `now` stamps when an exception was first seen. */
  constructor(database: DatabaseSync, now: () => string) {
    this.#database = database;
    this.#statements = prepareStatements(database);
    this.#exceptions = new ExceptionList(this.#statements, now);
  }

  /**
   * Writes a batch of documents: what is known of the shop in one transaction, then the sessions in as many as they take, the signatures of
   * some verified while those before are written, then what a change of devices leaves to be judged again. Calls wait for each other.
   */
  write(updates: readonly DocumentUpdate[]): Promise<void> {
    const written = this.#last.then(() => this.#write(updates));
    // Whoever handed the batch in hears of its failure; the next one must not.
    this.#last = written.catch(() => undefined);
    return written;
  }

  async #write(updates: readonly DocumentUpdate[]): Promise<void> {
    const masters = updates.filter(({ address }) => address.key.class !== 'session');
    if (masters.length > 0) this.#inTransaction(() => masters.forEach((update) => this.#flatten(update)));
    let ahead: Promise<readonly ReadUpdate[]> = Promise.resolve([]);
    for (const together of inGroups(updates)) {
      const sessions = await ahead;
      ahead = Promise.all(together.map((update) => this.#read(update)));
      // It is looked at when the next group is begun; until then nobody hears of its failure.
      ahead.catch(() => undefined);
      this.#writeSessions(sessions);
    }
    this.#writeSessions(await ahead);
    await this.#rejudge();
  }

  async #read(update: SessionUpdate): Promise<ReadUpdate> {
    const { address, entries } = update;
    const place = { ...address.key, organization: address.organization };
    const devices = terminalsOf(this.#statements, place.store, place.register);
    return { update, place, entries: await readSession(place, entries, devices) };
  }

  #writeSessions(sessions: readonly ReadUpdate[]): void {
    if (sessions.length === 0) return;
    this.#inTransaction(() => {
      const rollup = new RollupBatch();
      for (const { update, place, entries } of sessions) {
        const { documentId, complete } = update;
        const known = this.heads(documentId) !== undefined;
        flattenSession(this.#writing(rollup), place, { documentId, entries, complete, known });
        this.#settle(update);
      }
      rollup.flush(this.#statements);
    });
  }

  /** Judges the records of registers whose devices changed, a session at a time. */
  async #rejudge(): Promise<void> {
    const organization = this.organization();
    if (organization === undefined) return;
    for (const place of allRows<Place>(this.#statements.markedRegisters)) {
      const { store, register } = place;
      const devices = terminalsOf(this.#statements, store, register);
      for (const { session } of allRows<{ session: number }>(this.#statements.sessionsOf, store, register)) {
        const address = { class: 'session' as const, organization, ...place, session };
        const changed = await this.#changedRecords(address, devices);
        if (changed.length === 0) continue;
        this.#inTransaction(() => {
          const rollup = new RollupBatch();
          rejudgeSession(this.#writing(rollup), address, changed);
          rollup.flush(this.#statements);
        });
      }
      this.#statements.unmarkRegister.run(store, register);
    }
  }

  /** The records of a session whose signatures are worth something else now than the tables say. */
  async #changedRecords(
    address: SessionAddress,
    devices: readonly Device[],
  ): Promise<readonly JudgedRecord[]> {
    const before = sessionRecords(this.#statements, address);
    const now = await Promise.all(
      before.map(async (whole) => ({ ...whole, signature: await judgeSignature(whole.record, devices) })),
    );
    return now.filter(({ signature }, i) => signature !== before[i]?.signature);
  }

  #writing(rollup: RollupBatch): Writing {
    return { statements: this.#statements, exceptions: this.#exceptions, rollup };
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

  #flatten(update: DocumentUpdate): void {
    const { documentId, address, entries, complete, audited } = update;
    const known = this.heads(documentId) !== undefined;
    const document = { documentId, entries, complete, known, ...(audited ? { audited } : {}) };
    if (isMaster(address.key))
      flattenMaster(this.#writing(new RollupBatch()), address.organization, address.key, document);
    this.#settle(update);
  }

  #settle({ documentId, address, heads, faults: found }: DocumentUpdate): void {
    const faults = found.map((fault) => ({ ...fault, documentId }));
    this.#exceptions.replace(documentSource(documentId), faults);
    this.#statements.putDocument.run(documentId, address.key.class, [...heads].sort().join(' '));
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

/** Sessions in the order they came, as many together as make a transaction worth while. */
function* inGroups(updates: readonly DocumentUpdate[]): Iterable<readonly SessionUpdate[]> {
  let group: SessionUpdate[] = [];
  let entries = 0;
  for (const update of updates) {
    if (!isOfSession(update)) continue;
    group.push(update);
    entries += update.entries.size;
    if (entries < GROUP_ENTRIES) continue;
    yield group;
    group = [];
    entries = 0;
  }
  if (group.length > 0) yield group;
}

function isOfSession(update: DocumentUpdate): update is SessionUpdate {
  return update.address.key.class === 'session';
}

function documentSource(documentId: string): string {
  return `document:${documentId}`;
}
