import { err, ok, type Result } from '#model/result.ts';
import type { OrganizationNames } from './organization-names.ts';
import { isGrouping, type ReportKind, type ReportQuery } from './report-query.ts';
import { receiptsSheet, salesSheet, sessionsSheet, taxSheet } from './report-sheets.ts';
import type {
  Answer,
  ReportFailure,
  ReportFilter,
  ReportsClient,
  SalesGrouping,
  SessionName,
} from './reports-client.ts';
import type {
  ReceiptsAnswer,
  SalesAnswer,
  SessionReportAnswer,
  SessionRow,
  TaxAnswer,
} from './reports-schema.ts';
import type { Sheet } from './sheet.ts';

/** What came back for a report, with the report it belongs to. */
export type ReportAnswer =
  | { readonly kind: SalesGrouping; readonly sales: SalesAnswer }
  | { readonly kind: 'tax'; readonly tax: TaxAnswer }
  | { readonly kind: 'x' | 'z'; readonly sessions: readonly SessionRow[] }
  | { readonly kind: 'receipts'; readonly receipts: ReceiptsAnswer };

/** How many receipts one page of the list holds. */
export const RECEIPTS_PER_PAGE = 100;

/** The most receipts one download holds; a longer period is better taken in parts. */
export const RECEIPTS_PER_DOWNLOAD = 50_000;

const DOWNLOAD_PAGE = 500;

/** What distinguishes one question from another, for `Loaded`. Sorting and what is open beside the list do not. */
export function questionOf({ kind, filter, search, page }: ReportQuery): string {
  return JSON.stringify([kind, placeAndPeriod(kind, filter), kind === 'receipts' ? [search, page] : []]);
}

/** Asks for a report. */
export async function askReport(client: ReportsClient, query: ReportQuery): Answer<ReportAnswer> {
  const { kind } = query;
  const filter = placeAndPeriod(kind, query.filter);
  if (isGrouping(kind)) return mapOk(await client.sales(kind, filter), (sales) => ({ kind, sales }));
  if (kind === 'tax') return mapOk(await client.tax(filter), (tax) => ({ kind, tax }));
  if (kind === 'receipts') {
    const page = {
      search: query.search,
      limit: RECEIPTS_PER_PAGE,
      offset: (query.page - 1) * RECEIPTS_PER_PAGE,
    };
    return mapOk(await client.receipts(filter, page), (receipts) => ({ kind, receipts }));
  }
  return mapOk(await client.sessions(filter), (sessions) => ({ kind, sessions }));
}

/** The answer as a table. */
export function sheetOf(answer: ReportAnswer, query: ReportQuery, names: OrganizationNames): Sheet {
  if ('sales' in answer) return salesSheet(answer.kind, answer.sales, query.filter, names);
  if ('tax' in answer) return taxSheet(answer.tax);
  if ('sessions' in answer) return sessionsSheet(answer.kind, answer.sessions, query, names);
  return receiptsSheet(answer.receipts, query, names);
}

/**
 * The report of one session: X while it is open, Z when it is closed. A session that was closed since the list was drawn is
 * found as Z.
 */
export async function askSession(
  client: ReportsClient,
  kind: ReportKind,
  name: SessionName,
): Answer<SessionReportAnswer> {
  if (kind !== 'x') return client.z(name);
  const open = await client.x(name.store, name.register);
  const other = open.ok ? open.value.session !== name.session : open.error.code === 'missing';
  return other ? client.z(name) : open;
}

/** Every receipt the list would show, page after page, up to `RECEIPTS_PER_DOWNLOAD`. */
export async function askAllReceipts(client: ReportsClient, query: ReportQuery): Answer<ReceiptsAnswer> {
  const rows: ReceiptsAnswer['rows'] = [];
  let count = 0;
  do {
    const page = { search: query.search, limit: DOWNLOAD_PAGE, offset: rows.length };
    const answer = await client.receipts(query.filter, page);
    if (!answer.ok) return err(answer.error);
    if (answer.value.rows.length === 0) break;
    rows.push(...answer.value.rows);
    count = answer.value.count;
  } while (rows.length < Math.min(count, RECEIPTS_PER_DOWNLOAD));
  return ok({ rows, count });
}

/** An X is of now, whatever period was looked at before. */
function placeAndPeriod(kind: ReportKind, filter: ReportFilter): ReportFilter {
  if (kind !== 'x') return filter;
  const { from: _from, to: _to, ...place } = filter;
  return place;
}

function mapOk<From, To>(
  result: Result<From, ReportFailure>,
  change: (value: From) => To,
): Result<To, ReportFailure> {
  return result.ok ? ok(change(result.value)) : result;
}
