import MiniSearch from 'minisearch';
import { lookupKey } from '#model/catalog/barcode.ts';
import type { ProductInfo } from '#model/catalog/product.ts';

type Searchable = { id: string; name: string; sku: string };

/** Products indexed per pause of the index: about 10 ms of work, so that typing and scanning stay smooth meanwhile. */
const CHUNK = 1000;
/** As many hits as a list can show. */
const MAX_HITS = 50;

/**
 * Finds products by what is printed on them and by what people call them. Codes are found from the first moment; the
 * index for words is made in the pauses of the page, and is only a convenience until then.
 */
export class ProductIndex {
  readonly #byCode = new Map<string, string>();
  readonly #codes = new Map<string, readonly string[]>();
  readonly #pending = new Map<string, Searchable | undefined>();
  readonly #words = new MiniSearch<Searchable>({
    fields: ['name', 'sku'],
    idField: 'id',
    searchOptions: { prefix: true, combineWith: 'AND', boost: { sku: 3 } },
    processTerm: (term) => foldTerm(term),
  });

  /** Puts a product in, or renews it. A product that is not sold any more keeps its code, so a scan can say so. */
  put(id: string, { barcodes, name, sku, active }: ProductInfo): void {
    this.#forgetCodes(id);
    const codes = [...barcodes, sku].map(lookupKey);
    this.#codes.set(id, codes);
    for (const code of codes) if (!this.#byCode.has(code)) this.#byCode.set(code, id);
    this.#pending.set(id, active ? { id, name, sku } : undefined);
  }

  /** The product with this barcode or article number. */
  productWithCode(code: string): string | undefined {
    return this.#byCode.get(lookupKey(code));
  }

  /** Products whose name or number has words that begin like the typed ones; best first, at most 50. */
  search(query: string): readonly string[] {
    if (query.trim() === '') return [];
    if (this.#pending.size <= CHUNK) this.#indexAll();
    const hits = this.#words.search(query).map((hit) => String(hit.id));
    if (this.#pending.size > 0) hits.push(...this.#searchPending(query));
    if (hits.length > 0) return [...new Set(hits)].slice(0, MAX_HITS);
    const near = this.#words.search(query, { fuzzy: 0.2, prefix: true });
    return near.slice(0, MAX_HITS).map((hit) => String(hit.id));
  }

  /** In the first seconds of a large catalog the index is not done; what it does not hold yet is simply looked through. */
  #searchPending(query: string): readonly string[] {
    const terms = query.trim().split(/\s+/).map(foldTerm);
    const found: string[] = [];
    for (const [id, words] of this.#pending) {
      const text = words && foldTerm(`${words.name} ${words.sku}`);
      if (text !== undefined && terms.every((term) => text.includes(term))) found.push(id);
      if (found.length === MAX_HITS) break;
    }
    return found;
  }

  /** Indexes the next portion of words; whether there is more to do. */
  indexSome(): boolean {
    let left = CHUNK;
    for (const [id, words] of this.#pending) {
      if (left-- === 0) return true;
      this.#pending.delete(id);
      if (this.#words.has(id)) this.#words.discard(id);
      if (words) this.#words.add(words);
    }
    return false;
  }

  #indexAll(): void {
    while (this.#pending.size > 0) this.indexSome();
  }

  #forgetCodes(id: string): void {
    for (const code of this.#codes.get(id) ?? [])
      if (this.#byCode.get(code) === id) this.#byCode.delete(code);
  }
}

/** Small letters without accents: people at a till type neither capitals nor accents. */
function foldTerm(term: string): string {
  return term.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '');
}
