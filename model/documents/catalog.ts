import type * as v from 'valibot';
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
import { canonicalJson } from '../journal/canonical.ts';
import { pictureSchema, type Picture } from '../catalog/picture.ts';
import { specialSchema, type Special } from '../pricing/special.ts';
import { err, ok, type Result } from '../result.ts';
import { readEntry, type Entries, type EntryFault } from './entries.ts';

/**
 * An entry of a catalog shard (rule D4). A product is two groups of fields that merge apart: `product:<id>:info` and
 * `product:<id>:price`. Departments, taxes, tenders and specials live in shard 0.
 */
export type CatalogEntry =
  | { readonly kind: 'info'; readonly id: string; readonly value: ProductInfo }
  | { readonly kind: 'price'; readonly id: string; readonly value: ProductPrice }
  | { readonly kind: 'department'; readonly id: string; readonly value: Department }
  | { readonly kind: 'tax'; readonly id: string; readonly value: TaxRate }
  | { readonly kind: 'tender'; readonly id: string; readonly value: Tender }
  | { readonly kind: 'special'; readonly id: string; readonly value: Special }
  | { readonly kind: 'picture'; readonly id: string; readonly value: Picture };

const SCHEMAS = {
  info: productInfoSchema,
  price: productPriceSchema,
  department: departmentSchema,
  tax: taxRateSchema,
  tender: tenderSchema,
  special: specialSchema,
  picture: pictureSchema,
} satisfies Record<CatalogEntry['kind'], v.GenericSchema>;

/** Kinds under `kind:<id>`; products are the others. */
const MASTERS = ['department', 'tax', 'tender', 'special', 'picture'] as const;

/** Reads one entry of a catalog shard. */
export function readCatalogEntry(key: string, text: string): Result<CatalogEntry, EntryFault> {
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

function entryKind(noun: string | undefined, group: string | undefined): CatalogEntry['kind'] | undefined {
  if (noun === 'product') return group === 'info' || group === 'price' ? group : undefined;
  if (group !== undefined) return undefined;
  return MASTERS.find((kind) => kind === noun);
}

/** The entries that hold a product, ready to be written into its shard. */
export function productEntries({ id, price, taxes, ...info }: Product): Entries {
  return {
    [`product:${id}:info`]: canonicalJson(info),
    [`product:${id}:price`]: canonicalJson({ price, taxes }),
  };
}

/** The entry of a department, a tax, a tender or a special, for shard 0, or of a picture, for the shard of its article (rule C12). */
export function masterEntry(entry: Extract<CatalogEntry, { kind: (typeof MASTERS)[number] }>): {
  readonly key: string;
  readonly text: string;
} {
  return { key: `${entry.kind}:${entry.id}`, text: canonicalJson(entry.value) };
}
