import { Exact } from '#model/money/money.ts';
import { roundToStep, type RoundingMode } from '#model/money/rounding.ts';
import { COUNTRY_PRESETS } from '#model/settings/country-presets.ts';
import { chainTaxes, type ChainShare } from '#model/tax/tax-chain.ts';
import { lineChain, type DocumentRules } from '#model/tax/tax-document.ts';
import { remappedPrice } from '#model/tax/tax-mapping.ts';
import { stepOf } from './amounts.ts';
import { asRate, notedTaxes, type NotedTax } from './tax-notation.ts';
import { Unrounded, asDecimal, firstOf, modeOf, type Family, type Outcome, type Vector } from './vector.ts';

/** Examples of the taxes of one line. */
export const taxLine: Family = ({ inputs }) => {
  const price = asDecimal(firstOf(inputs, 'price_unit', 'price', 'gross'), 'the price');
  const count = asDecimal(firstOf(inputs, 'quantity', 'qty') ?? 1, 'the quantity');
  const taxes = lineTaxes(inputs);
  const line = {
    amount: price.times(count),
    // A price below zero is a line that comes back, and its fixed taxes come back with it.
    quantity: price.isNegative() ? count.neg() : count,
    taxes: taxes.map(asRate),
  };
  const isExact = String(inputs['rounding'] ?? '').startsWith('none') || inputs['rounding_step'] === null;
  const rules: DocumentRules = {
    rounding: 'line',
    unit: 1,
    step: stepOf(inputs),
    mode: modeOf(firstOf(inputs, 'mode', 'rounding_mode')) ?? 'half-up',
    keepNet: inputs['round_target'] === 'net' || inputs['round_target'] === 'base',
  };
  const exact = chainTaxes({ ...line, unit: 1 });
  const chain = isExact ? exact : lineChain(line, rules);
  const as = (amount: InstanceType<typeof Exact>) => (isExact ? new Unrounded(amount) : amount);
  const shares = chain.shares.flatMap((share, i) => bookedParts(share, taxes[i]));
  const tax = chain.total.minus(chain.net);
  return {
    total_included: as(chain.total),
    total_excluded: as(chain.net),
    taxes: shares.map(({ base, amount }) => ({ base: as(base), amount: as(amount) })),
    total: as(chain.total),
    net: as(chain.net),
    base: as(chain.net),
    tax: as(tax),
    ...canadianNames(chain.shares, exact.shares, as),
  };
};

/** A tax in the parts it is booked in: a reverse charge is owed and claimed back. */
function bookedParts(share: ChainShare, tax: NotedTax | undefined): Pick<ChainShare, 'base' | 'amount'>[] {
  return (tax?.parts ?? [100]).map((part) => ({ ...share, amount: share.amount.times(part).div(100) }));
}

function lineTaxes(inputs: Vector['inputs']): readonly NotedTax[] {
  const named = firstOf(inputs, 'taxes_in_order', 'taxes', 'rate', 'tax', 'tax_pct');
  if (named !== undefined) return notedTaxes(named, 'gross' in inputs);
  if (inputs['gst'] === undefined) return [];
  const second = firstOf(inputs, 'qst_on_gst', 'qst', 'pst_on_gst', 'pst');
  const [gst] = notedTaxes(inputs['gst']);
  const compounds = 'qst_on_gst' in inputs || 'pst_on_gst' in inputs;
  return [
    ...(gst ? [{ ...gst, id: 'gst', ...(compounds ? { compounds } : {}) }] : []),
    ...notedTaxes(second),
  ];
}

function canadianNames(
  shares: readonly ChainShare[],
  exact: readonly ChainShare[],
  as: (amount: InstanceType<typeof Exact>) => unknown,
): Outcome {
  const [gst, qst] = shares;
  if (!gst || !qst) return {};
  return {
    gst: as(gst.amount),
    qst: as(qst.amount),
    qst_unrounded: new Unrounded(exact[1]?.amount ?? new Exact(0)),
  };
}

/** Examples of prices under other taxes. */
export const taxMapping: Family = ({ inputs }) => {
  const from = notedTaxes(firstOf(inputs, 'from_tax', 'from_taxes', 'from')).map(asRate);
  const to = notedTaxes(firstOf(inputs, 'to_tax', 'to_taxes', 'to')).map(asRate);
  const price = asDecimal(firstOf(inputs, 'price', 'price_unit'), 'the price');
  return { price: roundToStep(remappedPrice(price.toFixed(), from, to), stepOf(inputs)) };
};

/** Examples of how a country rounds a tax. */
export const taxRounding: Family = ({ inputs, title }) => {
  const exact = asDecimal(firstOf(inputs, 'tax_unrounded', 'tax', 'amount'), 'the tax');
  const mode = modeOf(firstOf(inputs, 'mode', 'rounding_mode')) ?? countryMode(title);
  return { tax: roundToStep(exact, stepOf(inputs), mode) };
};

/** Examples that name no mode name their country: its preset has one. */
function countryMode(title: string): RoundingMode {
  const preset = [...COUNTRY_PRESETS.values()].find(
    ({ country, name }) => new RegExp(`\\b${country}\\b`).test(title) || title.includes(name),
  );
  return preset?.roundingMode ?? 'half-up';
}
