import * as v from 'valibot';
import { currencySchema } from '#model/money/money.ts';
import { isPin } from '#model/staff/pin.ts';

const nameText = (what: string, most: number) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, `${what} is missing`),
    v.maxLength(most, `${what} is too long`),
  );

/** What a person says to found an organization: the shop, its first store with its tills, and who manages it. */
export const foundingWishSchema = v.strictObject({
  name: nameText('the name of the shop', 100),
  currency: currencySchema,
  language: v.picklist(['en', 'es'], 'the language is en or es'),
  country: v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, 'a country has two letters, like GB')),
  timeZone: v.pipe(v.string(), v.maxLength(60)),
  store: nameText('the name of the store', 100),
  tills: v.pipe(v.number(), v.integer(), v.minValue(1, 'a store has a till'), v.maxValue(20, 'at most 20')),
  manager: v.strictObject({
    name: nameText('the name of the manager', 60),
    pin: v.pipe(v.string(), v.check(isPin, 'a PIN has 4 to 8 digits')),
  }),
});

/** What a person says to found an organization. */
export type FoundingWish = v.InferOutput<typeof foundingWishSchema>;

/** Why an organization was not founded; `message` is a sentence. */
export type FoundingRefusal = {
  readonly code: 'already-founded' | 'not-written';
  readonly message: string;
};
