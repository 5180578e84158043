import * as v from 'valibot';
import { sha256Text } from '../journal/canonical.ts';
import { quantitySchema, unitPriceSchema } from '../money/quantity.ts';
import { componentsSchema, unitSchema } from '../sale/line-details.ts';
import { tenderKindSchema } from '../sale/sale-body.ts';
import { taxRateSchema } from '../tax/tax.ts';
import { pictureIdSchema } from './picture.ts';

const idText = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9._-]{1,64}$/, 'an id holds 1 to 64 letters, digits, ".", "_" and "-"'),
);
const nameText = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200));

const optionText = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(40));

/**
 * What a product is (rule C1): one group of fields that merges as a whole. `barcodes` are as printed on the article. `unit`: it is
 * measured (rule C6). `tracks`: its line names a serial or lot number (rule C7). `optionNames` make it the parent of variants,
 * `variantOf` and `options` (by name) one of them (rule C8). `components` make it a kit (rule C9). `picture` is the id of a
 * picture in its shard (rule C12). At `lowStock` or less the till says that little is left.
 * `tare` is what its wrapping weighs, in `unit` (rule C15).
 */
export const productInfoSchema = v.strictObject({
  sku: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  name: nameText,
  department: v.optional(idText),
  barcodes: v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(48))),
  active: v.boolean(),
  unit: v.optional(unitSchema),
  tracks: v.optional(v.picklist(['serial', 'lot'])),
  optionNames: v.optional(v.pipe(v.array(optionText), v.minLength(1), v.maxLength(3))),
  variantOf: v.optional(idText),
  options: v.optional(v.record(v.string(), optionText)),
  components: v.optional(componentsSchema),
  picture: v.optional(pictureIdSchema),
  lowStock: v.optional(quantitySchema),
  tare: v.optional(quantitySchema),
});

/** What a product costs (rule C1): the second group. `price` is the unit price in the major unit, `taxes` are tax ids. */
export const productPriceSchema = v.strictObject({ price: unitPriceSchema, taxes: v.array(idText) });

/** A department products are reported under. */
export const departmentSchema = v.strictObject({ name: nameText });

/** A tender as the till offers it (rule Y1); `order` sorts the buttons, `active` false hides it. */
export const tenderSchema = v.strictObject({
  id: idText,
  name: nameText,
  kind: tenderKindSchema,
  order: v.pipe(v.number(), v.integer()),
  active: v.optional(v.boolean()),
});

/** What a product is. */
export type ProductInfo = v.InferOutput<typeof productInfoSchema>;
/** What a product costs. */
export type ProductPrice = v.InferOutput<typeof productPriceSchema>;
/** A department. */
export type Department = v.InferOutput<typeof departmentSchema>;
/** A tender as the till offers it. */
export type Tender = v.InferOutput<typeof tenderSchema>;

/** A product as a till sells it: both groups together, its tax ids as they are. */
export type Product = ProductInfo & ProductPrice & { readonly id: string };

/** The tax schema under the name the catalog uses. */
export { taxRateSchema };
export type { TaxRate } from '../tax/tax.ts';

/**
 * The id of a product that another system names by `sku` (rule C4): the sku itself where it can be an id, else `x` and its
 * SHA-256, so that two devices that import one list agree and two skus never become one product.
 */
export function productIdOfSku(sku: string): string {
  return /^[A-Za-z0-9._-]{1,64}$/.test(sku) ? sku : `x${sha256Text(sku.normalize('NFC'))}`;
}

/**
 * The catalog shard of a product: FNV-1a of its id, modulo the organization's shard count (rule D4). Fixed for ever, since
 * two devices must put one product into the same document.
 */
export function catalogShard(productId: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < productId.length; i++) {
    hash ^= productId.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash % shards;
}
