import type { Decimal } from 'decimal.js';
import * as v from 'valibot';
import { accountRefSchema } from '../ledger/account.ts';
import { isFixedFee } from '../ledger/layaway-fee.ts';
import { Exact, currencyExponent, minorSchema, roundMinor, type Minor } from '../money/money.ts';
import { MAX_QUANTITY, addQuantity, quantitySchema, unitPriceSchema } from '../money/quantity.ts';
import { err, ok, type Result } from '../result.ts';
import type { Product } from '../catalog/product.ts';
import { taxKey, taxRateSchema, type TaxRate } from '../tax/tax-rate.ts';
import { basketDiscountSchema, lineDiscountSchema, type BasketDiscount } from './discount.ts';
import { detailsBack, lineDetailsSchema } from './line-details.ts';
import { saleTermsSchema, type SaleTerms } from './customer-terms.ts';
import { pointsBack } from '../loyalty/loyalty.ts';
import { listed } from './line-prices.ts';
import {
  lineTaxes,
  priceOverrideSchema,
  pointsSchema,
  pricedBySchema,
  refundOfSchema,
  type RefundOf,
  type SaleBody,
} from './sale-body.ts';

/**
 * One line of an open basket (rule L1). Name, price and taxes are copied from the catalog when the line is made, so a
 * price change does not move a basket under the cashier's hands. `amount` is fixed for refund lines only, where it must
 * mirror what was paid, and `taxAmounts` with it where the receipt says them (rule L9). `discount` is what a person takes off.
 */
export const basketLineSchema = v.strictObject({
  product: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  sku: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  department: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
  quantity: quantitySchema,
  price: unitPriceSchema,
  taxes: v.array(taxRateSchema),
  refundOf: v.optional(refundOfSchema),
  amount: v.optional(minorSchema),
  taxAmounts: v.optional(v.array(minorSchema)),
  discount: v.optional(lineDiscountSchema),
  override: v.optional(priceOverrideSchema),
  priced: v.optional(pricedBySchema),
  /** The points that go back with what comes back (rule U9); on the record they stand together. */
  points: v.optional(pointsSchema),
  /** Price and taxes before the customer's own taxes came into them (rule X13); on no record. */
  plain: v.optional(v.strictObject({ price: unitPriceSchema, taxes: v.array(taxRateSchema) })),
  note: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
  reason: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
  ...lineDetailsSchema.entries,
  account: v.optional(accountRefSchema),
});

/** One line of an open basket. */
export type BasketLine = v.InferOutput<typeof basketLineSchema>;

/**
 * An open basket. `id` becomes the idempotency key of the sale; `lines` in the order they were made. `discounts` are on the
 * whole, one after another (rule L11); `coupons` are the codes of coupons as they were given.
 */
export type Basket = {
  readonly id: string;
  readonly lines: readonly BasketLine[];
  readonly customer?: string;
  /** On what terms it is sold to the customer (rule U4). */
  readonly terms?: SaleTerms;
  readonly discounts?: readonly BasketDiscount[];
  readonly coupons?: readonly string[];
};

/** What a basket holds besides its lines, at an edge. */
export const basketExtrasSchema = v.object({
  discounts: v.optional(v.array(basketDiscountSchema)),
  coupons: v.optional(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(64)))),
  terms: v.optional(saleTermsSchema),
});

/** Pricing, under the name by which those who hold a basket ask for it. */
export { priceBasket } from './pricing.ts';
export type { PricedBasket, PricingRules } from './pricing.ts';

/** Why a basket act was refused. */
export type BasketRefusal =
  | { readonly code: 'quantity-out-of-range' }
  | { readonly code: 'amount-out-of-range' }
  | { readonly code: 'no-such-line' }
  /** The fee of a cancelled layaway is not taken out alone (rule G12). */
  | { readonly code: 'layaway-fee-stays' }
  | { readonly code: 'product-inactive'; readonly name: string }
  | { readonly code: 'unknown-tax'; readonly tax: string }
  | { readonly code: 'already-refunded'; readonly name: string; readonly left: string }
  | { readonly code: 'too-many-lines' }
  | { readonly code: 'variant-not-chosen'; readonly name: string };

/** The most lines one basket takes (rule L2). */
export const MAX_LINES = 2000;

/** The largest amount of one line, in major units (rule L3): more is a barcode in the wrong field, not a sale. */
export const MAX_LINE_MAJOR = 1_000_000;

/** An empty basket with a fresh id. */
export function emptyBasket(id: string): Basket {
  return { id, lines: [] };
}

