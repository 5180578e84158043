import type * as v from 'valibot';
import { isAuditKey, readAuditEntry, type AuditEntry } from '../audit/audit-entry.ts';
import {
  departmentSchema,
  productInfoSchema,
  productPriceSchema,
  taxRateSchema,
  tenderSchema,
  type Department,
  type Product,
  type ProductInfo,
  type ProductPrice,
  type TaxRate,
  type Tender,
} from '../catalog/product.ts';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { pictureSchema, slideSchema, type Picture } from '../catalog/picture.ts';
import { priceRuleSchema, type PriceRule } from '../pricing/price-rule.ts';
import { specialSchema, type Special } from '../pricing/special.ts';
import { tierSchema, type Tier } from '../pricing/tier.ts';
import { taxMappingSchema, type TaxMapping } from '../tax/tax-mapping.ts';
import { err, ok, type Result } from '../result.ts';
import { readEntry, type Entries, type EntryFault } from './entries.ts';

/**
 * An entry of a catalog shard (rule D4). A product is two groups of fields that merge apart: `product:<id>:info` and
 * `product:<id>:price`. Departments, taxes and their mappings, tenders, specials, price rules and tiers live in shard 0; an audit entry is
 * beside what it tells of.
 */
export type CatalogEntry =
  | { readonly kind: 'info'; readonly id: string; readonly value: ProductInfo }
  | { readonly kind: 'price'; readonly id: string; readonly value: ProductPrice }
  | { readonly kind: 'department'; readonly id: string; readonly value: Department }
  | { readonly kind: 'tax'; readonly id: string; readonly value: TaxRate }
  | { readonly kind: 'tender'; readonly id: string; readonly value: Tender }
  | { readonly kind: 'special'; readonly id: string; readonly value: Special }
  | { readonly kind: 'picture'; readonly id: string; readonly value: Picture }
  | { readonly kind: 'slide'; readonly id: string; readonly value: Picture }
  | { readonly kind: 'price-rule'; readonly id: string; readonly value: PriceRule }
  | { readonly kind: 'tier'; readonly id: string; readonly value: Tier }
  | { readonly kind: 'tax-mapping'; readonly id: string; readonly value: TaxMapping }
  | { readonly kind: 'audit'; readonly id: string; readonly value: AuditEntry };

const SCHEMAS = {
  info: productInfoSchema,
  price: productPriceSchema,
  department: departmentSchema,
  tax: taxRateSchema,
  tender: tenderSchema,
  special: specialSchema,
  picture: pictureSchema,
  slide: slideSchema,
  'price-rule': priceRuleSchema,
  tier: tierSchema,
  'tax-mapping': taxMappingSchema,
} satisfies Record<Exclude<CatalogEntry['kind'], 'audit'>, v.GenericSchema>;

/** Reads one entry of a catalog shard. */
export function readCatalogEntry(key: string, text: string): Result<CatalogEntry, EntryFault> {
  if (isAuditKey(key)) {
    const audit = readAuditEntry(key, text);
    return audit.ok ? ok({ kind: 'audit', id: audit.value.id, value: audit.value }) : audit;
  }
  const [noun, id, group, ...rest] = key.split(':');
  const kind = entryKind(noun, group);
  if (kind === undefined || !id || rest.length > 0) {
    return err({ key, code: 'unknown-key', detail: `a catalog document has no entry "${key}"` });
  }
  const read = readEntry(SCHEMAS[kind], key, text);
  if (!read.ok) return read;
  // A tax, tender or special says its id twice; two names for one thing would be counted as two.
  if ('id' in read.value && read.value.id !== id)
    return err({ key, code: 'bad-shape', detail: `id: is "${read.value.id}", the key says "${id}"` });
  return ok({ kind, id, value: read.value } as CatalogEntry);
}

/**
 * An entry with the value a copy of its shard holds, whose text {@link readCatalogEntry} had read before it was copied;
 * undefined for a key no shard has.
 */
export function copiedCatalogEntry(key: string, value: unknown): CatalogEntry | undefined {
  const [noun, id, group, ...rest] = key.split(':');
  const kind = entryKind(noun, group);
  return kind === undefined || !id || rest.length > 0 ? undefined : ({ kind, id, value } as CatalogEntry);
}

/** Kinds under `kind:<id>`, in shard 0, a picture in its article's and a slide in its own; products are the others. */
const MASTER_KINDS = [
  'department',
  'tax',
  'tender',
  'special',
  'picture',
  'slide',
  'price-rule',
  'tier',
  'tax-mapping',
] as const;

/** An entry of shard 0. */
export type MasterEntry = Extract<CatalogEntry, { kind: (typeof MASTER_KINDS)[number] }>;

function entryKind(noun: string | undefined, group: string | undefined): keyof typeof SCHEMAS | undefined {
  if (noun === 'product') return group === 'info' || group === 'price' ? group : undefined;
  if (group !== undefined) return undefined;
  return MASTER_KINDS.find((kind) => kind === noun);
}

/** The entries that hold a product, ready to be written into its shard. */
export function productEntries({ id, price, taxes, ...info }: Product): Entries {
  return {
    [`product:${id}:info`]: canonicalJson(info),
    [`product:${id}:price`]: canonicalJson({ price, taxes }),
  };
}

/** The entry of a department, a tax, a tender, a special, a price rule, a tier or a mapping of taxes, for shard 0, or of a picture, for the shard of its article (rule C12), or of a slide (rule C17). */
export function masterEntry(entry: MasterEntry): { readonly key: string; readonly text: string } {
  return { key: `${entry.kind}:${entry.id}`, text: canonicalJson(entry.value as CanonicalValue) };
}
