import { maskedNumber, type Ledger } from '#model/ledger/account.ts';
import { m } from '$lib/paraglide/messages.js';
import type { LedgerAccountsAnswer, LedgerMovesAnswer, LedgersAnswer } from './ledgers-schema.ts';
import type { OrganizationNames } from './organization-names.ts';
import { hrefOfKind, reportHref, type ReportQuery } from './report-query.ts';
import type { Column, ColumnKind, Row, Sheet } from './sheet.ts';

const LEDGER_NAMES: Record<Ledger, () => string> = {
  'gift-card': m.office_ledger_gift_cards,
  'store-credit': m.office_ledger_store_credit,
  deposit: m.office_ledger_deposits,
  account: m.office_ledger_accounts,
  points: m.office_ledger_points,
};

/** What a ledger is called, as the name of all its accounts. */
export function ledgerName(ledger: Ledger): string {
  return LEDGER_NAMES[ledger]();
}

/** How an account is called: its customer, or its number; of a gift card the last four characters, because who knows the number can pay with it. */
export function accountName(ledger: Ledger, account: string, name: string | null): string {
  return ledger === 'gift-card' ? maskedNumber(account) : (name ?? account);
}

/** Points stand among amounts of money and are none. */
const POINTS: Readonly<Record<string, ColumnKind>> = {
  issued: 'count',
  redeemed: 'count',
  balance: 'count',
  amount: 'count',
};

function kindsOf(ledger: Ledger | undefined): Pick<Row, 'kinds'> {
  return ledger === 'points' ? { kinds: POINTS } : {};
}

const SUMS = (): Column[] => [
  { key: 'issued', label: m.office_column_issued(), kind: 'money' },
  { key: 'redeemed', label: m.office_column_redeemed(), kind: 'money' },
  { key: 'balance', label: m.office_column_balance(), kind: 'money' },
];

/** The ledgers as a table; a row leads to its accounts. The sum is of money alone. */
export function ledgersSheet({ rows }: LedgersAnswer): Sheet {
  const money = rows.filter(({ ledger }) => ledger !== 'points');
  const sum = (key: 'issued' | 'redeemed' | 'balance') => money.reduce((all, row) => all + row[key], 0);
  return {
    columns: [
      { key: 'ledger', label: m.office_column_ledger(), kind: 'text' },
      { key: 'accounts', label: m.office_column_accounts(), kind: 'count' },
      ...SUMS(),
    ],
    rows: rows.map((row): Row => ({
      id: row.ledger,
      href: hrefOfKind('accounts', {}, row.ledger),
      cells: { ...row, ledger: ledgerName(row.ledger) },
      ...kindsOf(row.ledger),
    })),
    total: { issued: sum('issued'), redeemed: sum('redeemed'), balance: sum('balance') },
  };
}

/** The accounts of a ledger as a table; a row leads to its moves. The sum is of all that were found, not of the page alone. */
export function accountsSheet(
  answer: LedgerAccountsAnswer,
  { ledger = 'gift-card' }: ReportQuery,
  names: OrganizationNames,
): Sheet {
  return {
    columns: [
      { key: 'account', label: m.office_column_account(), kind: 'text' },
      { key: 'moves', label: m.office_column_moves(), kind: 'count' },
      ...SUMS(),
      { key: 'lastAt', label: m.office_column_last_moved(), kind: 'instant', spare: true },
    ],
    rows: answer.rows.map((row): Row => ({
      id: row.account,
      href: hrefOfKind('moves', {}, ledger, row.account),
      timeZone: names.timeZone(''),
      cells: { ...row, account: accountName(ledger, row.account, row.name), name: undefined },
      ...kindsOf(ledger),
    })),
    total: answer.total,
    ...kindsOf(ledger),
  };
}

/** What moved accounts as a table; a row opens its receipt beside the list. */
export function movesSheet(answer: LedgerMovesAnswer, query: ReportQuery, names: OrganizationNames): Sheet {
  return {
    columns: [
      { key: 'receipt', label: m.office_column_receipt(), kind: 'text' },
      { key: 'at', label: m.office_column_time(), kind: 'instant' },
      { key: 'day', label: m.office_column_business_day(), kind: 'day', spare: true },
      { key: 'register', label: m.office_column_register(), kind: 'text', spare: true },
      { key: 'by', label: m.office_column_cashier(), kind: 'text', spare: true },
      { key: 'ledger', label: m.office_column_ledger(), kind: 'text' },
      { key: 'account', label: m.office_column_account(), kind: 'text' },
      { key: 'amount', label: m.office_column_amount(), kind: 'money' },
    ],
    rows: answer.rows.map((row): Row => ({
      id: `${row.receipt}:${row.index}`,
      href: reportHref({ ...query, open: row.receipt }),
      timeZone: names.timeZone(row.store),
      cells: {
        ...row,
        register: names.register(row.store, row.register),
        by: names.person(row.by),
        ledger: ledgerName(row.ledger),
        account: accountName(row.ledger, row.account, row.name),
        name: undefined,
      },
      ...kindsOf(row.ledger),
    })),
    ...(answer.total === null ? {} : { total: { amount: answer.total.amount } }),
    ...kindsOf(query.ledger),
  };
}
