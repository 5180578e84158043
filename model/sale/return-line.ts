import * as v from 'valibot';
import type { Product } from '../catalog/product.ts';
import { Exact } from '../money/money.ts';
import { unitPriceSchema } from '../money/quantity.ts';
import { checkReason, type ReasonRefusal } from '../register/reason.ts';
import { err, ok, type Result } from '../result.ts';
import type { TaxRate } from '../tax/tax-rate.ts';
import { productLine, type BasketLine, type BasketRefusal } from './basket.ts';

/** What comes back without its receipt: a quantity above zero, what was paid for one in the major unit, and why. */
export type ReturnWish = { readonly quantity: string; readonly price: string; readonly reason: string };

/** Why nothing comes back; `most` is what one costs today, as decimal text. */
export type ReturnRefusal =
  | BasketRefusal
  | ReasonRefusal
  | { readonly code: 'price-not-understood' }
  | { readonly code: 'return-above-price'; readonly most: string };

/**
 * The basket line of an article that comes back without its receipt (rules L8 and L12), at most at the price it has today: nobody
 * can show that more was paid. Fails as {@link productLine} does, though an article that is no longer sold may still come back.
 */
export function returnLine(
  product: Product,
  wish: ReturnWish,
  taxes: ReadonlyMap<string, TaxRate>,
): Result<BasketLine, ReturnRefusal> {
  const price = wish.price.trim().replace(',', '.');
  if (!v.is(unitPriceSchema, price)) return err({ code: 'price-not-understood' });
  if (new Exact(price).gt(product.price)) return err({ code: 'return-above-price', most: product.price });
  const refusal = checkReason(wish.reason);
  if (refusal) return err(refusal);
  const quantity = new Exact(wish.quantity);
  if (!quantity.isPositive() || quantity.isZero()) return err({ code: 'quantity-out-of-range' });
  const line = productLine({ ...product, active: true }, quantity.neg().toFixed(), taxes);
  return line.ok ? ok({ ...line.value, price, reason: wish.reason.trim() }) : line;
}

/** A line that comes back, with why; an empty reason says nothing (rule L12). */
export function withReason(line: BasketLine, reason: string): Result<BasketLine, ReasonRefusal> {
  if (reason.trim() === '') return ok(line);
  const refusal = checkReason(reason);
  return refusal ? err(refusal) : ok({ ...line, reason: reason.trim() });
}