/** The rounded amount of a line in minor units: quantity × price, half away from zero, or its fixed refund amount (rule L4). */
export function lineAmount(line: Pick<BasketLine, 'quantity' | 'price' | 'amount'>, currency: string): Minor {
  if (line.amount !== undefined) return line.amount;
  return roundMinor(
    new Exact(line.quantity).times(line.price).times(new Exact(10).pow(currencyExponent(currency))),
  );
}

/** Makes the basket line of a product (rule L1). Fails when the product names a tax the catalog does not have. */
export function productLine(
  product: Product,
  quantity: string,
  taxes: ReadonlyMap<string, TaxRate>,
): Result<BasketLine, BasketRefusal> {
  if (!product.active) return err({ code: 'product-inactive', name: product.name });
  if (product.optionNames) return err({ code: 'variant-not-chosen', name: product.name });
  const rates: TaxRate[] = [];
  for (const id of new Set(product.taxes)) {
    const rate = taxes.get(id);
    if (!rate) return err({ code: 'unknown-tax', tax: id });
    rates.push(rate);
  }
  const { department, unit, components } = product;
  return ok({
    product: product.id,
    sku: product.sku,
    name: product.name,
    ...(department === undefined ? {} : { department }),
    quantity,
    price: product.price,
    taxes: rates,
    ...(unit === undefined ? {} : { unit }),
    ...(components === undefined ? {} : { components }),
  });
}

/** Where a scanned line lands: its place in the basket and the line as it is now. */
export type LineChange = { readonly basket: Basket; readonly index: number };

/** Adds a line; a second scan of the same article at the same price raises the quantity of the line it already has (rule L5). */
export function addLine(basket: Basket, line: BasketLine): Result<LineChange, BasketRefusal> {
  if (!v.is(quantitySchema, line.quantity)) return err({ code: 'quantity-out-of-range' });
  const index = basket.lines.findIndex((other) => mergesWith(other, line));
  const existing = basket.lines[index];
  if (existing) return changeQuantity(basket, index, addQuantity(existing.quantity, line.quantity));
  if (basket.lines.length >= MAX_LINES) return err({ code: 'too-many-lines' });
  const refusal = checkLine(line);
  if (refusal) return err(refusal);
  return ok({ basket: { ...basket, lines: [...basket.lines, line] }, index: basket.lines.length });
}

/**
 * Adds a line as one of its own, never merged (rule L8). This is also how an article comes back without its receipt: the
 * line has a negative quantity and no `refundOf`; who may do that is decided by the caller.
 */
export function appendLine(basket: Basket, line: BasketLine): Result<LineChange, BasketRefusal> {
  if (basket.lines.length >= MAX_LINES) return err({ code: 'too-many-lines' });
  const refusal = checkLine(line, 'either');
  if (refusal) return err(refusal);
  return ok({ basket: { ...basket, lines: [...basket.lines, line] }, index: basket.lines.length });
}

/** Whether a line takes an article back, with its receipt or without. */
function comesBack(line: BasketLine): boolean {
  return line.refundOf !== undefined || line.quantity.startsWith('-');
}

/** Whether a person said something about a line: it is not the same as the next one of its article. */
function isSpoken({ discount, override, note, representative }: BasketLine): boolean {
  return [discount, override, note, representative].some((said) => said !== undefined);
}

/** Whether a line stands for one thing that was measured or named, and not for any of its article (rules C6 and C7). */
function isOfOne({ unit, serial, lot }: BasketLine): boolean {
  return [unit, serial, lot].some((said) => said !== undefined);
}

function mergesWith(a: BasketLine, b: BasketLine): boolean {
  return (
    a.product === b.product &&
    listed(a).price === listed(b).price &&
    a.name === b.name &&
    !isSpoken(a) &&
    !isSpoken(b) &&
    !isOfOne(a) &&
    !isOfOne(b) &&
    !a.account &&
    !b.account &&
    !comesBack(a) &&
    !comesBack(b) &&
    taxesOf(a) === taxesOf(b)
  );
}

function taxesOf(line: BasketLine): string {
  return listed(line).taxes.map(taxKey).join('\n');
}

/** Sets a line's quantity (rules L3 and M4). The line keeps its place. */
export function changeQuantity(
  basket: Basket,
  index: number,
  quantity: string,
): Result<LineChange, BasketRefusal> {
  const line = basket.lines[index];
  if (!line || line.refundOf || line.account) return err({ code: 'no-such-line' });
  if (isFixedFee(line, basket.lines)) return err({ code: 'layaway-fee-stays' });
  // Whoever changes a weight has weighed it by hand, and knows of no tare (rule C15).
  const changed: BasketLine = { ...line, quantity, ...(line.weighed ? { weighed: { from: 'hand' } } : {}) };
  // A sold line stays one and a returned one too: the sign decides what the receipt is.
  if (comesBack(line) !== comesBack(changed)) return err({ code: 'quantity-out-of-range' });
  const refusal = checkLine(changed, 'either');
  if (refusal) return err(refusal);
  return ok({ basket: { ...basket, lines: basket.lines.with(index, changed) }, index });
}

