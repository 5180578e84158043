import { ACT_KINDS, type ActKind } from '#model/audit/sensitive-act.ts';
import { m } from '$lib/paraglide/messages.js';
import { auditHref, type AuditQuery } from './audit-query.ts';
import { officeActWords } from './edit-words.ts';
import type { Formats } from './formats.ts';
import type { OrganizationNames } from './organization-names.ts';
import type { AuditAnswer } from './reports-schema.ts';
import type { Column, Row, Sheet } from './sheet.ts';

/** One sensitive act. */
export type ActRow = AuditAnswer['rows'][number];

/** What writing acts needs. */
export type AuditWords = { readonly names: OrganizationNames; readonly formats: Formats };

const KIND_WORDS: Record<ActKind, () => string> = {
  void: m.office_act_void,
  refund: m.office_act_refund,
  'refund-without-receipt': m.office_act_refund_without_receipt,
  exchange: m.office_act_exchange,
  'price-override': m.office_act_price_override,
  discount: m.office_act_discount,
  drawer: m.office_act_drawer,
  'paid-in': m.office_act_paid_in,
  'paid-out': m.office_act_paid_out,
  'safe-drop': m.office_act_safe_drop,
  reprint: m.office_act_reprint,
  'handover-difference': m.office_act_handover_difference,
  'close-difference': m.office_act_close_difference,
  clock: m.office_act_clock,
  training: m.office_act_training,
  approved: m.office_act_approved,
};

/** What an act is called. */
export function actWords(kind: string): string {
  const known = ACT_KINDS.find((each) => each === kind);
  return known === undefined ? officeActWords(kind) : KIND_WORDS[known]();
}

/** Where it was done: a register, or the office. */
export function actPlace(
  { store, register }: Pick<ActRow, 'store' | 'register'>,
  names: OrganizationNames,
): string {
  return store && register ? names.register(store, register) : m.office_head_office();
}

/** What it was done to: a person by name, else what the record names. */
export function actSubject(
  { kind, subject }: Pick<ActRow, 'kind' | 'subject'>,
  names: OrganizationNames,
): string {
  return kind.startsWith('person.') ? names.person(subject) : subject;
}

/** What more the record says; of a clock that moved, the time it should have said, in its store's time zone. */
export function actDetail(
  { kind, detail, store }: Pick<ActRow, 'kind' | 'detail' | 'store'>,
  { names, formats }: AuditWords,
): string {
  if (kind !== 'clock' || Number.isNaN(Date.parse(detail))) return detail;
  return m.office_audit_clock_expected({ time: formats.instant(detail, names.timeZone(store ?? '')) });
}

/** Sensitive acts as a table, newest first; a row opens its record beside the list. */
export function auditSheet(rows: readonly ActRow[], query: AuditQuery, words: AuditWords): Sheet {
  const columns: Column[] = [
    { key: 'at', label: m.office_column_time(), kind: 'instant' },
    { key: 'kind', label: m.office_audit_what(), kind: 'text' },
    { key: 'place', label: m.office_audit_where(), kind: 'text', spare: true },
    { key: 'by', label: m.office_audit_who(), kind: 'text' },
    { key: 'approvedBy', label: m.office_audit_approver(), kind: 'text', spare: true },
    { key: 'subject', label: m.office_audit_about(), kind: 'text', spare: true },
    { key: 'detail', label: m.office_audit_detail(), kind: 'text' },
    { key: 'amount', label: m.office_column_amount(), kind: 'money' },
  ];
  return { columns, rows: rows.map((row) => sheetRow(row, query, words)) };
}

function sheetRow(row: ActRow, query: AuditQuery, words: AuditWords): Row {
  const { id, at, kind, by, approvedBy, amount, gone, store } = row;
  const { names } = words;
  const detail = actDetail(row, words);
  return {
    id,
    href: auditHref({ ...query, open: id }),
    ...(store === undefined ? {} : { timeZone: names.timeZone(store) }),
    cells: {
      at,
      kind: actWords(kind),
      place: actPlace(row, names),
      by: names.person(by),
      approvedBy: approvedBy && names.person(approvedBy),
      subject: actSubject(row, names),
      detail: gone ? [m.office_audit_gone(), detail].filter(Boolean).join(' · ') : detail,
      amount,
    },
  };
}
