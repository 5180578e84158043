import type { Heads } from '@automerge/automerge';
import { documentId, type DocumentId } from '#model/ids/document-id.ts';
import type { RegisterJournal, Sealable } from './register-journal.ts';
import type { Seal } from './seal.ts';

/** A session that waits to be archived. */
type Waiting = Sealable & { readonly id: DocumentId; readonly journal: RegisterJournal };

/** Archives sessions that nobody will add to any more (rule D12), one after the other, so that a year of them is never in memory. */
export class SessionArchivist {
  readonly #archive: (id: DocumentId, heads: Heads, seal: Seal) => Promise<boolean>;
  readonly #waiting = new Map<DocumentId, Waiting>();
  #working = false;

  constructor(archive: (id: DocumentId, heads: Heads, seal: Seal) => Promise<boolean>) {
    this.#archive = archive;
  }

  /** A journal, or head office's word for it, has changed: what may be archived now is. */
  consider(journal: RegisterJournal, organization: string): void {
    const { store, register } = journal;
    for (const sealable of journal.sealable()) {
      const { session } = sealable;
      const id = documentId({ organization, key: { class: 'session', store, register, session } });
      this.#waiting.set(id, { ...sealable, id, journal });
    }
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let [next] = this.#waiting.values(); next !== undefined; [next] = this.#waiting.values()) {
      const { id, journal, session, seen, seal } = next;
      this.#waiting.delete(id);
      const isArchived = await this.#archive(id, seen, seal);
      // Meanwhile it may have been read again, and be another.
      if (isArchived && journal.session(session)?.seen === seen) journal.seal(session, seal);
    }
    this.#working = false;
  }
}
