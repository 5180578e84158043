import { m } from '$lib/paraglide/messages.js';
import type { DayRange } from './business-days.ts';
import type { Formats } from './formats.ts';
import { accountName, ledgerName } from './ledger-sheets.ts';
import type { OrganizationNames } from './organization-names.ts';
import { hrefOfKind, reportHref, type ReportQuery, type Subject } from './report-query.ts';
import type { ReportFilter } from './reports-client.ts';

/** The period in words: one day, from–to, open at one side, or everything. */
export function periodText({ from, to }: DayRange, formats: Formats): string {
  if (from !== undefined && from === to) return formats.longDay(from);
  if (from !== undefined && to !== undefined) {
    return m.office_period_between({ from: formats.day(from), to: formats.day(to) });
  }
  if (from !== undefined) return m.office_period_since({ from: formats.day(from) });
  return to === undefined ? m.office_period_all() : m.office_period_until({ to: formats.day(to) });
}

/** The place in words: all stores, a store, a register. */
export function placeText({ store, register }: ReportFilter, names: OrganizationNames): string {
  if (store === undefined) return m.office_all_stores();
  return register === undefined ? `${store} · ${names.store(store)}` : names.register(store, register);
}

/** What an empty report says, in the words of what it would show. */
export function emptyTitle({ kind, search, about }: ReportQuery): string {
  if (search) {
    return kind === 'accounts' ? m.office_empty_account({ search }) : m.office_empty_search({ search });
  }
  switch (kind) {
    case 'x':
      return m.office_empty_x();
    case 'z':
      return m.office_empty_z();
    case 'representative':
      return m.office_empty_representative();
    case 'quick':
      return m.office_empty_quick();
    case 'ledgers':
    case 'accounts':
      return m.office_empty_accounts();
    case 'moves':
      return m.office_empty_moves();
    default:
      return about === undefined ? m.office_empty_sales() : m.office_empty_about();
  }
}

/** What a list is narrowed to, by its name, and the address of all of it. */
export type Narrowing = { readonly label: string; readonly name: string; readonly allHref: string };

/** Whom or what receipts or moves of value are narrowed to; `named` is what the answer calls it. Undefined where the list is of all. */
export function narrowingOf(query: ReportQuery, named: string | undefined): Narrowing | undefined {
  const { kind, about, ledger, account } = query;
  if (kind === 'receipts' && about !== undefined) {
    const { about: _about, open: _open, ...rest } = query;
    return {
      label: subjectLabel(about.by),
      name: named ?? about.key,
      allHref: reportHref({ ...rest, page: 1 }),
    };
  }
  if (kind !== 'moves' || ledger === undefined || account === undefined) return undefined;
  return {
    label: ledgerName(ledger),
    name: accountName(ledger, account, named ?? null),
    allHref: hrefOfKind('accounts', {}, ledger),
  };
}

function subjectLabel(by: Subject['by']): string {
  switch (by) {
    case 'customer':
      return m.office_column_customer();
    case 'tier':
      return m.office_column_tier();
    case 'representative':
      return m.office_column_representative();
    case 'code':
      return m.office_column_sold_as();
  }
}
