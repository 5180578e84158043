/** A kept shard's lines of products that were not read yet: from `at` on. */
type Unread = { readonly text: string; at: number };

/** One entry of a kept shard with its value. */
export type KeptEntry = readonly [key: string, value: unknown];

const PRODUCT = '"product:';

/**
 * The products of the kept catalog as the lines they were kept as. Reading 100,000 of them would keep a cashier waiting at the
 * start for articles nobody asks for: a line is read when its article is asked for, and all the others in the pauses of the page.
 */
export class KeptProducts {
  readonly #unread = new Map<number, Unread>();

  /** Whether every line was read. */
  get done(): boolean {
    return this.#unread.size === 0;
  }

  /** Takes the text of a kept shard; gives back its other entries, read. */
  put(shard: number, text: string): readonly KeptEntry[] {
    const lines = linesOf(text);
    const begin = lines.startsWith(PRODUCT) ? 0 : lines.indexOf(`\n${PRODUCT}`) + 1;
    if (begin === 0 && !lines.startsWith(PRODUCT)) return entriesIn(lines);
    // In the order of their keys the lines of products lie together.
    const last = lines.lastIndexOf(`\n${PRODUCT}`);
    const end = lines.indexOf('\n', Math.max(last, begin) + 1) + 1;
    this.#unread.set(shard, { text: lines.slice(begin, end), at: 0 });
    return [...entriesIn(lines.slice(0, begin)), ...entriesIn(lines.slice(end))];
  }

  /** Reads the next lines, at most as many as `count`. */
  takeSome(count: number): readonly KeptEntry[] {
    const taken: KeptEntry[] = [];
    for (const [shard, unread] of this.#unread) {
      while (taken.length < count && unread.at < unread.text.length) {
        const end = unread.text.indexOf('\n', unread.at);
        taken.push(...entriesIn(unread.text.slice(unread.at, end + 1)));
        unread.at = end + 1;
      }
      if (unread.at < unread.text.length) break;
      this.#unread.delete(shard);
    }
    return taken;
  }

  /** Reads what is left of a shard. Whatever changes it comes after this. */
  takeShard(shard: number): readonly KeptEntry[] {
    const unread = this.#unread.get(shard);
    this.#unread.delete(shard);
    return unread ? entriesIn(unread.text.slice(unread.at)) : [];
  }

  /** Forgets what is left of a shard. */
  drop(shard: number): void {
    this.#unread.delete(shard);
  }

  /** Reads the lines of one product; they are read again in their turn. */
  ofProduct(shard: number, id: string): readonly KeptEntry[] {
    const unread = this.#unread.get(shard);
    const begin = unread?.text.indexOf(lineStart(id), unread.at) ?? -1;
    if (!unread || begin === -1) return [];
    let end = begin;
    while (unread.text.startsWith(lineStart(id), end)) end = unread.text.indexOf('\n', end) + 1;
    return entriesIn(unread.text.slice(begin, end));
  }

  /** Reads the lines that hold these characters; they are read again in their turn. */
  mentioning(characters: string): readonly KeptEntry[] {
    const found: KeptEntry[] = [];
    for (const { text, at } of this.#unread.values()) {
      for (let hit = text.indexOf(characters, at); hit !== -1;) {
        const end = text.indexOf('\n', hit) + 1;
        found.push(...entriesIn(text.slice(text.lastIndexOf('\n', hit) + 1, end)));
        hit = text.indexOf(characters, end);
      }
    }
    return found;
  }
}

const END = '.';

/**
 * A shard's entries as one line each: the same text for the same entries, in whatever order they come. A line break in an entry's
 * JSON stands between its parts, never in a value, so a space says the same.
 */
export function shardText(entries: Iterable<readonly [key: string, text: string]>): string {
  const lines = [...entries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => `${JSON.stringify(key)}:${text.replaceAll('\n', ' ')}\n`);
  return `${lines.join('')}${END}`;
}

/** The values of a kept shard by their keys; none where the text is not what this till wrote. */
export function valuesOf(text: string): readonly KeptEntry[] {
  return entriesIn(linesOf(text));
}

/** Half a text is as good as none: the shard's document says it anyway. */
function linesOf(text: string): string {
  return text.endsWith(`\n${END}`) ? text.slice(0, -END.length) : '';
}

function lineStart(id: string): string {
  return `${PRODUCT}${JSON.stringify(id).slice(1, -1)}:`;
}

function entriesIn(lines: string): readonly KeptEntry[] {
  if (lines === '') return [];
  try {
    // One object a line, all read in one go.
    const values = JSON.parse(`[{${lines.slice(0, -1).replaceAll('\n', '},{')}}]`) as Record<
      string,
      unknown
    >[];
    return values.flatMap((line) => Object.entries(line));
  } catch {
    return [];
  }
}
