import * as v from 'valibot';
import { catalogShard } from '../catalog/product.ts';
import { minorSchema } from '../money/money.ts';

/** How many documents the customers of an organization are spread over (rule U1). Fixed for ever, like the catalog's shards. */
export const CUSTOMER_SHARDS = 16;

/** A customer's id: letters, digits and `-`, drawn at random by the device that makes the customer. */
export const customerIdSchema = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9-]{1,64}$/, 'a customer id has 1 to 64 letters, digits or -'),
);

const idText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const shortText = (most: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(most));

/** The number on a customer's card, as a scanner reads it. */
export const cardNumberSchema = v.pipe(v.string(), v.trim(), v.minLength(4), v.maxLength(48));

/**
 * Who a customer is (rule U2): what every till may write, as one group that merges as a whole. `cards` are the numbers of
 * customer cards, `language` that of their papers.
 */
export const customerProfileSchema = v.strictObject({
  name: shortText(100),
  phone: v.optional(shortText(40)),
  email: v.optional(
    v.pipe(v.string(), v.trim(), v.maxLength(200), v.regex(/^[^\s@]+@[^\s@]+$/, 'an e-mail address')),
  ),
  company: v.optional(shortText(100)),
  taxNumber: v.optional(shortText(40)),
  note: v.optional(shortText(500)),
  language: v.optional(v.picklist(['en', 'es'])),
  cards: v.optional(v.pipe(v.array(cardNumberSchema), v.maxLength(20))),
});

/**
 * On what terms a customer buys (rule U2): the second group. `tier` is a tier of the catalog, `taxFree` the number of the
 * certificate without which nobody is free of tax, `taxMapping` a mapping of the catalog (rule T13), `accountLimit` up to which
 * amount of minor units the customer may owe; without it nothing is sold on account. Who is not `active` is not attached any more.
 */
export const customerTermsSchema = v.strictObject({
  tier: v.optional(idText),
  taxFree: v.optional(v.strictObject({ certificate: shortText(60) })),
  taxMapping: v.optional(idText),
  accountLimit: v.optional(v.pipe(minorSchema, v.minValue(0))),
  active: v.boolean(),
});

/** Who a customer is. */
export type CustomerProfile = v.InferOutput<typeof customerProfileSchema>;
/** On what terms a customer buys. */
export type CustomerTerms = v.InferOutput<typeof customerTermsSchema>;

/** Both groups of a customer, as far as they have arrived; terms that were never written are {@link PLAIN_TERMS}. */
export type Customer = {
  readonly id: string;
  readonly profile: CustomerProfile;
  readonly terms: CustomerTerms;
};

/** The terms of everybody nobody made others for. */
export const PLAIN_TERMS: CustomerTerms = { active: true };

/** The shard of a customer (rule U1): FNV-1a of the id, as for products. */
export function customerShard(id: string): number {
  return catalogShard(id, CUSTOMER_SHARDS);
}
