import type { DocumentAddress, DocumentId } from '#model/ids/document-id.ts';
import type { Link } from './link.ts';
import type { RelayDocument } from './relay-document.ts';

/** Idle documents kept in memory; beyond them the one longest idle goes. A session of 300 sales takes about two megabytes there. */
const MOST_IDLE = 16;

/** How often documents nobody talked about since the last time are let go, in milliseconds. */
const QUIET_MS = 30_000;

/** Documents a link is offered at once. */
const OFFERED_AT_ONCE = 8;

/** How long a peer may take to agree on documents before the next ones are spoken of, in milliseconds. */
const AGREE_MS = 2000;

/** What live documents need of the relay. */
export type LiveParts = {
  readonly make: (id: DocumentId, address: DocumentAddress) => RelayDocument;
  readonly later: (milliseconds: number, callback: () => void) => void;
};

/**
 * The documents in memory: those something happens with, and those that were talked about a short while ago. A document
 * that is let go is another object when it comes back, so nobody keeps one over a pause; the organization's stays.
 */
export class LiveDocuments {
  readonly #parts: LiveParts;
  readonly #documents = new Map<DocumentId, RelayDocument>();
  /** Those with nothing to do, the longest idle first; true once a look found them idle already. */
  readonly #idle = new Map<DocumentId, boolean>();
  #looking = false;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /** How many are there. */
  get count(): number {
    return this.#documents.size;
  }

  /** The documents in memory. */
  get all(): Iterable<RelayDocument> {
    return this.#documents.values();
  }

  /** A document, from the disk or new. */
  get(id: DocumentId, address: DocumentAddress): RelayDocument {
    let document = this.#documents.get(id);
    if (document === undefined) this.#documents.set(id, (document = this.#parts.make(id, address)));
    return document;
  }

  /** A document that is in memory. */
  find(id: DocumentId): RelayDocument | undefined {
    return this.#documents.get(id);
  }

  /** Takes note that a document has nothing to do. */
  idle(document: RelayDocument): void {
    const { id, isEmpty } = document;
    this.#idle.delete(id);
    // One that a peer only named costs nothing either.
    if (isEmpty && this.#release(id)) return;
    this.#idle.set(id, false);
    for (const longest of this.#idle.keys()) {
      if (this.#idle.size <= MOST_IDLE) break;
      this.#release(longest);
    }
    this.#lookLater();
  }

  /**
   * Offers documents to a link a few at a time, so that neither side has all of them in memory. With `agree` the next wait until
   * the peer has the same of these.
   */
  async offer(
    link: Link,
    documents: Iterable<readonly [DocumentId, DocumentAddress]>,
    agree: boolean,
  ): Promise<void> {
    let together: Promise<void>[] = [];
    for (const [id, address] of documents) {
      if (!link.isOpen) return;
      const document = this.get(id, address);
      if (agree) together.push(this.#agreed(link, id));
      document.offer(link);
      together.push(document.settled());
      if (together.length < OFFERED_AT_ONCE) continue;
      await Promise.all(together);
      together = [];
    }
  }

  #agreed(link: Link, id: DocumentId): Promise<void> {
    return new Promise((resolve) => {
      link.onceAgreed(id, resolve);
      this.#parts.later(AGREE_MS, resolve);
    });
  }

  #release(id: DocumentId): boolean {
    this.#idle.delete(id);
    const document = this.#documents.get(id);
    if (document === undefined) return true;
    if (document.address.key.class === 'organization' || !document.release()) return false;
    this.#documents.delete(id);
    return true;
  }

  #lookLater(): void {
    if (this.#looking || this.#idle.size === 0) return;
    this.#looking = true;
    this.#parts.later(QUIET_MS, () => {
      this.#looking = false;
      for (const [id, isLong] of this.#idle) {
        if (isLong) this.#release(id);
        else this.#idle.set(id, true);
      }
      this.#lookLater();
    });
  }
}
