import { describe, expect, test } from 'vitest';
import type { Special } from '#model/pricing/special.ts';
import {
  addCoupon,
  couponEffects,
  MAX_COUPONS,
  removeCoupon,
  specialsOfCoupon,
} from '#model/sale/coupons.ts';
import { priceBasket, type Basket } from '#model/sale/basket.ts';
import { RULES } from './support/played-register.ts';
import { basket, line } from './support/shop.ts';

const TEN_OFF: Special = {
  id: 'ten',
  name: '10 % off juice',
  priority: 0,
  stacks: false,
  scope: { products: ['apple'] },
  effect: { kind: 'off', percent: '10' },
  coupon: 'Juice10',
};
const SUMMER: Special = { ...TEN_OFF, id: 'summer', coupon: 'SUN', lastDay: '2026-08-31' };
const OCCASION = { day: '2026-11-21', time: '10:00' };
const SELLING = { ...RULES, specials: [TEN_OFF, SUMMER], occasion: OCCASION };
/** Ten of 1.20. */
const TEN = basket([line({}, '10')]);

function add(to: Basket, code: string): Basket {
  const added = addCoupon(to, code, SELLING);
  if (!added.ok) throw new Error(added.error.code);
  return added.value;
}

describe('coupons', () => {
  test('[C13] a code counts in any case and goes on the basket as the special writes it', () => {
    const given = add(TEN, ' juice10 ');
    expect(given.coupons).toStrictEqual(['Juice10']);
    expect(priceBasket(given, SELLING).total).toBe(1080);
    expect(specialsOfCoupon('', [TEN_OFF, { ...SUMMER, coupon: undefined }])).toStrictEqual([]);
  });

  test('[C13] a code nobody knows, or not today, is refused and changes nothing', () => {
    expect(addCoupon(TEN, 'X', SELLING)).toStrictEqual({
      ok: false,
      error: { code: 'unknown-coupon', coupon: 'X' },
    });
    expect(addCoupon(TEN, 'sun', SELLING)).toStrictEqual({
      ok: false,
      error: { code: 'coupon-not-now', coupon: 'sun' },
    });
    const full = { ...TEN, coupons: Array.from({ length: MAX_COUPONS }, () => 'Juice10') };
    expect(addCoupon(full, 'juice10', SELLING)).toStrictEqual({
      ok: false,
      error: { code: 'too-many-coupons' },
    });
  });

  test('[C13] what each took off is told, and taking it off gives the price back', () => {
    const twice = add(add(TEN, 'JUICE10'), 'JUICE10');
    const effects = couponEffects(twice, priceBasket(twice, SELLING).offs, SELLING.specials);
    const off = 1200 - priceBasket(twice, SELLING).total;
    expect(effects).toStrictEqual([{ coupon: 'Juice10', name: '10 % off juice', given: 2, off }]);
    const once = removeCoupon(twice, 'Juice10');
    expect(once).toStrictEqual(add(TEN, 'JUICE10'));
    expect(removeCoupon(once, 'Juice10')).toStrictEqual(TEN);
    expect(removeCoupon(once, 'other')).toStrictEqual(once);
  });

  test('[C13] a coupon for what is not in the basket says that it took off nothing', () => {
    const other = { ...add(basket([line({ id: 'pear' })]), 'juice10') };
    expect(couponEffects(other, priceBasket(other, SELLING).offs, SELLING.specials)[0]?.off).toBe(0);
  });
});
