import * as v from 'valibot';
import { minorSchema } from '#model/money/money.ts';

// What the reports program says about single lines of receipts.

const count = v.pipe(v.number(), v.safeInteger());

/** What each representative sold, less what came back of it. */
export const representativesSchema = v.object({
  rows: v.array(
    v.object({
      representative: v.string(),
      name: v.string(),
      receipts: count,
      quantity: v.string(),
      gross: minorSchema,
    }),
  ),
});

/** Codes that were sold without an article, as they were sold last. `price` is decimal text of the major unit. */
export const quickArticlesSchema = v.object({
  rows: v.array(
    v.object({
      code: v.string(),
      name: v.string(),
      department: v.nullable(v.string()),
      price: v.string(),
      receipts: count,
      quantity: v.string(),
      gross: minorSchema,
      lastReceipt: v.string(),
      lastAt: v.string(),
      by: v.string(),
      approvedBy: v.nullable(v.string()),
    }),
  ),
});

/** What each representative sold. */
export type RepresentativesAnswer = v.InferOutput<typeof representativesSchema>;
/** Codes that wait for their article. */
export type QuickArticlesAnswer = v.InferOutput<typeof quickArticlesSchema>;
