import { shareByWeight } from '#model/money/rounding.ts';
import { unitPrice, type PriceChange, type PriceRule } from '#model/pricing/price-rule.ts';
import type { Special } from '#model/pricing/special.ts';
import { earnedUnits } from '#model/pricing/specials.ts';
import type { DocumentDiscount } from '#model/tax/tax-discount.ts';
import { taxDocument } from '#model/tax/tax-document.ts';
import { purseOf } from './amounts.ts';
import { furtherPercent, percentCart, totalsOf } from './discount-vectors.ts';
import { documentRules, noteLines } from './document-vectors.ts';
import { fullRefund, shopSale } from './shop-sale.ts';
import {
  VectorFault,
  asDecimal,
  asList,
  asObject,
  asText,
  asWhole,
  firstOf,
  isObject,
  type Family,
  type JsonObject,
  type Outcome,
  type Vector,
} from './vector.ts';

const PLAIN = { priority: 0, stacks: true, scope: {} } as const;

/** Examples of specials and of discounts one after another. */
export const promotion: Family = (vector, others) => {
  const { inputs } = vector;
  const other = (name: unknown) => {
    const found = others(asText(name, 'the example referred to'));
    if (!found) throw new VectorFault(`It refers to ${String(name)}, which is in none of the files.`);
    return found;
  };
  if (inputs['bought'] !== undefined) return earned(vector);
  if (inputs['paid'] !== undefined) return codeOnPaid(inputs);
  if (inputs['cases'] !== undefined) return cases(vector);
  if (inputs['item_percent'] !== undefined) return furtherPercent(inputs, other(inputs['after']));
  const lines = typeof inputs['lines'] === 'string' ? other(inputs['lines'])['lines'] : inputs['lines'];
  const cart = { ...inputs, lines };
  if (inputs['cart_percent'] !== undefined) return percentCart(cart);
  if (inputs['discount_cap_incl'] !== undefined) return cappedItem(cart);
  if (STEPS.some((name) => name in inputs)) return stacked(cart);
  return itemDiscounts(cart);
};

/** `buy 3 get 1` stands in the example's title where its inputs do not say it. */
function earned({ inputs, title }: Vector): Outcome {
  const [, buy, get] = /buy (\d+),? get (\d+)/i.exec(title) ?? [];
  const special = {
    buy: asWhole(inputs['buy'] ?? buy, 'buy'),
    get: asWhole(inputs['get'] ?? get, 'get'),
  };
  const free = (bought: unknown) => earnedUnits(asWhole(bought, 'bought'), special);
  const bought = inputs['bought'];
  return { free: Array.isArray(bought) ? bought.map(free) : free(bought) };
}

/** Free units first, then a code on what is left to pay. */
function codeOnPaid(inputs: JsonObject): Outcome {
  const [paid, free] = [asWhole(inputs['paid'], 'paid'), asWhole(inputs['free'] ?? 0, 'free')];
  const percent = asDecimal(inputs['percent'], 'percent').toFixed();
  const specials: Special[] = [
    { ...PLAIN, id: 'code', name: 'code', effect: { kind: 'off', percent } },
    ...(free > 0
      ? [
          {
            ...PLAIN,
            id: 'free',
            name: 'free',
            priority: 1,
            effect: { kind: 'buy-get' as const, buy: paid, get: free, percent: '100' },
          },
        ]
      : []),
  ];
  const line = { price: inputs['price'], qty: paid + free, tax: inputs['tax'] };
  const { sale, purse } = shopSale({ inputs, lines: [line], rules: { specials } });
  return { total: purse.major(sale.total) };
}

/** Amounts off, and coupons with a minimum: what the title calls `fixed 100` where the example does not say it. */
function cases({ inputs, title }: Vector): Outcome {
  const purse = purseOf(inputs);
  const totals = asList(inputs['cases'], 'cases').map((one, i) => {
    const line = asObject(one, `case ${i + 1}`);
    const titled = /fixed (\d+(?:\.\d+)?)/i.exec(title)?.[1];
    const amount = purse.minor(line['fixed'] ?? titled ?? firstOf(line, 'amount'), 'the amount off');
    const coupons = line['coupons'];
    const given = coupons === undefined ? 1 : typeof coupons === 'number' ? coupons : 2;
    const minimum = line['minimum'] ?? inputs['minimum'];
    const special: Special = {
      ...PLAIN,
      id: 'off',
      name: 'off',
      effect: { kind: 'off-amount', amount },
      ...(coupons === undefined
        ? {}
        : { coupon: 'CODE', minimum: minimum === undefined ? amount : purse.minor(minimum, 'minimum') }),
    };
    const occasion = { coupons: Array.from({ length: given }, () => 'CODE') };
    return purse.major(
      shopSale({ inputs, lines: [line], rules: { specials: [special], occasion } }).sale.total,
    );
  });
  return { totals };
}

