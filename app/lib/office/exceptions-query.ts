import { m } from '$lib/paraglide/messages.js';
import { exceptionWords } from './exception-words.ts';
import type { OrganizationNames } from './organization-names.ts';
import type { ExceptionFigures, ExceptionRow } from './reports-schema.ts';
import type { Sheet } from './sheet.ts';

/** What the exceptions page lists, all of it in the address; open ones where nothing is said. */
export type ExceptionsQuery = {
  readonly store?: string;
  readonly code?: string;
  readonly state: 'open' | 'resolved' | 'all';
};

/** What can be seen of exceptions. */
export const EXCEPTION_STATES = ['open', 'resolved', 'all'] as const;

/** Reads the address. What is not understood is left out. */
export function readExceptionsQuery(params: URLSearchParams): ExceptionsQuery {
  const store = params.get('store') ?? '';
  const code = params.get('code') ?? '';
  return {
    ...(/^S\d{2,4}$/.test(store) ? { store } : {}),
    ...(/^[a-z-]{1,40}$/.test(code) ? { code } : {}),
    state: EXCEPTION_STATES.find((state) => state === params.get('state')) ?? 'open',
  };
}

/** The address of a list of exceptions: the reverse of `readExceptionsQuery`, the default left out. */
export function exceptionsHref({ store, code, state }: ExceptionsQuery): string {
  const params = new URLSearchParams();
  if (store) params.set('store', store);
  if (code) params.set('code', code);
  if (state !== 'open') params.set('state', state);
  const text = params.toString();
  return text === '' ? '/office/exceptions' : `/office/exceptions?${text}`;
}

/** How many exceptions of each kind there are, and what they come to, as a table; a row lists those of its kind. */
export function figuresSheet(figures: readonly ExceptionFigures[], query: ExceptionsQuery): Sheet {
  const total = figures.reduce(
    (sum, { open, amount, resolved, lost }) => ({
      open: sum.open + open,
      amount: sum.amount + amount,
      resolved: sum.resolved + resolved,
      lost: sum.lost + lost,
    }),
    { open: 0, amount: 0, resolved: 0, lost: 0 },
  );
  return {
    columns: [
      { key: 'kind', label: m.office_exceptions_kind(), kind: 'text' },
      { key: 'open', label: m.office_exceptions_open(), kind: 'count' },
      { key: 'amount', label: m.office_exceptions_amount(), kind: 'money' },
      { key: 'resolved', label: m.office_exceptions_resolved(), kind: 'count' },
      { key: 'lost', label: m.office_exceptions_lost(), kind: 'money' },
    ],
    rows: figures.map(({ code, ...cells }) => ({
      id: code,
      href: exceptionsHref({ ...query, code }),
      cells: { kind: exceptionWords(code).title, ...cells },
    })),
    total,
  };
}

/** Exceptions as a table for a file. */
export function exceptionsSheet(rows: readonly ExceptionRow[], names: OrganizationNames): Sheet {
  return {
    columns: [
      { key: 'at', label: m.office_column_time(), kind: 'instant' },
      { key: 'kind', label: m.office_exceptions_kind(), kind: 'text' },
      { key: 'store', label: m.office_column_store(), kind: 'text' },
      { key: 'receipts', label: m.office_exceptions_receipts(), kind: 'text' },
      { key: 'amount', label: m.office_exceptions_amount(), kind: 'money' },
      { key: 'outcome', label: m.office_exceptions_outcome(), kind: 'text' },
      { key: 'lost', label: m.office_exceptions_lost(), kind: 'money' },
      { key: 'reason', label: m.office_exceptions_reason(), kind: 'text' },
      { key: 'by', label: m.office_audit_who(), kind: 'text' },
      { key: 'resolvedAt', label: m.office_exceptions_resolved_at(), kind: 'instant' },
      { key: 'detail', label: m.office_audit_detail(), kind: 'text' },
    ],
    rows: rows.map(({ id, code, store, at, seenAt, receipts = [], amount, resolution, detail }) => ({
      id: `${code} ${id}`,
      ...(store ? { timeZone: names.timeZone(store) } : {}),
      cells: {
        at: at ?? seenAt,
        kind: exceptionWords(code).title,
        store: store ? names.store(store) : undefined,
        receipts: receipts.join(' '),
        amount,
        outcome: resolution && outcomeLabel(resolution.outcome),
        lost: resolution?.amount,
        reason: resolution?.reason,
        by: resolution && names.person(resolution.by),
        resolvedAt: resolution?.at,
        detail,
      },
    })),
  };
}

/** How an exception was seen to, in words; one from a newer program as it stands. */
export function outcomeLabel(outcome: string): string {
  if (outcome === 'corrected') return m.exception_outcome_corrected();
  if (outcome === 'loss') return m.exception_outcome_loss();
  return outcome === 'false-alarm' ? m.exception_outcome_false_alarm() : outcome;
}
