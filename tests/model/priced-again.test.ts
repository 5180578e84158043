import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryDifference, openSaleEntries } from '#model/documents/basket.ts';
import { priceBasket, type PricingRules } from '#model/sale/pricing.ts';
import { discountedBaskets, pricingRules } from './support/discounts.ts';

describe('a basket that grows', () => {
  test('[L4] comes to the same whether its lines were priced before or are new, under whatever rules', () => {
    fc.assert(
      fc.property(discountedBaskets, pricingRules, pricingRules, (basket, rules, others) => {
        const afresh = (by: PricingRules) => priceBasket(structuredClone(basket), structuredClone(by));
        for (let count = 1; count <= basket.lines.length; count++)
          priceBasket({ ...basket, lines: basket.lines.slice(0, count) }, rules);
        expect(priceBasket(basket, rules)).toStrictEqual(afresh(rules));
        expect(priceBasket(basket, others)).toStrictEqual(afresh(others));
        expect(priceBasket(basket, rules)).toStrictEqual(afresh(rules));
      }),
    );
  });

  test('[L4] the very same line twice counts twice', () => {
    fc.assert(
      fc.property(discountedBaskets, pricingRules, (basket, rules) => {
        const twice = { ...basket, lines: [...basket.lines, ...basket.lines] };
        expect(priceBasket(twice, rules)).toStrictEqual(priceBasket(structuredClone(twice), rules));
      }),
    );
  });

  test('[D6] a line that was written once is written the same again, and alone when it is the only change', () => {
    fc.assert(
      fc.property(discountedBaskets, (basket) => {
        const sale = (lines: typeof basket.lines) => ({
          basket: { ...basket, lines },
          paying: false,
          payments: [],
        });
        const before = openSaleEntries(sale(basket.lines));
        expect(before).toStrictEqual(openSaleEntries(structuredClone(sale(basket.lines))));
        const changed = basket.lines.map((line, i) => (i === 0 ? { ...line, note: 'changed' } : line));
        expect(Object.keys(entryDifference(before, openSaleEntries(sale(changed))))).toStrictEqual([
          'line:0000',
        ]);
      }),
    );
  });
});
