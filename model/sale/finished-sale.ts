import type { ReceiptNumber } from '../ids/register-id.ts';
import { sumMinor, type Minor } from '../money/money.ts';
import { earnedPoints } from '../loyalty/loyalty.ts';
import { err, ok, type Result } from '../result.ts';
import type { Basket } from './basket.ts';
import { settle, type Payment, type Settlement } from './payment.ts';
import { priceBasket, type PricedBasket, type PricingRules } from './pricing.ts';
import { taxReference, type SaleBody, type SaleLine, type SalePoints } from './sale-body.ts';

/** Why a basket is no finished sale; `due` is signed like the total and is what cash would settle. */
export type UnfinishedSale =
  { readonly code: 'basket-empty' } | { readonly code: 'payment-missing'; readonly due: Minor };

/** Makes the body of the receipt `receipt` from a basket and its payments (rules L1, L9 to L11, Y2, Y3 and Y6). */
export function finishedSale(args: {
  readonly receipt: ReceiptNumber;
  readonly basket: Basket;
  readonly payments: readonly Payment[];
  readonly rules: PricingRules;
  /** The points the till knows the customer to hold before this sale. */
  readonly pointsHeld?: number | undefined;
}): Result<SaleBody, UnfinishedSale> {
  const { basket, payments, rules } = args;
  if (basket.lines.length === 0) return err({ code: 'basket-empty' });
  const priced = priceBasket(basket, rules);
  const settlement = settle(priced.total, payments, rules.cashRounding);
  const due = settlement.due - chargedTooMuch(payments, settlement);
  if (due !== 0 && !isNothingInCash(settlement)) return err({ code: 'payment-missing', due });
  const lines = saleLines(basket, priced);
  const points = salePoints(args, lines, settlement);
  const rounding = settlement.rounding - settlement.due;
  return ok({
    receipt: args.receipt,
    basket: basket.id,
    type: saleType(basket),
    lines,
    taxes: [...priced.taxes],
    net: priced.net,
    tax: priced.tax,
    total: priced.total,
    tenders: [...settlement.tenders],
    ...(rounding === 0 ? {} : { rounding }),
    ...(basket.customer === undefined ? {} : { customer: basket.customer }),
    ...(basket.terms === undefined ? {} : { terms: basket.terms }),
    ...(points === undefined ? {} : { points }),
  });
}

/** The points of a receipt (rules U8 and U9); undefined where there is nobody to have them, or none. */
function salePoints(
  { basket, rules, pointsHeld }: Pick<Parameters<typeof finishedSale>[0], 'basket' | 'rules' | 'pointsHeld'>,
  lines: readonly SaleLine[],
  { tenders }: Settlement,
): SalePoints | undefined {
  if (basket.customer === undefined) return undefined;
  const earned = rules.loyalty ? earnedPoints(lines, rules.loyalty) : 0;
  const back = basket.lines.reduce((sum, { points = 0 }) => sum + points, 0);
  const used = tenders.reduce((sum, { points = 0 }) => sum + points, 0);
  if (earned === 0 && back === 0 && used === 0) return undefined;
  return {
    earned,
    ...(back === 0 ? {} : { back }),
    ...(pointsHeld === undefined ? {} : { balance: pointsHeld + earned - back - used }),
  };
}

/** A rest that rounds to nothing in cash needs no payment (rule Y6). */
function isNothingInCash({ due, cashDue }: Settlement): boolean {
  return due !== 0 && cashDue === 0;
}

/** What tenders that give no change took beyond the total: the basket shrank after they were charged (rule Y3). */
function chargedTooMuch(payments: readonly Payment[], settlement: Settlement): Minor {
  return sumMinor(
    payments.map((payment, i) => {
      const tooMuch = payment.given - (settlement.tenders[i]?.amount ?? 0);
      return payment.kind === 'cash' && payment.given > 0 ? 0 : tooMuch;
    }),
  );
}

function saleLines(basket: Basket, priced: PricedBasket): SaleLine[] {
  return basket.lines.map(
    ({ taxes, discount: _discount, taxAmounts: _kept, plain: _plain, points: _back, ...line }, i) => {
      const offs = priced.offs[i] ?? [];
      const shares = priced.taxAmounts?.[i] ?? basket.lines[i]?.taxAmounts;
      return {
        ...line,
        amount: priced.amounts[i] ?? 0,
        taxes: taxes.map((tax) => taxReference(tax, priced.taxes)),
        ...(shares === undefined ? {} : { taxAmounts: [...shares] }),
        ...(offs.length === 0 ? {} : { discounts: offs }),
      };
    },
  );
}

/** Sale, refund or exchange, from the signs of the lines (rule L1). */
export function saleType(basket: Basket): SaleBody['type'] {
  const back = basket.lines.filter((line) => line.quantity.startsWith('-')).length;
  if (back === 0) return 'sale';
  return back === basket.lines.length ? 'refund' : 'exchange';
}
