import { m } from '$lib/paraglide/messages.js';
import { tenderName } from '$lib/tender-words.ts';
import type { Formats } from './formats.ts';
import type { OrganizationNames } from './organization-names.ts';
import { receiptType } from './report-sheets.ts';
import type { SaleRecordAnswer, SessionReportAnswer } from './reports-schema.ts';

/** One line of a paper: words on the left, a figure on the right, small print below the words. */
export type PaperRow = {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
  readonly strong?: boolean;
  readonly negative?: boolean;
};

/** Lines that belong together under a heading. */
export type PaperSection = { readonly title?: string; readonly rows: readonly PaperRow[] };

/** A paper: what stands at the head, and its sections. Empty sections are left out. */
export type Paper = {
  readonly title: string;
  readonly lines: readonly string[];
  readonly sections: readonly PaperSection[];
};

/** What writing a paper needs. `departments` names departments by id. */
export type PaperWords = {
  readonly formats: Formats;
  readonly names: OrganizationNames;
  readonly departments: ReadonlyMap<string, string>;
};

/** The X report of an open session or the Z report of a closed one, as it is printed at the register. */
export function sessionPaper(report: SessionReportAnswer, words: PaperWords): Paper {
  const { formats, names } = words;
  const zone = names.timeZone(report.store);
  const title = report.closed ? m.office_paper_z() : m.office_paper_x();
  const at = (instant: string, by: string): { time: string; person: string } => ({
    time: formats.instant(instant, zone),
    person: names.person(by),
  });
  return {
    title: `${title} · ${m.office_paper_session({ number: report.session })}`,
    lines: [
      names.register(report.store, report.register),
      m.office_paper_business_day({ day: formats.longDay(report.day) }),
      m.office_paper_opened(at(report.openedAt, report.openedBy)),
      report.closed
        ? m.office_paper_closed(at(report.closed.at, report.closed.by))
        : m.office_paper_still_open(),
      ...(report.firstReceipt
        ? [`${report.firstReceipt} – ${report.lastReceipt ?? report.firstReceipt}`]
        : []),
    ],
    sections: filled([
      turnoverSection(report, formats),
      taxSection(Object.values(report.taxes), formats),
      tenderSection(report, formats),
      departmentSection(report, words),
      drawerSection(report, formats),
      ...drawerSections(report, formats),
      eventSection(report, formats),
    ]),
  };
}

/** One receipt as it was recorded. */
export function receiptPaper(record: SaleRecordAnswer, words: PaperWords): Paper {
  const { formats, names } = words;
  const { body } = record;
  return {
    title: body.receipt,
    lines: [
      names.register(record.store, record.register),
      formats.instant(record.at, names.timeZone(record.store)),
      `${receiptType(body.type)} · ${names.person(record.by)}`,
      ...(record.approvedBy ? [m.office_paper_approved({ person: names.person(record.approvedBy) })] : []),
      ...(body.customer ? [m.office_paper_customer({ customer: body.customer })] : []),
    ],
    sections: filled([
      { rows: body.lines.map((line) => lineRow(line, formats)) },
      {
        rows: [
          money(m.office_column_net(), body.net, formats),
          money(m.office_column_tax(), body.tax, formats),
          { ...money(m.office_column_total(), body.total, formats), strong: true },
        ],
      },
      {
        title: m.office_paper_tenders(),
        rows: body.tenders.flatMap((tender) => tenderRows(tender, formats)),
      },
      taxSection(body.taxes, formats),
    ]),
  };
}

function turnoverSection(report: SessionReportAnswer, formats: Formats): PaperSection {
  const counted = (label: string, { count, amount }: { count: number; amount: number }): PaperRow => ({
    ...money(label, amount, formats),
    note: m.office_paper_receipts({ count, text: formats.count(count) }),
  });
  return {
    rows: [
      counted(m.office_column_sales(), report.sales),
      counted(m.office_column_refunds(), report.refunds),
      ...(report.exchanges.count > 0 ? [counted(m.office_paper_exchanges(), report.exchanges)] : []),
      ...(report.voids ? [counted(m.office_paper_voids(), report.voids)] : []),
      ...(report.discounts ? [counted(m.office_paper_discounts(), report.discounts)] : []),
      { ...money(m.office_column_gross(), report.gross, formats), strong: true },
      money(m.office_column_tax(), report.tax, formats),
      money(m.office_column_net(), report.net, formats),
      { label: m.office_column_units(), value: formats.quantity(report.units) },
    ],
  };
}

function taxSection(
  taxes: readonly { name: string; rate: string; included: boolean; base: number; amount: number }[],
  formats: Formats,
): PaperSection {
  const rows = taxes.map((tax) => ({
    ...money(`${tax.name} ${formats.percent(tax.rate)}`, tax.amount, formats),
    note: m.office_paper_tax_base({
      base: formats.money(tax.base),
      how: tax.included ? m.office_tax_included() : m.office_tax_on_top(),
    }),
  }));
  return { title: m.office_paper_taxes(), rows };
}

