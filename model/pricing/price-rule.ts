import * as v from 'valibot';
import { Exact } from '../money/money.ts';
import { quantitySchema, unitPriceSchema } from '../money/quantity.ts';

const idText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/** Percent as decimal text, from 0 to 100 with at most 4 decimals. */
export const percentSchema = v.pipe(
  v.string(),
  v.regex(
    /^(?:100(?:\.0{1,4})?|\d{1,2}(?:\.\d{1,4})?)$/,
    'a percentage is from 0 to 100 with at most 4 decimals',
  ),
);

/** What a price becomes (rule X1): less a percentage, less an amount of the major unit, or a price of its own. */
export const priceChangeSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('percent'), percent: percentSchema }),
  v.strictObject({ kind: v.literal('amount'), amount: unitPriceSchema }),
  v.strictObject({ kind: v.literal('price'), price: unitPriceSchema }),
]);

/**
 * A rule for unit prices (rules X1 to X3): for a product, a department or everything; for a tier of customers, a store, from a
 * quantity on. What is absent is not asked for. `tierOf` says whose tier it is that the rule names.
 */
export const priceRuleSchema = v.strictObject({
  id: idText,
  product: v.optional(idText),
  department: v.optional(idText),
  tier: v.optional(idText),
  store: v.optional(idText),
  from: v.optional(quantitySchema),
  priority: v.optional(v.pipe(v.number(), v.safeInteger())),
  change: priceChangeSchema,
});

/** What a price becomes. */
export type PriceChange = v.InferOutput<typeof priceChangeSchema>;
/** A rule for unit prices. */
export type PriceRule = v.InferOutput<typeof priceRuleSchema>;

/** Who buys what and where. `tiers` are the customer's, the store's and the organization's tier, as far as they have one. */
export type PriceQuestion = {
  readonly product: string;
  readonly department?: string;
  readonly store?: string;
  readonly tiers?: readonly (string | undefined)[];
  readonly quantity: string;
};

/** A unit price after a change, never below zero, as decimal text with at most 4 decimals (rule X1). */
export function changedPrice(base: string, change: PriceChange): string {
  const price = new Exact(base);
  const changed =
    change.kind === 'price'
      ? new Exact(change.price)
      : change.kind === 'amount'
        ? price.minus(change.amount)
        : price.times(new Exact(100).minus(change.percent)).div(100);
  return Exact.max(0, changed).toDecimalPlaces(4).toFixed();
}

/**
 * The rule that sets a price, if any (rule X2): of those that fit the most specific wins, product before department before
 * everything; then the customer's tier before the store's before the organization's before none, a rule for the store before
 * one for all, the larger quantity, the higher priority, the lower price, and at last the smaller id.
 */
export function priceRuleFor(
  base: string,
  rules: readonly PriceRule[],
  question: PriceQuestion,
): PriceRule | undefined {
  const ranked = rules
    .filter((rule) => fits(rule, question))
    .map((rule) => ({ rule, rank: rankOf(rule, base, question) }));
  ranked.sort((a, b) => compareRanks(a.rank, b.rank) || (a.rule.id < b.rule.id ? -1 : 1));
  return ranked[0]?.rule;
}

/** The unit price after the rule that sets it (rules X1 and X2). */
export function unitPrice(base: string, rules: readonly PriceRule[], question: PriceQuestion): string {
  const rule = priceRuleFor(base, rules, question);
  return rule ? changedPrice(base, rule.change) : new Exact(base).toFixed();
}

function fits(rule: PriceRule, question: PriceQuestion): boolean {
  return (
    (rule.product === undefined || rule.product === question.product) &&
    (rule.department === undefined || rule.department === question.department) &&
    (rule.store === undefined || rule.store === question.store) &&
    (rule.tier === undefined || (question.tiers ?? []).includes(rule.tier)) &&
    (rule.from === undefined || new Exact(question.quantity).abs().gte(rule.from))
  );
}

/** Smaller comes first, item by item. */
function rankOf(rule: PriceRule, base: string, question: PriceQuestion): number[] {
  const tiers = question.tiers ?? [];
  return [
    rule.product !== undefined ? 0 : rule.department !== undefined ? 1 : 2,
    rule.tier === undefined ? tiers.length : tiers.indexOf(rule.tier),
    rule.store === undefined ? 1 : 0,
    -Number(rule.from ?? 0),
    -(rule.priority ?? 0),
    Number(changedPrice(base, rule.change)),
  ];
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [i, item] of a.entries()) {
    const difference = item - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
