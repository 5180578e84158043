import { m } from '$lib/paraglide/messages.js';
import { tenderName } from '$lib/tender-words.ts';
import type { OrganizationNames } from './organization-names.ts';
import {
  hrefAbout,
  hrefOfKind,
  reportHref,
  sessionKey,
  changeFilter,
  type ReportKind,
  type ReportQuery,
} from './report-query.ts';
import type { ReportFilter, SalesGrouping } from './reports-client.ts';
import type { ReceiptsAnswer, SalesAnswer, SessionRow, TaxAnswer } from './reports-schema.ts';
import type { Cells, Column, Row, Sheet } from './sheet.ts';

/** What a report is called. */
export function reportTitle(kind: ReportKind): string {
  switch (kind) {
    case 'day':
      return m.office_report_day();
    case 'store':
      return m.office_report_store();
    case 'register':
      return m.office_report_register();
    case 'department':
      return m.office_report_department();
    case 'product':
      return m.office_report_product();
    case 'customer':
      return m.office_report_customer();
    case 'tier':
      return m.office_report_tier();
    case 'representative':
      return m.office_report_representative();
    case 'tender':
      return m.office_report_tender();
    case 'tax':
      return m.office_report_tax();
    case 'x':
      return m.office_report_x();
    case 'z':
      return m.office_report_z();
    case 'receipts':
      return m.office_report_receipts();
    case 'quick':
      return m.office_report_quick();
    case 'ledgers':
      return m.office_report_ledgers();
    case 'accounts':
      return m.office_report_accounts();
    case 'moves':
      return m.office_report_moves();
  }
}

/** Sales by one grouping as a table. A row leads to what it is made of, where there is such a report. */
export function salesSheet(
  by: SalesGrouping,
  answer: SalesAnswer,
  filter: ReportFilter,
  names: OrganizationNames,
): Sheet {
  const taxed = ['day', 'store', 'register', 'customer', 'tier'].includes(by);
  const columns: Column[] = [
    ...groupColumns(by),
    { key: 'receipts', label: m.office_column_receipts(), kind: 'count' },
    ...(by === 'tender' ? [] : [quantityColumn()]),
    ...(taxed ? [moneyColumn('net', m.office_column_net()), moneyColumn('tax', m.office_column_tax())] : []),
    moneyColumn('gross', by === 'tender' ? m.office_column_amount() : m.office_column_gross()),
  ];
  const rows = answer.rows.map((row): Row => {
    const href = drillDown(by, row.key, filter);
    return {
      id: row.key,
      cells: { ...groupCells(by, row, names), ...salesCells(row) },
      ...(href === undefined ? {} : { href }),
    };
  });
  const timely = by === 'day' || by === 'store' || by === 'register';
  return {
    columns,
    rows,
    total: salesCells(answer.total),
    order: { key: timely ? 'key' : 'gross', descending: !timely },
  };
}

/** Tax by rate as a table. */
export function taxSheet(answer: TaxAnswer): Sheet {
  const columns: Column[] = [
    { key: 'name', label: m.office_column_tax_name(), kind: 'text' },
    { key: 'rate', label: m.office_column_rate(), kind: 'percent' },
    { key: 'included', label: m.office_column_included(), kind: 'text' },
    moneyColumn('base', m.office_column_base()),
    moneyColumn('amount', m.office_column_tax()),
    moneyColumn('gross', m.office_column_gross()),
  ];
  const rows = answer.rows.map((row, index) => ({
    id: `${row.tax}@${row.rate}${row.included ? '' : '+'}#${index}`,
    cells: { ...row, included: row.included ? m.office_tax_included() : m.office_tax_on_top() },
  }));
  return { columns, rows, total: answer.total, order: { key: 'rate', descending: true } };
}

/** Register sessions as a table: the open ones for X, the closed ones for Z. A row opens its report beside the list. */
export function sessionsSheet(
  kind: 'x' | 'z',
  sessions: readonly SessionRow[],
  query: ReportQuery,
  names: OrganizationNames,
): Sheet {
  const closed = kind === 'z';
  const columns: Column[] = [
    { key: 'register', label: m.office_column_register(), kind: 'text' },
    { key: 'session', label: m.office_column_session(), kind: 'count' },
    { key: 'day', label: m.office_column_business_day(), kind: 'day' },
    { key: 'openedBy', label: m.office_column_opened_by(), kind: 'text', spare: true },
    { key: 'openedAt', label: m.office_column_opened_at(), kind: 'instant', spare: closed },
    ...(closed ? [closedColumn()] : []),
    { key: 'sales', label: m.office_column_sales(), kind: 'count' },
    { key: 'refunds', label: m.office_column_refunds(), kind: 'count', spare: true },
    ...(closed ? [{ ...moneyColumn('tax', m.office_column_tax()), spare: true }] : []),
    moneyColumn('gross', m.office_column_gross()),
    closed
      ? moneyColumn('difference', m.office_column_difference())
      : moneyColumn('expected', m.office_column_expected()),
  ];
  const shown = sessions.filter((session) => Boolean(session.closedAt) === closed);
  const rows = shown.map((session): Row => sessionRow(session, query, names));
  return {
    columns,
    rows,
    total: sumCells(rows, columns),
    order: closed ? { key: 'closedAt', descending: true } : { key: 'register', descending: false },
  };
}

