import { NO_FAVOURITES, type Favourites } from '#model/catalog/favourites.ts';
import type { MeasureRule } from '#model/catalog/measure-code.ts';
import type { EntryFault } from '#model/documents/entries.ts';
import { readStoreEntry } from '#model/documents/store.ts';
import { writtenSettings, type SettingEntry, type WrittenSettings } from '#model/settings/settings.ts';

/** What the document of the till's own store says (rule D7). An entry that cannot be read counts as not there (rule D5). */
export class ShopStore {
  #favourites: Favourites = NO_FAVOURITES;
  readonly #prices = new Map<string, string>();
  readonly #settings = new Map<string, SettingEntry>();
  #measureRules: readonly MeasureRule[] | undefined;

  /** The favourites grid; no tiles where nobody chose any. */
  get favourites(): Favourites {
    return this.#favourites;
  }

  /** The store's own price of a product, in the major unit; undefined where it has none (rule X12). */
  price(product: string): string | undefined {
    return this.#prices.get(product);
  }

  /** What the store has set of its own (rule O1). */
  get settings(): WrittenSettings {
    return writtenSettings(this.#settings.values());
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
    else if (entry.kind === 'settings') this.#settings.set(entry.value.name, entry.value);
    else if (entry.kind === 'price') this.#prices.set(entry.id, entry.value.price);
    else if (entry.kind === 'measure-codes') this.#measureRules = entry.value.rules;
    return undefined;
  }

  /** Forgets what an entry said that was taken out. */
  forget(key: string): void {
    if (key === 'favourites') this.#favourites = NO_FAVOURITES;
    else if (key.startsWith('price:')) this.#prices.delete(key.slice('price:'.length));
    else if (key === 'measure-codes') this.#measureRules = undefined;
    else this.#settings.delete(key.slice(key.indexOf(':') + 1));
  }
}
