import { m } from '$lib/paraglide/messages.js';

/** An exception in plain words: what it is called, what it means, what to do. */
export type ExceptionWords = { readonly title: string; readonly meaning: string };

/** The words for an exception's code. A code from a newer program gets general words; its own detail is shown beside them. */
export function exceptionWords(code: string): ExceptionWords {
  switch (familyOf(code)) {
    case 'fork':
      return { title: m.office_exception_fork(), meaning: m.office_exception_fork_meaning() };
    case 'gap':
      return { title: m.office_exception_gap(), meaning: m.office_exception_gap_meaning() };
    case 'altered':
      return { title: m.office_exception_altered(), meaning: m.office_exception_altered_meaning() };
    case 'unsigned':
      return { title: m.office_exception_unsigned(), meaning: m.office_exception_unsigned_meaning() };
    case 'signature':
      return { title: m.office_exception_signature(), meaning: m.office_exception_signature_meaning() };
    case 'device':
      return { title: m.office_exception_device(), meaning: m.office_exception_device_meaning() };
    case 'revoked':
      return { title: m.office_exception_revoked(), meaning: m.office_exception_revoked_meaning() };
    case 'truncated':
      return { title: m.office_exception_truncated(), meaning: m.office_exception_truncated_meaning() };
    case 'link':
      return { title: m.office_exception_link(), meaning: m.office_exception_link_meaning() };
    case 'sums':
      return { title: m.office_exception_sums(), meaning: m.office_exception_sums_meaning() };
    case 'close':
      return { title: m.office_exception_close(), meaning: m.office_exception_close_meaning() };
    case 'late':
      return { title: m.office_exception_late(), meaning: m.office_exception_late_meaning() };
    case 'audit':
      return { title: m.office_exception_audit(), meaning: m.office_exception_audit_meaning() };
    case 'sold-twice':
      return { title: m.office_exception_sold_twice(), meaning: m.office_exception_sold_twice_meaning() };
    case 'double-refund':
      return {
        title: m.office_exception_double_refund(),
        meaning: m.exception_double_refund_text(),
      };
    case 'serial-twice':
      return { title: m.office_exception_serial_twice(), meaning: m.exception_serial_twice_text() };
    case 'oversold':
      return { title: m.office_exception_oversold(), meaning: m.exception_oversold_text() };
    case 'session':
      return { title: m.office_exception_order(), meaning: m.office_exception_order_meaning() };
    case 'unreadable':
      return { title: m.office_exception_unreadable(), meaning: m.office_exception_unreadable_meaning() };
    case 'newer':
      return { title: m.office_exception_newer(), meaning: m.office_exception_newer_meaning() };
    case 'foreign':
      return { title: m.office_exception_foreign(), meaning: m.office_exception_foreign_meaning() };
    case 'overspent':
      return { title: m.office_exception_overspent(), meaning: m.office_exception_overspent_meaning() };
    case 'other':
      return { title: m.office_exception_other(), meaning: m.office_exception_other_meaning() };
  }
}

type Family =
  | 'fork'
  | 'gap'
  | 'altered'
  | 'unsigned'
  | 'signature'
  | 'device'
  | 'revoked'
  | 'truncated'
  | 'link'
  | 'sums'
  | 'close'
  | 'late'
  | 'audit'
  | 'sold-twice'
  | 'double-refund'
  | 'serial-twice'
  | 'oversold'
  | 'session'
  | 'unreadable'
  | 'newer'
  | 'foreign'
  | 'overspent'
  | 'other';

const FAMILIES: Readonly<Record<string, Family>> = {
  fork: 'fork',
  gap: 'gap',
  altered: 'altered',
  unsigned: 'unsigned',
  'bad-signature': 'signature',
  'unknown-device': 'device',
  'revoked-device': 'revoked',
  'expired-device': 'revoked',
  truncated: 'truncated',
  'bad-head': 'signature',
  'broken-link': 'link',
  'wrong-totals': 'sums',
  'wrong-receipt-number': 'sums',
  'wrong-sums': 'sums',
  'close-mismatch': 'close',
  'sold-twice': 'sold-twice',
  'double-refund': 'double-refund',
  'serial-twice': 'serial-twice',
  oversold: 'oversold',
  'zz-mismatch': 'close',
  'period-mismatch': 'close',
  'late-session': 'late',
  'still-open': 'session',
  'audit-removed': 'audit',
  'audit-changed': 'audit',
  'already-open': 'session',
  'not-open': 'session',
  'wrong-session': 'session',
  'bad-document': 'unreadable',
  'bad-shape': 'unreadable',
  'not-json': 'unreadable',
  'unknown-key': 'unreadable',
  'unknown-version': 'newer',
  'foreign-document': 'foreign',
  'wrong-register': 'foreign',
  'wrong-key': 'foreign',
  'wrong-shard': 'foreign',
  overspent: 'overspent',
};

function familyOf(code: string): Family {
  return FAMILIES[code] ?? 'other';
}