/** Receipts as a table. The total is of the rows shown, since the list comes in pages. */
export function receiptsSheet(answer: ReceiptsAnswer, query: ReportQuery, names: OrganizationNames): Sheet {
  const columns: Column[] = [
    { key: 'receipt', label: m.office_column_receipt(), kind: 'text' },
    { key: 'at', label: m.office_column_time(), kind: 'instant' },
    { key: 'day', label: m.office_column_business_day(), kind: 'day', spare: true },
    { key: 'register', label: m.office_column_register(), kind: 'text', spare: true },
    { key: 'by', label: m.office_column_cashier(), kind: 'text', spare: true },
    { key: 'type', label: m.office_column_type(), kind: 'text' },
    { key: 'lines', label: m.office_column_lines(), kind: 'count' },
    moneyColumn('total', m.office_column_total()),
  ];
  const rows = answer.rows.map((row): Row => ({
    id: row.receipt,
    href: reportHref({ ...query, open: row.receipt }),
    timeZone: names.timeZone(row.store),
    cells: {
      ...row,
      register: names.register(row.store, row.register),
      by: names.person(row.by),
      type: receiptType(row.type),
    },
  }));
  return { columns, rows, total: sumCells(rows, columns) };
}

/** What kind of receipt it is, in the person's words. */
export function receiptType(type: 'sale' | 'refund' | 'exchange'): string {
  if (type === 'sale') return m.office_type_sale();
  return type === 'refund' ? m.office_type_refund() : m.office_type_exchange();
}

function sessionRow(session: SessionRow, query: ReportQuery, names: OrganizationNames): Row {
  const { session: number, day, openedAt, sales, refunds, tax, gross, expected } = session;
  const figures = { session: number, day, openedAt, sales, refunds, tax, gross, expected };
  return {
    id: sessionKey(session),
    href: reportHref({ ...query, open: sessionKey(session) }),
    timeZone: names.timeZone(session.store),
    cells: {
      ...figures,
      register: names.register(session.store, session.register),
      openedBy: names.person(session.openedBy),
      closedAt: session.closedAt ?? undefined,
      difference: session.difference ?? undefined,
    },
  };
}

function groupColumns(by: SalesGrouping): Column[] {
  const [code, name] = [m.office_column_code(), m.office_column_name()];
  switch (by) {
    case 'day':
      return [{ key: 'key', label: m.office_column_business_day(), kind: 'day' }];
    case 'store':
    case 'register':
      return [
        {
          key: 'key',
          label: by === 'store' ? m.office_column_store() : m.office_column_register(),
          kind: 'text',
        },
        { key: 'name', label: name, kind: 'text' },
      ];
    case 'product':
      return [
        { key: 'name', label: m.office_column_product(), kind: 'text' },
        { key: 'key', label: code, kind: 'text' },
      ];
    case 'department':
      return [{ key: 'name', label: m.office_column_department(), kind: 'text' }];
    case 'tender':
      return [{ key: 'name', label: m.office_column_tender(), kind: 'text' }];
    case 'customer':
      return [{ key: 'name', label: m.office_column_customer(), kind: 'text' }];
    case 'tier':
      return [{ key: 'name', label: m.office_column_tier(), kind: 'text' }];
  }
}

function groupCells(by: SalesGrouping, row: SalesAnswer['rows'][number], names: OrganizationNames): Cells {
  if (by === 'store') return { key: row.key, name: row.name || names.store(row.key) };
  if (by === 'register') {
    const [store = '', register = ''] = row.key.split('-');
    return { key: row.key, name: `${names.store(store)} · ${row.name || register}` };
  }
  if (by === 'customer' || by === 'tier') {
    const nobody = by === 'customer' ? m.office_no_customer() : m.office_no_tier();
    return { key: row.key, name: row.key === '' ? nobody : row.name || row.key };
  }
  if (by === 'department') return { key: row.key, name: row.name || row.key || m.office_no_department() };
  const name = row.name || row.key;
  // An article without catalog entry has an id of chance, which tells nobody anything (rule C10).
  if (by === 'product') return { key: row.key.startsWith('quick-') ? undefined : row.key, name };
  return { key: row.key, name: row.kind === undefined ? name : tenderName({ kind: row.kind, name }) };
}

function salesCells(row: SalesAnswer['total']): Cells {
  const { receipts, quantity, gross, net, tax } = row;
  return { receipts, quantity, gross, net: net ?? undefined, tax: tax ?? undefined };
}

function drillDown(by: SalesGrouping, key: string, filter: ReportFilter): string | undefined {
  if (by === 'day') return hrefOfKind('receipts', changeFilter(filter, { from: key, to: key }));
  if (by === 'store') return hrefOfKind('register', changeFilter(filter, { store: key }));
  if (by === 'customer' || by === 'tier') return key === '' ? undefined : hrefAbout({ by, key }, filter);
  if (by !== 'register') return undefined;
  const [store, register] = key.split('-');
  return store && register ? hrefOfKind('z', { ...filter, store, register }) : undefined;
}

function sumCells(rows: readonly Row[], columns: readonly Column[]): Cells {
  const total: Record<string, number> = {};
  for (const { key, kind } of columns) {
    if (kind !== 'money' && (kind !== 'count' || key === 'session')) continue;
    total[key] = rows.reduce((sum, row) => sum + Number(row.cells[key] ?? 0), 0);
  }
  return total;
}

function moneyColumn(key: string, label: string): Column {
  return { key, label, kind: 'money' };
}

function quantityColumn(): Column {
  return { key: 'quantity', label: m.office_column_units(), kind: 'quantity' };
}

function closedColumn(): Column {
  return { key: 'closedAt', label: m.office_column_closed_at(), kind: 'instant', spare: true };
}
