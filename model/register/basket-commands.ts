import * as v from 'valibot';
import { Exact, type Minor } from '../money/money.ts';
import { unitPriceSchema } from '../money/quantity.ts';
import { percentSchema } from '../pricing/price-rule.ts';
import { err, ok, type Result } from '../result.ts';
import { MAX_LINE_MAJOR, type Basket, type BasketLine } from '../sale/basket.ts';
import { priceBasket, type PricingRules } from '../sale/pricing.ts';
import type { PriceOverride } from '../sale/sale-body.ts';
import { limitOf } from '../staff/permission.ts';
import { authorize, standing, type Act, type NotPermitted } from './actor.ts';
import { checkReason, type ReasonRefusal } from './reason.ts';

/** What somebody wants to take off: a percentage as decimal text, or an amount in minor units; `reason` is on the receipt. */
export type DiscountWish = { readonly reason: string } & (
  { readonly kind: 'percent'; readonly percent: string } | { readonly kind: 'amount'; readonly amount: Minor }
);

/** Why the price of a basket was not changed by hand. */
export type PriceRefusal =
  | NotPermitted
  | ReasonRefusal
  | { readonly code: 'no-such-line' }
  /** A percentage is above 0 and at most 100, an amount above 0 and at most `most`. */
  | { readonly code: 'discount-out-of-range'; readonly most: Minor }
  | { readonly code: 'price-not-understood' }
  | { readonly code: 'amount-out-of-range' };

/** Up to what total of minor units somebody may take off a sale without `sale.discount` (rules H1 and S7). */
export function discountLimit({ actor }: Act, { currency }: PricingRules): Minor {
  return limitOf(actor.role, 'sale.discount', currency);
}

/** What discounts that nobody with `sale.discount` gave or approved take off the total of a basket, in minor units (rule H1). */
export function ungrantedOff(basket: Basket, rules: PricingRules): Minor {
  const granted = withoutUngranted(basket);
  if (granted === basket) return 0;
  return Math.max(0, priceBasket(granted, rules).total - priceBasket(basket, rules).total);
}

function withoutUngranted(basket: Basket): Basket {
  const discounts = (basket.discounts ?? []).filter(({ by }) => by !== undefined);
  const isFree = ({ discount }: BasketLine) => discount !== undefined && discount.by === undefined;
  if (discounts.length === (basket.discounts ?? []).length && !basket.lines.some(isFree)) return basket;
  const lines = basket.lines.map((line) => (isFree(line) ? withoutDiscount(line) : line));
  return { ...basket, lines, discounts };
}

function withoutDiscount({ discount: _gone, ...line }: BasketLine): BasketLine {
  return line;
}

/** Takes something off a sold line, in place of what was taken off before; undefined takes nothing off any more (rule H1). */
export function discountLine(
  basket: Basket,
  index: number,
  wish: DiscountWish | undefined,
  rules: PricingRules,
  act: Act,
): Result<Basket, PriceRefusal> {
  const line = soldLine(basket, index);
  if (!line) return err({ code: 'no-such-line' });
  const bare = withoutDiscount(line);
  const put = (changed: BasketLine): Basket => ({ ...basket, lines: basket.lines.with(index, changed) });
  if (wish === undefined) return ok(put(bare));
  const most = priceBasket({ id: basket.id, lines: [bare] }, { ...rules, specials: [] }).amounts[0] ?? 0;
  const refusal = checkWish(wish, most);
  if (refusal) return err(refusal);
  return grant((by) => put({ ...bare, discount: { ...discountOf(wish), ...by } }), rules, act);
}

