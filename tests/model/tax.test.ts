import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { taxAmounts, taxKey, type TaxedAmount, type TaxRounding } from '#model/tax/tax.ts';
import { taxSet, taxedAmounts, minor } from './support/arbitraries.ts';
import { over, plus, rational, round, times, type Rational } from './support/exact.ts';
import { GST, QST, REDUCED, VAT } from './support/shop.ts';

const roundings = fc.constantFrom<TaxRounding>('receipt', 'line');
const ZERO = rational(0);

/** Tax by tax key, worked out with big integers: one division per line, no model code. */
function expectedTaxes(amounts: readonly TaxedAmount[], rounding: TaxRounding): Map<string, number> {
  const exact = new Map<string, Rational>();
  for (const { amount, taxes } of amounts) {
    const inside = taxes
      .filter((tax) => tax.included)
      .reduce((sum, tax) => plus(sum, rational(tax.rate)), ZERO);
    const base = over(times(rational(amount), rational(100)), plus(rational(100), inside));
    const of = (from: Rational, rate: string) => over(times(from, rational(rate)), rational(100));
    const held = taxes.filter((tax) => tax.included).reduce((sum, tax) => sum + round(of(base, tax.rate)), 0);
    for (const tax of taxes) {
      // On a line by itself, a tax on top is charged on the net that the line shows.
      const from = rounding === 'line' && !tax.included ? rational(amount - held) : base;
      const share = of(from, tax.rate);
      const added = rounding === 'line' ? rational(round(share)) : share;
      exact.set(taxKey(tax), plus(exact.get(taxKey(tax)) ?? ZERO, added));
    }
  }
  return new Map([...exact].map(([key, sum]) => [key, round(sum)]));
}

