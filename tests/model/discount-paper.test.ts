import { expect, test } from 'vitest';
import { emptyHead, sealRecord } from '#model/journal/chain.ts';
import type { RecordOf } from '#model/journal/record.ts';
import { paperText } from '#model/receipt/paper-text.ts';
import { salePaper } from '#model/receipt/sale-paper.ts';
import { paidSale } from './support/discounts.ts';
import { GST, ORG, ORGANIZATION, REGISTER_ID, STORE, STORE_ID, basket, line } from './support/shop.ts';

const LEVY = { ...GST, id: 'levy', name: 'Bottle', kind: 'fixed' as const, rate: '0.25' };
const lines = [
  { ...line({ price: '15.89' }, '2'), taxes: [LEVY, GST] },
  {
    ...line({ name: 'Mug', price: '3.33' }),
    discount: { kind: 'percent' as const, percent: '10', name: 'Dented' },
  },
];

/** The receipt of a discounted sale as text, from its first article to its tenders. */
function printed(language: 'en' | 'es'): string[] {
  const discounts = [{ kind: 'percent' as const, percent: '2', name: 'Club' }];
  const body = paidSale(
    { ...basket(lines), discounts },
    { currency: 'GBP', taxRounding: 'receipt', cashRounding: { step: 5, mode: 'half-up' } },
  );
  const head = emptyHead(ORG, STORE_ID, REGISTER_ID);
  const record = sealRecord(
    head,
    1,
    { kind: 'sale', body },
    { at: '2026-11-21T08:55:00.000Z', by: 'ann' },
  ) as RecordOf<'sale'>;
  const paper = salePaper({ record, organization: ORGANIZATION, store: STORE, personName: 'Ann', language });
  return paperText(paper, 42).map((text) => text.replaceAll(/\s+/g, ' ').trim());
}

test('[P6] [L10] a receipt shows what an article came to, and below it what was taken off and why', () => {
  const text = printed('en');
  const from = text.indexOf('Apple juice 1 l 31.78');
  expect(text.slice(from, from + 6)).toStrictEqual([
    'Apple juice 1 l 31.78',
    '2 × 15.89',
    'Club -0.64',
    'Mug 3.33',
    'Dented -0.33',
    'Club -0.06',
  ]);
});

test('[P6] [Y6] the rounding in cash stands between the total and the tenders, and a fixed tax with its amount', () => {
  const text = printed('en');
  const at = text.findIndex((one) => one.startsWith('Cash rounding'));
  expect([text[at - 1], text[at], text[at + 1]]).toStrictEqual([
    'T O T A L £ 3 6 . 1 4',
    'Cash rounding 0.01',
    'Cash 36.15',
  ]);
  expect(text.some((one) => one.startsWith('Bottle 0.25 on'))).toBe(true);
  expect(printed('es').some((one) => one.startsWith('Redondeo en efectivo'))).toBe(true);
});