/** Takes a line out of the basket; the fee of a cancelled layaway only after the line that takes the deposit out (rule G12). */
export function removeLine(basket: Basket, index: number): Result<Basket, BasketRefusal> {
  const line = basket.lines[index];
  if (!line) return err({ code: 'no-such-line' });
  if (isFixedFee(line, basket.lines)) return err({ code: 'layaway-fee-stays' });
  return ok({ ...basket, lines: basket.lines.toSpliced(index, 1) });
}

/** Puts a removed line back where it was; the undo of {@link removeLine}. */
export function restoreLine(basket: Basket, index: number, line: BasketLine): Basket {
  return { ...basket, lines: basket.lines.toSpliced(Math.min(index, basket.lines.length), 0, line) };
}

function checkLine(line: BasketLine, sign: 'sold' | 'either' = 'sold'): BasketRefusal | undefined {
  if (!v.is(quantitySchema, line.quantity)) return { code: 'quantity-out-of-range' };
  const quantity = new Exact(line.quantity);
  const isBack = quantity.isNegative();
  const wrongSign = line.refundOf === undefined ? isBack && sign === 'sold' : !isBack;
  if (line.serial !== undefined && !quantity.abs().eq(1)) return { code: 'quantity-out-of-range' };
  if (quantity.isZero() || wrongSign || quantity.abs().gt(MAX_QUANTITY))
    return { code: 'quantity-out-of-range' };
  if (quantity.abs().times(line.price).gt(MAX_LINE_MAJOR)) return { code: 'amount-out-of-range' };
  return undefined;
}

/** How much of one line of a finished sale was taken back already: quantity text and amount, both as positive sizes. */
export type RefundedSoFar = { readonly quantity: string; readonly amount: Minor };

/**
 * Makes the basket line that takes back `quantity` of a sold line (rules L6 and L7). The amount is the share of what was
 * paid for the quantity taken back so far, minus what was given back before, so parts add up to the cent.
 */
export function refundLine(
  sale: SaleBody,
  line: number,
  quantity: string,
  before: RefundedSoFar,
): Result<BasketLine, BasketRefusal> {
  const sold = sale.lines[line];
  if (!sold || sold.refundOf || sold.account || sold.quantity.startsWith('-'))
    return err({ code: 'no-such-line' });
  if (!v.is(quantitySchema, quantity)) return err({ code: 'quantity-out-of-range' });
  const back = new Exact(quantity);
  const left = new Exact(sold.quantity).minus(before.quantity);
  if (!back.isPositive() || back.isZero()) return err({ code: 'quantity-out-of-range' });
  if (back.gt(left)) return err({ code: 'already-refunded', name: sold.name, left: left.toFixed() });
  const share = roundMinor(back.plus(before.quantity).times(sold.amount).div(sold.quantity));
  const points = pointsBack(sale, line, { quantity, before: before.quantity });
  const refundOf: RefundOf = { receipt: sale.receipt, line };
  return ok({
    product: sold.product,
    sku: sold.sku,
    name: sold.name,
    ...(sold.department === undefined ? {} : { department: sold.department }),
    quantity: back.neg().toFixed(),
    price: sold.price,
    taxes: lineTaxes(sale, sold).map(({ base: _base, amount: _amount, ...tax }) => tax),
    ...detailsBack(sold),
    refundOf,
    amount: before.amount - share === 0 ? 0 : before.amount - share,
    ...keptTaxes(sold, back, before.quantity),
    ...(points === 0 ? {} : { points }),
  });
}

/** The taxes of a line that comes back, as parts of those it was charged; parts add up like its amount (rules L7 and L9). */
function keptTaxes(
  { taxAmounts, quantity }: SaleBody['lines'][number],
  back: Decimal,
  before: string,
): { readonly taxAmounts?: Minor[] } {
  if (!taxAmounts) return {};
  const upTo = (units: Decimal, tax: Minor) => roundMinor(units.times(tax).div(quantity));
  const given = new Exact(before);
  return {
    taxAmounts: taxAmounts.map((tax) => {
      const amount = upTo(given, tax) - upTo(back.plus(given), tax);
      return amount === 0 ? 0 : amount;
    }),
  };
}
