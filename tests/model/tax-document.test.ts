import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Exact } from '#model/money/money.ts';
import type { DocumentDiscount } from '#model/tax/tax-discount.ts';
import { taxDocument, type DocumentLine, type DocumentRules } from '#model/tax/tax-document.ts';
import type { TaxRate } from '#model/tax/tax-rate.ts';
import { GST, QST, REDUCED, VAT } from './support/shop.ts';

const line = (amount: number | string, taxes: readonly TaxRate[], quantity = '1'): DocumentLine => ({
  amount: new Exact(amount),
  quantity: new Exact(quantity),
  taxes,
});
const rules = (rounding: DocumentRules['rounding']): DocumentRules => ({ rounding, unit: 100 });
const LEVY: TaxRate = {
  id: 'levy',
  name: 'Levy',
  rate: '1',
  included: false,
  kind: 'fixed',
  compounds: true,
};
const figures = (document: ReturnType<typeof taxDocument>) =>
  [document.net, document.tax, document.total].map(Number);
const percent = (of: number): DocumentDiscount => ({ kind: 'percent', percent: of });

describe('taxing a document', () => {
  test('[T10] rounding by total: 146.8944 twice at 13 and 23 % come to 346.67, not 346.68', () => {
    // Published: a document certified by the Portuguese tax authority.
    const lines = ['13', '23'].map((rate) => line('14689.44', [{ ...GST, id: rate, rate }]));
    expect(figures(taxDocument(lines, rules('total')))).toStrictEqual([29_378, 5289, 34_667]);
    expect(figures(taxDocument(lines, rules('receipt')))).toStrictEqual([29_379, 5289, 34_668]);
  });

  test('[T12] a percentage of the whole: fixed levies stay, the rest follows', () => {
    // Published: 2 × 16.79 with a levy of 1.00 each and 21 % on both, 2 % off.
    const lines = [1, 2].map(() => line(1679, [LEVY, { ...GST, rate: '21' }]));
    const after = taxDocument(lines, rules('receipt'), [percent(2)]);
    expect([after.discountBase, after.discount].map(Number)).toStrictEqual([4063, 81]);
    expect(figures(after)).toStrictEqual([3291, 933, 4224]);
    const rows = after.rows.map((row) => [row.tax.id, Number(row.base), Number(row.amount)]);
    expect(rows).toStrictEqual([
      ['gst', 3491, 733],
      ['levy', 3291, 200],
    ]);
  });

  test('[T12] an amount off the net keeps the net to the cent, one off the total the total', () => {
    const lines = [line(500_000, [{ ...VAT, rate: '14' }])];
    const off = (on: 'net' | 'total'): DocumentDiscount[] => [{ kind: 'amount', amount: 10_000, on }];
    expect(figures(taxDocument(lines, rules('receipt'), off('net')))).toStrictEqual([
      428_596, 60_003, 488_599,
    ]);
    expect(figures(taxDocument(lines, rules('receipt'), off('total')))).toStrictEqual([
      429_825, 60_175, 490_000,
    ]);
  });

  test('[T12] discounts follow one another and stop at nothing', () => {
    const lines = [line(10_000, [{ ...GST, rate: '15' }]), line(20_000, [])];
    const fixed: DocumentDiscount = { kind: 'amount', amount: 28_850, on: 'total' };
    expect(figures(taxDocument(lines, rules('receipt'), [fixed, percent(10)]))).toStrictEqual([
      2271, 114, 2385,
    ]);
    expect(figures(taxDocument(lines, rules('receipt'), [percent(10), fixed, percent(50)]))).toStrictEqual([
      0, 0, 0,
    ]);
  });

  test('[T12] a line that keeps its price takes no part, and what comes back is not lowered', () => {
    const lines = [line(1000, [VAT]), { ...line(-600, [VAT], '-1'), keepsPrice: true }];
    expect(figures(taxDocument(lines, rules('receipt'), [percent(50)]))).toStrictEqual([-83, -17, -100]);
    expect(Number(taxDocument(lines.slice(1), rules('receipt'), [percent(50)]).total)).toBe(-600);
  });

  const taxes = fc.constantFrom<readonly TaxRate[]>(
    [],
    [VAT],
    [REDUCED, VAT],
    [GST, QST],
    [LEVY, GST],
    [{ ...LEVY, included: true }, VAT],
  );
  const lines = fc.array(fc.tuple(fc.nat(100_000), taxes, fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
    maxLength: 8,
  });
  const discounts = fc.array(
    fc.oneof(
      fc.integer({ min: 0, max: 100 }).map(percent),
      fc
        .tuple(fc.nat(50_000), fc.constantFrom('net' as const, 'total' as const))
        .map(([amount, on]): DocumentDiscount => ({ kind: 'amount', amount, on })),
    ),
    { maxLength: 3 },
  );
  const roundings = fc.constantFrom<DocumentRules['rounding']>('line', 'receipt', 'total');

  test('[T3] [T4] [T12] whatever is taken off: net and tax make the total, order changes nothing, nothing rises', () => {
    fc.assert(
      fc.property(lines, discounts, roundings, (given, taken, rounding) => {
        const made = given.map(([amount, set, quantity]) => line(amount, set, String(quantity)));
        const document = taxDocument(made, rules(rounding), taken);
        const plain = taxDocument(made, rules(rounding));
        expect(document.net.plus(document.tax).eq(document.total)).toBe(true);
        expect(document.rows.reduce((sum, row) => sum.plus(row.amount), new Exact(0)).eq(document.tax)).toBe(
          true,
        );
        expect(figures(taxDocument(made.toReversed(), rules(rounding), taken))).toStrictEqual(
          figures(document),
        );
        expect(document.total.lte(plain.total)).toBe(true);
        expect(document.discount.eq(plain.total.minus(document.total))).toBe(true);
        expect(document.total.isNegative() && !document.total.isZero()).toBe(false);
      }),
    );
  });
});
