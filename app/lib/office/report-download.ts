import { ok } from '#model/result.ts';
import type { Office } from './office.svelte.ts';
import { askAllReceipts } from './report-answer.ts';
import type { ReportQuery } from './report-query.ts';
import { receiptsSheet } from './report-sheets.ts';
import type { Answer } from './reports-client.ts';
import { sheetCsv, sortRows, type Sheet } from './sheet.ts';

/**
 * The report as CSV, sorted as shown and without the total, so that a spreadsheet can sum. Receipts come in pages on the
 * screen; the file has them all.
 */
export async function downloadCsv(office: Office, query: ReportQuery, sheet: Sheet): Answer<string> {
  const { currency } = office.known;
  if (query.kind !== 'receipts') return ok(sheetCsv(sheet.columns, sortRows(sheet, query.sort), currency));
  const all = await askAllReceipts(office.client, query);
  if (!all.ok) return all;
  const { columns, rows } = receiptsSheet(all.value, query, office.names);
  return ok(sheetCsv(columns, rows, currency));
}
