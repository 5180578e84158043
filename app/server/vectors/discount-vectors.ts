import { Exact } from '#model/money/money.ts';
import type { DocumentDiscount } from '#model/tax/tax-discount.ts';
import { taxDocument, type DocumentLine, type TaxedDocument } from '#model/tax/tax-document.ts';
import { taxKey } from '#model/tax/tax-rate.ts';
import { documentRules, noteDiscount, noteLines } from './document-vectors.ts';
import { fullRefund, shopSale } from './shop-sale.ts';
import {
  VectorFault,
  asCount,
  asDecimal,
  asList,
  firstOf,
  type Family,
  type JsonObject,
  type Outcome,
} from './vector.ts';

const percentOff = (percent: unknown): DocumentDiscount => ({
  kind: 'percent',
  percent: asDecimal(percent, 'the percentage'),
});

/** Examples of discounts on the whole cart. */
export const cartDiscount: Family = ({ inputs }, others) => {
  const source = documentOf(inputs, others);
  if (inputs['subtotal'] !== undefined && inputs['lines'] === undefined) return discountedSale(inputs);
  const lines = noteLines(source);
  const rules = documentRules({ ...source, ...inputs });
  const at = (discounts: readonly DocumentDiscount[]) => taxDocument(lines, rules, discounts);
  if (inputs['percent_range'] !== undefined) return { totals: totalsOfRange(inputs['percent_range'], at) };
  const discount = firstOf(inputs, 'cart_discount', 'amount', 'fixed');
  const after = at([
    discount === undefined
      ? percentOff(firstOf(inputs, 'percent', 'cart_percent'))
      : noteDiscount(discount, lines),
  ]);
  return {
    ...totalsOf(after),
    before: at([]).total,
    discount_base: after.discountBase,
    discount: after.discount,
    after: after.total,
  };
};

function documentOf(inputs: JsonObject, others: (id: string) => JsonObject | undefined): JsonObject {
  const name = firstOf(inputs, 'document', 'after');
  if (typeof name !== 'string') return inputs;
  const found = others(name);
  if (!found) throw new VectorFault(`It refers to ${name}, which is in none of the files.`);
  return found;
}

function totalsOfRange(
  range: unknown,
  at: (discounts: readonly DocumentDiscount[]) => TaxedDocument,
): Outcome {
  const [first = 0, last = first] = asList(range, 'percent_range').map((one) =>
    asDecimal(one, 'percent_range').toNumber(),
  );
  const percents = Array.from(
    { length: asCount(Math.floor(Math.max(0, last - first)), 'percent_range') + 1 },
    (_, i) => first + i,
  );
  return Object.fromEntries(percents.map((percent) => [percent, at([percentOff(percent)]).total]));
}

/** A sale at the till with a discount on the whole, and everything taken back. */
function discountedSale(inputs: JsonObject): Outcome {
  const discount = {
    kind: 'percent',
    percent: asDecimal(inputs['percent'], 'percent').toFixed(),
    name: 'discount',
  } as const;
  const { sale, purse } = shopSale({ inputs, lines: [{ price: inputs['subtotal'] }], discounts: [discount] });
  return {
    sale: purse.major(sale.total),
    discount_line: purse.major(
      -sale.lines.flatMap((line) => line.discounts ?? []).reduce((sum, off) => sum + off.amount, 0),
    ),
    refund: purse.major(fullRefund(sale, purse.currency).total),
  };
}

/** Totals under the names examples use. */
export function totalsOf({ net, tax, total }: TaxedDocument): Outcome {
  return { base: net, net, tax, total };
}

/** A cart that is discounted by a percentage: before, after, and what came off under each set of taxes. */
export function percentCart(inputs: JsonObject): Outcome {
  const lines = noteLines(inputs);
  const rules = documentRules(inputs);
  const discount = percentOff(inputs['cart_percent']);
  const after = taxDocument(lines, rules, [discount]);
  return {
    ...totalsOf(after),
    before: totalsOf(taxDocument(lines, rules)),
    after: totalsOf(after),
    discount_lines: bySetOfTaxes(lines).map((group) => taxDocument(group, rules, [discount]).discount.neg()),
  };
}

function bySetOfTaxes(lines: readonly DocumentLine[]): DocumentLine[][] {
  const groups = Map.groupBy(lines, ({ taxes }) => taxes.map(taxKey).join(' '));
  return [...groups.values()];
}

/** A further percentage off the first article of a cart that is discounted already. */
export function furtherPercent(inputs: JsonObject, cart: JsonObject): Outcome {
  const lines = noteLines(cart);
  const rules = documentRules(cart);
  const discounts = [percentOff(firstOf(cart, 'cart_percent', 'percent') ?? 0)];
  const rest = new Exact(100).minus(asDecimal(inputs['item_percent'], 'item_percent')).div(100);
  const before = taxDocument(lines, rules, discounts);
  const after = taxDocument(
    lines.map((line, i) => (i === 0 ? { ...line, amount: line.amount.times(rest) } : line)),
    rules,
    discounts,
  );
  return {
    ...totalsOf(after),
    discount_incl: after.total.minus(before.total),
    discount_net: after.net.minus(before.net),
  };
}
