import * as A from '@automerge/automerge';
import type { Logger } from 'pino';
import { basketMayLeave } from '#model/documents/keeping.ts';
import { documentId, type DocumentId } from '#model/ids/document-id.ts';
import { entriesOf } from './entries-document.ts';
import type { RegisterJournal, Sealable } from './register-journal.ts';
import type { Seal } from './seal.ts';

/** A session that waits to be archived. */
type Waiting = Sealable & { readonly organization: string; readonly journal: RegisterJournal };

/** What archiving needs of the relay. */
export type ArchivistParts = {
  /** Looks at a document as it is on this relay's disk; undefined when it is not here. Rejects while the disk refuses. */
  readonly look: <Seen>(id: DocumentId, reader: (doc: A.Doc<unknown>) => Seen) => Promise<Seen | undefined>;
  /** Archives a document that still has these heads; whether it did. */
  readonly archive: (id: DocumentId, heads: A.Heads, seal: Seal | null) => Promise<boolean>;
  readonly log: Logger;
};

/**
 * Archives sessions that nobody will add to any more (rule D12), and their baskets (rule D14), one after the other, so that a year
 * of them is never in memory.
 */
export class SessionArchivist {
  readonly #parts: ArchivistParts;
  readonly #waiting = new Map<DocumentId, Waiting>();
  readonly #baskets = new Set<DocumentId>();
  #working = false;

  constructor(parts: ArchivistParts) {
    this.#parts = parts;
  }

  /** A journal, or head office's word for it, has changed: what may be archived now is. */
  consider(journal: RegisterJournal, organization: string): void {
    const { store, register } = journal;
    for (const sealable of journal.sealable()) {
      const { session } = sealable;
      const id = documentId({ organization, key: { class: 'session', store, register, session } });
      this.#waiting.set(id, { ...sealable, organization, journal });
    }
    if (!this.#working) void this.#work();
  }

  /** These baskets are of archived sessions: those with nothing in them are archived. */
  considerBaskets(ids: Iterable<DocumentId>): void {
    for (const id of ids) this.#baskets.add(id);
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#waiting.size + this.#baskets.size > 0) {
      const [session] = this.#waiting;
      const [basket] = this.#baskets;
      if (session !== undefined) await this.#archiveSession(...session);
      else if (basket !== undefined) await this.#archiveBasket(basket);
    }
    this.#working = false;
  }

  async #archiveSession(
    id: DocumentId,
    { journal, session, seen, seal, organization }: Waiting,
  ): Promise<void> {
    this.#waiting.delete(id);
    const isArchived = await this.#parts.archive(id, seen, seal);
    // Meanwhile it may have been read again, and be another.
    if (!isArchived || journal.session(session)?.seen !== seen) return;
    journal.seal(session, seal);
    const { store, register } = journal;
    this.#baskets.add(documentId({ organization, key: { class: 'basket', store, register, session } }));
  }

  async #archiveBasket(id: DocumentId): Promise<void> {
    this.#baskets.delete(id);
    try {
      const heads = await this.#parts.look(id, (doc) =>
        basketMayLeave(entriesOf(doc)) ? A.getHeads(doc) : undefined,
      );
      if (heads !== undefined) await this.#parts.archive(id, heads, null);
    } catch (cause) {
      // It is as well kept in its log, until it changes or the relay starts again.
      this.#parts.log.warn({ err: cause, document: id }, 'a basket could not be looked at to be archived');
    }
  }
}
