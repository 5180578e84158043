// A byte order mark, without which spreadsheets take the file for the computer's old code page.
const MARK = '\uFEFF';

/** Writes rows as CSV (RFC 4180: comma, CRLF, quotes doubled), as text to be saved in UTF-8. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return MARK + rows.map((cells) => `${cells.map(quoteCell).join(',')}\r\n`).join('');
}

/**
 * Text that people typed (a product's name) made harmless for a spreadsheet, which would run a cell beginning with
 * `=`, `+`, `-` or `@` as a formula. Amounts are written by us and need no guard.
 */
export function guardText(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quoteCell(cell: string): string {
  return /[",\r\n]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell;
}
