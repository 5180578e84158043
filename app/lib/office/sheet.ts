import { minorToDecimal } from '#model/money/money.ts';
import { guardText, writeCsv } from './csv.ts';
import type { Formats } from './formats.ts';
import type { SortOrder } from './report-query.ts';

/**
 * What a column holds: `money` in minor units, `price` in the major unit as decimal text, `quantity` and `percent` as decimal text, `day` as `YYYY-MM-DD`, `instant` as
 * ISO UTC, `text` as people read it.
 */
export type ColumnKind = 'text' | 'day' | 'instant' | 'money' | 'price' | 'count' | 'quantity' | 'percent';

/** A column of a report. `spare` columns give way when there is little room; they are in the download all the same. */
export type Column = {
  readonly key: string;
  readonly label: string;
  readonly kind: ColumnKind;
  readonly spare?: boolean;
};

/** The value of a cell; undefined where the report defines none. */
export type Cell = string | number | undefined;
/** The cells of a row by column key. */
export type Cells = Readonly<Record<string, Cell>>;

/**
 * A row: `href` is where it leads, `edit` where what it is about is edited, `id` tells rows apart, `timeZone` is the clock of its instants, `kinds` says which cells hold
 * something else than their column.
 */
export type Row = {
  readonly id: string;
  readonly cells: Cells;
  readonly href?: string;
  readonly edit?: string;
  readonly timeZone?: string;
  readonly kinds?: Readonly<Record<string, ColumnKind>>;
};

/** A report as a table, before it is written for people or for a file. */
export type Sheet = {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly total?: Cells;
  /** Which cells of the total hold something else than their column. */
  readonly kinds?: Row['kinds'];
  /** How the rows are sorted when the address does not say. */
  readonly order?: SortOrder;
};

/** Is a column of figures, which stand on the right. */
export function isFigure(kind: ColumnKind): boolean {
  return kind !== 'text' && kind !== 'day' && kind !== 'instant';
}

/** Does the cell hold an amount below zero, which is shown red besides its minus. */
export function isNegative(kind: ColumnKind, cell: Cell): boolean {
  return isFigure(kind) && cell !== undefined && Number(cell) < 0;
}

/** A cell as people read it; a dash where there is no value. */
export function cellText(kind: ColumnKind, cell: Cell, formats: Formats, timeZone = 'UTC'): string {
  if (cell === undefined || cell === '') return '–';
  switch (kind) {
    case 'money':
      return formats.money(Number(cell));
    case 'price':
      return formats.price(String(cell));
    case 'count':
      return formats.count(Number(cell));
    case 'quantity':
      return formats.quantity(String(cell));
    case 'percent':
      return formats.percent(String(cell));
    case 'day':
      return formats.day(String(cell));
    case 'instant':
      return formats.instant(String(cell), timeZone);
    case 'text':
      return String(cell);
  }
}

/** The rows in order; equal rows keep theirs, cells without a value come last either way. */
export function sortRows(sheet: Sheet, sort: SortOrder | undefined): readonly Row[] {
  const order = sort ?? sheet.order;
  const column = sheet.columns.find((each) => each.key === order?.key);
  if (!order || !column) return sheet.rows;
  const compare = comparison(column.kind);
  return sheet.rows.toSorted((a, b) => {
    const [left, right] = [a.cells[column.key], b.cells[column.key]];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined);
    return order.descending ? compare(right, left) : compare(left, right);
  });
}

/** What a click on a column's head asks for: figures begin with the largest, words with A, a second click turns it round. */
export function nextSort(column: Column, sort: SortOrder | undefined): SortOrder {
  if (sort?.key === column.key) return { key: column.key, descending: !sort.descending };
  return { key: column.key, descending: isFigure(column.kind) };
}

/** The table as a CSV file: amounts as plain decimals of the major unit, days and instants as ISO. */
export function sheetCsv(columns: readonly Column[], rows: readonly Row[], currency: string): string {
  const head = columns.map(({ label, kind }) =>
    guardText(kind === 'money' ? `${label} (${currency})` : label),
  );
  const body = rows.map((row) =>
    columns.map(({ key, kind }) => csvCell(row.kinds?.[key] ?? kind, row.cells[key], currency)),
  );
  return writeCsv([head, ...body]);
}

function csvCell(kind: ColumnKind, cell: Cell, currency: string): string {
  if (cell === undefined) return '';
  if (kind === 'money') return minorToDecimal(Number(cell), currency);
  return kind === 'text' ? guardText(String(cell)) : String(cell);
}

function comparison(kind: ColumnKind): (a: string | number, b: string | number) => number {
  if (isFigure(kind)) return (a, b) => Number(a) - Number(b);
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  return (a, b) => collator.compare(String(a), String(b));
}
