import * as v from 'valibot';
import type { Ledger } from '#model/ledger/account.ts';
import { err, ok, type Result } from '#model/result.ts';
import {
  ledgerAccountsSchema,
  ledgerMovesSchema,
  ledgersSchema,
  type LedgerAccountsAnswer,
  type LedgerMovesAnswer,
  type LedgersAnswer,
} from './ledgers-schema.ts';
import {
  quickArticlesSchema,
  representativesSchema,
  type QuickArticlesAnswer,
  type RepresentativesAnswer,
} from './lines-schema.ts';
import {
  auditActSchema,
  auditSchema,
  exceptionsSchema,
  healthSchema,
  organizationAnswerSchema,
  receiptsSchema,
  relayStatusSchema,
  saleRecordSchema,
  salesSchema,
  sessionReportSchema,
  sessionsSchema,
  taxSchema,
  type AuditActAnswer,
  type AuditAnswer,
  type ExceptionRow,
  type ExceptionsAnswer,
  type Health,
  type OrganizationAnswer,
  type ReceiptsAnswer,
  type RelayStatus,
  type SaleRecordAnswer,
  type SalesAnswer,
  type SessionReportAnswer,
  type SessionRow,
  type TaxAnswer,
} from './reports-schema.ts';

/** Inclusive business days `YYYY-MM-DD` and the place; what is left out is not filtered. */
export type ReportFilter = {
  readonly from?: string;
  readonly to?: string;
  readonly store?: string;
  readonly register?: string;
};

/** What sales can be summed by. */
export type SalesGrouping =
  'day' | 'tender' | 'department' | 'store' | 'register' | 'product' | 'customer' | 'tier';

/** One register session, named. */
export type SessionName = { readonly store: string; readonly register: string; readonly session: number };

/** Which sensitive acts; what is left out is not filtered. */
export type AuditFilter = ReportFilter & {
  readonly person?: string;
  readonly approver?: string;
  readonly kind?: string;
  readonly text?: string;
};

/** Which page of a list, and what was searched for. */
export type ListPage = { readonly search: string; readonly limit: number; readonly offset: number };

/** Which page of the receipts list; `about` is a subject as `customer:joan`. */
export type ReceiptsPage = ListPage & { readonly about?: string };

/** Which moves of accounts. */
export type MovesFilter = ReportFilter & { readonly ledger?: Ledger; readonly account?: string };

/**
 * Why a report could not be shown. `unreachable`: this computer's server does not answer; `away`: it answers, the program
 * behind it does not; `refused` and `missing` bring the program's own sentence; `unreadable`: the answer has another shape.
 */
export type ReportFailure =
  | { readonly code: 'unreachable' }
  | { readonly code: 'away'; readonly status: number }
  | { readonly code: 'refused' | 'missing'; readonly sentence: string }
  | { readonly code: 'unreadable'; readonly detail: string };

/** An answer or why there is none. */
export type Answer<Value> = Promise<Result<Value, ReportFailure>>;

/** How the client asks; the browser's `fetch`, or one of a test. */
export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

const TIMEOUT_MS = 20_000;
const refusalSchema = v.object({ code: v.string(), message: v.string() });

/** Asks the reports program and the relay for figures. Never throws: what goes wrong is a `ReportFailure`. */
export class ReportsClient {
  readonly #fetch: Fetch;
  readonly #origin: string;

  /** `origin` is empty in the browser, where everything has one origin. */
  constructor(ask: Fetch, origin = '') {
    this.#fetch = ask;
    this.#origin = origin;
  }

  /** Is the reports program well. */
  health(): Answer<Health> {
    return this.#get('/reports/health', {}, healthSchema);
  }

  /** Names, currency and time zones. */
  organization(): Answer<OrganizationAnswer> {
    return this.#get('/reports/organization', {}, organizationAnswerSchema);
  }

  /** Register sessions of a period, open and closed. */
  async sessions(filter: ReportFilter): Answer<readonly SessionRow[]> {
    return rowsOf(await this.#get('/reports/sessions', filter, sessionsSchema));
  }

  /** The X report of a register's open session; `missing` when none is open. */
  x(store: string, register: string): Answer<SessionReportAnswer> {
    return this.#get('/reports/x', { store, register }, sessionReportSchema);
  }

  /** The Z report of a closed session. */
  z(name: SessionName): Answer<SessionReportAnswer> {
    return this.#get('/reports/z', { ...name, session: String(name.session) }, sessionReportSchema);
  }

  /** Tax by rate. */
  tax(filter: ReportFilter): Answer<TaxAnswer> {
    return this.#get('/reports/tax', filter, taxSchema);
  }

  /** Sales by one grouping. */
  sales(by: SalesGrouping, filter: ReportFilter): Answer<SalesAnswer> {
    return this.#get('/reports/sales', { by, ...filter }, salesSchema);
  }

  /** One page of receipts. */
  receipts(filter: ReportFilter, page: ReceiptsPage): Answer<ReceiptsAnswer> {
    return this.#get(
      '/reports/receipts',
      { ...filter, ...pageFields(page), about: page.about },
      receiptsSchema,
    );
  }

