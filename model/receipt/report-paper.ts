import type { Organization, Store } from '../documents/organization.ts';
import type { CashierReport } from '../folds/drawer-shifts.ts';
import type { DrawerTotal } from '../folds/drawer-totals.ts';
import type { CountedAmount, SessionReport } from '../folds/session-report.ts';
import type { DayTotals } from '../folds/store-day.ts';
import type { PerpetualTotals } from '../journal/record.ts';
import { LEDGERS } from '../ledger/account.ts';
import { sumMinor } from '../money/money.ts';
import { labelsOf, type Labels, type Language } from './labels.ts';
import { paperFormat, type PaperFormat } from './paper-format.ts';
import { storeHeader, taxLine } from './sale-paper.ts';
import { ledgerLabel } from './value-paper.ts';
import type { Paper, PaperLine } from './paper.ts';

/** What an X or Z report is made from; it is a Z once the report's session is closed. */
export type ReportPaperSource = {
  readonly report: SessionReport;
  /** The register's perpetual totals after the session's latest record. */
  readonly perpetual: PerpetualTotals;
  readonly organization: Pick<Organization, 'currency'>;
  readonly store: Store;
  /** The name of a person by id, for the papers' "by". */
  readonly personName: (person: string) => string;
  /** The name of a department by id. */
  readonly departmentName: (department: string) => string;
  readonly language: Language;
  /** When an X is printed, UTC text; a Z shows when it was closed instead. */
  readonly at: string;
  /** Who sold and who had the drawer; printed where it was more than one. */
  readonly people?: CashierReport;
};

/** The words and forms of a paper. */
export type Words = { readonly labels: Labels; readonly format: PaperFormat };

/** The paper of an X report, or of a Z report when the session is closed (rules P5, Z1 to Z5). */
export function reportPaper(source: ReportPaperSource): Paper {
  const { report, organization, store, language } = source;
  const labels = labelsOf(language);
  const words: Words = { labels, format: paperFormat({ currency: organization.currency, ...store }) };
  const title = report.closed ? labels.zReport : labels.xReport;
  return {
    title: `${title} ${report.store}-${report.register} ${report.session}`,
    language,
    lines: [
      ...storeHeader(store),
      { kind: 'text', text: title, align: 'center', bold: true, size: 'double' },
      { kind: 'rule' },
      ...sessionLines(source, words),
      { kind: 'rule' },
      ...turnoverLines(report, words),
      ...block(
        labels.taxes,
        sorted(report.taxes).map(([, tax]) => taxLine(tax, words)),
      ),
      ...block(labels.tenders, tenderRows(report, words)),
      ...block(labels.liabilities, liabilityRows(report, words)),
      ...block(labels.departments, departmentRows(report, source.departmentName, words)),
      ...block(report.drawers ? labels.drawersTogether : labels.drawer, drawerRows(report, words)),
      ...eachDrawer(report, words),
      ...peopleBlocks(source, words),
      ...block(labels.receipts, receiptRows(report, words)),
      ...block(labels.perpetual, perpetualRows(source.perpetual, words)),
    ],
  };
}

/** A heading with rows below it; nothing without rows. */
export function block(heading: string, rows: readonly PaperLine[]): PaperLine[] {
  return rows.length === 0 ? [] : [{ kind: 'rule' }, { kind: 'text', text: heading, bold: true }, ...rows];
}

/** A line with a figure at its right end. */
export function row(left: string, right: string, bold = false): PaperLine {
  return { kind: 'columns', left, right, ...(bold ? { bold } : {}) };
}

