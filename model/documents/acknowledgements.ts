import * as v from 'valibot';
import { registerIdSchema, storeIdSchema } from '../ids/register-id.ts';
import { hashSchema, momentSchema } from '../journal/record.ts';
import { signatureSchema } from '../trust/challenge.ts';
import { deviceIdSchema } from '../trust/device.ts';

/** The key of head office's countersigned head in a register's acknowledgements document. */
export const COUNTERSIGNED_HEAD = 'head';

const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** "I hold this register's journal up to here": the last verified record head office has on its disk (rule J16). */
export const countersignedHeadSchema = v.strictObject({
  org: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/, 'an organization tag has 12 hex digits')),
  store: storeIdSchema,
  register: registerIdSchema,
  session: positive,
  seq: positive,
  hash: hashSchema,
  at: momentSchema,
  /** Head office's device, and its signature of {@link countersignText}. */
  device: deviceIdSchema,
  sig: signatureSchema,
});

/** Head office's word for how far it holds a register's journal. */
export type CountersignedHead = v.InferOutput<typeof countersignedHeadSchema>;

/** The text head office signs (rule J16). */
export function countersignText(head: Omit<CountersignedHead, 'device' | 'sig'>): string {
  const { org, store, register, session, seq, hash, at } = head;
  return ['tillmesh-head-1', org, store, register, session, seq, hash, at].join('\n');
}
