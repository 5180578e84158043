import * as v from 'valibot';
import { Exact } from '../money/money.ts';
import { unitPriceSchema } from '../money/quantity.ts';
import { chainTaxes } from './tax-chain.ts';
import type { TaxRate } from './tax-rate.ts';

const idText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/**
 * How a customer's or a place's taxes differ from the catalog's (rule T13): each tax of `replaces` is charged as the taxes it
 * names, none for an exemption; `exempt` takes all taxes away. Taxes that are not named stay.
 */
export const taxMappingSchema = v.strictObject({
  id: idText,
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  exempt: v.optional(v.boolean()),
  replaces: v.record(idText, v.array(idText)),
});

/** How a customer's or a place's taxes differ from the catalog's. */
export type TaxMapping = v.InferOutput<typeof taxMappingSchema>;

/** The taxes that are charged in place of `taxes`, each once; unknown ids are left out by the caller's catalog (rule T13). */
export function mappedTaxes(
  taxes: readonly TaxRate[],
  mapping: TaxMapping,
  catalog: ReadonlyMap<string, TaxRate>,
): readonly TaxRate[] {
  if (mapping.exempt) return [];
  const charged = new Map<string, TaxRate>();
  for (const tax of taxes) {
    const names = Object.hasOwn(mapping.replaces, tax.id) ? mapping.replaces[tax.id] : undefined;
    for (const id of names ?? [tax.id]) {
      const rate = names ? catalog.get(id) : tax;
      if (rate) charged.set(id, rate);
    }
  }
  return [...charged.values()];
}

/**
 * The shelf price when other taxes apply (rule T14): the taxes a price holds come out and those it shall hold go in. A price
 * quoted without any tax in it, or under the same taxes, stays. Decimal text of at most 4 decimals.
 */
export function remappedPrice(price: string, from: readonly TaxRate[], to: readonly TaxRate[]): string {
  if (from.length === 0 || from.some((tax) => !tax.included)) return price;
  const one = { quantity: new Exact(1), unit: 1 };
  const { net } = chainTaxes({ ...one, amount: new Exact(price), taxes: from });
  const { shares } = chainTaxes({
    ...one,
    amount: net,
    taxes: to.map((tax) => ({ ...tax, included: false })),
  });
  const inside = shares.filter((_, i) => to[i]?.included && !to[i]?.reverseCharge);
  const held = inside.reduce((sum, share) => sum.plus(share.amount), net);
  const rounded = Exact.max(0, held).toDecimalPlaces(4).toFixed();
  return v.parse(unitPriceSchema, rounded);
}
