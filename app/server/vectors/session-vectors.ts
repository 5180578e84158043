import type { Exact, Minor } from '#model/money/money.ts';
import type { BasketLine } from '#model/sale/basket.ts';
import { priceBasket, type PricingRules } from '#model/sale/pricing.ts';
import type { TaxTotalRow } from '#model/sale/sale-body.ts';
import { taxKey } from '#model/tax/tax-rate.ts';
import { purseOf, type Purse } from './amounts.ts';
import { documentRules } from './document-vectors.ts';
import { RegisterPlay } from './register-play.ts';
import { asRate, notedTaxes } from './tax-notation.ts';
import {
  VectorFault,
  asDecimal,
  asList,
  asObject,
  asText,
  type Family,
  type JsonObject,
  type Outcome,
} from './vector.ts';

type Shelf = { readonly products: JsonObject; readonly rules: Partial<PricingRules> };

/** Products of an example, or of the one that shows them first. */
function shelfOf(inputs: JsonObject, others: (id: string) => JsonObject | undefined): Shelf {
  const shown = inputs['products'] === undefined ? (others('PS-001') ?? {}) : inputs;
  const { rounding } = documentRules({ rounding: inputs['rounding'] ?? shown['rounding'] ?? 'per_line' });
  return { products: asObject(shown['products'], 'products'), rules: { taxRounding: rounding } };
}

/** Articles and quantities of a sale as lines; `10.00 +7% excl` is a price with its taxes. */
function linesOf(sale: JsonObject, { products }: Shelf): BasketLine[] {
  return Object.keys(sale)
    .filter((name) => products[name] !== undefined)
    .map((name) => {
      const text = asText(products[name], `the product ${name}`);
      const [price = '', ...rest] = text.trim().split(/\s+/);
      const quantity = asDecimal(sale[name], `the quantity of ${name}`).toFixed();
      const taxes = notedTaxes(rest.join(' ').replace(/^\+\s*/, '')).map(asRate);
      return { product: name, sku: name, name, price, quantity, taxes };
    });
}

/** Examples of a session: sales, its taxes and tenders on the Z. */
export const posSession: Family = ({ inputs, expected }, others) => {
  const shelf = shelfOf(inputs, others);
  const purse = purseOf(inputs);
  const sales = asList(inputs['sales'], 'sales').map((sale) => asObject(sale, 'a sale'));
  // Invoiced sales are left out of what the till itself declares.
  const all = new RegisterPlay(purse.currency, 0);
  const own = new RegisterPlay(purse.currency, 0);
  const bodies = sales.map((sale) => {
    const kind = String(sale['pay'] ?? 'cash').startsWith('cash') ? 'cash' : 'other';
    const lines = linesOf(sale, shelf);
    if (sale['invoiced'] !== true) own.sellLines(lines, kind, shelf.rules);
    return all.sellLines(lines, kind, shelf.rules);
  });
  const { report } = all;
  const tender = (kind: string) =>
    purse.major(Object.hasOwn(report.tenders, kind) ? (report.tenders[kind]?.amount ?? 0) : 0);
  return {
    sale_totals: bodies.map(({ total }) => purse.major(total)),
    total: purse.major(report.gross),
    cash: tender('cash'),
    bank: tender('other'),
    debits_equal_credits: purse.major(report.net + report.tax),
    net_sales: netBySetOfTaxes(
      sales.flatMap((sale) => linesOf(sale, shelf)),
      shelf,
      purse,
    ),
    ...taxNames(Object.values(report.taxes), purse, ''),
    ...taxNames(Object.values(own.report.taxes), purse, '_not_invoiced'),
    ...singleLines(expected, shelf, purse),
  };
};

/** Sums of a tax over its inclusions, under `tax_7`. */
function taxNames(rows: readonly TaxTotalRow[], purse: Purse, ending: string): Outcome {
  const byRate = Map.groupBy(rows, ({ rate }) => rate);
  return Object.fromEntries(
    [...byRate].map(([rate, taxes]) => [
      `tax_${rate}${ending}`,
      purse.major(taxes.reduce((sum, { amount }) => sum + amount, 0)),
    ]),
  );
}

/** Net sales under each set of taxes: those with one tax first, as accounts list them. */
function netBySetOfTaxes(
  lines: readonly BasketLine[],
  shelf: Shelf,
  purse: Purse,
): InstanceType<typeof Exact>[] {
  const rules = { currency: purse.currency, taxRounding: 'line' as const, ...shelf.rules };
  const groups = [...Map.groupBy(lines, ({ taxes }) => taxes.map(taxKey).join(' ')).values()];
  groups.sort((a, b) => (a[0]?.taxes.length ?? 0) - (b[0]?.taxes.length ?? 0));
  return groups.map((group) => purse.major(priceBasket({ id: 'group', lines: group }, rules).net));
}

/** `line_C10` asks for ten of product C alone. */
function singleLines(expected: JsonObject, shelf: Shelf, purse: Purse): Outcome {
  const names = Object.keys(expected).filter((name) => /^line_[A-Za-z]+\d+$/.test(name));
  return Object.fromEntries(
    names.map((name) => {
      const [, product = '', quantity = ''] = /^line_([A-Za-z]+)(\d+)$/.exec(name) ?? [];
      const lines = linesOf({ [product]: Number(quantity) }, shelf);
      const rules = { currency: purse.currency, taxRounding: 'line' as const, ...shelf.rules };
      const { net, total, taxes } = priceBasket({ id: 'line', lines }, rules);
      const each = taxes.map(({ rate, amount }): [string, unknown] => [`tax${rate}`, purse.major(amount)]);
      return [name, { net: purse.major(net), total: purse.major(total), ...Object.fromEntries(each) }];
    }),
  );
}

/** Examples of articles that come back. */
export const posRefund: Family = ({ inputs }, others) => {
  const shelf = shelfOf(inputs, others);
  const purse = purseOf(inputs);
  const lines = linesOf(asObject(inputs['lines'], 'lines'), shelf);
  if (lines.length === 0) throw new VectorFault('It names no known product.');
  const play = new RegisterPlay(purse.currency, 0);
  const body = play.sellLines(lines, 'cash', shelf.rules);
  const major = (amount: Minor) => purse.major(amount);
  return {
    total: major(body.total),
    net: major(body.net),
    tax: major(body.tax),
    ...taxNames(body.taxes, purse, ''),
  };
};
