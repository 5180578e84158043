import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import {
  changedPrice,
  percentSchema,
  priceRuleFor,
  priceRuleSchema,
  unitPrice,
  type PriceRule,
} from '#model/pricing/price-rule.ts';
import { decimal } from './support/arbitraries.ts';

const less = (id: string, percent: string, change: Partial<PriceRule> = {}): PriceRule => ({
  id,
  change: { kind: 'percent', percent },
  ...change,
});
const QUESTION = {
  product: 'apple',
  department: 'fruit',
  store: 'S01',
  tiers: ['staff', 'city', 'club'],
  quantity: '1',
};

describe('unit prices', () => {
  test.each([
    ['100', { kind: 'percent', percent: '10' }, '90'],
    ['50', { kind: 'amount', amount: '5' }, '45'],
    ['40', { kind: 'price', price: '25' }, '25'],
    ['9.99', { kind: 'percent', percent: '33.3333' }, '6.66'],
    ['0.0125', { kind: 'percent', percent: '50' }, '0.0063'],
    ['3', { kind: 'amount', amount: '5' }, '0'],
  ] as const)('[X1] %s after %j is %s', (base, change, expected) => {
    expect(changedPrice(base, change)).toBe(expected);
  });

  test('[X1] a price is never below zero and never has more than four decimals', () => {
    const change = fc.oneof(
      decimal(100, 4).map((percent) => ({ kind: 'percent' as const, percent })),
      decimal(9_999, 4).map((amount) => ({ kind: 'amount' as const, amount })),
    );
    fc.assert(
      fc.property(decimal(9_999, 4), change, (base, how) => {
        expect(changedPrice(base, how)).toMatch(/^\d+(?:\.\d{1,4})?$/);
      }),
    );
  });

  test.each(['100.5', '101', '-1', '1e1', ''])('[X1] "%s" is no percentage', (percent) => {
    expect(v.is(percentSchema, percent)).toBe(false);
  });

  test('[X2] product before department before all, whatever the priority', () => {
    const rules = [
      less('all', '50', { priority: 99 }),
      less('group', '10', { department: 'fruit', priority: 20 }),
    ];
    expect(unitPrice('100', rules, QUESTION)).toBe('90');
    const item: PriceRule = { id: 'item', product: 'apple', change: { kind: 'amount', amount: '5' } };
    expect(unitPrice('100', [...rules, item], QUESTION)).toBe('95');
    expect(unitPrice('100', [item], { ...QUESTION, product: 'pear' })).toBe('100');
  });

  test('[X2] the larger quantity reached, then the priority, then the lower price, then the smaller id', () => {
    const slabs = [less('a', '5', { from: '5' }), less('b', '10', { from: '10' })];
    expect(
      ['4.999', '5', '12'].map((quantity) => unitPrice('100', slabs, { ...QUESTION, quantity })),
    ).toStrictEqual(['100', '95', '90']);
    expect(priceRuleFor('100', [less('x', '5'), less('y', '1', { priority: 1 })], QUESTION)?.id).toBe('y');
    expect(priceRuleFor('100', [less('x', '5'), less('y', '6')], QUESTION)?.id).toBe('y');
    expect(priceRuleFor('100', [less('y', '5'), less('x', '5')], QUESTION)?.id).toBe('x');
  });

  test('[X2] a price of the store comes before one of all stores', () => {
    const rules = [less('all', '50'), less('store', '10', { store: 'S01' })];
    expect(unitPrice('100', rules, QUESTION)).toBe('90');
    expect(unitPrice('100', rules, { ...QUESTION, store: 'S02' })).toBe('50');
  });

  test("[X3] the customer's tier, then the store's, then the organization's, then the base price", () => {
    const rules = [
      less('club', '30', { tier: 'club' }),
      less('city', '20', { tier: 'city' }),
      less('staff', '10', { tier: 'staff' }),
    ];
    const asked = [QUESTION.tiers, [undefined, 'city', 'club'], [undefined, undefined, 'club'], []];
    expect(asked.map((tiers) => unitPrice('100', rules, { ...QUESTION, tiers }))).toStrictEqual([
      '90',
      '80',
      '70',
      '100',
    ]);
  });

  test('[X2] the order of the rules changes nothing', () => {
    const rule = fc.record(
      {
        id: fc.uuid(),
        product: fc.constantFrom('apple', 'pear'),
        department: fc.constantFrom('fruit', 'tools'),
        tier: fc.constantFrom('club', 'staff'),
        store: fc.constantFrom('S01', 'S02'),
        from: fc.constantFrom('1', '3', '10'),
        priority: fc.nat(3),
        change: decimal(99, 1).map((percent) => ({ kind: 'percent' as const, percent })),
      },
      { requiredKeys: ['id', 'change'] },
    );
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 10 }), (rules) => {
        expect(rules.every((one) => v.is(priceRuleSchema, one))).toBe(true);
        const quantity = '5';
        expect(unitPrice('10', rules.toReversed(), { ...QUESTION, quantity })).toBe(
          unitPrice('10', rules, { ...QUESTION, quantity }),
        );
      }),
    );
  });
});
