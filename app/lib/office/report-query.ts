import { isDay } from './business-days.ts';
import type { ReportFilter, SalesGrouping, SessionName } from './reports-client.ts';

/** The reports there are, in the order of the tabs. */
export const REPORT_KINDS = [
  'day',
  'store',
  'register',
  'department',
  'product',
  'tender',
  'tax',
  'x',
  'z',
  'receipts',
] as const;
/** One of the reports. */
export type ReportKind = (typeof REPORT_KINDS)[number];

/** The column a table is sorted by. */
export type SortOrder = { readonly key: string; readonly descending: boolean };

/**
 * What the reports page shows, all of it in the address so that it can be bookmarked and sent. `page` counts from 1;
 * `open` names the session or receipt that is open beside the list.
 */
export type ReportQuery = {
  readonly kind: ReportKind;
  readonly filter: ReportFilter;
  readonly sort?: SortOrder;
  readonly search: string;
  readonly page: number;
  readonly open?: string;
};

const GROUPINGS: readonly string[] = ['day', 'store', 'register', 'department', 'product', 'tender'];

/** Is this report one of the sums of sales. */
export function isGrouping(kind: ReportKind): kind is SalesGrouping {
  return GROUPINGS.includes(kind);
}

/** Reads the address. What is not understood is left out: an old bookmark still opens a report. */
export function readQuery(params: URLSearchParams): ReportQuery {
  const kind = REPORT_KINDS.find((known) => known === params.get('kind')) ?? 'day';
  const sort = readSort(params.get('sort'));
  const open = params.get('open');
  const page = Number(params.get('page'));
  return {
    kind,
    filter: readFilter(params),
    search: (params.get('search') ?? '').trim(),
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
    ...(sort === undefined ? {} : { sort }),
    ...(open ? { open } : {}),
  };
}

/** The address of a report: the reverse of `readQuery`, defaults left out. */
export function reportHref(query: ReportQuery): string {
  const params = new URLSearchParams({ kind: query.kind });
  for (const [key, value] of Object.entries(query.filter)) if (value) params.set(key, value);
  if (query.search) params.set('search', query.search);
  if (query.sort) params.set('sort', `${query.sort.descending ? '-' : ''}${query.sort.key}`);
  if (query.page > 1) params.set('page', String(query.page));
  if (query.open) params.set('open', query.open);
  return `/office/reports?${params.toString()}`;
}

/** A link to another report about the same period and place: sort, page and what is open belong to the old one. */
export function hrefOfKind(kind: ReportKind, filter: ReportFilter = {}): string {
  return reportHref({ kind, filter, search: '', page: 1 });
}

/** Some parts of a filter to change; `undefined` takes a part out. */
export type FilterChange = { readonly [Part in keyof ReportFilter]?: string | undefined };

/** The filter with some parts changed. Another store lets the register go. */
export function changeFilter(filter: ReportFilter, change: FilterChange): ReportFilter {
  const next: Record<string, string> = {};
  const merged = { ...filter, ...('store' in change ? { register: undefined } : {}), ...change };
  for (const [key, value] of Object.entries(merged)) if (value) next[key] = value;
  return next;
}

/** How a session is named in the address: `S01-R2-41`. */
export function sessionKey({ store, register, session }: SessionName): string {
  return `${store}-${register}-${session}`;
}

/** Reads `S01-R2-41`; undefined when it is no session's name. */
export function readSessionKey(text: string): SessionName | undefined {
  const [, store, register, session] = /^(S\d{2,4})-(R\d{1,3})-(\d{1,9})$/.exec(text) ?? [];
  if (!store || !register || !session) return undefined;
  return { store, register, session: Number(session) };
}

/** The period and place in an address; what is not understood is left out. */
export function readFilter(params: URLSearchParams): ReportFilter {
  const from = params.get('from') ?? '';
  const to = params.get('to') ?? '';
  const store = params.get('store') ?? '';
  const register = params.get('register') ?? '';
  const knownStore = /^S\d{2,4}$/.test(store);
  return {
    ...(isDay(from) ? { from } : {}),
    ...(isDay(to) ? { to } : {}),
    ...(knownStore ? { store } : {}),
    // A register's id is only unique inside its store.
    ...(knownStore && /^R\d{1,3}$/.test(register) ? { register } : {}),
  };
}

function readSort(text: string | null): SortOrder | undefined {
  const [, minus, key] = /^(-?)([a-zA-Z]{1,30})$/.exec(text ?? '') ?? [];
  return key ? { key, descending: minus === '-' } : undefined;
}
