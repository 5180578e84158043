import * as v from 'valibot';
import { productEntries } from '../documents/catalog.ts';
import { err, ok, type Result } from '../result.ts';
import {
  audited,
  permit,
  type DocumentChange,
  type OfficeDoing,
  type OfficeRefusal,
} from '../staff/office-actor.ts';
import { lookupKey } from './barcode.ts';
import { quantitySchema } from '../money/quantity.ts';
import type { CatalogBook } from './catalog-book.ts';
import { isWeighed } from './measured-price.ts';
import type { NamedPicture } from './picture.ts';
import { pictureChange, pictureFault } from './product-picture.ts';
import { productInfoSchema, productPriceSchema, type Product } from './product.ts';

/**
 * What a person says about a product; everything else about it stays as it is, `unit`, `tare` and `picture` too where they are left out.
 * Undefined, it has none: it is sold by the piece, without a wrapping that is taken off, or shown without a picture (rules C6, C15 and C16).
 */
export type ProductFields = Pick<Product, 'sku' | 'name' | 'barcodes' | 'price' | 'taxes'> & {
  readonly department: string | undefined;
  readonly unit?: Product['unit'];
  readonly tare?: Product['tare'];
  readonly picture?: NamedPicture | undefined;
};

/** Why a product was not written. */
export type ProductRefusal =
  | OfficeRefusal
  | {
      readonly code:
        | 'product-known'
        | 'unknown-product'
        | 'price-out-of-range'
        | 'name-missing'
        | 'sku-missing'
        | 'tare-out-of-range'
        | 'tare-not-weighed'
        | 'picture-not-understood';
    }
  /** `product` is the name of the article that has the code already. */
  | { readonly code: 'code-used'; readonly barcode: string; readonly product: string }
  | { readonly code: 'unknown-department' | 'unknown-tax'; readonly id: string }
  | { readonly code: 'bad-product'; readonly detail: string };

type Outcome = Result<DocumentChange, ProductRefusal>;

/** Adds a product; gives what to write into its shard (rules C1, D4 and O6). */
export function addProduct(
  book: CatalogBook,
  id: string,
  fields: ProductFields,
  doing: OfficeDoing,
): Outcome {
  const may = permit(book, doing, 'catalog.edit');
  if (!may.ok) return may;
  if (book.products.has(id)) return err({ code: 'product-known' });
  const product = { ...plain(fields), id, active: true };
  return write(book, product, doing, 'product.add', described(fields), fields.picture);
}

/** Changes what a product is and what it costs (rules C1 and O6). */
export function editProduct(
  book: CatalogBook,
  id: string,
  fields: ProductFields,
  doing: OfficeDoing,
): Outcome {
  const may = permit(book, doing, 'catalog.edit');
  if (!may.ok) return may;
  const known = book.products.get(id);
  if (!known) return err({ code: 'unknown-product' });
  const rest = without(known, ['department', ...GOODS_FIELDS.filter((field) => field in fields)]);
  const was = described(known);
  const changed = Object.entries(described(fields)).filter(([field, value]) => (was[field] ?? '') !== value);
  const product = { ...rest, ...plain(fields) };
  return write(book, product, doing, 'product.edit', Object.fromEntries(changed), fields.picture);
}

/** Takes a product off sale, or puts it on sale again; what was sold keeps its name (rule O7). */
export function setProductActive(
  book: CatalogBook,
  id: string,
  active: boolean,
  doing: OfficeDoing,
): Outcome {
  const may = permit(book, doing, 'catalog.edit');
  if (!may.ok) return may;
  const known = book.products.get(id);
  if (!known) return err({ code: 'unknown-product' });
  const what = active ? 'product.activate' : 'product.deactivate';
  return write(book, { ...known, active }, doing, what, { name: known.name });
}

type ProductAct = 'product.add' | 'product.edit' | 'product.activate' | 'product.deactivate';

function write(
  book: CatalogBook,
  product: Product,
  doing: OfficeDoing,
  what: ProductAct,
  details: Record<string, string>,
  given?: NamedPicture,
): Outcome {
  const fault = faultOf(book, product) ?? pictureFault(given);
  if (fault) return err(fault);
  const before: Readonly<Record<string, string>> = known(book, product.id);
  // The two groups merge apart: a group that stays is not written, or it would undo what another office writes.
  const changed = Object.entries(productEntries(product)).filter(([key, text]) => before[key] !== text);
  const entries = { ...pictureChange(book, product, given), ...Object.fromEntries(changed) };
  return ok(audited(doing, what, product.id, details, entries));
}

