import { receiptNumber, registerId, storeId } from '#model/ids/register-id.ts';
import { refundLine, type Basket, type BasketLine } from '#model/sale/basket.ts';
import type { BasketDiscount, LineDiscount } from '#model/sale/discount.ts';
import { finishedSale } from '#model/sale/finished-sale.ts';
import { settle, type Payment } from '#model/sale/payment.ts';
import { priceBasket, type PricedBasket, type PricingRules } from '#model/sale/pricing.ts';
import type { SaleBody } from '#model/sale/sale-body.ts';
import { purseOf, type Purse } from './amounts.ts';
import { asRate, notedTaxes } from './tax-notation.ts';
import { VectorFault, asDecimal, firstOf, type JsonObject } from './vector.ts';

const RECEIPT = receiptNumber(storeId(1), registerId(1), 1);

/** A line of an example as a line of a basket; the article is named after its place. */
export function basketLine(line: JsonObject, i: number, discount?: LineDiscount): BasketLine {
  return {
    product: `article-${i + 1}`,
    sku: `article-${i + 1}`,
    name: `Article ${i + 1}`,
    quantity: asDecimal(firstOf(line, 'qty', 'quantity') ?? 1, `the quantity of line ${i + 1}`).toFixed(),
    price: asDecimal(firstOf(line, 'price', 'price_unit'), `the price of line ${i + 1}`).toFixed(),
    taxes: notedTaxes(firstOf(line, 'tax', 'taxes', 'tax_pct')).map(asRate),
    ...(discount ? { discount } : {}),
  };
}

/** The sale of an example's lines, as a till records it, paid exactly in cash. */
export function shopSale(args: {
  readonly inputs: JsonObject;
  readonly lines: readonly JsonObject[];
  readonly discounts?: readonly BasketDiscount[];
  readonly rules?: Partial<PricingRules>;
}): { readonly sale: SaleBody; readonly purse: Purse; readonly priced: PricedBasket } {
  const purse = purseOf(args.inputs);
  const rules: PricingRules = { currency: purse.currency, taxRounding: 'receipt', ...args.rules };
  const basket: Basket = {
    id: 'example',
    lines: args.lines.map((line, i) => basketLine(line, i, lineDiscount(line))),
    ...(args.discounts ? { discounts: args.discounts } : {}),
  };
  return { sale: paidSale(basket, rules), purse, priced: priceBasket(basket, rules) };
}

function lineDiscount(line: JsonObject): LineDiscount | undefined {
  const percent = firstOf(line, 'discount', 'discount_pct');
  if (percent === undefined || percent === 0) return undefined;
  return { kind: 'percent', percent: asDecimal(percent, 'the discount').toFixed(), name: 'discount' };
}

/** A basket paid to the cent with one tender. */
export function paidSale(basket: Basket, rules: PricingRules, kind: Payment['kind'] = 'cash'): SaleBody {
  const { cashDue } = settle(priceBasket(basket, rules).total, [], rules.cashRounding);
  const payments = cashDue === 0 ? [] : [{ tender: kind, name: kind, kind, given: cashDue }];
  const made = finishedSale({ receipt: RECEIPT, basket, payments, rules });
  if (!made.ok) throw new VectorFault(`The product refuses the sale: ${made.error.code}.`);
  return made.value;
}

/** Everything of a sale taken back: the lines as a basket would hold them, priced. */
export function fullRefund(sale: SaleBody, currency: string, only?: readonly number[]): PricedBasket {
  const lines = sale.lines.flatMap((line, i) => {
    if (only && !only.includes(i)) return [];
    const back = refundLine(sale, i, line.quantity, { quantity: '0', amount: 0 });
    if (!back.ok) throw new VectorFault(`The product refuses the refund: ${back.error.code}.`);
    return [back.value];
  });
  return priceBasket({ id: 'refund', lines }, { currency, taxRounding: 'receipt' });
}
