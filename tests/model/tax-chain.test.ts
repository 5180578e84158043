import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Exact } from '#model/money/money.ts';
import { AssertionError } from '#model/result.ts';
import { chainTaxes, chainTaxesRounded } from '#model/tax/tax-chain.ts';
import { mappedTaxes, remappedPrice } from '#model/tax/tax-mapping.ts';
import { taxKey, type TaxRate } from '#model/tax/tax-rate.ts';
import { GST, QST, TAXES, VAT } from './support/shop.ts';

const tax = (rate: string, change: Partial<TaxRate> = {}): TaxRate => ({
  id: `t${rate}`,
  name: rate,
  rate,
  included: false,
  ...change,
});
const of = (amount: string, taxes: readonly TaxRate[], quantity = '1') => ({
  amount: new Exact(amount),
  quantity: new Exact(quantity),
  taxes,
  unit: 1,
});
const numbers = (chain: ReturnType<typeof chainTaxes>) => [
  chain.net.toDecimalPlaces(6).toNumber(),
  chain.total.toDecimalPlaces(6).toNumber(),
  ...chain.shares.map(({ amount }) => amount.toDecimalPlaces(6).toNumber()),
];

describe('taxes of one amount', () => {
  test('[T7] a division tax is a share of the amount with the tax in it', () => {
    expect(numbers(chainTaxes(of('200', [tax('10', { kind: 'division' })])))).toStrictEqual([
      200, 222.222222, 22.222222,
    ]);
    // Published: five Brazilian taxes inside a price of 48.
    const brazilian = ['5', '3', '0.65', '9', '15'].map((rate) =>
      tax(rate, { kind: 'division', included: true }),
    );
    expect(numbers(chainTaxes(of('48', brazilian)))).toStrictEqual([32.328, 48, 2.4, 1.44, 0.312, 4.32, 7.2]);
    expect(() => chainTaxes(of('1', [tax('100', { kind: 'division' })]))).toThrow(AssertionError);
  });

  test('[T7] a fixed tax counts units and follows their sign', () => {
    const levy = tax('1.5', { kind: 'fixed' });
    expect(numbers(chainTaxes(of('95', [levy], '5')))).toStrictEqual([95, 102.5, 7.5]);
    expect(numbers(chainTaxes(of('-20', [levy], '-2')))).toStrictEqual([-20, -23, -3]);
    expect(numbers(chainTaxes(of('0', [{ ...levy, included: true }], '1')))).toStrictEqual([-1.5, 0, 1.5]);
  });

  test('[T8] a compounding tax is charged on by those after it, except by one on the net', () => {
    const first = tax('6', { compounds: true });
    expect(numbers(chainTaxes(of('100', [first, { ...first, id: 'b' }, tax('3')])))).toStrictEqual([
      100, 115.7308, 6, 6.36, 3.3708,
    ]);
    expect(
      numbers(chainTaxes(of('100', [first, tax('6', { id: 'b', onNet: true }), tax('3')]))),
    ).toStrictEqual([100, 115.18, 6, 6, 3.18]);
    // Quebec before 2013: the provincial tax on the price with GST.
    const quebec = [{ ...GST, compounds: true }, tax('9.5')];
    expect(chainTaxes(of('100', quebec)).shares[1]?.amount.toFixed()).toBe('9.975');
  });

  test('[T8] inside a price they come out exactly: fixed 1 and 21 % on both in 121 leave 99', () => {
    const inside = [
      tax('1', { kind: 'fixed', included: true, compounds: true }),
      tax('21', { included: true, compounds: true }),
    ];
    expect(numbers(chainTaxes(of('121', [...inside, tax('2', { kind: 'fixed' })])))).toStrictEqual([
      99, 123, 1, 21, 2,
    ]);
  });

  test('[T9] a reverse charge never changes what is paid', () => {
    for (const included of [true, false])
      expect(numbers(chainTaxes(of('100', [tax('21', { reverseCharge: true, included })])))).toStrictEqual([
        100, 100, 21,
      ]);
  });

  test('[T11] 2.99 with 4 % inside: the tax is rounded, or the net', () => {
    const line = of('2.99', [tax('4', { included: true })]);
    const rounding = { step: '0.01', mode: 'half-up' } as const;
    expect(numbers(chainTaxesRounded(line, { ...rounding, keepNet: false }))).toStrictEqual([
      2.87, 2.99, 0.12,
    ]);
    expect(numbers(chainTaxesRounded(line, { ...rounding, keepNet: true }))).toStrictEqual([
      2.88, 2.99, 0.11,
    ]);
  });

  test('[T1] [T8] [T11] net and taxes always make the price, and each is its rate of its base', () => {
    const taxes = fc.array(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c'),
        name: fc.constant('tax'),
        rate: fc.constantFrom('0', '5', '9.975', '20', '0.65'),
        included: fc.boolean(),
        kind: fc.constantFrom('percent' as const, 'division' as const, 'fixed' as const),
        compounds: fc.boolean(),
        onNet: fc.boolean(),
      }),
      { maxLength: 5 },
    );
    const rounding = fc.record({
      step: fc.constantFrom(1, 5, 10),
      mode: fc.constantFrom('half-up' as const, 'half-even' as const),
      keepNet: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: -99_999, max: 99_999 }), taxes, rounding, (cents, given, rule) => {
        const amount = new Exact(cents * rule.step);
        const line = { amount, quantity: new Exact(cents < 0 ? -1 : 1), taxes: given, unit: 100 };
        for (const chain of [chainTaxes(line), chainTaxesRounded(line, rule)]) {
          const inside = chain.shares.filter((share) => share.tax.included);
          const whole = inside.reduce((sum, share) => sum.plus(share.amount), chain.net);
          expect(whole.minus(amount).abs().lt('1e-25')).toBe(true);
        }
        for (const share of chainTaxes(line).shares.filter(({ tax: { kind } }) => kind === 'percent'))
          expect(share.base.times(share.tax.rate).div(100).minus(share.amount).abs().lt('1e-25')).toBe(true);
      }),
    );
  });

  test('[T5] what makes a tax more than a percentage is in its key', () => {
    expect(taxKey({ ...GST, kind: 'fixed', compounds: true, onNet: true, reverseCharge: true })).toBe(
      'gst@5+~fcnr',
    );
    expect(taxKey({ ...VAT, kind: 'percent' })).toBe('vat@20');
    expect(taxKey({ ...VAT, kind: 'division' })).toBe('vat@20~d');
  });
});

