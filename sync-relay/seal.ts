import * as v from 'valibot';

const text = v.pipe(v.string(), v.maxLength(200));

/**
 * What is kept of a session that was verified, acknowledged by head office and archived (rule D12), so that nobody has to read
 * it again: where its chain ends and the latest time any of its records claims.
 */
export const sealSchema = v.strictObject({
  end: v.strictObject({
    seq: v.pipe(v.number(), v.safeInteger()),
    hash: text,
    totals: v.strictObject({
      receipts: v.pipe(v.number(), v.safeInteger()),
      signed: v.pipe(v.number(), v.safeInteger()),
      absolute: v.pipe(v.number(), v.safeInteger()),
    }),
  }),
  latestAt: text,
});

/** What is kept of an archived session. */
export type Seal = v.InferOutput<typeof sealSchema>;

/** As much of a seal as is looked at when a relay starts; read only when it is asked for. */
export type KeptSeal = Pick<Seal, 'end'>;
