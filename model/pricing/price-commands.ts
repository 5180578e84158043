import * as v from 'valibot';
import type { CatalogBook, PricesBook } from '../catalog/catalog-book.ts';
import { masterEntry } from '../documents/catalog.ts';
import { storeEntry } from '../documents/store.ts';
import { quantitySchema, unitPriceSchema } from '../money/quantity.ts';
import { err, ok, type Result } from '../result.ts';
import {
  audited,
  permit,
  type DocumentChange,
  type OfficeDoing,
  type OfficeRefusal,
} from '../staff/office-actor.ts';
import { percentSchema, priceRuleSchema, type PriceChange, type PriceRule } from './price-rule.ts';
import { tierSchema } from './tier.ts';

/** Why a tier, a price rule or a store's price was not written. */
export type PriceRefusal =
  | OfficeRefusal
  | {
      readonly code:
        | 'name-missing'
        | 'tier-known'
        | 'unknown-rule'
        | 'scope-twice'
        | 'percent-not-understood'
        | 'price-out-of-range'
        | 'from-not-understood'
        | 'nothing-to-change';
    }
  | {
      readonly code: 'unknown-product' | 'unknown-department' | 'unknown-tier' | 'unknown-store';
      readonly id: string;
    }
  | { readonly code: 'bad-price-rule'; readonly detail: string };

type Outcome = Result<DocumentChange, PriceRefusal>;

/**
 * Writes a tier, new or known, into shard 0 (rules X3 and O9). A tier is never taken out, because customers and receipts
 * name it; no two have one name.
 */
export function saveTier(book: PricesBook, id: string, name: string, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'catalog.edit');
  if (!may.ok) return may;
  const plain = name.trim();
  if (plain === '') return err({ code: 'name-missing' });
  const same = plain.toLowerCase();
  const twin = [...book.tiers].find(([other, tier]) => other !== id && tier.name.toLowerCase() === same);
  if (twin) return err({ code: 'tier-known' });
  if (book.tiers.get(id)?.name === plain) return err({ code: 'nothing-to-change' });
  const read = v.safeParse(tierSchema, { name: plain });
  if (!read.success) return err({ code: 'bad-price-rule', detail: `name: ${read.issues[0].message}` });
  const what = book.tiers.has(id) ? 'tier.edit' : 'tier.add';
  const { key, text } = masterEntry({ kind: 'tier', id, value: read.output });
  return ok(audited(doing, what, id, { name: plain }, { [key]: text }));
}

/** Writes a price rule, new or known, into shard 0 (rules X1, X2 and O9). */
export function savePriceRule(book: PricesBook, rule: PriceRule, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'catalog.edit');
  if (!may.ok) return may;
  const fault = ruleFault(book, rule);
  if (fault) return err(fault);
  const read = v.safeParse(priceRuleSchema, rule);
  if (!read.success) {
    const [issue] = read.issues;
    return err({ code: 'bad-price-rule', detail: `${v.getDotPath(issue) ?? 'rule'}: ${issue.message}` });
  }
  const what = book.priceRules.has(rule.id) ? 'price-rule.edit' : 'price-rule.add';
  const { key, text } = masterEntry({ kind: 'price-rule', id: rule.id, value: read.output });
  return ok(audited(doing, what, rule.id, { rule: text }, { [key]: text }));
}

/** Takes a price rule out; a sale keeps the price the rule made and the price before (rules X12 and O9). */
export function removePriceRule(book: PricesBook, id: string, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'catalog.edit');
  if (!may.ok) return may;
  const rule = book.priceRules.get(id);
  if (!rule) return err({ code: 'unknown-rule' });
  const { key, text } = masterEntry({ kind: 'price-rule', id, value: rule });
  return ok(audited(doing, 'price-rule.remove', id, { rule: text }, { [key]: undefined }));
}

/**
 * Writes a store's own price of a product into the store's document, or takes it out (rules X12 and O9). `price` is in the
 * major unit; undefined is the catalog's price again.
 */
export function setStorePrice(
  book: PricesBook,
  store: string,
  { product, price }: { readonly product: string; readonly price: string | undefined },
  doing: OfficeDoing,
): Outcome {
  const may = permit(book, doing, 'catalog.edit');
  if (!may.ok) return may;
  const prices = book.storePrices.get(store);
  if (!prices) return err({ code: 'unknown-store', id: store });
  const before = prices.get(product);
  if (before === price) return err({ code: 'nothing-to-change' });
  // What is left of a product that is gone can still be taken out.
  if (price !== undefined && !book.products.has(product))
    return err({ code: 'unknown-product', id: product });
  if (price !== undefined && !v.is(unitPriceSchema, price)) return err({ code: 'price-out-of-range' });
  const { key, text } = storeEntry({ kind: 'price', id: product, value: { price: price ?? '0' } });
  const details = { store, before: before ?? '', price: price ?? '' };
  return ok(
    audited(doing, 'store-price.edit', product, details, { [key]: price === undefined ? undefined : text }),
  );
}

function ruleFault(book: PricesBook, rule: PriceRule): PriceRefusal | undefined {
  const { product, department, tier, store, from, change } = rule;
  if (product !== undefined && department !== undefined) return { code: 'scope-twice' };
  if (tier !== undefined && !book.tiers.has(tier)) return { code: 'unknown-tier', id: tier };
  if (store !== undefined && !book.storePrices.has(store)) return { code: 'unknown-store', id: store };
  if (from !== undefined && !(v.is(quantitySchema, from) && Number(from) > 0))
    return { code: 'from-not-understood' };
  return scopeFault(book, product, department) ?? changeFault(change);
}

function scopeFault(
  { products, departments }: CatalogBook,
  product: string | undefined,
  department: string | undefined,
): PriceRefusal | undefined {
  if (product !== undefined && !products.has(product)) return { code: 'unknown-product', id: product };
  if (department !== undefined && !departments.has(department))
    return { code: 'unknown-department', id: department };
  return undefined;
}

function changeFault(change: PriceChange): PriceRefusal | undefined {
  if (change.kind === 'percent')
    return v.is(percentSchema, change.percent) ? undefined : { code: 'percent-not-understood' };
  const amount = change.kind === 'amount' ? change.amount : change.price;
  return v.is(unitPriceSchema, amount) ? undefined : { code: 'price-out-of-range' };
}
