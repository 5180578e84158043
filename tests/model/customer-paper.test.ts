import { describe, expect, test } from 'vitest';
import { attachCustomer } from '#model/customers/attach-customer.ts';
import type { CustomerTerms } from '#model/customers/customer.ts';
import { paperText } from '#model/receipt/paper-text.ts';
import { salePaper } from '#model/receipt/sale-paper.ts';
import { priceBasket } from '#model/sale/pricing.ts';
import { RULES, play, open, salesOf, sellExactly } from './support/played-register.ts';
import { ORGANIZATION, STORE, TAXES, basket, line } from './support/shop.ts';

const LIST = {
  rules: [{ id: 'trade', tier: 'trade', change: { kind: 'percent' as const, percent: '10' } }],
  taxes: TAXES,
};

function paperOf(terms: CustomerTerms, more: { language?: 'en' | 'es'; customerName?: string } = {}): string {
  const attached = attachCustomer(
    basket([line({}, '3')]),
    { id: 'c-1', profile: { name: 'Joan Builder' }, terms },
    LIST,
  );
  if (!attached.ok) throw new Error(attached.error.code);
  const sold = attached.value;
  expect(priceBasket(sold, RULES).total).toBeGreaterThan(0);
  const [record] = salesOf(play([open(), sellExactly(sold, 'cash')]).records);
  if (!record) throw new Error('nothing was sold');
  return paperText(
    salePaper({
      record,
      organization: ORGANIZATION,
      store: STORE,
      personName: 'Ana',
      language: 'en',
      ...more,
    }),
    42,
  ).join('\n');
}

describe('the receipt of a customer', () => {
  test('[U5] shows what a unit cost before the rule of the tier', () => {
    const paper = paperOf({ active: true, tier: 'trade' });
    expect(paper).toMatch(/3 × 1\.08/);
    expect(paper).toMatch(/List price 1\.20/);
    expect(paper).not.toMatch(/Customer|Tax-free/);
  });

  test('[U5] names the customer where it is told to, and the certificate always', () => {
    const paper = paperOf(
      { active: true, taxFree: { certificate: 'EX-77' } },
      { customerName: 'Joan Builder' },
    );
    expect(paper).toMatch(/Customer +Joan Builder/);
    expect(paper).toMatch(/Tax-free, certificate +EX-77/);
    expect(paper).toMatch(/Cash +3\.00/);
    expect(paper).not.toMatch(/VAT 20/);
  });

  test('[U5] [P5] says it in Spanish too', () => {
    const paper = paperOf(
      { active: true, tier: 'trade', taxFree: { certificate: 'EX-77' } },
      { language: 'es', customerName: 'Joan' },
    );
    expect(paper).toMatch(/Cliente +Joan/);
    expect(paper).toMatch(/Exento, certificado +EX-77/);
    expect(paper).toMatch(/Precio de tarifa 1\.00/);
  });
});