/** Takes something off the whole, in place of what was taken off before; undefined takes nothing off any more (rules H1 and L11). */
export function discountBasket(
  basket: Basket,
  wish: DiscountWish | undefined,
  rules: PricingRules,
  act: Act,
): Result<Basket, PriceRefusal> {
  const { discounts: _before, ...bare } = basket;
  if (wish === undefined) return ok(bare);
  if (!basket.lines.some((_, index) => soldLine(basket, index))) return err({ code: 'no-such-line' });
  const refusal = checkWish(wish, priceBasket(bare, rules).total);
  if (refusal) return err(refusal);
  const discount = discountOf(wish);
  const put = (by: Grant): Basket =>
    discount.kind === 'percent'
      ? { ...bare, discounts: [{ ...discount, ...by }] }
      : { ...bare, discounts: [{ ...discount, on: 'total', ...by }] };
  return grant(put, rules, act);
}

/** Sets the unit price of a sold line (rule H2). */
export function overridePrice(
  basket: Basket,
  index: number,
  wish: { readonly price: string; readonly reason: string },
  act: Act,
): Result<Basket, PriceRefusal> {
  const line = soldLine(basket, index);
  if (!line) return err({ code: 'no-such-line' });
  const price = wish.price.trim().replace(',', '.');
  if (!v.is(unitPriceSchema, price)) return err({ code: 'price-not-understood' });
  if (new Exact(line.quantity).times(price).gt(MAX_LINE_MAJOR)) return err({ code: 'amount-out-of-range' });
  const refusal = checkReason(wish.reason);
  if (refusal) return err(refusal);
  const stamp = authorize(act, ['sale.price-override']);
  if (!stamp.ok) return stamp;
  const override: PriceOverride = {
    from: line.override?.from ?? line.price,
    reason: wish.reason.trim(),
    ...grantOf(stamp.value),
  };
  // What a person says goes before any rule (rule X12).
  const { priced: _rule, ...bare } = line;
  return ok({ ...basket, lines: basket.lines.with(index, { ...bare, price, override }) });
}

/** Writes a note on a line, for the receipt; an empty one takes it off (rule H3). Needs no permission. */
export function noteLine(basket: Basket, index: number, text: string): Result<Basket, PriceRefusal> {
  const line = basket.lines[index];
  if (!line) return err({ code: 'no-such-line' });
  const { note: _before, ...bare } = line;
  const note = text.trim();
  const refusal = note === '' ? undefined : checkReason(note);
  if (refusal) return err(refusal);
  return ok({ ...basket, lines: basket.lines.with(index, note === '' ? bare : { ...bare, note }) });
}

type Grant = { readonly by?: string; readonly approvedBy?: string };

function grantOf({ by, approvedBy }: { readonly by: string; readonly approvedBy?: string }) {
  return { by, ...(approvedBy === undefined ? {} : { approvedBy }) };
}

/** Up to the limit a discount carries nobody's leave: it counts against the limit of whoever completes the sale (rule H1). */
function grant(put: (by: Grant) => Basket, rules: PricingRules, act: Act): Result<Basket, PriceRefusal> {
  const free = put({});
  const isPermitted = standing(act.actor, 'sale.discount') === 'permitted';
  if (!isPermitted && ungrantedOff(free, rules) <= discountLimit(act, rules)) return ok(free);
  const stamp = authorize(act, ['sale.discount']);
  return stamp.ok ? ok(put(grantOf(stamp.value))) : stamp;
}

function soldLine(basket: Basket, index: number): BasketLine | undefined {
  const line = basket.lines[index];
  const isSold = line && !line.refundOf && !line.account && !line.quantity.startsWith('-');
  return isSold ? line : undefined;
}

function checkWish(wish: DiscountWish, most: Minor): PriceRefusal | undefined {
  const isRight =
    wish.kind === 'percent'
      ? v.is(percentSchema, wish.percent) && !new Exact(wish.percent).isZero()
      : wish.amount > 0 && wish.amount <= most;
  return isRight ? checkReason(wish.reason) : { code: 'discount-out-of-range', most };
}

function discountOf(wish: DiscountWish) {
  const name = wish.reason.trim();
  return wish.kind === 'percent'
    ? ({ kind: 'percent', percent: wish.percent, name } as const)
    : ({ kind: 'amount', amount: wish.amount, name } as const);
}
