import * as v from 'valibot';

const idText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/**
 * On what terms a basket is sold to its customer (rule U4), as they were when the customer was attached: `tier`, the number of
 * the `certificate` by which no tax is charged, and the `mapping` by which other taxes are.
 */
export const saleTermsSchema = v.strictObject({
  tier: v.optional(idText),
  certificate: v.optional(idText),
  mapping: v.optional(idText),
});

/** On what terms a basket is sold to its customer. */
export type SaleTerms = v.InferOutput<typeof saleTermsSchema>;
