import { ok } from '#model/result.ts';
import type { Office } from './office.svelte.ts';
import { askAllRows } from './report-answer.ts';
import { isPaged, type ReportQuery } from './report-query.ts';
import type { Answer } from './reports-client.ts';
import { sheetCsv, sortRows, type Sheet } from './sheet.ts';

/**
 * The report as CSV, sorted as shown and without the total, so that a spreadsheet can sum. What comes in pages on the screen is all
 * in the file.
 */
export async function downloadCsv(office: Office, query: ReportQuery, sheet: Sheet): Answer<string> {
  const { currency } = office.known;
  if (!isPaged(query.kind)) return ok(sheetCsv(sheet.columns, sortRows(sheet, query.sort), currency));
  const all = await askAllRows(office.client, query, office.names);
  return all.ok ? ok(sheetCsv(sheet.columns, all.value, currency)) : all;
}
