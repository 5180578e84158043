import * as v from 'valibot';
import { receiptNumberSchema } from '../ids/register-id.ts';
import { accountIdSchema, accountRefSchema } from '../ledger/account.ts';
import { minorSchema } from '../money/money.ts';
import { quantitySchema, unitPriceSchema } from '../money/quantity.ts';
import { drawerNumberSchema } from '../register/drawer-number.ts';
import { lineDetailsSchema } from './line-details.ts';
import { taxKey, taxRateSchema, type TaxRate } from '../tax/tax.ts';
import { saleTermsSchema } from './customer-terms.ts';

const shortText = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const idText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/** Which line of which receipt a refund line takes back; `line` counts from 0 (rule L6). */
export const refundOfSchema = v.strictObject({
  receipt: receiptNumberSchema,
  line: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/**
 * What was taken off a line (rule L10): by a special, or with its reason by a person; `amount` is above zero. `by` and `approvedBy`
 * say by whose leave, where it was above a limit (rule H1).
 */
export const lineOffSchema = v.strictObject({
  name: shortText,
  special: v.optional(idText),
  amount: v.pipe(minorSchema, v.minValue(1)),
  by: v.optional(idText),
  approvedBy: v.optional(idText),
});

/** A unit price that a person set (rule H2): what it was before, why, who did it and who approved it. */
export const priceOverrideSchema = v.strictObject({
  from: unitPriceSchema,
  reason: shortText,
  by: idText,
  approvedBy: v.optional(idText),
});

/** Which price rule made a unit price, and what it was before (rule X12). */
export const pricedBySchema = v.strictObject({ rule: idText, from: unitPriceSchema });

/**
 * One line as sold (rule L1). `amount` is what the line adds to the receipt before tax on top, in minor units, after everything
 * of `discounts` is off. `taxes` names rows of the receipt's tax table as {@link taxReference} does; `taxAmounts` are this
 * line's shares of those rows where lines say their taxes (rule L9). `reason` is why it came back (rule L12).
 */
export const saleLineSchema = v.strictObject({
  product: idText,
  sku: idText,
  name: shortText,
  department: v.optional(idText),
  quantity: quantitySchema,
  price: unitPriceSchema,
  amount: minorSchema,
  taxes: v.array(idText),
  taxAmounts: v.optional(v.array(minorSchema)),
  discounts: v.optional(v.array(lineOffSchema)),
  refundOf: v.optional(refundOfSchema),
  override: v.optional(priceOverrideSchema),
  priced: v.optional(pricedBySchema),
  note: v.optional(shortText),
  reason: v.optional(shortText),
  ...lineDetailsSchema.entries,
  /** The account this line puts value into, or takes it out of below zero: no turnover (rules G1, G3 and G4). */
  account: v.optional(accountRefSchema),
});

/** A number of points, of either sign (rule U10). */
export const pointsSchema = v.pipe(v.number(), v.safeInteger());

/** The last four digits of a payment card's number (rule U12). */
export const cardTailSchema = v.pipe(v.string(), v.regex(/^\d{4}$/, 'the end of a card number has 4 digits'));

/** The points of a receipt (rules U8 and U9): earned by what was sold, back with what came back, and the balance the till knew of. */
export const salePointsSchema = v.strictObject({
  earned: v.pipe(pointsSchema, v.minValue(0)),
  back: v.optional(v.pipe(pointsSchema, v.minValue(1))),
  balance: v.optional(pointsSchema),
});

/** What a tender is; decides change, drawer and where it counts (rule Y1), and which ledger it pays out of (rule G1). */
export const tenderKindSchema = v.picklist([
  'cash',
  'card',
  'voucher',
  'other',
  'gift-card',
  'store-credit',
  'deposit',
  'account',
  'points',
]);

/** What may be known of a card that paid (rule V4); never its number. */
export const cardMembers = {
  cardBrand: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(40))),
  cardTail: v.optional(cardTailSchema),
  cardReference: v.optional(idText),
};

