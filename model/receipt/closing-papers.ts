import type { SessionSummary } from '../folds/session-summary.ts';
import type { SessionReport } from '../folds/session-report.ts';
import type { StoreDay } from '../folds/store-day.ts';
import type { RecordOf } from '../journal/record.ts';
import { labelsOf } from './labels.ts';
import { paperFormat } from './paper-format.ts';
import type { Paper, PaperLine } from './paper.ts';
import {
  block,
  departmentRows,
  perpetualRows,
  row,
  sorted,
  tenderRows,
  turnoverLines,
  type ReportPaperSource,
  type Words,
} from './report-paper.ts';
import { storeHeader, taxLine } from './sale-paper.ts';

/** What every paper of a closing needs besides its figures; `at` is when it is printed, UTC text. */
export type ClosingPaperSource = Omit<ReportPaperSource, 'report' | 'perpetual' | 'people'>;

/** The paper of a store's day: a ZZ where `zz` closed it, else how the day stands (rules Z8 and R11). */
export function dayPaper(day: StoreDay, source: ClosingPaperSource, zz?: RecordOf<'zz'>): Paper {
  const words = wordsOf(source);
  const { labels, format } = words;
  const { totals } = day;
  const title = zz ? labels.storeDayClosed : labels.storeDay;
  return {
    ...head(source, `${title} ${day.store} ${day.day}`),
    lines: [
      ...storeHeader(source.store),
      heading(title),
      row(labels.businessDay, format.day(day.day)),
      ...(zz
        ? [row(labels.closed, format.moment(zz.at)), row('', `${labels.by} ${source.personName(zz.by)}`)]
        : [row(labels.printed, format.moment(source.at))]),
      ...block(labels.sessions, sessionRows(day, words)),
      { kind: 'rule' },
      ...turnoverLines(totals, words),
      ...block(
        labels.taxes,
        sorted(totals.taxes).map(([, tax]) => taxLine(tax, words)),
      ),
      ...block(labels.tenders, tenderRows(totals, words)),
      ...block(labels.departments, departmentRows(totals, source.departmentName, words)),
      ...block(labels.drawer, [
        row(labels.expected, format.money(totals.drawer.expected), true),
        row(labels.counted, format.money(totals.counted)),
        ...(totals.handovers
          ? [row(`${labels.handovers} (${totals.handovers.count})`, format.amount(totals.handovers.amount))]
          : []),
        row(labels.difference, format.money(totals.difference), true),
      ]),
    ],
  };
}

function sessionRows({ sessions, silent }: StoreDay, { labels, format }: Words): PaperLine[] {
  return [
    ...sessions.flatMap(({ report, late }) => [
      row(`${report.store}-${report.register} ${report.session}`, format.amount(report.gross)),
      ...(report.closed ? [] : [row(`  ${labels.stillOpen}`, '')]),
      ...(late ? [row(`  ${labels.cameLate}`, '')] : []),
    ]),
    ...silent.map((register) => row(labels.notHeard, register)),
  ];
}

/** The paper of a month's or a year's closing, with the perpetual totals (rule R12). */
export function periodPaper(record: RecordOf<'period'>, source: ClosingPaperSource): Paper {
  const words = wordsOf(source);
  const { labels, format } = words;
  const { period, from, to, year, ...figures } = record.body;
  const title = `${period.length === 4 ? labels.yearClosing : labels.monthClosing} ${period}`;
  const figureRows = (of: Omit<typeof figures, never>) => [
    row(`${labels.sales} / ${labels.refunds}`, `${of.sales} / ${of.refunds}`),
    row(labels.gross, format.money(of.gross), true),
    row(labels.tax, format.amount(of.tax)),
    row(labels.net, format.amount(of.gross - of.tax)),
  ];
  return {
    ...head(source, `${title} ${record.store}-${record.register}`),
    lines: [
      ...storeHeader(source.store),
      heading(title),
      row(labels.register, `${record.store}-${record.register}`),
      row(labels.fromTo, `${from}–${to}`),
      row(labels.closed, format.moment(record.at)),
      row('', `${labels.by} ${source.personName(record.by)}`),
      { kind: 'rule' },
      ...figureRows(figures),
      ...(year ? block(labels.yearSoFar, figureRows(year)) : []),
      ...block(labels.perpetual, perpetualRows(record.totals, words)),
    ],
  };
}

/** The paper of how a session went (rule Z9). */
export function summaryPaper(
  report: SessionReport,
  summary: SessionSummary,
  source: ClosingPaperSource,
): Paper {
  const words = wordsOf(source);
  const { labels, format } = words;
  return {
    ...head(source, `${labels.summary} ${report.store}-${report.register} ${report.session}`),
    lines: [
      ...storeHeader(source.store),
      heading(labels.summary),
      row(labels.register, `${report.store}-${report.register}`),
      row(labels.session, String(report.session)),
      row(labels.businessDay, format.day(report.day)),
      { kind: 'rule' },
      ...turnoverLines(report, words),
      row(labels.receiptCount, String(summary.receipts)),
      row(labels.averageSale, format.money(summary.average)),
      ...(report.closed ? [row(labels.difference, format.money(report.closed.body.difference))] : []),
      ...block(
        labels.bestArticles,
        summary.top.map(({ name, quantity, amount }) =>
          row(`${name} (${format.quantity(quantity)})`, format.amount(amount)),
        ),
      ),
      ...block(
        labels.byHour,
        summary.hours.map(({ hour, count, amount }) => row(`${hour}:00 (${count})`, format.amount(amount))),
      ),
    ],
  };
}

function wordsOf({ language, organization, store }: ClosingPaperSource): Words {
  return { labels: labelsOf(language), format: paperFormat({ currency: organization.currency, ...store }) };
}

function head({ language }: ClosingPaperSource, title: string): Pick<Paper, 'title' | 'language'> {
  return { title, language };
}

function heading(text: string): PaperLine {
  return { kind: 'text', text, align: 'center', bold: true, size: 'double' };
}
