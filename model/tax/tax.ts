import type { Decimal } from 'decimal.js';
import * as v from 'valibot';
import { Exact, roundMinor, sumMinor, type Minor } from '../money/money.ts';

/**
 * A tax as a product names it. `rate` is percent as decimal text (`17.5`); `included` says the price already holds it
 * (rule T1). `id` is the tax's id in the catalog.
 */
export const taxRateSchema = v.strictObject({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(40)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(40)),
  rate: v.pipe(
    v.string(),
    v.regex(/^\d{1,3}(?:\.\d{1,4})?$/, 'a tax rate is percent with at most 4 decimals'),
  ),
  included: v.boolean(),
});

/** A tax as a product names it. */
export type TaxRate = v.InferOutput<typeof taxRateSchema>;

/** When rounding happens: once per receipt and tax, or on every line (rule T2). */
export type TaxRounding = 'receipt' | 'line';

/** An amount with the taxes that apply to it. `amount` is quantity × price, rounded; it holds the included taxes. */
export type TaxedAmount = { readonly amount: Minor; readonly taxes: readonly TaxRate[] };

/** One row of a receipt's tax table: what the tax was charged on (`base`, without tax) and the tax itself. */
export type TaxTotal = TaxRate & { readonly base: Minor; readonly amount: Minor };

/** Taxes and totals of a receipt. `total` is what the customer owes; `net` is `total` − `tax` (rule T3). */
export type TaxedTotals = {
  readonly taxes: readonly TaxTotal[];
  readonly net: Minor;
  readonly tax: Minor;
  readonly total: Minor;
};

/** Amounts under exactly the same taxes, summed before any division so that each tax is rounded once. */
type TaxGroup = { readonly taxes: readonly TaxRate[]; amount: Minor };

/**
 * Taxes a receipt (rules T1 to T4). Included tax is rounded and the gross kept, so nothing the customer was quoted
 * changes; excluded tax is added on top. Rounding is half away from zero, per receipt and tax or per line.
 * Taxes on one amount all apply to the same base; none is charged on another.
 */
export function taxAmounts(amounts: readonly TaxedAmount[], rounding: TaxRounding): TaxedTotals {
  const groups = rounding === 'line' ? amounts : groupByTaxes(amounts);
  const rows = new Map<string, TaxRow>();
  for (const group of groups) addGroup(rows, group);
  return totalsOf(amounts, [...rows.values()], rounding);
}

/** What one tax gathers over a receipt: `others` is the included tax of other kinds inside the same amounts, exact. */
type TaxRow = { readonly rate: TaxRate; gross: Minor; exact: Decimal; others: Decimal; rounded: Minor };

function addGroup(rows: Map<string, TaxRow>, group: TaxedAmount): void {
  const base = baseOf(group);
  const shares = group.taxes.map((rate) => base.times(rate.rate).div(100));
  const included = group.taxes.reduce(
    (sum, tax, i) => (tax.included ? sum.plus(shares[i] ?? 0) : sum),
    new Exact(0),
  );
  group.taxes.forEach((rate, i) => {
    const share = shares[i] ?? new Exact(0);
    const row = rows.get(rate.id) ?? {
      rate,
      gross: 0,
      exact: new Exact(0),
      others: new Exact(0),
      rounded: 0,
    };
    row.gross += group.amount;
    row.exact = row.exact.plus(share);
    row.others = row.others.plus(rate.included ? included.minus(share) : included);
    row.rounded += roundMinor(share);
    rows.set(rate.id, row);
  });
}

function groupByTaxes(amounts: readonly TaxedAmount[]): TaxGroup[] {
  const groups = new Map<string, TaxGroup>();
  for (const { amount, taxes } of amounts) {
    const key = taxes
      .map((tax) => tax.id)
      .sort()
      .join('\n');
    const group = groups.get(key);
    if (group) group.amount += amount;
    else groups.set(key, { taxes, amount });
  }
  return [...groups.values()];
}

/** The exact amount without its included taxes, in minor units. */
function baseOf(group: TaxedAmount): Decimal {
  let percent = new Exact(100);
  for (const tax of group.taxes) if (tax.included) percent = percent.plus(tax.rate);
  return new Exact(group.amount).times(100).div(percent);
}

function totalsOf(
  amounts: readonly TaxedAmount[],
  rows: readonly TaxRow[],
  rounding: TaxRounding,
): TaxedTotals {
  const taxes = rows
    .map((row) => taxTotal(row, rounding))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const tax = sumMinor(taxes.map((row) => row.amount));
  const onTop = sumMinor(taxes.filter((row) => !row.included).map((row) => row.amount));
  const total = sumMinor(amounts.map((line) => line.amount)) + onTop;
  return { taxes, tax, total, net: total - tax };
}

function taxTotal(row: TaxRow, rounding: TaxRounding): TaxTotal {
  const amount = rounding === 'line' ? row.rounded : roundMinor(row.exact);
  const base = row.gross - (row.rate.included ? amount : 0) - roundMinor(row.others);
  return { ...row.rate, base, amount };
}
