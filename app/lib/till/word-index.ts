/** What a product is found by: its article number and its name. */
export type Searchable = { readonly sku: string; readonly name: string };

/** As many hits as a list can show. */
const MAX_HITS = 50;
/** As many words as a mistyped one may stand for. */
const MAX_MEANT = 5;
/** Between a number and a name; no typed term holds it. */
const BORDER = '\n';

/**
 * Finds products by the beginnings of their words. Looks through the folded text of every product: 100,000 of them take a
 * few milliseconds, need no time to be made ready beforehand and little more memory than the names.
 */
export class WordIndex {
  readonly #places = new Map<string, number>();
  readonly #ids: string[] = [];
  /** One text for each product, ` number \n name `, with a space around every word; empty where it is not sold. */
  readonly #texts: string[] = [];
  /** Words without digits, for whoever mistypes one. A word stays when its last product goes; it then finds nothing. */
  readonly #words = new Set<string>();

  /** Puts a product in, or renews it; undefined takes it out. */
  put(id: string, searchable: Searchable | undefined): void {
    const place = this.#places.get(id) ?? this.#ids.length;
    if (place === this.#ids.length) {
      if (!searchable) return;
      this.#places.set(id, place);
      this.#ids.push(id);
    }
    if (!searchable) {
      this.#texts[place] = '';
      return;
    }
    const name = foldedWords(searchable.name);
    this.#texts[place] = ` ${foldedWords(searchable.sku)} ${BORDER} ${name} `;
    for (const word of name.split(' ')) if (!/\d/.test(word)) this.#words.add(word);
  }

  /** Products of which every typed term begins a word; best first, at most 50. A mistyped term counts for words near it. */
  search(query: string): readonly string[] {
    const terms = foldedWords(query).split(' ').filter(Boolean);
    if (terms.length === 0) return [];
    const hits = this.#best(terms.map((term) => [term]));
    return hits.length > 0 ? hits : this.#best(terms.map((term) => [term, ...this.#meant(term)]));
  }

  /** Each of `wanted` are the terms of which one has to begin a word. */
  #best(wanted: readonly (readonly string[])[]): readonly string[] {
    const needles = wanted.map((terms) => terms.map((term) => ` ${term}`));
    const best: { readonly place: number; readonly worth: number }[] = [];
    for (let place = 0; place < this.#texts.length; place++) {
      const text = this.#texts[place] ?? '';
      const worth = worthOf(text, needles);
      if (worth === 0 || (best.length === MAX_HITS && worth <= (best.at(-1)?.worth ?? 0))) continue;
      const before = best.findIndex((hit) => hit.worth < worth);
      best.splice(before === -1 ? best.length : before, 0, { place, worth });
      if (best.length > MAX_HITS) best.pop();
    }
    return best.map(({ place }) => this.#ids[place] ?? '');
  }

  /** Words that a mistyped term may have meant, the nearest first. */
  #meant(term: string): readonly string[] {
    const most = Math.min(2, Math.round(term.length / 5));
    const near: { readonly word: string; readonly distance: number }[] = [];
    if (most === 0 || /\d/.test(term)) return [];
    for (const word of this.#words) {
      const distance = beginningDistance(term, word, most);
      if (distance <= most) near.push({ word, distance });
    }
    return near
      .sort((a, b) => a.distance - b.distance || a.word.length - b.word.length)
      .slice(0, MAX_MEANT)
      .map(({ word }) => word);
  }
}

/** How well a text fits: whole words before beginnings, numbers before names, names that begin so before others; 0 for not at all. */
function worthOf(text: string, needles: readonly (readonly string[])[]): number {
  let worth = 0;
  for (const alternatives of needles) {
    const needle = alternatives.find((one) => text.includes(one));
    if (needle === undefined) return 0;
    const at = text.indexOf(needle);
    const border = text.indexOf(BORDER);
    const isWhole = text.includes(`${needle} `);
    worth += (isWhole ? 2 : 1) * (at < border ? 3 : 1) + (at === border + 1 ? 0.5 : 0);
  }
  // Of two that fit alike the shorter one says less that was not asked for.
  return worth + 1 / (text.length + 1);
}

/** Small letters without accents, one space between words: people at a till type neither capitals nor accents. */
function foldedWords(text: string): string {
  const lower = text.toLowerCase();
  // Most names need no more; taking every one of 100,000 apart would be felt at the start.
  if (/^[a-z0-9 ]*$/.test(lower)) return lower.trim();
  return lower
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[\s\p{P}\p{Z}]+/gu, ' ')
    .trim();
}

/** How many letters have to be changed, left out or added to turn a term into some beginning of a word; at most `most` + 1. */
function beginningDistance(term: string, word: string, most: number): number {
  const length = Math.min(word.length, term.length + most);
  if (length < term.length - most) return most + 1;
  let before = Array.from({ length: length + 1 }, (_, i) => i);
  for (let t = 1; t <= term.length; t++) {
    const row = [t];
    for (let w = 1; w <= length; w++) {
      const swap = (before[w - 1] ?? 0) + (term[t - 1] === word[w - 1] ? 0 : 1);
      row.push(Math.min(swap, (before[w] ?? 0) + 1, (row[w - 1] ?? 0) + 1));
    }
    before = row;
    if (Math.min(...row) > most) return most + 1;
  }
  return Math.min(...before);
}
