import { expect, test } from 'vitest';
import * as v from 'valibot';
import { emptyHead, sealRecord } from '#model/journal/chain.ts';
import type { RecordOf } from '#model/journal/record.ts';
import { giftPaper } from '#model/receipt/gift-paper.ts';
import { paperSchema } from '#model/receipt/paper.ts';
import { paperText } from '#model/receipt/paper-text.ts';
import { paidSale } from './support/discounts.ts';
import { ORG, ORGANIZATION, REGISTER_ID, STORE, STORE_ID, basket, line } from './support/shop.ts';

const discount = { kind: 'percent' as const, percent: '10', name: 'Dented' };
const lines = [line({ price: '15.89' }, '2'), { ...line({ name: 'Mug', price: '3.33' }), discount }];
const record = sealRecord(
  emptyHead(ORG, STORE_ID, REGISTER_ID),
  1,
  { kind: 'sale', body: paidSale(basket(lines), { currency: 'GBP', taxRounding: 'receipt' }) },
  { at: '2026-11-21T08:55:00.000Z', by: 'ann' },
) as RecordOf<'sale'>;

test.each([
  ['en', 'G I F T'],
  ['es', 'R E G A L O'],
] as const)(
  '[P9] a gift receipt in %s says what was bought and where it comes back, and no price',
  (language, title) => {
    const paper = v.parse(
      paperSchema,
      giftPaper({ record, organization: ORGANIZATION, store: STORE, language }),
    );
    const text = paperText(paper, 42).join('\n');
    expect(text).toContain(title);
    expect(text).toMatch(/Apple juice 1 l +2/);
    expect(text).toContain('Mug');
    expect(paper.lines.at(-1)).toStrictEqual({
      kind: 'barcode',
      symbology: 'code128',
      data: record.body.receipt,
    });
    expect(text).not.toMatch(/\d[.,]\d\d\b|£|Dented|Ann|VAT \d/);
  },
);