describe('other taxes for a customer or a place', () => {
  const mapping = { id: 'abroad', name: 'Abroad', replaces: { vat: ['gst', 'qst'], reduced: [] } };

  test('[T13] a tax is replaced by those it names, each once, and the others stay', () => {
    expect(mappedTaxes([VAT, GST], mapping, TAXES)).toStrictEqual([GST, QST]);
    expect(
      mappedTaxes(
        [
          { ...VAT, id: 'reduced' },
          { ...VAT, id: 'constructor' },
        ],
        mapping,
        TAXES,
      ),
    ).toStrictEqual([{ ...VAT, id: 'constructor' }]);
    expect(mappedTaxes([VAT, GST], { ...mapping, exempt: true }, TAXES)).toStrictEqual([]);
  });

  const inside = (rate: string) => tax(rate, { included: true });
  test.each([
    ['121', [inside('21')], [inside('6')], '106'],
    ['121', [inside('21')], [tax('21')], '100'],
    ['100', [tax('15')], [inside('6')], '100'],
    [
      '131',
      [tax('10', { kind: 'fixed', included: true }), inside('21')],
      [tax('10', { kind: 'fixed', included: true }), inside('6')],
      '116',
    ],
    ['121', [inside('21')], [], '100'],
    ['9.99', [], [inside('6')], '9.99'],
    ['10', [inside('20')], [inside('5')], '8.75'],
  ])('[T14] %s under other taxes', (price, from, to, expected) => {
    expect(remappedPrice(price, from, to)).toBe(expected);
  });
});