function known(book: CatalogBook, id: string): Readonly<Record<string, string>> {
  const product = book.products.get(id);
  return product ? productEntries(product) : {};
}

function faultOf(book: CatalogBook, product: Product): ProductRefusal | undefined {
  const { id: _id, price, taxes, ...info } = product;
  if (info.name.trim() === '') return { code: 'name-missing' };
  if (info.sku === '') return { code: 'sku-missing' };
  if (!v.is(productPriceSchema.entries.price, price)) return { code: 'price-out-of-range' };
  if (info.tare !== undefined) {
    if (!v.is(quantitySchema, info.tare) || info.tare.startsWith('-')) return { code: 'tare-out-of-range' };
    if (!isWeighed(info)) return { code: 'tare-not-weighed' };
  }
  const read = v.safeParse(productInfoSchema, info);
  if (!read.success) {
    const [issue] = read.issues;
    return { code: 'bad-product', detail: `${v.getDotPath(issue) ?? 'product'}: ${issue.message}` };
  }
  if (info.department !== undefined && !book.departments.has(info.department))
    return { code: 'unknown-department', id: info.department };
  const tax = taxes.find((each) => !book.taxes.has(each));
  if (tax !== undefined) return { code: 'unknown-tax', id: tax };
  return usedCode(book, product);
}

/** A code of the product that scans as another one (rules C2 and O6). Codes it had before are not asked about again. */
function usedCode(book: CatalogBook, { id, barcodes, sku }: Product): ProductRefusal | undefined {
  const before = book.products.get(id);
  const had = new Set(before ? [...before.barcodes, before.sku].map(lookupKey) : []);
  const wanted = new Map([...barcodes, sku].map((code) => [lookupKey(code), code]));
  for (const key of had) wanted.delete(key);
  if (wanted.size === 0) return undefined;
  for (const other of book.products.values()) {
    if (other.id === id) continue;
    const same = [...other.barcodes, other.sku].map(lookupKey).find((key) => wanted.has(key));
    if (same !== undefined)
      return { code: 'code-used', barcode: wanted.get(same) ?? same, product: other.name };
  }
  return undefined;
}

/** What may be left out of what a person says, and then stays. */
const GOODS_FIELDS = ['unit', 'tare', 'picture'] as const;

function without<Field extends keyof Product>(
  product: Product,
  fields: readonly Field[],
): Omit<Product, Field> {
  const left = Object.entries(product).filter(([field]) => !fields.some((gone) => gone === field));
  return Object.fromEntries(left) as Omit<Product, Field>;
}

function plain({ department, name, sku, barcodes, unit, tare, picture, ...rest }: ProductFields) {
  const codes = barcodes.map((code) => code.trim()).filter((code) => code !== '');
  return {
    ...rest,
    name: name.trim(),
    sku: sku.trim(),
    barcodes: [...new Set(codes)],
    ...(department === undefined ? {} : { department }),
    ...(unit === undefined ? {} : { unit }),
    ...(tare === undefined ? {} : { tare }),
    ...(picture === undefined ? {} : { picture: picture.id }),
  };
}

/** A product as it is or as a person says it: its picture by id, or with what is in it. */
type Described = Omit<ProductFields, 'department' | 'picture'> & {
  readonly department?: string | undefined;
  readonly picture?: NamedPicture | string | undefined;
};

function pictureId(picture: Described['picture']): string {
  return typeof picture === 'string' ? picture : (picture?.id ?? '');
}

function described({
  sku,
  name,
  department,
  barcodes,
  price,
  taxes,
  ...goods
}: Described): Record<string, string> {
  return {
    sku: sku.trim(),
    name: name.trim(),
    department: department ?? '',
    barcodes: barcodes.join(', '),
    price,
    taxes: taxes.join(', '),
    ...('unit' in goods ? { unit: goods.unit ?? '' } : {}),
    ...('tare' in goods ? { tare: goods.tare ?? '' } : {}),
    ...('picture' in goods ? { picture: pictureId(goods.picture) } : {}),
  };
}
