import type { Store } from '../documents/organization.ts';
import { maskedNumber, type Ledger } from '../ledger/account.ts';
import type { Layaway } from '../ledger/layaway.ts';
import type { Minor } from '../money/money.ts';
import { labelsOf, type Labels, type Language } from './labels.ts';
import { paperFormat, type PaperFormat } from './paper-format.ts';
import type { Paper, PaperLine } from './paper.ts';
import { storeHeader } from './sale-paper.ts';

/** What a slip about an account is made from: its balance in minor units right after the receipt. */
export type ValuePaperSource = {
  readonly ledger: Ledger;
  readonly account: string;
  readonly balance: Minor;
  readonly receipt: string;
  /** When the receipt was made, UTC text. */
  readonly at: string;
  readonly layaway?: Layaway | undefined;
  readonly currency: string;
  readonly store: Store;
  readonly language: Language;
};

type Words = { readonly labels: Labels; readonly format: PaperFormat };

/** What papers call a ledger. */
export function ledgerLabel(ledger: Ledger, labels: Labels): string {
  const names: Record<Ledger, string> = {
    'gift-card': labels.giftCard,
    'store-credit': labels.storeCredit,
    deposit: labels.deposit,
    account: labels.customerAccount,
    points: labels.points,
  };
  return names[ledger];
}

/**
 * The slip a customer takes home of an account (rules G6 and P5): a gift card's with the end of its number, store credit and layaways with
 * the whole number and its barcode, for that slip is all there is of them.
 */
export function valuePaper(source: ValuePaperSource): Paper {
  const { ledger, account, balance, layaway, currency, store, language } = source;
  const labels = labelsOf(language);
  const words: Words = { labels, format: paperFormat({ currency, ...store }) };
  const title = layaway ? layawayTitle(layaway, labels) : ledgerLabel(ledger, labels);
  return {
    title: `${title} ${source.receipt}`,
    language,
    lines: [
      ...storeHeader(store),
      { kind: 'text', text: title.toUpperCase(), align: 'center', bold: true, size: 'double' },
      { kind: 'rule' },
      { kind: 'columns', left: labels.receipt, right: source.receipt },
      { kind: 'text', text: words.format.moment(source.at) },
      ...numberLines(ledger, account),
      { kind: 'rule' },
      ...(layaway ? layawayLines(layaway, balance, words) : balanceLines(balance, words)),
      ...(ledger === 'gift-card' ? [] : [keepLine(labels)]),
      { kind: 'feed', lines: 1 },
    ],
  };
}

function layawayTitle(layaway: Layaway, labels: Labels): string {
  return layaway.text === undefined ? labels.layaway : labels.order;
}

function numberLines(ledger: Ledger, account: string): PaperLine[] {
  if (ledger === 'gift-card') return [{ kind: 'text', text: maskedNumber(account), align: 'center' }];
  return [
    { kind: 'barcode', symbology: 'code128', data: account.slice(0, 40) },
    { kind: 'text', text: account, align: 'center', bold: true },
  ];
}

function balanceLines(balance: Minor, { labels, format }: Words): PaperLine[] {
  return [
    { kind: 'columns', left: labels.balance, right: format.money(balance), bold: true, size: 'double' },
  ];
}

function layawayLines(layaway: Layaway, paid: Minor, { labels, format }: Words): PaperLine[] {
  const { name, phone, due, total, text, lines } = layaway;
  const goods = lines.map(({ name: article, quantity }): PaperLine => {
    const left = quantity === '1' ? article : `${format.quantity(quantity)} × ${article}`;
    return { kind: 'text', text: left };
  });
  const who = phone === undefined ? name : `${name}, ${phone}`;
  const sums: PaperLine[] =
    total === 0
      ? []
      : [
          { kind: 'columns', left: labels.total, right: format.money(total) },
          {
            kind: 'columns',
            left: labels.leftToPay,
            right: format.money(Math.max(0, total - paid)),
            bold: true,
          },
        ];
  return [
    { kind: 'text', text: who, bold: true },
    ...(text === undefined ? goods : [{ kind: 'text' as const, text }]),
    { kind: 'columns', left: labels.keptUntil, right: format.day(due) },
    { kind: 'rule' },
    { kind: 'columns', left: labels.paidSoFar, right: format.money(paid), bold: true },
    ...sums,
  ];
}

function keepLine(labels: Labels): PaperLine {
  return { kind: 'text', text: labels.keepSlip, align: 'center' };
}
