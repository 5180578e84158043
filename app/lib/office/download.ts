import type { ReportQuery } from './report-query.ts';

/** The name of a downloaded report: `tillmesh-tax-2010-12-01-to-2010-12-05-S01-R2.csv`. */
export function csvName({ kind, filter }: ReportQuery): string {
  const { from, to, store, register } = filter;
  const both = from === to ? from : `${from}-to-${to}`;
  const period = from && to ? both : from ? `since-${from}` : to && `until-${to}`;
  return `${['tillmesh', kind, period, store, register].filter(Boolean).join('-')}.csv`;
}

/** Saves a text as a file of the browser's downloads. */
export function saveText(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken the text over by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
