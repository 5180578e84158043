import type * as A from '@automerge/automerge';

/** Why a reader is shown nothing: the latest changes of a document are in memory alone, for the disk refuses them. */
export class NotOnDisk extends Error {
  /** What a log looks for. */
  readonly code = 'not-on-disk';

  constructor() {
    super('the disk refuses what is new');
  }
}

/** Readers of one document that wait for their turn. */
export class Looks {
  readonly #waiting: { readonly show: (doc: A.Doc<unknown> | undefined) => void; readonly fail: Fail }[] = [];

  /** How many wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Lets a reader wait; resolves with what it made of the document, undefined when there was nothing to see. */
  add<Seen>(reader: (doc: A.Doc<unknown>) => Seen): Promise<Seen | undefined> {
    return new Promise((resolve, fail) => {
      // The executor reads at once, before the document changes again; what it throws is the answer too.
      const show = (doc: A.Doc<unknown> | undefined) =>
        resolve(new Promise((seen) => seen(doc === undefined ? undefined : reader(doc))));
      this.#waiting.push({ show, fail });
    });
  }

  /** Shows those who wait now the document. */
  show(doc: A.Doc<unknown> | undefined): void {
    for (const { show } of this.#waiting.splice(0)) show(doc);
  }

  /** Sends those who wait now away. */
  fail(cause: unknown): void {
    for (const { fail } of this.#waiting.splice(0)) fail(cause);
  }
}

type Fail = (cause: unknown) => void;
