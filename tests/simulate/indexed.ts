import type { DatabaseSync } from 'node:sqlite';
import * as A from '@automerge/automerge';
import { pino } from 'pino';
import type { DocumentId } from '#model/ids/document-id.ts';
import { create } from '../../reports-indexer/database.ts';
import { Indexer } from '../../reports-indexer/indexer.ts';
import { ReportWriter } from '../../reports-indexer/report-writer.ts';
import { sameHeads } from '../../sync-relay/entries-document.ts';
import { ORGANIZATION } from '../support/stock-peer.ts';
import { tellUnlessRefused } from './disk.ts';
import type { RelayHost } from './relay-host.ts';

type Offered = { doc: A.Doc<unknown>; sync: A.SyncState };

/** The real reports indexer over a database in memory, fed from a relay whenever somebody asks for it. */
export class Indexed {
  readonly database: DatabaseSync = create(':memory:');
  readonly #writer: ReportWriter;
  readonly #indexer: Indexer;
  readonly #offered = new Map<DocumentId, Offered>();
  readonly #fresh = new Set<DocumentId>();
  readonly #tasks: (() => void)[] = [];

  constructor() {
    const now = () => '2026-01-05T08:00:00.000Z';
    const log = pino({ level: 'silent' });
    this.#writer = new ReportWriter(this.database, now);
    this.#indexer = new Indexer({
      writer: this.#writer,
      log,
      now,
      schedule: (task) => this.#tasks.push(task),
      onIndexed: () => undefined,
      onDamaged: (error) => {
        throw error;
      },
    });
    this.#indexer.learnOrganization(ORGANIZATION);
    this.#indexer.linkUp((id, data) => this.#answer(id as DocumentId, data));
  }

  /** Asks a relay for what it holds; it answers as the world goes on, and what else goes wrong is added to `broken`. */
  ask({ relay }: RelayHost, broken: string[]): void {
    for (const document of relay?.documents ?? [])
      // A relay that cannot read its disk now is asked again.
      document
        .look((doc) => this.#copy(document.id, doc))
        .catch(tellUnlessRefused(broken, `what the index is shown of ${document.id}`));
  }

  /** Takes every document another index was shown, in any order `sorted` gives them. */
  copy(other: Indexed, sorted: (ids: DocumentId[]) => DocumentId[]): void {
    for (const id of sorted([...other.#offered.keys()])) {
      const known = other.#offered.get(id);
      if (known) this.#copy(id, known.doc);
    }
  }

  /** Indexes what came since the last time. */
  async take(): Promise<void> {
    for (const id of this.#fresh) {
      this.#offer(id);
      await this.#drain();
    }
    this.#fresh.clear();
    this.#indexer.tick();
    await this.#drain();
  }

  /** Every table as text, without when something was first seen: what must not depend on how the documents came. */
  get contents(): string {
    const names = this.database
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`)
      .all();
    const tables = names.map(({ name }) => {
      const rows = this.database.prepare(`SELECT * FROM "${String(name)}"`).all();
      const texts = rows.map(({ seen_at: _seen, rowid: _row, ...row }) => JSON.stringify(row)).sort();
      return `${String(name)}\n${texts.join('\n')}`;
    });
    return tables.join('\n\n');
  }

  close(): void {
    for (const { doc } of this.#offered.values()) A.free(doc);
    this.database.close();
  }

  #copy(id: DocumentId, doc: A.Doc<unknown>): void {
    const known = this.#offered.get(id) ?? { doc: A.init<unknown>(), sync: A.initSyncState() };
    // What was shown already leaves nothing to say.
    if (this.#offered.has(id) && sameHeads(A.getHeads(known.doc), A.getHeads(doc))) return;
    known.doc = A.merge(known.doc, doc);
    this.#offered.set(id, known);
    this.#fresh.add(id);
  }

  #offer(id: DocumentId): void {
    const offered = this.#offered.get(id);
    if (offered === undefined) return;
    for (;;) {
      const [sync, message] = A.generateSyncMessage(offered.doc, offered.sync);
      offered.sync = sync;
      if (message === null) return;
      this.#indexer.receive(id, message);
    }
  }

  #answer(id: DocumentId, data: Uint8Array): void {
    const offered = this.#offered.get(id);
    if (offered) [offered.doc, offered.sync] = A.receiveSyncMessage(offered.doc, offered.sync, data);
  }

  /** Runs what the indexer put off, until nothing more comes. */
  async #drain(): Promise<void> {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) {
      task();
      await this.#writer.write([]);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
