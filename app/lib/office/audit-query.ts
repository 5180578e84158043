import { changeFilter, readFilter, type FilterChange } from './report-query.ts';
import type { AuditFilter } from './reports-client.ts';

/** What the audit page shows, all of it in the address. `open` is the act beside the list. */
export type AuditQuery = { readonly filter: AuditFilter; readonly open?: string };

/** Some parts of the filter to change; undefined takes a part out. */
export type AuditChange = FilterChange & {
  readonly [Part in 'person' | 'approver' | 'kind' | 'text']?: string | undefined;
};

const SHAPES = {
  person: /^[\w.-]{1,64}$/,
  approver: /^[\w.-]{1,64}$/,
  kind: /^[a-z.-]{1,40}$/,
  text: /^.{1,64}$/,
} as const;
const OWN_PARTS = ['person', 'approver', 'kind', 'text'] as const;

/** Reads the address. What is not understood is left out. */
export function readAuditQuery(params: URLSearchParams): AuditQuery {
  const own: Record<string, string> = {};
  for (const part of OWN_PARTS) {
    const value = (params.get(part) ?? '').trim();
    if (SHAPES[part].test(value)) own[part] = value;
  }
  const open = params.get('open') ?? '';
  return {
    filter: { ...readFilter(params), ...own },
    ...(/^[\w-]{1,40}$/.test(open) ? { open } : {}),
  };
}

/** The address of the audit: the reverse of `readAuditQuery`. */
export function auditHref({ filter, open }: AuditQuery): string {
  const params = new URLSearchParams();
  for (const [part, value] of Object.entries(filter)) if (value) params.set(part, value);
  if (open) params.set('open', open);
  const text = params.toString();
  return text === '' ? '/office/audit' : `/office/audit?${text}`;
}

/** The filter with some parts changed. Another store lets the register go. */
export function changeAuditFilter(filter: AuditFilter, change: AuditChange): AuditFilter {
  return changeFilter(filter, change as FilterChange);
}
