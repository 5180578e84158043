import type { Heads } from '@automerge/automerge/slim';
import type { Repo } from '@automerge/automerge-repo/slim';
import type { RelayLink } from './relay-link.ts';

/**
 * What the relay said it holds of each document since the link came up. Repo remembers heads across links as well, but
 * those may be of a disk that is gone, and it does not tell when the same heads are named again.
 */
export class RelayHeads {
  readonly #link: RelayLink;
  readonly #heads = new Map<string, Heads>();
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(repo: Repo, link: RelayLink) {
    this.#link = link;
    link.watch(() => this.#heads.clear());
    repo.synchronizer.on('sync-state', ({ peerId, documentId, syncState }) => {
      if (peerId === link.peerId && syncState.theirHeads) this.#named(documentId, syncState.theirHeads);
    });
  }

  /** The heads the relay named last; undefined when it has named none, or has no disk to speak of. */
  of(documentId: string): Heads | undefined {
    return this.#link.storageId === undefined ? undefined : this.#heads.get(documentId);
  }

  /** The relay said that it holds a document in the state it had here (rule W9); what it named itself is newer. */
  alike(documentId: string, heads: Heads): void {
    if (!this.#heads.has(documentId)) this.#named(documentId, heads);
  }

  /** Hears when the relay names heads of a document; gives back the function that stops it. */
  watch(documentId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(documentId) ?? new Set();
    this.#listeners.set(documentId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(documentId);
    };
  }

  #named(documentId: string, heads: Heads): void {
    this.#heads.set(documentId, heads);
    for (const listener of this.#listeners.get(documentId) ?? []) listener();
  }
}
