import type { Organization, Store } from '../documents/organization.ts';
import type { RecordOf } from '../journal/record.ts';
import { maskedNumber } from '../ledger/account.ts';
import { sumMinor } from '../money/money.ts';
import type { SaleBody, SaleLine, TaxTotalRow, Tendered } from '../sale/sale-body.ts';
import { labelsOf, type Labels, type Language } from './labels.ts';
import { paperFormat, type PaperFormat } from './paper-format.ts';
import type { Paper, PaperLine } from './paper.ts';

/** What a receipt is made from. The record says what happened, the rest how it is shown. */
export type SalePaperSource = {
  readonly record: RecordOf<'sale'>;
  readonly organization: Pick<Organization, 'currency'>;
  readonly store: Store;
  /** The cashier's name as customers may read it. */
  readonly personName: string;
  readonly language: Language;
  /** The customer's name, where the store wants it on receipts (rule U5). */
  readonly customerName?: string;
  /** Which copy this is, counted from 1; absent on the first print. */
  readonly copy?: number;
  /** The word a law prescribes in place of "COPY", such as `DUPLICATA`. */
  readonly copyMark?: string;
};

type Words = { readonly labels: Labels; readonly format: PaperFormat };

/** The receipt of a sale, a refund or an exchange (rules P5 and P6). The same record always gives the same paper. */
export function salePaper(source: SalePaperSource): Paper {
  const { record, organization, store, language } = source;
  const sale = record.body;
  const labels = labelsOf(language);
  const words: Words = { labels, format: paperFormat({ currency: organization.currency, ...store }) };
  const mark = copyLines(source, labels);
  return {
    title: `${titleOf(sale, labels) ?? labels.receipt} ${sale.receipt}`,
    language,
    lines: [
      ...storeHeader(store),
      ...mark,
      ...titleLines(sale, labels),
      { kind: 'rule' },
      { kind: 'columns', left: labels.receipt, right: sale.receipt },
      {
        kind: 'columns',
        left: words.format.moment(record.at),
        right: `${labels.servedBy} ${source.personName}`,
      },
      ...customerLines(source, labels),
      { kind: 'rule' },
      ...sale.lines.flatMap((line) => articleLines(line, words)),
      { kind: 'rule' },
      ...totalLines(sale, words),
      ...roundingLines(sale, words),
      ...sale.tenders.flatMap((tender) => tenderLines(tender, words)),
      ...pointsLines(sale, labels),
      ...includedTaxLines(sale, words),
      ...footerLines(store),
      ...mark,
      { kind: 'feed', lines: 1 },
      { kind: 'barcode', symbology: 'code128', data: sale.receipt },
    ],
  };
}

/** The store's name and header lines as every paper of it begins. */
export function storeHeader(store: Pick<Store, 'name' | 'header'>): PaperLine[] {
  return [
    { kind: 'text', text: store.name, align: 'center', bold: true },
    ...store.header.map((text): PaperLine => ({ kind: 'text', text, align: 'center' })),
  ];
}

function copyLines({ copy, copyMark }: SalePaperSource, labels: Labels): PaperLine[] {
  if (copy === undefined) return [];
  const text = `${copyMark ?? labels.copy} ${copy}`;
  return [{ kind: 'text', text, align: 'center', bold: true, size: 'double' }];
}

function titleOf(sale: SaleBody, labels: Labels): string | undefined {
  if (sale.voids) return labels.voided;
  return { sale: undefined, refund: labels.refund, exchange: labels.exchange }[sale.type];
}

function titleLines(sale: SaleBody, labels: Labels): PaperLine[] {
  const text = titleOf(sale, labels);
  const title: PaperLine[] =
    text === undefined ? [] : [{ kind: 'text', text, align: 'center', bold: true, size: 'double' }];
  if (!sale.voids) return title;
  const { receipt, reason } = sale.voids;
  return [...title, { kind: 'text', text: `${receipt}: ${reason}`, align: 'center' }];
}

/** What points a customer earned, gave back and has (rule U8). */
function pointsLines({ points }: SaleBody, labels: Labels): PaperLine[] {
  if (!points) return [];
  const { earned, back, balance } = points;
  const facts = [
    `${labels.pointsEarned} ${earned}`,
    ...(back === undefined ? [] : [`${labels.pointsBack} ${back}`]),
    ...(balance === undefined ? [] : [`${labels.pointsBalance} ${balance}`]),
  ];
  return [{ kind: 'text', text: `${labels.points}: ${facts.join(', ')}` }];
}

/** Whom it was sold to, and by which certificate without tax (rule U5). */
function customerLines({ record, customerName }: SalePaperSource, labels: Labels): PaperLine[] {
  const certificate = record.body.terms?.certificate;
  const lines: PaperLine[] = [];
  if (customerName !== undefined) lines.push({ kind: 'columns', left: labels.customer, right: customerName });
  if (certificate !== undefined) lines.push({ kind: 'columns', left: labels.taxFree, right: certificate });
  return lines;
}

