import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { Exact, currencyExponent, minorToDecimal } from '#model/money/money.ts';
import { lineAmount } from '#model/sale/basket.ts';
import { taxAmounts } from '#model/tax/tax.ts';

const vectorSchema = v.strictObject({
  id: v.string(),
  title: v.string(),
  source: v.string(),
  note: v.optional(v.string()),
  rounding: v.picklist(['receipt', 'line']),
  currency: v.string(),
  lines: v.array(
    v.strictObject({
      quantity: v.string(),
      price: v.string(),
      taxes: v.array(v.strictObject({ id: v.string(), rate: v.string(), included: v.boolean() })),
    }),
  ),
  expected: v.strictObject({
    total: v.optional(v.string()),
    net: v.optional(v.string()),
    tax: v.optional(v.string()),
    taxes: v.optional(v.record(v.string(), v.string())),
  }),
});

const { vectors } = v.parse(
  v.object({ vectors: v.array(vectorSchema) }),
  JSON.parse(readFileSync(new URL('../fixtures/model/tax-vectors.json', import.meta.url), 'utf8')),
);

type Outcome = v.InferOutput<typeof vectorSchema>['expected'];

function outcome({ lines, rounding, currency }: v.InferOutput<typeof vectorSchema>): Required<Outcome> {
  const priced = lines.map((line) => ({
    amount: lineAmount(line, currency),
    taxes: line.taxes.map((tax) => ({ ...tax, name: tax.id })),
  }));
  const { total, net, tax, taxes } = taxAmounts(priced, rounding);
  const text = (amount: number) => minorToDecimal(amount, currency);
  const byId: Record<string, string> = {};
  for (const row of taxes)
    byId[row.id] = new Exact(byId[row.id] ?? 0).plus(text(row.amount)).toFixed(currencyExponent(currency));
  return { total: text(total), net: text(net), tax: text(tax), taxes: byId };
}

describe('published tax examples', () => {
  test.each(vectors)('[T1] [T2] [T3] $id $title ($source)', (vector) => {
    expect(Object.keys(vector.expected)).not.toHaveLength(0);
    expect(outcome(vector)).toMatchObject(vector.expected);
  });
});
