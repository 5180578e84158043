import { labelsOf } from './labels.ts';
import { paperFormat } from './paper-format.ts';
import type { Paper, PaperLine } from './paper.ts';
import { footerLines, storeHeader, type SalePaperSource } from './sale-paper.ts';

/** A receipt for somebody who was given what was bought (rule P9): what was sold and the number to bring it back with, no prices. */
export function giftPaper(source: Omit<SalePaperSource, 'personName' | 'copy' | 'copyMark'>): Paper {
  const { record, organization, store, language } = source;
  const labels = labelsOf(language);
  const format = paperFormat({ currency: organization.currency, ...store });
  const { receipt, lines } = record.body;
  const sold = lines.filter(({ quantity }) => !quantity.startsWith('-'));
  return {
    title: `${labels.giftReceipt} ${receipt}`,
    language,
    lines: [
      ...storeHeader(store),
      { kind: 'text', text: labels.giftReceipt, align: 'center', bold: true, size: 'double' },
      { kind: 'rule' },
      { kind: 'columns', left: labels.receipt, right: receipt },
      { kind: 'text', text: format.moment(record.at) },
      { kind: 'rule' },
      ...sold.map(({ name, quantity }): PaperLine => ({
        kind: 'columns',
        left: name,
        right: quantity === '1' ? '' : format.quantity(quantity),
      })),
      ...footerLines(store),
      { kind: 'feed', lines: 1 },
      { kind: 'barcode', symbology: 'code128', data: receipt },
    ],
  };
}
