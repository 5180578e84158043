import { Exact } from '#model/money/money.ts';
import { m } from '$lib/paraglide/messages.js';
import { completeHref } from './catalog-query.ts';
import type { QuickArticlesAnswer, RepresentativesAnswer } from './lines-schema.ts';
import type { OrganizationNames } from './organization-names.ts';
import { hrefAbout } from './report-query.ts';
import type { ReportFilter } from './reports-client.ts';
import type { Cells, Column, Row, Sheet } from './sheet.ts';

const FIGURES = (): Column[] => [
  { key: 'receipts', label: m.office_column_receipts(), kind: 'count' },
  { key: 'quantity', label: m.office_column_units(), kind: 'quantity' },
  { key: 'gross', label: m.office_column_gross(), kind: 'money' },
];

/** What representatives sold as a table. A receipt of two counts for both, so receipts have no sum. */
export function representativesSheet({ rows }: RepresentativesAnswer, filter: ReportFilter): Sheet {
  return {
    columns: [{ key: 'name', label: m.office_column_representative(), kind: 'text' }, ...FIGURES()],
    rows: rows.map(({ representative, ...cells }) => ({
      id: representative,
      cells,
      href: hrefAbout({ by: 'representative', key: representative }, filter),
    })),
    total: totalOf(rows),
    order: { key: 'gross', descending: true },
  };
}

/** Codes that were sold without an article as a table: what head office needs to make the article. */
export function quickArticlesSheet(
  { rows }: QuickArticlesAnswer,
  filter: ReportFilter,
  names: OrganizationNames,
): Sheet {
  return {
    columns: [
      { key: 'name', label: m.office_column_sold_as(), kind: 'text' },
      { key: 'code', label: m.office_column_code(), kind: 'text' },
      { key: 'price', label: m.office_column_last_price(), kind: 'price' },
      ...FIGURES(),
      { key: 'lastAt', label: m.office_column_last_sold(), kind: 'instant' },
      { key: 'by', label: m.office_column_added_by(), kind: 'text', spare: true },
      { key: 'approvedBy', label: m.office_column_approved_by(), kind: 'text', spare: true },
    ],
    rows: rows.map((row): Row => ({
      id: row.code,
      href: hrefAbout({ by: 'code', key: row.code }, filter),
      edit: completeHref({ ...row, department: row.department ?? undefined }),
      timeZone: names.timeZone(row.lastReceipt.split('-')[0] ?? ''),
      cells: {
        ...row,
        department: undefined,
        by: names.person(row.by),
        approvedBy: row.approvedBy === null ? undefined : names.person(row.approvedBy),
      },
    })),
    total: totalOf(rows),
    order: { key: 'lastAt', descending: true },
  };
}

function totalOf(rows: readonly { readonly quantity: string; readonly gross: number }[]): Cells {
  return {
    quantity: rows.reduce((sum, { quantity }) => sum.plus(quantity), new Exact(0)).toFixed(),
    gross: rows.reduce((sum, { gross }) => sum + gross, 0),
  };
}
