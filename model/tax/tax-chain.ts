import type { Decimal } from 'decimal.js';
import { Exact } from '../money/money.ts';
import { roundToStep, shareByWeight, type RoundingMode } from '../money/rounding.ts';
import { assert } from '../result.ts';
import type { TaxRate } from './tax-rate.ts';

/**
 * One tax on one amount: `base` is what it is charged on, `amount` the tax. `fixed` and `fixedBase` are the parts of the two
 * that follow from fixed taxes, which no discount lowers (rule T12).
 */
export type ChainShare = {
  readonly tax: TaxRate;
  readonly base: Decimal;
  readonly amount: Decimal;
  readonly fixed: Decimal;
  readonly fixedBase: Decimal;
};

/** An amount taken apart: `net` without any tax, `total` with all of them. */
export type TaxedChain = {
  readonly net: Decimal;
  readonly total: Decimal;
  readonly shares: readonly ChainShare[];
};

/** An amount and what its taxes need to know of it; `unit` is the size of the major unit, which fixed taxes are given in. */
export type ChainAmount = {
  readonly amount: Decimal;
  readonly quantity: Decimal;
  readonly taxes: readonly TaxRate[];
  readonly unit: Decimal.Value;
};

/** How a line's taxes are rounded; `keepNet` rounds the net instead of the tax inside a price (rule T11). */
export type ChainRounding = {
  readonly step: Decimal.Value;
  readonly mode: RoundingMode;
  readonly keepNet: boolean;
};

/** A tax or its base as a multiple of the net plus a constant: every tax of a chain is one. */
type Linear = { readonly ofNet: Decimal; readonly constant: Decimal };

const ZERO = new Exact(0);

/**
 * Takes an amount apart into its net and its taxes, exactly (rules T1, T7 to T9): all taxes are linear in the net, so the net
 * follows from the amount, which is the net and every included tax. Works for any number of decimals.
 */
export function chainTaxes(of: ChainAmount): TaxedChain {
  const { bases, taxes } = linearTaxes(of);
  let ofNet = new Exact(1);
  let constant: Decimal = ZERO;
  of.taxes.forEach((tax, i) => {
    if (!tax.included || tax.reverseCharge) return;
    ofNet = ofNet.plus(taxes[i]?.ofNet ?? 0);
    constant = constant.plus(taxes[i]?.constant ?? 0);
  });
  assert(!ofNet.isZero(), () => 'the included taxes leave nothing of the price');
  const net = of.amount.minus(constant).div(ofNet);
  const at = (linear: Linear | undefined) =>
    linear ? linear.ofNet.times(net).plus(linear.constant) : new Exact(0);
  const shares = of.taxes.map((tax, i) => ({
    tax,
    base: at(bases[i]),
    amount: at(taxes[i]),
    fixed: taxes[i]?.constant ?? ZERO,
    fixedBase: bases[i]?.constant ?? ZERO,
  }));
  return { net, shares, total: totalOf(of.amount, shares) };
}

/**
 * As {@link chainTaxes}, with every tax rounded (rules T2, T8 and T11): taxes inside the price are rounded and the price kept;
 * a tax on top is charged on the net and the compounding taxes as the line shows them.
 */
export function chainTaxesRounded(of: ChainAmount, rounding: ChainRounding): TaxedChain {
  const exact = chainTaxes(of);
  const inside = insideAmounts(of, exact, rounding);
  const net = exact.shares.reduce(
    (left, { tax }, i) => (tax.reverseCharge ? left : left.minus(inside[i] ?? 0)),
    of.amount,
  );
  const factors = taxFactors(of.taxes);
  const amounts: Decimal[] = [];
  const shares = exact.shares.map((share, i) => {
    const base = net.plus(compoundedBefore(of.taxes, i, (j) => amounts[j] ?? ZERO));
    const onTop = share.tax.kind === 'fixed' ? share.amount : base.times(factors[i] ?? 0);
    const amount = inside[i] ?? roundToStep(onTop, rounding.step, rounding.mode);
    amounts.push(amount);
    return { ...share, base, amount };
  });
  return { net, shares, total: totalOf(of.amount, shares) };
}

