import * as v from 'valibot';
import { accountIdSchema, LEDGERS, type Ledger } from '#model/ledger/account.ts';
import { isDay } from './business-days.ts';
import type { ReportFilter, SalesGrouping, SessionName } from './reports-client.ts';

/** The reports there are, in the order of the tabs. */
export const REPORT_KINDS = [
  'day',
  'store',
  'register',
  'department',
  'product',
  'customer',
  'tier',
  'representative',
  'tender',
  'tax',
  'x',
  'z',
  'receipts',
  'quick',
  'ledgers',
  'accounts',
  'moves',
] as const;
/** One of the reports. */
export type ReportKind = (typeof REPORT_KINDS)[number];

/** The column a table is sorted by. */
export type SortOrder = { readonly key: string; readonly descending: boolean };

/** Whose or of what receipts are: one customer's, of one tier, of one representative, of one code that has no article. */
export type Subject = { readonly by: (typeof SUBJECTS)[number]; readonly key: string };
const SUBJECTS = ['customer', 'tier', 'representative', 'code'] as const;

/**
 * What the reports page shows, all of it in the address so that it can be bookmarked and sent. `page` counts from 1;
 * `open` names the session or receipt that is open beside the list. `about` narrows receipts, `ledger` and `account` what is
 * shown of value.
 */
export type ReportQuery = {
  readonly kind: ReportKind;
  readonly filter: ReportFilter;
  readonly sort?: SortOrder;
  readonly search: string;
  readonly page: number;
  readonly open?: string;
  readonly about?: Subject;
  readonly ledger?: Ledger;
  readonly account?: string;
};

const GROUPINGS: readonly string[] = [
  'day',
  'store',
  'register',
  'department',
  'product',
  'customer',
  'tier',
  'tender',
];

/** Is this report one of the sums of sales. */
export function isGrouping(kind: ReportKind): kind is SalesGrouping {
  return GROUPINGS.includes(kind);
}

/** Is a report of now, which has no period. */
export function isOfNow(kind: ReportKind): boolean {
  return kind === 'x' || kind === 'ledgers' || kind === 'accounts';
}

/** Does a report come in pages, in an order of the program's. */
export function isPaged(kind: ReportKind): boolean {
  return kind === 'receipts' || kind === 'accounts' || kind === 'moves';
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
    ...readValue(params, kind),
    ...(kind === 'receipts' ? readSubject(params.get('about') ?? '') : {}),
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
  if (query.about) params.set('about', subjectText(query.about));
  if (query.ledger) params.set('ledger', query.ledger);
  if (query.account) params.set('account', query.account);
  return `/office/reports?${params.toString()}`;
}

/** A link to another report about the same period and place: sort, page and what is open belong to the old one. */
export function hrefOfKind(
  kind: ReportKind,
  filter: ReportFilter = {},
  ledger?: Ledger,
  account?: string,
): string {
  const value = { ...(ledger ? { ledger } : {}), ...(account ? { account } : {}) };
  return reportHref({ kind, filter, search: '', page: 1, ...value });
}

/** A link to the receipts of a period and place that are about somebody or something. */
export function hrefAbout(about: Subject, filter: ReportFilter): string {
  return reportHref({ kind: 'receipts', filter, search: '', page: 1, about });
}

/** A subject as the address and the reports program write it: `customer:joan`. */
export function subjectText({ by, key }: Subject): string {
  return `${by}:${key}`;
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

/** The accounts of a ledger are always those of one; an account without its ledger is nobody's. */
function readValue(params: URLSearchParams, kind: ReportKind): Pick<ReportQuery, 'ledger' | 'account'> {
  if (kind !== 'accounts' && kind !== 'moves') return {};
  const named = LEDGERS.find((each) => each === params.get('ledger'));
  const ledger = named ?? (kind === 'accounts' ? LEDGERS[0] : undefined);
  const account = params.get('account') ?? '';
  return {
    ...(ledger ? { ledger } : {}),
    ...(ledger && kind === 'moves' && v.is(accountIdSchema, account) ? { account } : {}),
  };
}

function readSubject(text: string): Pick<ReportQuery, 'about'> {
  const by = SUBJECTS.find((each) => text.startsWith(`${each}:`));
  const key = by === undefined ? '' : text.slice(by.length + 1);
  return by === undefined || key === '' || key.length > 64 ? {} : { about: { by, key } };
}

function readSort(text: string | null): SortOrder | undefined {
  const [, minus, key] = /^(-?)([a-zA-Z]{1,30})$/.exec(text ?? '') ?? [];
  return key ? { key, descending: minus === '-' } : undefined;
}
