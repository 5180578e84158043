import { Exact, type Minor } from '../money/money.ts';
import { taxDocument, type DocumentRow, type TaxRounding } from './tax-document.ts';
import type { TaxRate } from './tax-rate.ts';

/** What a tax is and how it is told from others, under the name that sums of taxes are known by. */
export { taxKey, taxRateSchema } from './tax-rate.ts';
export type { TaxRate } from './tax-rate.ts';
export type { TaxRounding } from './tax-document.ts';

/**
 * An amount with the taxes that apply to it. `amount` is quantity × price, rounded; it holds the included taxes. `quantity`
 * counts for fixed taxes only; absent it is 1.
 */
export type TaxedAmount = {
  readonly amount: Minor;
  readonly taxes: readonly TaxRate[];
  readonly quantity?: string;
};

/** One row of a receipt's tax table: what the tax was charged on (`base`, without tax) and the tax itself. */
export type TaxTotal = TaxRate & { readonly base: Minor; readonly amount: Minor };

/** Taxes and totals of a receipt. `total` is what the customer owes; `net` is `total` − `tax` (rule T3). */
export type TaxedTotals = {
  readonly taxes: readonly TaxTotal[];
  readonly net: Minor;
  readonly tax: Minor;
  readonly total: Minor;
};

/**
 * Taxes a receipt of whole minor units (rules T1 to T4). Included tax is rounded and the gross kept, so nothing the customer
 * was quoted changes; excluded tax is added on top. Rounding is half away from zero. `unit` is how many minor units make one
 * of the major unit, which fixed taxes are given in.
 */
export function taxAmounts(amounts: readonly TaxedAmount[], rounding: TaxRounding, unit = 100): TaxedTotals {
  const lines = amounts.map(({ amount, taxes, quantity }) => ({
    amount: new Exact(amount),
    quantity: new Exact(quantity ?? 1),
    taxes,
  }));
  const { rows, net, tax, total } = taxDocument(lines, { rounding, unit });
  return {
    taxes: rows.map(taxTotal),
    net: net.toNumber(),
    tax: tax.toNumber(),
    total: total.toNumber(),
  };
}

/** A row of a taxed document in whole minor units. */
export function taxTotal({ tax, base, amount }: DocumentRow): TaxTotal {
  return { ...tax, base: base.toNumber(), amount: amount.toNumber() };
}
