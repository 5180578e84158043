import { isOnOffer, type Special } from '../pricing/special.ts';
import { err, ok, type Result } from '../result.ts';
import type { Basket } from './basket.ts';
import type { LineOffs, PricingRules } from './pricing.ts';

/** The most coupons on one basket. */
export const MAX_COUPONS = 20;

/** Why a coupon was not taken. */
export type CouponRefusal =
  | { readonly code: 'unknown-coupon' | 'coupon-not-now'; readonly coupon: string }
  | { readonly code: 'too-many-coupons' };

/** What a coupon on a basket did: how often it was given, and what it took off in minor units, 0 where nothing in the basket is for it. */
export type CouponEffect = {
  readonly coupon: string;
  readonly name: string;
  readonly given: number;
  readonly off: number;
};

/** The specials a code is the coupon of, whatever case it was typed in (rule C13). */
export function specialsOfCoupon(typed: string, specials: readonly Special[]): readonly Special[] {
  const wanted = typed.trim().toUpperCase();
  return specials.filter(({ coupon }) => coupon?.toUpperCase() === wanted && wanted !== '');
}

/** Puts a coupon on a basket (rule C13). */
export function addCoupon(basket: Basket, typed: string, rules: PricingRules): Result<Basket, CouponRefusal> {
  const asking = specialsOfCoupon(typed, rules.specials ?? []);
  if (asking.length === 0) return err({ code: 'unknown-coupon', coupon: typed.trim() });
  const now = asking.find((special) => isOnOffer(special, rules.occasion ?? {}));
  if (now?.coupon === undefined) return err({ code: 'coupon-not-now', coupon: typed.trim() });
  const coupons = basket.coupons ?? [];
  if (coupons.length >= MAX_COUPONS) return err({ code: 'too-many-coupons' });
  return ok({ ...basket, coupons: [...coupons, now.coupon] });
}

/** Takes a coupon off a basket, once; what is not on it changes nothing. */
export function removeCoupon(basket: Basket, coupon: string): Basket {
  const { coupons = [], ...bare } = basket;
  const index = coupons.indexOf(coupon);
  const left = index < 0 ? coupons : coupons.toSpliced(index, 1);
  return left.length === 0 ? bare : { ...bare, coupons: left };
}

/** What each coupon of a basket did; `offs` is what was taken off its lines. */
export function couponEffects(
  { coupons = [] }: Basket,
  offs: readonly LineOffs[],
  specials: readonly Special[],
): readonly CouponEffect[] {
  return [...new Set(coupons)].map((coupon) => {
    const asking = specials.filter((special) => special.coupon === coupon);
    const ids = new Set(asking.map(({ id }) => id));
    const taken = offs.flat().filter(({ special }) => special !== undefined && ids.has(special));
    return {
      coupon,
      name: asking[0]?.name ?? coupon,
      given: coupons.filter((code) => code === coupon).length,
      off: taken.reduce((sum, { amount }) => sum + amount, 0),
    };
  });
}
