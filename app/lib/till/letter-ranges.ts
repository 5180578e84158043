/** A stretch of a sorted list whose names begin with the letters of `label`: from `from` up to, not including, `to`. */
export type LetterRange = { readonly label: string; readonly from: number; readonly to: number };

/** As many tiles as one screen shows; a range closes with the letter that reaches it. */
const ENOUGH = 24;

/** Cuts a list of names, sorted, into ranges of first letters: `A–C`, `D`, `E–H`. Whatever is no letter is `#`. */
export function letterRanges(names: readonly string[]): readonly LetterRange[] {
  const ranges: LetterRange[] = [];
  let from = 0;
  names.forEach((name, index) => {
    const next = names[index + 1];
    const lastOfLetter = next === undefined || firstLetter(next) !== firstLetter(name);
    const isNumbers = firstLetter(name) === '#' && next !== undefined;
    if (!lastOfLetter || (index + 1 - from < ENOUGH && next !== undefined && !isNumbers)) return;
    ranges.push({ label: labelOf(names[from] ?? name, name), from, to: index + 1 });
    from = index + 1;
  });
  return ranges;
}

function labelOf(first: string, last: string): string {
  const [begin, end] = [firstLetter(first), firstLetter(last)];
  return begin === end ? begin : `${begin}–${end}`;
}

function firstLetter(name: string): string {
  const letter = name.slice(0, 1).normalize('NFD').slice(0, 1).toUpperCase();
  return /[A-Z]/.test(letter) ? letter : '#';
}
