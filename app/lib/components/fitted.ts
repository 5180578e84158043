/** What a digit in bold takes of its size; signs and separators are narrower. */
const LETTER_EM = 0.62;

/**
 * The size of an amount in the largest type, as a style: `largest`, or as much as its container (`@container`) has room for beside
 * what stands in the same row (`beside`). A sum of eight digits gets smaller; it is never cut.
 */
export function fitted(text: string, largest: string, beside = '0rem'): string {
  const width = ([...text].length * LETTER_EM).toFixed(2);
  return `font-size: min(${largest}, (100cqi - ${beside}) / ${width})`;
}
