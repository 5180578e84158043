import * as A from '@automerge/automerge/slim';
import type { DocumentChunks } from './document-chunks.ts';
import type { DocumentSaver } from './document-saver.ts';
import type { DocumentStorage } from './document-storage.ts';
import type { LetGo } from './documents.ts';
import type { OpenDocument, OpenDocuments } from './open-documents.ts';
import { relayAnswers, type RelayWord } from './relay-confirmation.ts';
import type { Surroundings } from './surroundings.ts';

/** What letting go needs. */
export type LeavingParts = {
  readonly chunks: DocumentChunks;
  readonly storage: DocumentStorage;
  readonly documents: OpenDocuments;
  readonly saver: DocumentSaver;
  readonly relay: RelayWord;
  readonly surroundings: Surroundings;
  /** Ends the link to the relay and dials again. */
  readonly renewLink: () => void;
};

/**
 * Lets go of documents on this terminal (rule D9). Repo's own ways are no ways: unloading saves the document empty and deleting is
 * only that. Here it is taken out of the Repo as it is and out of the storage in one transaction, and no peer hears of it.
 */
export class DocumentLeaving {
  readonly #parts: LeavingParts;
  #gone: Promise<Set<string>> | undefined;

  constructor(parts: LeavingParts) {
    this.#parts = parts;
  }

  /** Whether a document was let go and nobody has asked for it since. */
  async isGone(id: string): Promise<boolean> {
    return (await this.#ids()).has(id);
  }

  /** The documents that were let go and nobody has asked for since. */
  async gone(): Promise<readonly string[]> {
    return [...(await this.#ids())];
  }

  /** Somebody wants a document here: one that was let go is taken from the relay again, and kept. */
  async askFor(id: string): Promise<void> {
    const gone = await this.#ids();
    if (!gone.delete(id)) return;
    // A note of what the relay was sent before would make it send nothing of that again, and so does the link it was sent on.
    await this.#parts.chunks.remove(id);
    this.#parts.renewLink();
  }

  /** Lets go of open documents, all or none, with what is remembered of them. */
  async letGo(
    open: readonly OpenDocument[],
    notes: Readonly<Record<string, string | undefined>>,
    relayWaitMs: number,
  ): Promise<LetGo> {
    const gone = await this.#ids();
    const alike = await Promise.all(open.map((one) => this.#isAlike(one, relayWaitMs)));
    // From here to the removal nothing else runs, so what was found out above still holds or is found out to be otherwise.
    const unconfirmed = open.filter((one, i) => !alike[i] || !this.#isUntouched(one)).map(({ key }) => key);
    if (unconfirmed.length > 0) return { gone: false, unconfirmed };
    const ids = open.map(({ id }) => id);
    const { promise: leaving, resolve } = Promise.withResolvers<void>();
    for (const one of open) {
      gone.add(one.id);
      this.#parts.chunks.forget(one.id);
      this.#parts.documents.remove(one, leaving);
    }
    try {
      await this.#parts.storage.letGo(ids, notes);
    } catch (cause) {
      // All of it is still on the disk, and is opened from there when somebody wants it.
      for (const id of ids) gone.delete(id);
      throw cause;
    } finally {
      resolve();
    }
    return { gone: true };
  }

  /** Whether this copy is on the disk here, and the relay says that it holds the very same on its own. */
  async #isAlike({ id, handle }: OpenDocument, waitMs: number): Promise<boolean> {
    const { relay, surroundings, saver } = this.#parts;
    if ((await relayAnswers(handle, isSame, relay, waitMs, surroundings)) !== 'saved') return false;
    return saver.save(id).then(
      () => true,
      () => false,
    );
  }

  #isUntouched({ id, handle, damage, shows }: OpenDocument): boolean {
    const named = this.#parts.relay.heads.of(id);
    const isWell = damage === undefined && shows === undefined;
    return isWell && named !== undefined && isSame(handle.doc(), named) && this.#parts.saver.forget(id);
  }

  /** The ids of documents that were let go; one that is stored all the same was asked for later. */
  #ids(): Promise<Set<string>> {
    this.#gone ??= Promise.all([this.#parts.storage.remembered(), this.#parts.storage.documentIds()]).then(
      ([{ gone }, stored]) => new Set([...gone].filter((id) => !stored.includes(id))),
    );
    this.#gone.catch(() => (this.#gone = undefined));
    return this.#gone;
  }
}

function isSame(doc: A.Doc<unknown>, heads: A.Heads): boolean {
  const own = A.getHeads(doc);
  return own.length === heads.length && own.every((head) => heads.includes(head));
}
