import type { DocumentKey } from '#model/ids/document-id.ts';

/** A document whose copy of this device was put aside; `lost` whether anything shown here is not as it was written here. */
export type HealedDocument = { readonly id: number; readonly key: DocumentKey; readonly lost: boolean };

/** What this device changed without permission and put aside, until somebody has read it (rule E7). */
export class Healed {
  #documents = $state.raw<readonly HealedDocument[]>([]);
  #count = 0;

  /** What nobody has read yet, oldest first; each document once. */
  get documents(): readonly HealedDocument[] {
    return this.#documents;
  }

  /** Notes that a document was healed, and whether entries of ours were lost by it. */
  add(key: DocumentKey, lost: boolean): void {
    const text = JSON.stringify(key);
    const known = this.#documents.find((document) => JSON.stringify(document.key) === text);
    if (!known) this.#documents = [...this.#documents, { id: ++this.#count, key, lost }];
    else if (lost && !known.lost)
      this.#documents = this.#documents.map((one) => (one === known ? { ...known, lost } : one));
  }

  /** Takes one away that was read. */
  hide(id: number): void {
    this.#documents = this.#documents.filter((document) => document.id !== id);
  }
}
