import { lookupKey } from '#model/catalog/barcode.ts';
import type { ProductInfo } from '#model/catalog/product.ts';
import { WordIndex, type Searchable } from './word-index.ts';

/** With more than this left to index, a search that finds something does not wait for the rest. */
const MUCH = 4_000;
/** Products indexed per pause of the index: some milliseconds of work, so that typing and scanning stay smooth meanwhile. */
const CHUNK = 500;

/**
 * Finds products by what is printed on them and by what people call them. Codes are found from the first moment; words are
 * made ready in the pauses of the page, or at once when somebody searches before.
 */
export class ProductIndex {
  readonly #byCode = new Map<string, string>();
  readonly #codes = new Map<string, readonly string[]>();
  readonly #pending = new Map<string, Searchable | undefined>();
  readonly #words = new WordIndex();

  /** Puts a product in, or renews it. A product that is not sold any more keeps its code, so a scan can say so. */
  put(id: string, { barcodes, name, sku, active }: ProductInfo): void {
    this.#forgetCodes(id);
    const codes = [...barcodes, sku].map(lookupKey);
    this.#codes.set(id, codes);
    for (const code of codes) if (!this.#byCode.has(code)) this.#byCode.set(code, id);
    this.#pending.set(id, active ? { name, sku } : undefined);
  }

  /** The product with this barcode or article number. */
  productWithCode(code: string): string | undefined {
    return this.#byCode.get(lookupKey(code));
  }

  /**
   * Products whose name or number has words that begin like the typed ones; best first, at most 50. In the first seconds of a large
   * catalog they are the best of those indexed so far, where there are any.
   */
  search(query: string): readonly string[] {
    if (query.trim() === '') return [];
    // Twice as much with every look that finds nothing, so that all looks together cost little more than the last.
    for (let much = MUCH; this.#pending.size > MUCH; much *= 2) {
      const early = this.#words.search(query);
      if (early.length > 0) return early;
      for (let indexed = 0; indexed < much && this.indexSome(); indexed += CHUNK);
    }
    while (this.indexSome());
    return this.#words.search(query);
  }

  /** Makes the next portion of words ready; whether there is more to do. */
  indexSome(): boolean {
    let left = CHUNK;
    for (const [id, words] of this.#pending) {
      if (left-- === 0) return true;
      this.#pending.delete(id);
      this.#words.put(id, words);
    }
    return false;
  }

  #forgetCodes(id: string): void {
    for (const code of this.#codes.get(id) ?? [])
      if (this.#byCode.get(code) === id) this.#byCode.delete(code);
  }
}
