import type { JsonObject } from './vector.ts';

const percent = (rate: number, flags: JsonObject = {}): JsonObject => ({
  type: 'percent',
  rate,
  price_include: false,
  ...flags,
});
const INDIAN = [
  percent(6, { include_base_amount: true }),
  percent(6, { include_base_amount: true, is_base_affected: false }),
  percent(3),
];
const twice = (price: number) => [{ price }, { price }];

/**
 * Documents and shelves that published examples name without repeating them: the file at hand may not hold the example that
 * shows them first. Inputs only; what comes out is reckoned every time.
 */
export const NAMED_EXAMPLES: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
  ['TD-001', { lines: twice(15.89), taxes: INDIAN, rounding: 'per_line' }],
  ['TD-002', { lines: twice(15.89), taxes: INDIAN, rounding: 'per_document' }],
  [
    'PS-001',
    {
      products: { A: '10.00 +7% excl', B: '20.00 incl 10%', C: '30.00 incl 10% + 7% excl on net' },
      rounding: 'per_line',
    },
  ],
  [
    'PR-005',
    {
      lines: [
        { qty: 4, price: 100, tax: '15 excl' },
        { qty: 3, price: 100, tax: '10 incl' },
        { qty: 5, price: 100, tax: null },
        { qty: 3, price: 100, tax: '35 incl + 50 excl on net' },
        { qty: 2, price: 100, tax: '15 excl' },
      ],
      cart_percent: 10,
    },
  ],
  ['PR-011', { lines: [{ price: 100, tax: '15 excl' }, { price: 100 }, { price: 100 }] }],
]);