  /** What representatives sold. */
  representatives(filter: ReportFilter): Answer<RepresentativesAnswer> {
    return this.#get('/reports/representatives', filter, representativesSchema);
  }

  /** Codes that were sold without an article. */
  quickArticles(filter: ReportFilter): Answer<QuickArticlesAnswer> {
    return this.#get('/reports/quick-articles', filter, quickArticlesSchema);
  }

  /** What each ledger of value holds. */
  ledgers(): Answer<LedgersAnswer> {
    return this.#get('/reports/ledgers', {}, ledgersSchema);
  }

  /** One page of the accounts of a ledger. */
  ledgerAccounts(ledger: Ledger, page: ListPage): Answer<LedgerAccountsAnswer> {
    return this.#get('/reports/ledger-accounts', { ledger, ...pageFields(page) }, ledgerAccountsSchema);
  }

  /** One page of what moved accounts. */
  ledgerMoves(filter: MovesFilter, page: ListPage): Answer<LedgerMovesAnswer> {
    const { search: _search, ...place } = pageFields(page);
    return this.#get('/reports/ledger-moves', { ...filter, ...place }, ledgerMovesSchema);
  }

  /** One receipt as it was recorded. */
  receipt(receipt: string): Answer<SaleRecordAnswer> {
    return this.#get(`/reports/receipts/${encodeURIComponent(receipt)}`, {}, saleRecordSchema);
  }

  /** What a person has to look at and nobody has resolved. */
  async exceptions(): Answer<readonly ExceptionRow[]> {
    return rowsOf(await this.#get('/reports/exceptions', { state: 'open' }, exceptionsSchema));
  }

  /** Exceptions that fit, with how they were resolved, and the figures of all of the store. */
  exceptionsOf(query: {
    readonly store?: string | undefined;
    readonly code?: string | undefined;
    readonly state?: 'open' | 'resolved' | undefined;
  }): Answer<ExceptionsAnswer> {
    return this.#get('/reports/exceptions', query, exceptionsSchema);
  }

  /** One page of sensitive acts, newest first; `before` is the `next` of the page before. */
  audit(filter: AuditFilter, before: string | undefined, limit: number): Answer<AuditAnswer> {
    return this.#get('/reports/audit', { ...filter, before, limit: String(limit) }, auditSchema);
  }

  /** One sensitive act with its record. */
  auditAct(id: string): Answer<AuditActAnswer> {
    return this.#get(`/reports/audit/${encodeURIComponent(id)}`, {}, auditActSchema);
  }

  /** Which devices the relay of this computer is connected with. */
  relay(): Answer<RelayStatus> {
    return this.#get('/relay/status', {}, relayStatusSchema);
  }

  async #get<Schema extends v.GenericSchema>(
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    schema: Schema,
  ): Answer<v.InferOutput<Schema>> {
    const asked = await this.#ask(this.#origin + path + queryText(query));
    return asked.ok ? readAnswer(asked.value, schema) : asked;
  }

  async #ask(address: string): Answer<Response> {
    try {
      const headers = { accept: 'application/json' };
      return ok(await this.#fetch(address, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) }));
    } catch (cause) {
      const slow = cause instanceof DOMException && cause.name === 'TimeoutError';
      return err(slow ? { code: 'away', status: 504 } : { code: 'unreachable' });
    }
  }
}

function pageFields({ search, limit, offset }: ListPage) {
  return { search, limit: String(limit), offset: String(offset) };
}

/** The query text with `?`, empty values left out. */
function queryText(query: Readonly<Record<string, string | undefined>>): string {
  const entries = Object.entries(query).flatMap(([key, value]) => (value ? [[key, value]] : []));
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries).toString()}`;
}

async function readAnswer<Schema extends v.GenericSchema>(
  response: Response,
  schema: Schema,
): Answer<v.InferOutput<Schema>> {
  const body = await readJson(response);
  if (response.status >= 500) return err({ code: 'away', status: response.status });
  if (!body.ok) return body;
  if (!response.ok) {
    const refusal = v.safeParse(refusalSchema, body.value);
    const sentence = refusal.success ? refusal.output.message : `HTTP ${response.status}`;
    return err({ code: response.status === 404 ? 'missing' : 'refused', sentence });
  }
  const parsed = v.safeParse(schema, body.value);
  if (parsed.success) return ok(parsed.output);
  const issue = parsed.issues[0];
  return err({ code: 'unreadable', detail: `${v.getDotPath(issue) ?? 'answer'}: ${issue.message}` });
}

async function readJson(response: Response): Answer<unknown> {
  try {
    return ok(await response.json());
  } catch (cause) {
    return err({ code: 'unreadable', detail: cause instanceof Error ? cause.message : String(cause) });
  }
}

function rowsOf<Row>(
  answer: Result<{ readonly rows: readonly Row[] }, ReportFailure>,
): Result<readonly Row[], ReportFailure> {
  return answer.ok ? ok(answer.value.rows) : answer;
}
