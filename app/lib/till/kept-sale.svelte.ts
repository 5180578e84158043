import { entryDifference, openSaleEntries, readOpenSale, type OpenSale } from '#model/documents/basket.ts';
import type { Entries, EntryFault } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import type { Result } from '#model/result.ts';
import type { Documents } from '../repo/documents.ts';
import type { Surroundings } from '../surroundings.ts';

/** The open sale in the basket document of its session: what is kept there is there after a crash. */
export class KeptSale {
  readonly #documents: Documents;
  readonly #surroundings: Pick<Surroundings, 'afterPaint'>;
  #key: DocumentKey | undefined;
  #entries: Entries = {};
  /** What waits to be painted before it is kept. */
  #owed: OpenSale | undefined;
  #trouble = $state.raw<string | undefined>();

  constructor(documents: Documents, surroundings: Pick<Surroundings, 'afterPaint'>) {
    this.#documents = documents;
    this.#surroundings = surroundings;
  }

  /** Why the sale could not be kept on the disk; undefined when it is kept. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Opens the basket document of a session. What the one before is owed is kept there first. */
  async open(key: DocumentKey): Promise<Entries> {
    await this.#settle();
    this.#key = key;
    return this.#documents.open(key);
  }

  /** The entries of the document as they are now; undefined without one, or when another was opened meanwhile. */
  async read(): Promise<Entries | undefined> {
    const key = this.#key;
    if (!key) return undefined;
    const entries = await this.#documents.open(key);
    return key === this.#key ? entries : undefined;
  }

  /** Takes entries as what is kept, and reads the sale in them; undefined where there is none. */
  take(entries: Entries): Result<OpenSale | undefined, EntryFault> {
    this.#entries = entries;
    return readOpenSale(entries);
  }

  /** Resolves when the sale is on the disk, or its trouble is told. */
  async keep(sale: OpenSale): Promise<void> {
    this.#owed = undefined;
    if (!this.#key) return;
    const entries = openSaleEntries(sale);
    const difference = entryDifference(this.#entries, entries);
    this.#entries = entries;
    try {
      await this.#documents.write(this.#key, difference);
      this.#trouble = undefined;
    } catch (cause) {
      this.#trouble = String(cause);
    }
  }

  /** Keeps the sale once it is painted, or with the next act: a scanned line is seen first, the work for the disk comes after. */
  keepSoon(sale: OpenSale): void {
    this.#owed = sale;
    this.#surroundings.afterPaint(() => void this.#settle());
  }

  async #settle(): Promise<void> {
    if (this.#owed) await this.keep(this.#owed);
  }
}