/** The rounded taxes inside the price; undefined for those on top. */
function insideAmounts(of: ChainAmount, exact: TaxedChain, rounding: ChainRounding): (Decimal | undefined)[] {
  const { step, mode, keepNet } = rounding;
  if (!keepNet)
    return exact.shares.map(({ tax, amount }) =>
      tax.included ? roundToStep(amount, step, mode) : undefined,
    );
  const isInside = ({ tax }: ChainShare) => tax.included && !tax.reverseCharge;
  if (!exact.shares.some(isInside)) return exact.shares.map(() => undefined);
  const held = of.amount.minus(roundToStep(exact.net, step, mode)).div(step);
  const weights = exact.shares.map((share) => (isInside(share) ? share.amount.abs() : ZERO));
  const parts = shareByWeight(held.toDecimalPlaces(0).toNumber(), weights);
  return exact.shares.map((share, i) => (isInside(share) ? new Exact(step).times(parts[i] ?? 0) : undefined));
}

function linearTaxes(of: ChainAmount): { readonly bases: Linear[]; readonly taxes: Linear[] } {
  const factors = taxFactors(of.taxes);
  const bases: Linear[] = [];
  const taxes: Linear[] = [];
  of.taxes.forEach((tax, i) => {
    const ofNet = compoundedBefore(of.taxes, i, (j) => taxes[j]?.ofNet ?? ZERO).plus(1);
    const constant = compoundedBefore(of.taxes, i, (j) => taxes[j]?.constant ?? ZERO);
    bases.push({ ofNet, constant });
    const factor = factors[i] ?? ZERO;
    taxes.push(
      tax.kind === 'fixed'
        ? { ofNet: ZERO, constant: of.quantity.times(tax.rate).times(of.unit) }
        : { ofNet: ofNet.times(factor), constant: constant.times(factor) },
    );
  });
  return { bases, taxes };
}

/** What earlier compounding taxes add to the base of tax `i` (rule T8). */
function compoundedBefore(taxes: readonly TaxRate[], i: number, amountOf: (j: number) => Decimal): Decimal {
  if (taxes[i]?.onNet) return ZERO;
  return taxes
    .slice(0, i)
    .reduce((sum, tax, j) => (tax.compounds && !tax.reverseCharge ? sum.plus(amountOf(j)) : sum), ZERO);
}

/**
 * What a tax is of its base. A division tax is its rate of the amount with the tax in it; neighbours of that kind that share a
 * base share that amount too (rule T7).
 */
function taxFactors(taxes: readonly TaxRate[]): Decimal[] {
  return taxes.map((tax, i) => {
    const rate = new Exact(tax.rate).div(100);
    if (tax.kind !== 'division') return rate;
    let [first, last] = [i, i];
    while (sharesAmount(taxes[first - 1], taxes[first])) first -= 1;
    while (sharesAmount(taxes[last], taxes[last + 1])) last += 1;
    const together = taxes.slice(first, last + 1).reduce((sum, one) => sum.plus(one.rate), ZERO);
    assert(together.lt(100), () => 'division taxes of 100 % or more leave nothing');
    return rate.div(new Exact(1).minus(together.div(100)));
  });
}

function sharesAmount(before: TaxRate | undefined, after: TaxRate | undefined): boolean {
  return (
    before?.kind === 'division' &&
    after?.kind === 'division' &&
    before.included === after.included &&
    (!before.compounds || after.onNet === true)
  );
}

function totalOf(amount: Decimal, shares: readonly ChainShare[]): Decimal {
  return shares.reduce(
    (sum, share) => (share.tax.included || share.tax.reverseCharge ? sum : sum.plus(share.amount)),
    amount,
  );
}
