import type { Paper, PaperLine } from '#model/receipt/paper.ts';
import type { TextCleaner } from './printable-text.ts';

type Style = { readonly bold: boolean; readonly double: boolean };

/** One printed row: text that fits its width, or something the printer draws itself. */
export type PaperRow =
  | ({ readonly kind: 'text'; readonly text: string; readonly align: 'left' | 'center' | 'right' } & Style)
  | { readonly kind: 'feed'; readonly lines: number }
  | { readonly kind: 'barcode'; readonly symbology: 'code128' | 'ean13'; readonly data: string }
  | { readonly kind: 'qr'; readonly data: string };

/** Columns that a description keeps before its amount moves to a line of its own. */
const NARROWEST_LEFT = 10;

/**
 * Breaks a paper into rows no wider than `columns` characters (half of that in double size). `clean` makes every character one column
 * wide, so lengths are widths.
 */
export function layoutPaper(paper: Paper, columns: number, clean: TextCleaner): PaperRow[] {
  return paper.lines.flatMap((line) => layoutLine(line, columns, clean));
}

function layoutLine(line: PaperLine, columns: number, clean: TextCleaner): PaperRow[] {
  switch (line.kind) {
    case 'rule':
      return [textRow('-'.repeat(columns), 'left', { bold: false, double: false })];
    case 'feed':
      return [{ kind: 'feed', lines: line.lines }];
    case 'barcode':
      return [{ kind: 'barcode', symbology: line.symbology, data: line.data }];
    case 'qr':
      return [{ kind: 'qr', data: line.data }];
    case 'text': {
      const style = styleOf(line);
      const rows = wrap(clean(line.text), widthOf(style, columns));
      return rows.map((text) => textRow(text, line.align ?? 'left', style));
    }
    case 'columns': {
      const style = styleOf(line);
      const rows = besideEachOther(clean(line.left), clean(line.right), widthOf(style, columns));
      return rows.map((text) => textRow(text, 'left', style));
    }
  }
}

function styleOf(line: { readonly bold?: boolean | undefined; readonly size?: string | undefined }): Style {
  return { bold: line.bold === true, double: line.size === 'double' };
}

function widthOf(style: Style, columns: number): number {
  return style.double ? Math.floor(columns / 2) : columns;
}

function textRow(text: string, align: 'left' | 'center' | 'right', style: Style): PaperRow {
  return { kind: 'text', text: text.trimEnd(), align, ...style };
}

/** `left` at the left edge, `right` ending at the right edge: an amount is never cut off, a long description wraps. */
function besideEachOther(left: string, right: string, width: number): string[] {
  const amount = right.replaceAll('\n', ' ').trim();
  const room = width - amount.length - 1;
  const fits = !left.includes('\n') && left.length <= room;
  if (!fits && room < NARROWEST_LEFT) {
    return [
      ...(left === '' ? [] : wrap(left, width)),
      ...wrap(amount, width).map((row) => row.padStart(width)),
    ];
  }
  const rows = wrap(left, room);
  const last = rows.pop() ?? '';
  return [...rows, last.padEnd(width - amount.length) + amount];
}

/** Breaks at spaces where there are some, inside a word only when the word is wider than the line; empty lines stay. */
function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width));
}

function wrapLine(line: string, width: number): string[] {
  const rows: string[] = [];
  let rest = line.trimEnd();
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const breaksAtSpace = space > 0 && rest.slice(0, space).trim() !== '';
    rows.push(rest.slice(0, breaksAtSpace ? space : width));
    rest = rest.slice(breaksAtSpace ? space + 1 : width).trimStart();
  }
  rows.push(rest);
  return rows;
}
