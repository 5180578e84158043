import * as v from 'valibot';
import { quantitySchema } from '../money/quantity.ts';

const idText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/** The units articles are measured in (rule C6); what has none is sold by the piece. */
export const UNITS = ['kg', 'g', 'lb', 'l', 'm'] as const;

/** The unit an article is measured in. */
export const unitSchema = v.picklist(UNITS);

/** A serial or lot number as it is on the article. */
export const trackingSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(40));

/** What one of a kit is made of (rule C9): an article and how many of it, above zero. */
export const componentSchema = v.strictObject({
  product: idText,
  quantity: v.pipe(
    quantitySchema,
    v.check((quantity) => Number(quantity) > 0, 'a kit holds more than nothing of a component'),
  ),
});

/** What one of a kit is made of. */
export const componentsSchema = v.pipe(v.array(componentSchema), v.minLength(1), v.maxLength(50));

/** An article the catalog did not know (rule C10): the code that was scanned or typed, who named its price and who approved that. */
export const quickArticleSchema = v.strictObject({
  barcode: v.pipe(v.string(), v.minLength(1), v.maxLength(48)),
  by: idText,
  approvedBy: v.optional(idText),
});

/** Where the weight of a line came from, and the tare that is off it already, in the line's unit (rule C15). */
export const weighedSchema = v.strictObject({
  from: v.picklist(['scale', 'hand']),
  tare: v.optional(
    v.pipe(
      quantitySchema,
      v.check((tare) => Number(tare) > 0, 'a tare is above zero'),
    ),
  ),
});

/** What a line says besides article, quantity and price, in a basket and in a record alike; all of it may be absent. */
export const lineDetailsSchema = v.object({
  unit: v.optional(unitSchema),
  serial: v.optional(trackingSchema),
  lot: v.optional(trackingSchema),
  representative: v.optional(idText),
  components: v.optional(componentsSchema),
  quick: v.optional(quickArticleSchema),
  weighed: v.optional(weighedSchema),
});

/** What a line says besides article, quantity and price. */
export type LineDetails = v.InferOutput<typeof lineDetailsSchema>;
/** The unit an article is measured in. */
export type Unit = v.InferOutput<typeof unitSchema>;
/** An article and how many of it are in one of a kit. */
export type Component = v.InferOutput<typeof componentSchema>;
/** What is known of an article that was sold without being in the catalog. */
export type QuickArticle = v.InferOutput<typeof quickArticleSchema>;

/** Where the weight of a line came from, and its tare. */
export type Weighed = v.InferOutput<typeof weighedSchema>;

/** What of a sold line goes on to the line that takes it back, so that stock and representatives count it back. */
export function detailsBack({ unit, serial, lot, representative, components }: LineDetails): LineDetails {
  return {
    ...(unit === undefined ? {} : { unit }),
    ...(serial === undefined ? {} : { serial }),
    ...(lot === undefined ? {} : { lot }),
    ...(representative === undefined ? {} : { representative }),
    ...(components === undefined ? {} : { components }),
  };
}