/** Rows by id, because replicas may hold the keys of a map in different order. */
export function sorted<Row>(rows: Readonly<Record<string, Row>>): [string, Row][] {
  return Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function sessionLines({ report, personName, at }: ReportPaperSource, { labels, format }: Words): PaperLine[] {
  const by = (person: string): PaperLine => row('', `${labels.by} ${personName(person)}`);
  const end = report.closed
    ? [row(labels.closed, format.moment(report.closed.at)), by(report.closed.by)]
    : [row(labels.printed, format.moment(at))];
  return [
    row(labels.register, `${report.store}-${report.register}`),
    row(labels.session, String(report.session)),
    row(labels.businessDay, format.day(report.day)),
    row(labels.opened, format.moment(report.openedAt)),
    by(report.openedBy),
    ...end,
  ];
}

/** What was sold, taken back and given away. */
export function turnoverLines(
  report: Omit<DayTotals, 'counted' | 'difference'>,
  { labels, format }: Words,
): PaperLine[] {
  const counted = (label: string, { count, amount }: CountedAmount): PaperLine =>
    row(`${label} (${count})`, format.amount(amount));
  return [
    counted(labels.sales, report.sales),
    counted(labels.refunds, report.refunds),
    ...(report.exchanges.count === 0 ? [] : [counted(labels.exchanges, report.exchanges)]),
    ...(report.voids ? [counted(labels.voids, report.voids)] : []),
    ...(report.discounts ? [counted(labels.discounts, report.discounts)] : []),
    row(labels.gross, format.money(report.gross), true),
    row(labels.tax, format.amount(report.tax)),
    row(labels.net, format.amount(report.net)),
    row(labels.units, format.quantity(report.units)),
  ];
}

/** What came in by each tender. */
export function tenderRows(report: Pick<SessionReport, 'tenders'>, { format }: Words): PaperLine[] {
  return sorted(report.tenders).map(([, { name, count, amount }]) =>
    row(`${name} (${count})`, format.amount(amount)),
  );
}

/** What was taken in for accounts, by ledger, and the turnover without it (rule G4). */
function liabilityRows({ liabilities, gross }: SessionReport, { labels, format }: Words): PaperLine[] {
  if (!liabilities) return [];
  const rows = LEDGERS.flatMap((ledger) => {
    const sum = liabilities[ledger];
    return sum ? [{ name: ledgerLabel(ledger, labels), ...sum }] : [];
  });
  const all = sumMinor(rows.map(({ amount }) => amount));
  return [
    ...rows.map(({ name, count, amount }) => row(`${name} (${count})`, format.amount(amount))),
    row(labels.turnoverWithout, format.money(gross - all), true),
  ];
}

/** What each department sold. */
export function departmentRows(
  report: Pick<SessionReport, 'departments'>,
  departmentName: (department: string) => string,
  words: Words,
): PaperLine[] {
  return sorted(report.departments).map(([id, { amount, quantity }]) => {
    const name = id === '' ? words.labels.noDepartment : departmentName(id);
    return row(`${name} (${words.format.quantity(quantity)})`, words.format.amount(amount));
  });
}

function drawerRows(
  { drawer, closed, safeDrops, handovers }: SessionReport,
  { labels, format }: Words,
): PaperLine[] {
  const rows = [
    ...cashRows(drawer, { labels, format }),
    ...(safeDrops ? [row(`${labels.safeDrops} (${safeDrops.count})`, format.amount(safeDrops.amount))] : []),
    ...(handovers ? [row(`${labels.handovers} (${handovers.count})`, format.amount(handovers.amount))] : []),
    row(labels.expected, format.money(drawer.expected), true),
  ];
  if (!closed) return rows;
  const { counted, difference, reason, earlier = [] } = closed.body;
  for (const before of earlier) rows.push(row(labels.countedBefore, format.money(before)));
  rows.push(row(labels.counted, format.money(counted), true));
  rows.push(row(labels.difference, format.money(difference), true));
  if (reason !== undefined) rows.push({ kind: 'text', text: `${labels.reason}: ${reason}` });
  return rows;
}

/** Why a drawer should hold what it should (rule Z3). */
function cashRows(drawer: DrawerTotal, { labels, format }: Words): PaperLine[] {
  return [
    row(labels.float, format.amount(drawer.float)),
    row(labels.cashSales, format.amount(drawer.cashSales)),
    row(labels.cashRefunds, format.amount(drawer.cashRefunds === 0 ? 0 : -drawer.cashRefunds)),
    row(labels.paidIn, format.amount(drawer.paidIn)),
    row(labels.paidOut, format.amount(drawer.paidOut === 0 ? 0 : -drawer.paidOut)),
  ];
}

/** Each of several drawers by itself (rule Z10). */
function eachDrawer({ drawers = [], closed }: SessionReport, words: Words): PaperLine[] {
  const { labels, format } = words;
  return drawers.flatMap((drawer, i) => {
    const count = closed?.body.drawers?.[i];
    const { earlier = [] } = count ?? {};
    return block(`${labels.drawer} ${i + 1}: ${drawer.name}`, [
      ...cashRows(drawer, words),
      ...(drawer.handedOver === 0 ? [] : [row(labels.handovers, format.amount(drawer.handedOver))]),
      row(labels.expected, format.money(drawer.expected), true),
      ...earlier.map((before) => row(labels.countedBefore, format.money(before))),
      ...(count
        ? [
            row(labels.counted, format.money(count.counted), true),
            row(labels.difference, format.money(count.difference), true),
          ]
        : []),
    ]);
  });
}

function peopleBlocks(
  { people, personName, report }: ReportPaperSource,
  { labels, format }: Words,
): PaperLine[] {
  if (!people || (people.cashiers.length < 2 && people.shifts.length <= (report.drawers?.length ?? 1)))
    return [];
  const shifts = people.shifts.flatMap(({ holder, drawer, since, expected, counted, difference }) => [
    row(drawer ? `${personName(holder)} · ${drawer.name}` : personName(holder), format.moment(since)),
    row(`  ${labels.expected}`, format.amount(expected)),
    ...(counted === undefined || difference === undefined
      ? []
      : [
          row(`  ${labels.counted}`, format.amount(counted)),
          row(`  ${labels.difference}`, format.amount(difference)),
        ]),
  ]);
  return [
    ...block(
      labels.cashiers,
      people.cashiers.map(({ person, receipts, gross }) =>
        row(`${personName(person)} (${receipts})`, format.amount(gross)),
      ),
    ),
    ...block(labels.shifts, shifts),
  ];
}

function receiptRows(report: SessionReport, { labels }: Words): PaperLine[] {
  const { firstReceipt, lastReceipt } = report;
  const range =
    firstReceipt === undefined || lastReceipt === undefined
      ? [row(labels.noReceipts, '')]
      : [row(labels.firstReceipt, firstReceipt), row(labels.lastReceipt, lastReceipt)];
  return [
    ...range,
    row(labels.reprints, String(report.reprints)),
    row(labels.drawerOpenings, String(report.drawerOpenings)),
    ...(report.clockMoves === 0 ? [] : [row(labels.clockMoves, String(report.clockMoves))]),
  ];
}

/** The register's totals since it began. */
export function perpetualRows(totals: PerpetualTotals, { labels, format }: Words): PaperLine[] {
  return [
    row(labels.perpetualReceipts, format.quantity(String(totals.receipts))),
    row(labels.perpetualSigned, format.money(totals.signed)),
    row(labels.perpetualAbsolute, format.money(totals.absolute)),
  ];
}
