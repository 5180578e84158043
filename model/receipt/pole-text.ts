import * as v from 'valibot';
import { characters, characterWidth, displayWidth } from './display-width.ts';

const shortText = v.pipe(v.string(), v.maxLength(200));

/**
 * What a pole display shows (rule P8): its lines from above, `left` at the left edge and `right`, usually an amount, at the right edge
 * of the same line.
 */
export const poleTextSchema = v.strictObject({
  lines: v.pipe(
    v.array(v.strictObject({ left: shortText, right: v.optional(shortText) })),
    v.minLength(1),
    v.maxLength(4),
  ),
});

/** What a pole display shows. */
export type PoleText = v.InferOutput<typeof poleTextSchema>;

/** A pole display as the till sees it. */
export type DisplayStatus = { readonly device: string; readonly state: 'ready' | 'away' };

/** A line of exactly `columns`: `right` whole as long as it fits at all, `left` cut to what is left of the line (rule P8). */
export function poleLine({ left, right = '' }: PoleText['lines'][number], columns: number): string {
  const end = cut(right, columns);
  const room = columns - displayWidth(end) - (end === '' ? 0 : 1);
  const start = cut(left, Math.max(0, room));
  return start + ' '.repeat(columns - displayWidth(start) - displayWidth(end)) + end;
}

function cut(text: string, columns: number): string {
  let width = 0;
  let kept = '';
  for (const character of characters(text)) {
    width += characterWidth(character);
    if (width > columns) break;
    kept += character;
  }
  return kept;
}