function tenderSection(report: SessionReportAnswer, formats: Formats): PaperSection {
  const rows = Object.values(report.tenders).map((tender) => ({
    ...money(tenderName(tender), tender.amount, formats),
    note: m.office_paper_times({ count: tender.count, text: formats.count(tender.count) }),
  }));
  return { title: m.office_paper_tenders(), rows };
}

function departmentSection(report: SessionReportAnswer, { formats, departments }: PaperWords): PaperSection {
  const rows = Object.entries(report.departments).map(([id, { amount, quantity }]) => ({
    ...money(id === '' ? m.office_no_department() : (departments.get(id) ?? id), amount, formats),
    note: m.office_paper_units({ count: Number(quantity), quantity: formats.quantity(quantity) }),
  }));
  return { title: m.office_paper_departments(), rows };
}

function drawerSection({ drawer, drawers, closed }: SessionReportAnswer, formats: Formats): PaperSection {
  const { counted, difference, reason } = closed?.body ?? {};
  return {
    title: drawers ? m.office_paper_drawers() : m.office_paper_drawer(),
    rows: [
      ...cashRows(drawer, formats),
      { ...money(m.office_column_expected(), drawer.expected, formats), strong: true },
      ...(counted === undefined ? [] : [money(m.office_drawer_counted(), counted, formats)]),
      ...(difference === undefined
        ? []
        : [
            {
              ...money(m.office_column_difference(), difference, formats),
              strong: true,
              ...(reason === undefined ? {} : { note: reason }),
            },
          ]),
    ],
  };
}

function cashRows(drawer: SessionReportAnswer['drawer'], formats: Formats): readonly PaperRow[] {
  return [
    money(m.office_drawer_float(), drawer.float, formats),
    money(m.office_drawer_cash_sales(), drawer.cashSales, formats),
    money(m.office_drawer_cash_refunds(), -drawer.cashRefunds, formats),
    money(m.office_drawer_paid_in(), drawer.paidIn, formats),
    money(m.office_drawer_paid_out(), -drawer.paidOut, formats),
  ];
}

/** Each of several drawers by itself (rule Z10). */
function drawerSections({ drawers = [], closed }: SessionReportAnswer, formats: Formats): PaperSection[] {
  return drawers.map((drawer, i) => {
    const count = closed?.body.drawers?.[i];
    return {
      title: m.office_paper_drawer_of({ number: i + 1, name: drawer.name }),
      rows: [
        ...cashRows(drawer, formats),
        ...(drawer.handedOver === 0
          ? []
          : [money(m.office_drawer_handed_over(), drawer.handedOver, formats)]),
        { ...money(m.office_column_expected(), drawer.expected, formats), strong: true },
        ...(count
          ? [
              money(m.office_drawer_counted(), count.counted, formats),
              { ...money(m.office_column_difference(), count.difference, formats), strong: true },
            ]
          : []),
      ],
    };
  });
}

function eventSection(report: SessionReportAnswer, formats: Formats): PaperSection {
  return {
    rows: [
      { label: m.office_paper_drawer_openings(), value: formats.count(report.drawerOpenings) },
      { label: m.office_paper_reprints(), value: formats.count(report.reprints) },
      ...(report.clockMoves === 0
        ? []
        : [{ label: m.office_paper_clock_moves(), value: formats.count(report.clockMoves) }]),
    ],
  };
}

function lineRow(line: SaleRecordAnswer['body']['lines'][number], formats: Formats): PaperRow {
  const what = `${formats.quantity(line.quantity)} × ${formats.price(line.price)} · ${line.sku}`;
  const of = line.refundOf ? ` · ${m.office_paper_refund_of({ receipt: line.refundOf.receipt })}` : '';
  return { ...money(line.name, line.amount, formats), note: what + of };
}

function tenderRows(tender: SaleRecordAnswer['body']['tenders'][number], formats: Formats): PaperRow[] {
  const { received, change, reference } = tender;
  return [
    { ...money(tenderName(tender), tender.amount, formats), ...(reference ? { note: reference } : {}) },
    ...(received === undefined ? [] : [money(m.office_paper_received(), received, formats)]),
    ...(change === undefined ? [] : [money(m.office_paper_change(), change, formats)]),
  ];
}

function money(label: string, amount: number, formats: Formats): PaperRow {
  // -0 would be written with a minus.
  return { label, value: formats.money(amount === 0 ? 0 : amount), negative: amount < 0 };
}

function filled(sections: readonly PaperSection[]): readonly PaperSection[] {
  return sections.filter((section) => section.rows.length > 0);
}