function articleLines(line: SaleLine, { labels, format }: Words): PaperLine[] {
  const { refundOf } = line;
  const left = line.quantity.startsWith('-') ? `${labels.returned} ${line.name}` : line.name;
  const offs = line.discounts ?? [];
  const listed = line.amount + sumMinor(offs.map((off) => off.amount));
  const article: PaperLine = { kind: 'columns', left, right: format.amount(listed) };
  const lowered = offs.map(({ name, amount }): PaperLine => {
    return { kind: 'columns', left: `  ${name}`, right: format.amount(-amount) };
  });
  const said = spokenLines(line, { labels, format });
  if (line.quantity === '1' && line.unit === undefined) return [article, ...said, ...lowered];
  const detail = `  ${measured(line, format)} × ${format.price(line.price)}${line.unit ? `/${line.unit}` : ''}`;
  const text = refundOf ? `${detail}  ${refundOf.receipt}` : detail;
  return [article, { kind: 'text', text }, ...said, ...lowered];
}

/** A weight is written with all its decimals, as scales show it: `0.450 kg` (rule C6). */
function measured({ quantity, unit }: SaleLine, format: PaperFormat): string {
  if (unit === undefined) return format.quantity(quantity);
  return `${format.measure(quantity)} ${unit}`;
}

/** Tare and a weight by hand, serial and lot, a price that a person or a rule set, a note, and why something came back (rules C15, C7, H2, U5, H3 and L12). */
function spokenLines(
  { override, priced, note, reason, serial, lot, weighed, unit }: SaleLine,
  { labels, format }: Words,
): PaperLine[] {
  const lines: PaperLine[] = [];
  if (weighed?.tare !== undefined)
    lines.push({
      kind: 'text',
      text: `  ${labels.tare} ${format.measure(weighed.tare)} ${unit ?? ''}`.trimEnd(),
    });
  if (weighed?.from === 'hand') lines.push({ kind: 'text', text: `  ${labels.weightTyped}` });
  if (serial !== undefined) lines.push({ kind: 'text', text: `  ${labels.serial} ${serial}` });
  if (lot !== undefined) lines.push({ kind: 'text', text: `  ${labels.lot} ${lot}` });
  if (override) {
    const text = `  ${override.reason}, ${labels.insteadOf} ${format.price(override.from)}`;
    lines.push({ kind: 'text', text });
  }
  if (priced) {
    const text = `  ${labels.listPrice} ${format.price(priced.from)}`;
    lines.push({ kind: 'text', text });
  }
  for (const said of [note, reason]) if (said !== undefined) lines.push({ kind: 'text', text: `  ${said}` });
  return lines;
}

function totalLines(sale: SaleBody, { labels, format }: Words): PaperLine[] {
  const onTop = sale.taxes.filter((tax) => !tax.included);
  const lines: PaperLine[] = [];
  if (onTop.length > 0) {
    const subtotal = sumMinor(sale.lines.map((line) => line.amount));
    lines.push({ kind: 'columns', left: labels.subtotal, right: format.amount(subtotal) });
    lines.push(...onTop.map((tax) => taxLine(tax, { labels, format })));
  }
  const left = sale.total < 0 ? labels.totalBack : labels.total;
  lines.push({ kind: 'columns', left, right: format.money(sale.total), bold: true, size: 'double' });
  return lines;
}

function roundingLines({ rounding }: SaleBody, { labels, format }: Words): PaperLine[] {
  if (rounding === undefined) return [];
  return [{ kind: 'columns', left: labels.rounding, right: format.amount(rounding) }];
}

/** One row of a tax table: `VAT 20% on 8.33    1.67`. */
export function taxLine(tax: TaxTotalRow, { labels, format }: Words): PaperLine {
  const rate = tax.kind === 'fixed' ? format.price(tax.rate) : format.rate(tax.rate);
  const left = `${tax.name} ${rate} ${labels.taxOn} ${format.amount(tax.base)}`;
  return { kind: 'columns', left, right: format.amount(tax.amount) };
}

function includedTaxLines(sale: SaleBody, words: Words): PaperLine[] {
  const included = sale.taxes.filter((tax) => tax.included);
  const net: PaperLine = {
    kind: 'columns',
    left: words.labels.netTotal,
    right: words.format.amount(sale.net),
  };
  if (included.length === 0) return sale.taxes.length === 0 ? [] : [{ kind: 'rule' }, net];
  return [
    { kind: 'rule' },
    { kind: 'text', text: words.labels.includedTax },
    ...included.map((tax) => taxLine(tax, words)),
    net,
  ];
}

function tenderLines(tender: Tendered, { labels, format }: Words): PaperLine[] {
  const { name, amount, received, change } = tender;
  const lines: PaperLine[] = [];
  if (amount < 0) {
    lines.push({ kind: 'columns', left: `${name} ${labels.paidBack}`, right: format.amount(-amount) });
  } else if (received !== undefined && change !== undefined && change !== 0) {
    lines.push({ kind: 'columns', left: `${name} ${labels.received}`, right: format.amount(received) });
    lines.push({ kind: 'columns', left: labels.change, right: format.amount(change), bold: true });
  } else {
    lines.push({ kind: 'columns', left: name, right: format.amount(amount) });
  }
  if (tender.account !== undefined) lines.push({ kind: 'text', text: `  ${maskedNumber(tender.account)}` });
  const card = tender.cardTail && `${tender.cardBrand ?? ''} ****${tender.cardTail}`.trim();
  const proof = [card, tender.reference].filter(Boolean).join('  ');
  if (proof) lines.push({ kind: 'text', text: `  ${proof}` });
  return lines;
}

/** The lines a store ends its receipts with. */
export function footerLines(store: Pick<Store, 'footer'>): PaperLine[] {
  if (store.footer.length === 0) return [];
  return [
    { kind: 'rule' },
    ...store.footer.map((text): PaperLine => ({ kind: 'text', text, align: 'center' })),
  ];
}
