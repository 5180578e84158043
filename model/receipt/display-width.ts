const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What is two columns wide in a monospaced font (Unicode UAX #11, wide and full-width, and emoji shown as pictures). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cc}\p{Cf}]+$/u;

/** What people see as single characters. */
export function characters(text: string): string[] {
  // ASCII needs no segmenter, and nearly every line is ASCII.
  if (/^[\x20-\x7e]*$/.test(text)) return [...text];
  return [...graphemes.segment(text)].map(({ segment }) => segment);
}

/** How many columns of a monospaced screen a text takes. */
export function displayWidth(text: string): number {
  return characters(text).reduce((sum, character) => sum + characterWidth(character), 0);
}

/** 0 for what shows nothing by itself, 2 for wide characters and pictures, otherwise 1. */
export function characterWidth(character: string): 0 | 1 | 2 {
  if (INVISIBLE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