/** An amount off the first article, reckoned with its tax. */
function cappedItem(cart: JsonObject): Outcome {
  const lines = noteLines(cart).map((line, i) => (i === 0 ? line : { ...line, keepsPrice: true }));
  const amount = asDecimal(cart['discount_cap_incl'], 'discount_cap_incl');
  const rules = documentRules(cart);
  const before = taxDocument(lines, rules);
  const after = taxDocument(lines, rules, [{ kind: 'amount', amount, on: 'total' }]);
  return {
    ...totalsOf(after),
    discount_net: after.net.minus(before.net),
    discount_tax: after.tax.minus(before.tax),
    discount_incl: after.total.minus(before.total),
  };
}

const STEPS = ['fixed', 'percent', 'then_percent', 'then_fixed'];

/** Discounts on the whole, one after another in the order the example names them. */
function stacked(cart: JsonObject): Outcome {
  const lines = noteLines(cart);
  const rules = documentRules(cart);
  const discounts: DocumentDiscount[] = [];
  const after: Record<string, unknown> = {};
  for (const name of Object.keys(cart).filter((key) => STEPS.includes(key))) {
    const value = asDecimal(cart[name], name);
    discounts.push(
      name.endsWith('percent')
        ? { kind: 'percent', percent: value }
        : { kind: 'amount', amount: value, on: 'total' },
    );
    after[`after_${name.replace('then_', '')}`] = taxDocument(lines, rules, discounts).total;
  }
  const { net, tax, total } = taxDocument(lines, rules, discounts);
  return { ...after, base: net, net, tax, total, final_net: net, final_tax: tax, final_total: total };
}

/** Discounts of lines, sold at the till and taken back again. */
function itemDiscounts(cart: JsonObject): Outcome {
  const percent = cart['item_discount'];
  const lines = asList(cart['lines'], 'lines').map((line, i) => {
    const given = asObject(line, `line ${i + 1}`);
    return i === 0 && percent !== undefined ? { ...given, discount: percent } : given;
  });
  const { sale, purse } = shopSale({ inputs: cart, lines });
  return {
    net: purse.major(sale.net),
    base: purse.major(sale.net),
    tax: purse.major(sale.tax),
    total: purse.major(sale.total),
    refund: purse.major(fullRefund(sale, purse.currency).total),
  };
}

/** Examples of amounts shared among lines. */
export const proration: Family = ({ inputs }) => {
  const purse = purseOf(inputs);
  if (inputs['original'] !== undefined) return partialReturn(inputs);
  const lines = firstOf(inputs, 'weights', 'lines');
  const weights = asList(lines, 'weights').map((line) =>
    asDecimal(isObject(line) ? firstOf(line, 'price', 'amount', 'weight') : line, 'a weight'),
  );
  const amount = purse.minor(firstOf(inputs, 'discount', 'amount', 'total'), 'the discount');
  const shares = shareByWeight(amount, weights);
  const minors = weights.map((weight) => purse.minor(weight.toFixed(), 'a line'));
  const rest = minors.map((line, i) => line - (shares[i] ?? 0)).reduce((sum, line) => sum + line, 0);
  const major = shares.map((share) => purse.major(share));
  return {
    shares: major,
    shares_derived: major,
    sum: purse.major(shares.reduce((sum, share) => sum + share, 0)),
    net_total: purse.major(rest),
  };
};

