import * as A from '@automerge/automerge/slim';
import type { Entries, EntryChange } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { backoffDelay } from './backoff.ts';
import type { DocumentChunks } from './document-chunks.ts';
import type { DocumentSaver } from './document-saver.ts';
import type { DocumentStorage } from './document-storage.ts';
import { readEntries } from './entry-changes.ts';
import { FIRST_CHANGE_HASH } from '#model/documents/first-change.ts';
import type { OpenDocument, OpenDocuments } from './open-documents.ts';
import { relayAnswers, relayHasNoMore, type RelayWord } from './relay-confirmation.ts';
import { causeText, type Surroundings } from './surroundings.ts';

/** How long one try to get the relay's copy may take before it is asked again, in milliseconds. */
const FETCH_MS = 30_000;

/** How many keys of lost entries are named; a catalog has thousands. */
export const LOST_MOST = 100;

/** What healing needs and whom it tells. */
export type HealingParts = {
  readonly chunks: DocumentChunks;
  readonly storage: DocumentStorage;
  readonly documents: OpenDocuments;
  readonly saver: DocumentSaver;
  readonly relay: RelayWord;
  readonly surroundings: Surroundings;
  /** Ends the link to the relay and dials again. */
  readonly renewLink: () => void;
  /** The relay's copy is here; `changes` lead from the entries of before to those of now. */
  readonly replaced: (open: OpenDocument, changes: readonly EntryChange[]) => void;
  /** The relay's copy is on this disk, and the one of before is put aside. */
  readonly healed: (key: DocumentKey, lost: readonly string[]) => void;
  readonly failed: (key: DocumentKey, cause: string) => void;
};

/**
 * Takes the relay's copy of a document in place of one with changes the relay left out (rule E7): later changes build on
 * those, so nothing more from here would ever be taken, and what the screen shows is nobody else's document. The copy of
 * before is read until the relay's is here, and stays on the disk until then.
 */
export class DocumentHealing {
  readonly #parts: HealingParts;
  readonly #running = new Map<string, Promise<void>>();
  readonly #fetching = new Map<string, PromiseWithResolvers<void>>();
  readonly #ended = new AbortController();

  constructor(parts: HealingParts) {
    this.#parts = parts;
  }

  /** Heals a document, once at a time. A document without a change of its own is left as it is: there is nothing to drop. */
  refused(id: string): void {
    const open = this.#parts.documents.peek(id);
    if (open === undefined || this.#running.has(id) || isUntouched(open)) return;
    const running = this.#heal(open).finally(() => this.#running.delete(id));
    this.#running.set(id, running);
    running.catch((cause: unknown) => {
      if (!this.#ended.signal.aborted) this.#parts.failed(open.key, causeText(cause));
    });
  }

  /** Resolves when the relay's copy of a document is the one that is read; at once when it is not being healed. */
  whenFetched(id: string): Promise<void> {
    return this.#fetching.get(id)?.promise ?? Promise.resolve();
  }

  /** Gives up what runs; the copies of before stay on the disk and are refused again next time. */
  async close(): Promise<void> {
    this.#ended.abort();
    for (const { resolve } of this.#fetching.values()) resolve();
    await Promise.allSettled(this.#running.values());
  }

  async #heal(old: OpenDocument): Promise<void> {
    const { documents, saver, renewLink } = this.#parts;
    const at = new Date(this.#parts.surroundings.now()).toISOString();
    const bytes = A.save(old.handle.doc());
    const before = readEntries(old.handle.doc()).entries;
    this.#fetching.set(old.id, Promise.withResolvers());
    documents.retire(old, before);
    // A relay knows what it sent on a link; on a new one it sends everything again.
    renewLink();
    // Messages of the old link that are on their way through the Repo reach the copy of before, not the new one.
    await this.#after(0);
    const fresh = documents.replace(old, before);
    await saver.hold(old.id, async () => {
      await this.#untilDone(old.key, () => this.#parts.storage.archive({ at, documentId: old.id, bytes }));
      await this.#fetched(fresh);
      const lost = this.#swapped(fresh, before);
      await this.#untilDone(old.key, () => this.#saveInPlace(fresh));
      this.#parts.healed(old.key, lost);
    });
  }

  /** Waits until everything the relay has of the document is here, over as many links as it takes. */
  async #fetched({ handle }: OpenDocument): Promise<void> {
    const { relay, surroundings } = this.#parts;
    for (;;) {
      await this.#linked();
      const answer = await relayAnswers(handle, relayHasNoMore, relay, FETCH_MS, surroundings);
      this.#ended.signal.throwIfAborted();
      if (answer === 'saved') return;
    }
  }

  #swapped(fresh: OpenDocument, before: Entries): readonly string[] {
    const { entries } = readEntries(fresh.handle.doc());
    delete fresh.shows;
    const keys = new Set([...Object.keys(before), ...Object.keys(entries)]);
    const changes = [...keys]
      .filter((key) => before[key] !== entries[key])
      .map((key) => ({ key, text: entries[key] }));
    this.#parts.replaced(fresh, changes);
    this.#fetching.get(fresh.id)?.resolve();
    this.#fetching.delete(fresh.id);
    return Object.keys(before)
      .filter((key) => before[key] !== entries[key])
      .slice(0, LOST_MOST);
  }

  async #saveInPlace({ id, handle }: OpenDocument): Promise<void> {
    const { chunks } = this.#parts;
    await chunks.remove(id);
    await chunks.save(id, handle.doc());
  }

  async #untilDone(key: DocumentKey, run: () => Promise<void>): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      this.#ended.signal.throwIfAborted();
      try {
        return await run();
      } catch (cause) {
        this.#parts.failed(key, causeText(cause));
      }
      await this.#after(backoffDelay(attempt, this.#parts.surroundings.random()));
    }
  }

  #linked(): Promise<void> {
    const { link } = this.#parts.relay;
    return this.#settled((resolve) => {
      if (link.connected) resolve();
      return link.watch((connected) => {
        if (connected) resolve();
      });
    });
  }

  #after(ms: number): Promise<void> {
    return this.#settled((resolve) => this.#parts.surroundings.after(ms, resolve));
  }

  /** A promise that `begin` resolves, or that rejects when healing is given up; `begin` gives back how to stop waiting. */
  #settled(begin: (resolve: () => void) => () => void): Promise<void> {
    const { signal } = this.#ended;
    return new Promise<void>((resolve, reject) => {
      signal.throwIfAborted();
      const giveUp = () => {
        stop();
        reject(new Error('the documents are closed'));
      };
      const stop = begin(() => {
        signal.removeEventListener('abort', giveUp);
        // May be called before `begin` has given back how to stop.
        queueMicrotask(() => stop());
        resolve();
      });
      signal.addEventListener('abort', giveUp);
    });
  }
}

function isUntouched({ handle }: OpenDocument): boolean {
  const heads = A.getHeads(handle.doc());
  return heads.length === 1 && heads[0] === FIRST_CHANGE_HASH;
}
