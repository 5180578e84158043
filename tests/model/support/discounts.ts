import fc from 'fast-check';
import { receiptNumber } from '#model/ids/register-id.ts';
import type { Special } from '#model/pricing/special.ts';
import type { Basket } from '#model/sale/basket.ts';
import type { BasketDiscount, LineDiscount } from '#model/sale/discount.ts';
import { finishedSale } from '#model/sale/finished-sale.ts';
import { settle } from '#model/sale/payment.ts';
import { priceBasket, type PricingRules } from '#model/sale/pricing.ts';
import type { SaleBody } from '#model/sale/sale-body.ts';
import { basketLine } from './arbitraries.ts';
import { REGISTER_ID, STORE_ID, basket, cash } from './shop.ts';

/** The body of a basket that is paid in cash, to the cent or as cash is rounded. */
export function paidSale(sold: Basket, rules: PricingRules, count = 1): SaleBody {
  const { cashDue } = settle(priceBasket(sold, rules).total, [], rules.cashRounding);
  const payments = cashDue === 0 ? [] : [cash(cashDue)];
  const made = finishedSale({
    receipt: receiptNumber(STORE_ID, REGISTER_ID, count),
    basket: sold,
    payments,
    rules,
  });
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}

const lineDiscount: fc.Arbitrary<LineDiscount> = fc.oneof(
  fc
    .integer({ min: 0, max: 100 })
    .map((percent): LineDiscount => ({ kind: 'percent', percent: String(percent), name: 'dented' })),
  fc.nat(5000).map((amount): LineDiscount => ({ kind: 'amount', amount, name: 'gift' })),
);
const basketDiscount: fc.Arbitrary<BasketDiscount> = fc.oneof(
  fc
    .integer({ min: 0, max: 100 })
    .map((percent): BasketDiscount => ({ kind: 'percent', percent: String(percent), name: 'club' })),
  fc
    .tuple(fc.nat(20_000), fc.constantFrom('total' as const, 'net' as const))
    .map(([amount, on]): BasketDiscount => ({ kind: 'amount', amount, on, name: 'loyal' })),
);

/** Baskets with discounts on lines and on the whole, as tills may hold them. */
export const discountedBaskets: fc.Arbitrary<Basket> = fc
  .tuple(
    fc.array(fc.tuple(basketLine, fc.option(lineDiscount, { nil: undefined })), {
      minLength: 1,
      maxLength: 6,
    }),
    fc.array(basketDiscount, { maxLength: 2 }),
  )
  .map(([lines, discounts]) => ({
    ...basket(lines.map(([line, discount]) => (discount ? { ...line, discount } : line))),
    ...(discounts.length > 0 ? { discounts } : {}),
  }));

const SPECIALS: readonly Special[] = [
  {
    id: 'third',
    name: 'Third free',
    priority: 2,
    stacks: false,
    scope: { products: ['apple'] },
    effect: { kind: 'buy-get', buy: 2, get: 1, percent: '100' },
  },
  {
    id: 'off',
    name: 'Ten off',
    priority: 1,
    stacks: true,
    scope: {},
    effect: { kind: 'off-amount', amount: 1000 },
  },
];

/** Ways of pricing that countries have. */
export const pricingRules: fc.Arbitrary<PricingRules> = fc
  .record({
    taxRounding: fc.constantFrom('receipt' as const, 'line' as const, 'total' as const),
    exactLines: fc.boolean(),
    specials: fc.constantFrom([], SPECIALS),
    cashRounding: fc.constantFrom(
      undefined,
      { step: 5, mode: 'half-up' as const },
      { step: 100, mode: 'half-down' as const },
    ),
  })
  .map(({ cashRounding, ...rules }) => ({
    currency: 'GBP',
    ...rules,
    ...(cashRounding ? { cashRounding } : {}),
  }));
