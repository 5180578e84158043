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
    v.regex(/^(?:0|[1-9]\d{0,2})(?:\.\d{1,4})?$/, 'a tax rate is percent with at most 4 decimals'),
  ),
  included: v.boolean(),
});

/** A tax as a product names it. */
export type TaxRate = v.InferOutput<typeof taxRateSchema>;

/**
 * What tells one tax from another (rule T5): its id, its rate and whether it is included, `vat@20` or `gst@5+`. An id alone
 * does not, because HQ may change a rate while a basket is open, and a refund keeps the rate of its sale.
 */
export function taxKey(tax: Pick<TaxRate, 'id' | 'rate' | 'included'>): string {
  return `${tax.id}@${new Exact(tax.rate).toFixed()}${tax.included ? '' : '+'}`;
}

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

/**
 * What one tax gathers over a receipt: `exact` and `rounded` of itself, `others` and `othersRounded` of the other taxes
 * included in the same amounts. Line rounding uses the rounded sums, so that every line's own arithmetic shows.
 */
type TaxRow = {
  readonly rate: TaxRate;
  gross: Minor;
  exact: Decimal;
  rounded: Minor;
  others: Decimal;
  othersRounded: Minor;
};

function emptyRow(rate: TaxRate): TaxRow {
  return { rate, gross: 0, exact: new Exact(0), rounded: 0, others: new Exact(0), othersRounded: 0 };
}

function addGroup(rows: Map<string, TaxRow>, group: TaxedAmount): void {
  const base = baseOf(group);
  const shares = group.taxes.map((rate) => ({ rate, exact: base.times(rate.rate).div(100) }));
  const included = shares.filter((share) => share.rate.included);
  for (const share of shares) {
    const key = taxKey(share.rate);
    const row = rows.get(key) ?? emptyRow(share.rate);
    row.gross += group.amount;
    row.exact = row.exact.plus(share.exact);
    row.rounded += roundMinor(share.exact);
    for (const other of included) {
      if (other === share) continue;
      row.others = row.others.plus(other.exact);
      row.othersRounded += roundMinor(other.exact);
    }
    rows.set(key, row);
  }
}

function groupByTaxes(amounts: readonly TaxedAmount[]): TaxGroup[] {
  const groups = new Map<string, TaxGroup>();
  for (const { amount, taxes } of amounts) {
    const key = taxes.map(taxKey).sort().join('\n');
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
    .map((row) => ({ key: taxKey(row.rate), total: taxTotal(row, rounding) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map((row) => row.total);
  const tax = sumMinor(taxes.map((row) => row.amount));
  const onTop = sumMinor(taxes.filter((row) => !row.included).map((row) => row.amount));
  const total = sumMinor(amounts.map((line) => line.amount)) + onTop;
  return { taxes, tax, total, net: total - tax };
}

function taxTotal(row: TaxRow, rounding: TaxRounding): TaxTotal {
  const amount = rounding === 'line' ? row.rounded : roundMinor(row.exact);
  const others = rounding === 'line' ? row.othersRounded : roundMinor(row.others);
  const base = row.gross - (row.rate.included ? amount : 0) - others;
  return { ...row.rate, base, amount };
}
