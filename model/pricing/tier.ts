import * as v from 'valibot';

/** A price tier, under `tier:<id>` in catalog shard 0: whom price rules and specials can be for (rules X3 and X5). */
export const tierSchema = v.strictObject({
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(60)),
});

/** A price tier. */
export type Tier = v.InferOutput<typeof tierSchema>;
