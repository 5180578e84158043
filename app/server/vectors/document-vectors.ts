import { Exact } from '#model/money/money.ts';
import { roundToStep } from '#model/money/rounding.ts';
import type { DocumentDiscount } from '#model/tax/tax-discount.ts';
import {
  taxDocument,
  type DocumentLine,
  type DocumentRules,
  type TaxedDocument,
} from '#model/tax/tax-document.ts';
import { stepOf } from './amounts.ts';
import { asRate, notedTaxes } from './tax-notation.ts';
import {
  VectorFault,
  asDecimal,
  asDecimals,
  asList,
  firstOf,
  isObject,
  modeOf,
  type Family,
  type JsonObject,
  type Outcome,
} from './vector.ts';

/** The lines of an example, from any of the ways examples write them. */
export function noteLines(inputs: JsonObject): DocumentLine[] {
  const lines = inputs['lines'] === undefined ? [inputs] : asList(inputs['lines'], 'lines');
  return lines.map((line, i) => noteLine(isObject(line) ? line : { price: line }, inputs, i));
}

function noteLine(line: JsonObject, inputs: JsonObject, i: number): DocumentLine {
  const name = `line ${i + 1}`;
  const price = asDecimal(
    firstOf(line, 'price', 'price_unit', 'gross', 'net', 'subtotal', 'amount'),
    `the price of ${name}`,
  );
  const quantity = asDecimal(firstOf(line, 'qty', 'quantity') ?? 1, `the quantity of ${name}`);
  const off = asDecimal(firstOf(line, 'discount_pct', 'discount') ?? 0, `the discount of ${name}`);
  const own =
    line['rates'] === undefined ? firstOf(line, 'taxes', 'tax', 'tax_pct') : rateColumns(line['rates']);
  const noted = own === undefined ? inputs['taxes'] : own;
  return {
    amount: price.times(quantity).times(new Exact(100).minus(off)).div(100),
    quantity: price.isNegative() ? quantity.neg() : quantity,
    taxes: notedTaxes(numbered(noted), 'gross' in line).map(asRate),
  };
}

/** A rate as decimal text is a number as well. */
function numbered(value: unknown): unknown {
  return typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
}

/** Rates in columns: each column is one tax, whatever its rate on a line. */
function rateColumns(rates: unknown): unknown {
  return asList(rates, 'rates').map((rate) => ({ rate }));
}

/** How an example rounds: `per_line`, `per_document`, or the Portuguese way of rounding the total first. */
export function documentRules(inputs: JsonObject): DocumentRules {
  const text = String(inputs['rounding'] ?? 'per_document');
  const mode = modeOf(firstOf(inputs, 'mode', 'rounding_mode'));
  const rounding =
    /^per[ _-]?line/i.test(text) || text === 'line'
      ? 'line'
      : /total/i.test(text)
        ? 'total'
        : /document|receipt|global|invoice/i.test(text)
          ? 'receipt'
          : undefined;
  if (rounding === undefined) throw new VectorFault(`The rounding "${text}" is not known.`);
  return { rounding, unit: 1, step: stepOf(inputs), ...(mode ? { mode } : {}) };
}

/** A discount on the whole: a number is an amount off what the prices say. */
export function noteDiscount(value: unknown, lines: readonly DocumentLine[]): DocumentDiscount {
  if (!isObject(value)) {
    const isOnTop = lines.every(({ taxes }) => taxes.every((tax) => !tax.included));
    return { kind: 'amount', amount: asDecimal(value, 'the discount'), on: isOnTop ? 'net' : 'total' };
  }
  const percent = firstOf(value, 'percent', 'percentage', 'pct');
  if (percent !== undefined) return { kind: 'percent', percent: asDecimal(percent, 'the discount') };
  const on = value['on'] === 'net' ? 'net' : 'total';
  return { kind: 'amount', amount: asDecimal(value['amount'], 'the discount'), on };
}

/** Examples of the taxes of a whole document. */
export const taxDocumentFamily: Family = ({ inputs, expected }) => {
  if (inputs['tax_sums'] !== undefined || inputs['line_taxes'] !== undefined) return bareTaxes(inputs);
  const lines = noteLines(inputs);
  const rules = documentRules(inputs);
  const given = firstOf(inputs, 'cart_discount', 'discount_amount');
  const document = taxDocument(lines, rules, given === undefined ? [] : [noteDiscount(given, lines)]);
  const before = lines.reduce((sum, line) => sum.plus(line.amount), new Exact(0));
  const whole = roundToStep(
    document.total,
    inputs['rounded_to'] === undefined ? 1 : asDecimal(inputs['rounded_to'], 'rounded_to'),
  );
  return {
    base: document.net,
    net: document.net,
    tax: document.tax,
    total: document.total,
    total_before: roundToStep(before, rules.step ?? 1),
    rounded_total: whole,
    rounding_adjustment: whole.minus(document.total),
    taxes: columns(document),
    ...groupsOf(document, expected, inputs),
  };
};

/** Sums of each tax in the order of the example's columns. */
function columns({ rows }: TaxedDocument): InstanceType<typeof Exact>[] {
  const sums = new Map<string, InstanceType<typeof Exact>>();
  for (const { tax, amount } of rows) sums.set(tax.id, amount.plus(sums.get(tax.id) ?? 0));
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}

/** Rows under the names the example gives them: a rate, with `c` behind it for one that compounds. */
function groupsOf({ rows }: TaxedDocument, expected: JsonObject, inputs: JsonObject): Outcome {
  const named = (name: string) => {
    const rate = name.replace(/[^\d.]/g, '');
    return rows.filter(
      ({ tax }) =>
        new Exact(tax.rate).eq(rate === '' ? -1 : rate) && name.endsWith('c') === (tax.compounds ?? false),
    );
  };
  const sum = (name: string, of: 'base' | 'amount') =>
    named(name).reduce((total, row) => total.plus(row[of]), new Exact(0));
  const byRate = isObject(expected['tax_by_rate']) ? Object.keys(expected['tax_by_rate']) : [];
  const groups = expected['groups'];
  return {
    tax_by_rate: Object.fromEntries(
      byRate.map((name) => [name, named(name).length > 0 ? sum(name, 'amount') : undefined]),
    ),
    ...(isObject(groups)
      ? {
          groups: Object.fromEntries(
            Object.keys(groups).map((name) => [
              name,
              isObject(groups[name])
                ? { base: sum(name, 'base'), tax: sum(name, 'amount') }
                : sum(name, 'amount'),
            ]),
          ),
        }
      : { groups: inputs['taxes'] === undefined ? [] : columns({ rows } as TaxedDocument) }),
  };
}

/** Taxes given as amounts: the same tax on several lines is summed before it is rounded, different taxes are not. */
function bareTaxes(inputs: JsonObject): Outcome {
  const rules = { ...documentRules(inputs), rounding: 'receipt' as const };
  const amounts = asDecimals(firstOf(inputs, 'tax_sums', 'line_taxes'), 'the taxes');
  // A tax of all its base is as large as the amount it is charged on.
  const whole = (id: string) => [{ id, name: id, rate: '100', included: false }];
  const taxed = (ids: (i: number) => string) =>
    taxDocument(
      amounts.map((amount, i) => ({ amount, quantity: new Exact(1), taxes: whole(ids(i)) })),
      rules,
    ).tax;
  const same = taxed(() => 'one');
  const different = taxed((i) => `tax-${i}`);
  const correct = inputs['tax_sums'] === undefined ? same : different;
  return { correct, same_tax: same, two_different_taxes: different, different_taxes: different };
}
