import { characterWidth, characters, displayWidth } from './display-width.ts';
import type { Paper, PaperLine } from './paper.ts';

/** Columns a description keeps before its amount moves to a line of its own. */
const NARROWEST_LEFT = 10;

/**
 * A paper as plain text, `columns` wide (at least 16), for screens and tests (rule P1). Double-sized lines count double, so
 * line breaks fall where a printer puts them; a barcode shows its data between bars.
 */
export function paperText(paper: Paper, columns: number): string[] {
  return paper.lines.flatMap((line) => lineText(line, columns).map((text) => text.trimEnd()));
}

function lineText(line: PaperLine, columns: number): string[] {
  switch (line.kind) {
    case 'rule':
      return ['-'.repeat(columns)];
    case 'feed':
      return Array.from({ length: line.lines }, () => '');
    case 'barcode':
      return [aligned(`||| ${line.data} |||`, 'center', columns)];
    case 'qr':
      return wrap(`[QR ${line.data}]`, columns).map((text) => aligned(text, 'center', columns));
    case 'text':
      return sized(line, columns, (width) =>
        wrap(line.text, width).map((text) => aligned(text, line.align ?? 'left', width)),
      );
    case 'columns':
      return sized(line, columns, (width) => beside(line.left, line.right, width));
  }
}

/** Double size has half the columns; its text is spread by a space between characters, as wide as the printer makes it. */
function sized(
  line: { readonly size?: 'normal' | 'double' | undefined },
  columns: number,
  layout: (width: number) => string[],
): string[] {
  if (line.size !== 'double') return layout(columns);
  return layout(Math.floor(columns / 2)).map(spread);
}

function spread(text: string): string {
  return characters(text)
    .map((character) => character + ' '.repeat(characterWidth(character)))
    .join('');
}

function aligned(text: string, align: 'left' | 'center' | 'right', width: number): string {
  const room = Math.max(0, width - displayWidth(text));
  if (align === 'left') return text;
  return ' '.repeat(align === 'right' ? room : Math.floor(room / 2)) + text;
}

/** An amount is never cut off: a long description wraps, and where that leaves too little room the amount gets its own line. */
function beside(left: string, right: string, width: number): string[] {
  const room = width - displayWidth(right) - 1;
  if (displayWidth(left) > room && room < NARROWEST_LEFT) {
    return [...wrap(left, width), ...wrap(right, width).map((text) => aligned(text, 'right', width))];
  }
  const rows = wrap(left, room);
  const last = rows.pop() ?? '';
  return [...rows, last + ' '.repeat(width - displayWidth(last) - displayWidth(right)) + right];
}

function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width));
}

/** Breaks at spaces, and inside a word only when the word alone is wider than the line. Leading spaces of a line stay. */
function wrapLine(line: string, width: number): string[] {
  const rows: string[] = [];
  let rest = characters(line.trimEnd());
  for (let fitting = fit(rest, width); fitting < rest.length; fitting = fit(rest, width)) {
    const space = rest.lastIndexOf(' ', fitting);
    const atSpace = space > 0 && rest.slice(0, space).some((character) => character !== ' ');
    rows.push(rest.slice(0, atSpace ? space : fitting).join(''));
    rest = characters(
      rest
        .slice(atSpace ? space + 1 : fitting)
        .join('')
        .trimStart(),
    );
  }
  return [...rows, rest.join('')];
}

/** How many characters fit into `width` columns; at least one, so that wrapping always gets on. */
function fit(rest: readonly string[], width: number): number {
  let used = 0;
  for (const [i, character] of rest.entries()) {
    used += characterWidth(character);
    if (used > width) return Math.max(1, i);
  }
  return rest.length;
}
