import { err, ok, type Result } from '#model/result.ts';
import { accountsSheet, ledgersSheet, movesSheet } from './ledger-sheets.ts';
import type { LedgerAccountsAnswer, LedgerMovesAnswer, LedgersAnswer } from './ledgers-schema.ts';
import { quickArticlesSheet, representativesSheet } from './line-sheets.ts';
import type { QuickArticlesAnswer, RepresentativesAnswer } from './lines-schema.ts';
import type { OrganizationNames } from './organization-names.ts';
import {
  isGrouping,
  isOfNow,
  isPaged,
  subjectText,
  type ReportKind,
  type ReportQuery,
} from './report-query.ts';
import { receiptsSheet, salesSheet, sessionsSheet, taxSheet } from './report-sheets.ts';
import type {
  Answer,
  ListPage,
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
import type { Row, Sheet } from './sheet.ts';

/** What came back for a report, with the report it belongs to. */
export type ReportAnswer =
  | { readonly kind: SalesGrouping; readonly sales: SalesAnswer }
  | { readonly kind: 'tax'; readonly tax: TaxAnswer }
  | { readonly kind: 'x' | 'z'; readonly sessions: readonly SessionRow[] }
  | { readonly kind: 'representative'; readonly representatives: RepresentativesAnswer }
  | { readonly kind: 'quick'; readonly quick: QuickArticlesAnswer }
  | { readonly kind: 'ledgers'; readonly ledgers: LedgersAnswer }
  | PagedAnswer;

/** What came back for a report that comes in pages; each says its rows and how many there are in all. */
export type PagedAnswer =
  | { readonly kind: 'receipts'; readonly page: ReceiptsAnswer }
  | { readonly kind: 'accounts'; readonly page: LedgerAccountsAnswer }
  | { readonly kind: 'moves'; readonly page: LedgerMovesAnswer };

/** How many rows one page of a list holds. */
export const ROWS_PER_PAGE = 100;

/** The most rows one download holds; a longer period is better taken in parts. */
export const ROWS_PER_DOWNLOAD = 50_000;

const DOWNLOAD_PAGE = 500;

/** What distinguishes one question from another, for `Loaded`. Sorting and what is open beside the list do not. */
export function questionOf({ kind, filter, search, page, about, ledger, account }: ReportQuery): string {
  const part = isPaged(kind) ? [search, page, about, ledger, account] : [];
  return JSON.stringify([kind, placeAndPeriod(kind, filter), part]);
}

/** Asks for a report. */
export async function askReport(client: ReportsClient, query: ReportQuery): Answer<ReportAnswer> {
  const { kind } = query;
  const filter = placeAndPeriod(kind, query.filter);
  if (isGrouping(kind)) return mapOk(await client.sales(kind, filter), (sales) => ({ kind, sales }));
  if (kind === 'tax') return mapOk(await client.tax(filter), (tax) => ({ kind, tax }));
  if (kind === 'quick') return mapOk(await client.quickArticles(filter), (quick) => ({ kind, quick }));
  if (kind === 'ledgers') return mapOk(await client.ledgers(), (ledgers) => ({ kind, ledgers }));
  if (kind === 'representative')
    return mapOk(await client.representatives(filter), (representatives) => ({ kind, representatives }));
  if (kind === 'x' || kind === 'z')
    return mapOk(await client.sessions(filter), (sessions) => ({ kind, sessions }));
  return askPage(client, query, { limit: ROWS_PER_PAGE, offset: (query.page - 1) * ROWS_PER_PAGE });
}

/** Asks for a part of a report that comes in pages. */
async function askPage(
  client: ReportsClient,
  query: ReportQuery,
  part: Pick<ListPage, 'limit' | 'offset'>,
): Answer<PagedAnswer> {
  const { filter, search, about, ledger, account } = query;
  const place = { ...part, search };
  if (query.kind === 'accounts')
    return mapOk(await client.ledgerAccounts(ledger ?? 'gift-card', place), (page) => ({
      kind: 'accounts',
      page,
    }));
  if (query.kind === 'moves') {
    const moves = { ...filter, ...(ledger ? { ledger } : {}), ...(account ? { account } : {}) };
    return mapOk(await client.ledgerMoves(moves, place), (page) => ({ kind: 'moves', page }));
  }
  const narrowed = about ? { about: subjectText(about) } : {};
  return mapOk(await client.receipts(filter, { ...place, ...narrowed }), (page) => ({
    kind: 'receipts',
    page,
  }));
}

/** The answer as a table. */
export function sheetOf(answer: ReportAnswer, query: ReportQuery, names: OrganizationNames): Sheet {
  if ('sales' in answer) return salesSheet(answer.kind, answer.sales, query.filter, names);
  if ('tax' in answer) return taxSheet(answer.tax);
  if ('sessions' in answer) return sessionsSheet(answer.kind, answer.sessions, query, names);
  if ('representatives' in answer) return representativesSheet(answer.representatives, query.filter);
  if ('quick' in answer) return quickArticlesSheet(answer.quick, query.filter, names);
  if ('ledgers' in answer) return ledgersSheet(answer.ledgers);
  if (answer.kind === 'accounts') return accountsSheet(answer.page, query, names);
  if (answer.kind === 'moves') return movesSheet(answer.page, query, names);
  return receiptsSheet(answer.page, query, names);
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

/** Every row a list that comes in pages would show, page after page, up to `ROWS_PER_DOWNLOAD`. */
export async function askAllRows(
  client: ReportsClient,
  query: ReportQuery,
  names: OrganizationNames,
): Answer<readonly Row[]> {
  const rows: Row[] = [];
  let count = 0;
  do {
    const answer = await askPage(client, query, { limit: DOWNLOAD_PAGE, offset: rows.length });
    if (!answer.ok) return err(answer.error);
    if (answer.value.page.rows.length === 0) break;
    rows.push(...sheetOf(answer.value, query, names).rows);
    count = answer.value.page.count;
  } while (rows.length < Math.min(count, ROWS_PER_DOWNLOAD));
  return ok(rows);
}

/** What is of now is asked for without a period, whatever was looked at before. */
function placeAndPeriod(kind: ReportKind, filter: ReportFilter): ReportFilter {
  if (!isOfNow(kind)) return filter;
  const { from: _from, to: _to, ...place } = filter;
  return place;
}

function mapOk<From, To>(
  result: Result<From, ReportFailure>,
  change: (value: From) => To,
): Result<To, ReportFailure> {
  return result.ok ? ok(change(result.value)) : result;
}
