import type { DocumentKey } from '#model/ids/document-id.ts';

/** A document whose changes of this device were put aside. */
export type HealedDocument = { readonly id: number; readonly key: DocumentKey };

/** What this device changed without permission and put aside, until somebody has read it (rule E7). */
export class Healed {
  #documents = $state.raw<readonly HealedDocument[]>([]);
  #count = 0;

  /** What nobody has read yet, oldest first; each document once. */
  get documents(): readonly HealedDocument[] {
    return this.#documents;
  }

  /** Notes that a document was healed. */
  add(key: DocumentKey): void {
    const text = JSON.stringify(key);
    if (this.#documents.some((known) => JSON.stringify(known.key) === text)) return;
    this.#documents = [...this.#documents, { id: ++this.#count, key }];
  }

  /** Takes one away that was read. */
  hide(id: number): void {
    this.#documents = this.#documents.filter((document) => document.id !== id);
  }
}