/**
 * One tender as it counts (rule Y2): `amount` is what it paid of the total, negative when money went back. For cash
 * `received` is what was handed over and `change` what was returned. `reference` is a card's approval code. `account` is the
 * account that paid, or was paid into below zero (rule G1); `approvedBy` approved that without a connection (rule G9).
 */
export const tenderedSchema = v.strictObject({
  tender: idText,
  name: shortText,
  kind: tenderKindSchema,
  amount: minorSchema,
  received: v.optional(minorSchema),
  change: v.optional(minorSchema),
  reference: v.optional(v.pipe(v.string(), v.maxLength(64))),
  account: v.optional(accountIdSchema),
  approvedBy: v.optional(idText),
  points: v.optional(pointsSchema),
  ...cardMembers,
  /** How a void gave a card payment back: at the terminal, or by a person (rule V8). */
  givenBack: v.optional(v.picklist(['terminal', 'hand'])),
});

/** One row of the tax table of a receipt, as in `TaxTotal`. */
export const taxTotalSchema = v.strictObject({
  ...taxRateSchema.entries,
  base: minorSchema,
  amount: minorSchema,
});

/**
 * A finished sale, refund or exchange as a fact (rule L1). `type` follows from the signs of the lines: all negative is a
 * refund, mixed an exchange. Σ tenders = total; total = Σ line amounts + tax on top; net = total − tax.
 * `rounding` is what cash rounding added (rule Y6): Σ tenders = total + rounding. `voids` is the sale that this refund voids (rule H6).
 */
export const saleBodySchema = v.strictObject({
  receipt: receiptNumberSchema,
  basket: idText,
  type: v.picklist(['sale', 'refund', 'exchange']),
  lines: v.pipe(v.array(saleLineSchema), v.minLength(1), v.maxLength(2000)),
  taxes: v.array(taxTotalSchema),
  net: minorSchema,
  tax: minorSchema,
  total: minorSchema,
  tenders: v.array(tenderedSchema),
  rounding: v.optional(minorSchema),
  customer: v.optional(idText),
  terms: v.optional(saleTermsSchema),
  points: v.optional(salePointsSchema),
  voids: v.optional(v.strictObject({ receipt: receiptNumberSchema, reason: shortText })),
  /** The drawer its cash went in or out of, where there are several (rule R14). */
  drawer: v.optional(drawerNumberSchema),
});

/**
 * How a line names one of its taxes (rule T5): by the tax's id, or by its key where the receipt's tax table holds that id
 * more than once.
 */
export function taxReference(tax: TaxRate, table: readonly TaxRate[]): string {
  return table.filter((row) => row.id === tax.id).length > 1 ? taxKey(tax) : tax.id;
}

/**
 * The rows of a receipt's tax table that a line of it falls under (rule T5), in the line's own order: one tax may be charged on
 * those before it (rule T8), and the line's shares of them stand in that order (rule L9).
 */
export function lineTaxes(sale: SaleBody, line: SaleLine): readonly TaxTotalRow[] {
  return line.taxes.flatMap((name) => sale.taxes.filter((row) => taxReference(row, sale.taxes) === name));
}

/** One line as sold. */
export type SaleLine = v.InferOutput<typeof saleLineSchema>;
/** The line of the receipt that a refund line takes back. */
export type RefundOf = v.InferOutput<typeof refundOfSchema>;
/** A unit price that a person set. */
export type PriceOverride = v.InferOutput<typeof priceOverrideSchema>;
/** One row of the tax table of a receipt. */
export type TaxTotalRow = v.InferOutput<typeof taxTotalSchema>;
/** The points of a receipt. */
export type SalePoints = v.InferOutput<typeof salePointsSchema>;
/** What a tender is. */
export type TenderKind = v.InferOutput<typeof tenderKindSchema>;
/** One tender as it counts. */
export type Tendered = v.InferOutput<typeof tenderedSchema>;
/** A finished sale, refund or exchange. */
export type SaleBody = v.InferOutput<typeof saleBodySchema>;
/** Sale, refund or exchange. */
export type SaleType = SaleBody['type'];