describe('taxes of a receipt', () => {
  test('[T1] an included tax is inside the price, another comes on top', () => {
    expect(taxAmounts([{ amount: 1200, taxes: [VAT] }], 'receipt')).toStrictEqual({
      taxes: [{ ...VAT, base: 1000, amount: 200 }],
      net: 1000,
      tax: 200,
      total: 1200,
    });
    expect(taxAmounts([{ amount: 1000, taxes: [GST] }], 'receipt')).toStrictEqual({
      taxes: [{ ...GST, base: 1000, amount: 50 }],
      net: 1000,
      tax: 50,
      total: 1050,
    });
  });

  test('[T1] taxes on one amount share its base and none is charged on another', () => {
    const { taxes, total } = taxAmounts(
      [{ amount: 11_200, taxes: [VAT, { ...GST, rate: '10' }] }],
      'receipt',
    );
    expect(taxes.map(({ id, base, amount }) => [id, base, amount])).toStrictEqual([
      ['gst', 9333, 933],
      ['vat', 9333, 1867],
    ]);
    expect(total).toBe(12_133);
  });

  test('[T1] agrees with big-integer arithmetic for any lines', () => {
    fc.assert(
      fc.property(taxedAmounts, roundings, (amounts, rounding) => {
        const { taxes } = taxAmounts(amounts, rounding);
        expect(new Map(taxes.map((row) => [taxKey(row), row.amount]))).toStrictEqual(
          new Map([...expectedTaxes(amounts, rounding)].sort(([a], [b]) => (a < b ? -1 : 1))),
        );
      }),
    );
  });

  test('[T2] per receipt a tax is rounded once, per line on every line', () => {
    const lines = [
      { amount: 11, taxes: [GST] },
      { amount: 11, taxes: [GST] },
    ];
    expect(taxAmounts(lines, 'receipt').tax).toBe(1);
    expect(taxAmounts(lines, 'line').tax).toBe(2);
    const tiny = [
      { amount: 9, taxes: [GST] },
      { amount: 9, taxes: [GST] },
    ];
    expect(taxAmounts(tiny, 'receipt').tax).toBe(1);
    expect(taxAmounts(tiny, 'line').tax).toBe(0);
  });

  test('[T3] an included price survives: 8.01 with 20 % inside is 6.67 and 1.34', () => {
    const { net, tax, total } = taxAmounts([{ amount: 801, taxes: [VAT] }], 'receipt');
    expect({ net, tax, total }).toStrictEqual({ net: 667, tax: 134, total: 801 });
  });

  test('[T3] total = lines + tax on top, net = total − tax, tax = Σ rows', () => {
    fc.assert(
      fc.property(taxedAmounts, roundings, (amounts, rounding) => {
        const { taxes, net, tax, total } = taxAmounts(amounts, rounding);
        const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
        const onTop = sum(taxes.filter((row) => !row.included).map((row) => row.amount));
        expect(total).toBe(sum(amounts.map((line) => line.amount)) + onTop);
        expect(tax).toBe(sum(taxes.map((row) => row.amount)));
        expect(net).toBe(total - tax);
      }),
    );
  });

  test('[T4] the order of lines, and of taxes on a line, changes nothing', () => {
    const shuffled = taxedAmounts.chain((amounts) =>
      fc
        .shuffledSubarray(amounts, { minLength: amounts.length })
        .map(
          (others) => [amounts, others.map((line) => ({ ...line, taxes: line.taxes.toReversed() }))] as const,
        ),
    );
    fc.assert(
      fc.property(shuffled, roundings, ([amounts, others], rounding) => {
        expect(taxAmounts(others, rounding)).toStrictEqual(taxAmounts(amounts, rounding));
      }),
    );
  });

  test('[T4] the opposite lines give the opposite amounts to the cent', () => {
    fc.assert(
      fc.property(taxedAmounts, roundings, (amounts, rounding) => {
        const sale = taxAmounts(amounts, rounding);
        const back = taxAmounts(
          amounts.map((line) => ({ ...line, amount: 0 - line.amount })),
          rounding,
        );
        expect([back.total + sale.total, back.tax + sale.tax, back.net + sale.net]).toStrictEqual([0, 0, 0]);
        expect(back.taxes.map((row, i) => row.base + (sale.taxes[i]?.base ?? NaN))).toStrictEqual(
          sale.taxes.map(() => 0),
        );
      }),
    );
  });

  test('[T5] two rates under one id are two taxes, not one with the first rate', () => {
    const before = { ...VAT, rate: '17.5' };
    const { taxes, tax } = taxAmounts(
      [
        { amount: 1200, taxes: [VAT] },
        { amount: -1175, taxes: [before] },
      ],
      'receipt',
    );
    expect(taxes.map((row) => [taxKey(row), row.base, row.amount])).toStrictEqual([
      ['vat@17.5', -1000, -175],
      ['vat@20', 1000, 200],
    ]);
    expect(tax).toBe(25);
  });

  test('[T5] a rate written with needless zeros is the same tax', () => {
    expect(taxKey({ ...VAT, rate: '20.00' })).toBe(taxKey(VAT));
    expect(taxKey({ ...VAT, included: false })).toBe('vat@20+');
  });

  test('[T6] with one tax per line, bases add up to the net of the taxed lines', () => {
    const oneTax = fc.array(
      fc.record({ amount: minor, taxes: fc.constantFrom([VAT], [REDUCED], [GST], [QST]) }),
    );
    fc.assert(
      fc.property(oneTax, roundings, (amounts, rounding) => {
        const { taxes, net } = taxAmounts(amounts, rounding);
        expect(taxes.reduce((sum, row) => sum + row.base, 0)).toBe(net);
      }),
    );
  });

  test('[T6] rounded per line, bases show the arithmetic of every line', () => {
    const lines = fc.array(minor, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(lines, taxSet, (amounts, taxes) => {
        const { taxes: rows } = taxAmounts(
          amounts.map((amount) => ({ amount, taxes })),
          'line',
        );
        const inside = rows.filter((row) => row.included).reduce((sum, row) => sum + row.amount, 0);
        const gross = amounts.reduce((sum, amount) => sum + amount, 0);
        expect(rows.map((row) => row.base)).toStrictEqual(rows.map(() => gross - inside));
      }),
    );
  });
});
