import { NO_FAVOURITES, type Favourites } from '#model/catalog/favourites.ts';
import type { MeasureRule } from '#model/catalog/measure-code.ts';
import type { EntryFault } from '#model/documents/entries.ts';
import { readStoreEntry } from '#model/documents/store.ts';

/** What the document of the till's own store says (rule D7). An entry that cannot be read counts as not there (rule D5). */
export class ShopStore {
  #favourites: Favourites = NO_FAVOURITES;
  #measureRules: readonly MeasureRule[] | undefined;

  /** The favourites grid; no tiles where nobody chose any. */
  get favourites(): Favourites {
    return this.#favourites;
  }

  /** The store's own rules for codes with a measure; undefined where it made none. */
  get measureRules(): readonly MeasureRule[] | undefined {
    return this.#measureRules;
  }

  /** Takes an entry of the store's document. */
  take(key: string, text: string): EntryFault | undefined {
    this.forget(key);
    const read = readStoreEntry(key, text);
    if (!read.ok) return read.error;
    const entry = read.value;
    if (entry.kind === 'favourites') this.#favourites = entry.value;
    else this.#measureRules = entry.value.rules;
    return undefined;
  }

  /** Forgets what an entry said that was taken out. */
  forget(key: string): void {
    if (key === 'favourites') this.#favourites = NO_FAVOURITES;
    else if (key === 'measure-codes') this.#measureRules = undefined;
  }
}
