import { GROUP_SEPARATOR } from '#model/catalog/gs1.ts';

/** A key as the page hears it; `at` in milliseconds, `ctrl` whether Control was held. */
export type HeardKey = { readonly key: string; readonly at: number; readonly ctrl?: boolean };

/** What a key means: the end of a scan with its code, or nothing yet. `began` says that a run of keys may start here. */
export type WedgeAnswer = { readonly code?: string; readonly began: boolean };

/** The longest median gap between the keys of a scanner, in milliseconds. */
export const SCAN_GAP_MS = 50;
const SHORTEST_CODE = 4;
/** A pause that no scanner makes: what comes after it is a new run. */
const RUN_BREAK_MS = 200;

/**
 * Tells a scanner that types from a person who types: a run of at least four characters with a median gap of at most
 * 50 ms, ended by Enter or Tab. Nothing is held back before the end, so a person never loses a key.
 */
export class WedgeReader {
  #text = '';
  #gaps: number[] = [];
  #last = Number.NEGATIVE_INFINITY;

  /** Hears one key press. */
  hear({ key: pressed, at, ctrl }: HeardKey): WedgeAnswer {
    // A keyboard has no key for the separator of GS1 codes: scanners send it as Ctrl+].
    const key = ctrl && pressed === ']' ? GROUP_SEPARATOR : pressed;
    const gap = at - this.#last;
    if (key === 'Enter' || key === 'Tab') return this.#end(gap);
    if ([...key].length !== 1) return { began: false };
    const began = this.#text === '' || gap > RUN_BREAK_MS;
    if (began) this.#forget();
    else this.#gaps.push(gap);
    this.#text += key;
    this.#last = at;
    return { began };
  }

  #end(gap: number): WedgeAnswer {
    const code = this.#text.trim();
    const gaps = [...this.#gaps, gap];
    this.#forget();
    return code.length >= SHORTEST_CODE && median(gaps) <= SCAN_GAP_MS
      ? { code, began: false }
      : { began: false };
  }

  #forget(): void {
    this.#text = '';
    this.#gaps = [];
    this.#last = Number.NEGATIVE_INFINITY;
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.POSITIVE_INFINITY;
}