/** A part of a discounted sale taken back: its share of the discount comes back with it. */
function partialReturn(inputs: JsonObject): Outcome {
  const original = asObject(inputs['original'], 'original');
  const [whole, back] = [original['subtotal'], inputs['returned_subtotal']].map((one) =>
    asDecimal(one, 'a subtotal'),
  );
  if (!whole || !back) throw new VectorFault('It names no subtotal.');
  const purse = purseOf(inputs);
  const { sale } = shopSale({
    inputs,
    lines: [{ price: back.toFixed() }, { price: whole.minus(back).toFixed() }],
    discounts: [
      {
        kind: 'amount',
        amount: purse.minor(original['discount'], 'the discount'),
        on: 'total',
        name: 'discount',
      },
    ],
  });
  const given = fullRefund(sale, purse.currency, [0]).total;
  const list = purse.minor(back.toFixed(), 'the returned subtotal');
  return { return_discount: purse.major(-(list + given)), return_total: purse.major(given) };
}

/** Examples of rules for unit prices. */
export const priceRule: Family = ({ inputs }) => {
  const base = asDecimal(firstOf(inputs, 'base', 'base_price', 'price_list'), 'the base price').toFixed();
  const quantity = asDecimal(firstOf(inputs, 'qty', 'quantity') ?? 1, 'the quantity').toFixed();
  const question = { product: 'article', department: 'group', store: 'store', tiers: ['tier'], quantity };
  return { unit_price: asDecimal(unitPrice(base, noteRules(inputs), question), 'the unit price') };
};

function noteRules(inputs: JsonObject): PriceRule[] {
  if (inputs['rules'] !== undefined) return asList(inputs['rules'], 'rules').map(wordedRule);
  if (inputs['slabs'] !== undefined)
    return Object.entries(asObject(inputs['slabs'], 'slabs')).map(([from, percent]) => ({
      id: `from-${from}`,
      from,
      change: { kind: 'percent', percent: asDecimal(percent, 'a slab').toFixed() },
    }));
  const change = noteChange(inputs);
  return change ? [{ id: 'rule', change }] : [];
}

function noteChange(rule: JsonObject): PriceChange | undefined {
  const text = (name: string) => asDecimal(rule[name], name).toFixed();
  if (rule['percent'] !== undefined) return { kind: 'percent', percent: text('percent') };
  if (rule['amount'] !== undefined) return { kind: 'amount', amount: text('amount') };
  return rule['price'] === undefined ? undefined : { kind: 'price', price: text('price') };
}

const SCOPES: Readonly<Record<string, Partial<PriceRule>>> = {
  item: { product: 'article' },
  product: { product: 'article' },
  group: { department: 'group' },
  category: { department: 'group' },
  department: { department: 'group' },
  store: { store: 'store' },
  tier: { tier: 'tier' },
  all: {},
};

/** `item -5`, `group -10%`, `all =25`; or an object with `scope`, `percent`, `amount`, `price`, `priority` and `from`. */
function wordedRule(rule: unknown, i: number): PriceRule {
  const { scope, change, rest } = isObject(rule) ? objectRule(rule) : textRule(asText(rule, 'a rule'));
  const known = SCOPES[scope];
  if (!known || !change) throw new VectorFault(`The rule ${JSON.stringify(rule)} is not understood.`);
  return { id: `rule-${i + 1}`, ...known, ...rest, change };
}

type ReadRule = {
  readonly scope: string;
  readonly change: PriceChange | undefined;
  readonly rest: Partial<PriceRule>;
};

function objectRule(rule: JsonObject): ReadRule {
  const from = firstOf(rule, 'from', 'min_qty');
  return {
    scope: String(firstOf(rule, 'scope', 'on', 'for') ?? 'all'),
    change: noteChange(rule),
    rest: {
      ...(rule['priority'] === undefined ? {} : { priority: asWhole(rule['priority'], 'priority') }),
      ...(from === undefined ? {} : { from: asDecimal(from, 'from').toFixed() }),
    },
  };
}

function textRule(text: string): ReadRule {
  const [, scope = '', sign = '', value = '', percent] =
    /^(\w+)\s*([-=])\s*(\d+(?:\.\d+)?)(%)?/.exec(text) ?? [];
  const change: PriceChange | undefined =
    sign === '='
      ? { kind: 'price', price: value }
      : percent
        ? { kind: 'percent', percent: value }
        : value === ''
          ? undefined
          : { kind: 'amount', amount: value };
  return { scope, change, rest: {} };
}
