/** A record that was signed: by which line of its register, and as which of all records of the world, from 0. */
export type Made = { readonly line: Line; readonly order: number; readonly text: string };

/** What a line knew when it began: all that its forerunner had made until so many records were signed in the world. */
export type Image = { readonly line: Line; readonly since: number };

/**
 * A till that goes on by itself, however often its page starts again. A register has one, and one more from each copy of its disk, each
 * older page that comes back and each device that takes it over (rules J7, E9 and R17): only between two of them may a number come twice.
 */
export class Line {
  readonly #image: Image | undefined;
  readonly #due: ReadonlySet<string>;
  #heard: ReadonlySet<string> = new Set();

  /** A first line knows nothing; another one what its image holds, or a new device what is `due` from relays before its first number. */
  constructor(image?: Image, due: ReadonlySet<string> = new Set()) {
    this.#image = image;
    this.#due = due;
  }

  /** Everybody who must be waited for was heard: of what was due all that is still at a relay (`there`) is known from now on. */
  hear(there: ReadonlySet<string>): void {
    this.#heard = new Set([...this.#due].filter((text) => there.has(text)));
  }

  /** Whether a till of this line must know of a record, and so never gives its number again. */
  knows(one: Made): boolean {
    if (one.line === this || this.#heard.has(one.text)) return true;
    return this.#image !== undefined && one.order < this.#image.since && this.#image.line.knows(one);
  }
}

/**
 * Whether two records of one register may rightly have one number: neither of their tills could know of the other record, or the
 * only copy of the first was gone before the second was made. `lost` says after how many records the last copy of a text was gone.
 */
export function mayRepeat(a: Made, b: Made, lost: ReadonlyMap<string, number>): boolean {
  const [first, second] = a.order < b.order ? [a, b] : [b, a];
  const goneAfter = lost.get(first.text);
  if (goneAfter !== undefined && goneAfter <= second.order) return true;
  return !second.line.knows(first) && !first.line.knows(second);
}
