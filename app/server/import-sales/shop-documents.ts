import { productIdOfSku, catalogShard, type Product } from '#model/catalog/product.ts';
import { masterEntry, productEntries } from '#model/documents/catalog.ts';
import type { Organization, Register, Store } from '#model/documents/organization.ts';
import { registerName, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import { canonicalJson, sha256Text, type CanonicalValue } from '#model/journal/canonical.ts';
import type { TenderKind } from '#model/sale/sale-body.ts';
import type { Person } from '#model/staff/pin.ts';
import type { TaxRate } from '#model/tax/tax.ts';
import type { Writes } from '../shop-writes.ts';
import type { ImportedLine, ImportedReceipt } from './sales-file.ts';

/** What the shop of a sales file is set up with where the organization does not say. */
export type ShopDefaults = { readonly currency: string; readonly timeZone: string; readonly locale: string };

/** Catalog shards of an organization founded by an import. */
export const IMPORT_SHARDS = 16;

const json = (value: unknown) => canonicalJson(value as CanonicalValue);

/** The organization's own entry, for a data folder that has none yet. */
export function organizationEntry(tag: string, name: string, currency: string, foundedAt: string): string {
  const organization: Organization = {
    tag,
    name,
    currency,
    language: 'en',
    taxRounding: 'receipt',
    catalogShards: IMPORT_SHARDS,
    foundedAt,
  };
  return json(organization);
}

/** The stores and registers of a file. */
export function placeEntries(
  receipts: readonly ImportedReceipt[],
  defaults: ShopDefaults,
): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const { store, register } of receipts) {
    entries[`store:${store}`] ??= json(storeOf(store, defaults));
    entries[`register:${registerName(store, register)}`] ??= json(registerOf(store, register));
  }
  return entries;
}

function storeOf(id: StoreId, { timeZone, locale }: ShopDefaults): Store {
  return { id, name: id, timeZone, locale, header: [], footer: [] };
}

function registerOf(store: StoreId, register: RegisterId): Register {
  return { store, register, name: register };
}

/** The cashiers of a file. Their PIN is chance: nobody can sign in as them until head office gives them one. */
export function cashierEntries(
  receipts: readonly ImportedReceipt[],
  random: () => string,
): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const { cashier } of receipts) {
    const pin = () => ({ salt: random(), hash: sha256Text(random()) });
    const person = (): Person => ({
      id: cashier,
      name: cashier,
      role: 'cashier',
      language: 'en',
      stores: [],
      active: true,
      pin: pin(),
    });
    entries[`person:${cashier}`] ??= json(person());
  }
  return entries;
}

/** The id of a department by its name: `Garden & Patio` → `garden-patio`. */
export function departmentId(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return slug === '' ? `d${sha256Text(name).slice(0, 12)}` : slug.slice(0, 60);
}

/** The tax of a line; one id for each rate and way of charging it. */
export function taxOf({ taxPercent, taxIncluded }: ImportedLine): TaxRate {
  return {
    id: `vat-${taxPercent}${taxIncluded ? '' : '-on-top'}`,
    name: 'VAT',
    rate: taxPercent,
    included: taxIncluded,
  };
}

/** What a tender of a file is, by its name. */
export function tenderKind(tender: string): TenderKind {
  return tender === 'cash' || tender === 'card' || tender === 'voucher' ? tender : 'other';
}

/** How a tender is called on paper: `cash` → `Cash`. */
export function tenderName(tender: string): string {
  return tender.charAt(0).toUpperCase() + tender.slice(1);
}

/** Departments, taxes and tenders of a file, for shard 0. */
export function masterEntries(receipts: readonly ImportedReceipt[]): Record<string, string> {
  const entries: Record<string, string> = {};
  const add = (entry: Parameters<typeof masterEntry>[0]) => {
    const { key, text } = masterEntry(entry);
    entries[key] ??= text;
  };
  for (const { tender, lines } of receipts) {
    const id = tender.toLowerCase();
    add({
      kind: 'tender',
      id,
      value: { id, name: tenderName(id), kind: tenderKind(id), order: id === 'cash' ? 1 : 2 },
    });
    for (const line of lines) {
      add({ kind: 'department', id: departmentId(line.department), value: { name: line.department } });
      const tax = taxOf(line);
      add({ kind: 'tax', id: tax.id, value: tax });
    }
  }
  return entries;
}

/** The products of a file, by catalog shard; a product is as its first row has it. */
export function productWrites(receipts: readonly ImportedReceipt[], shards: number): Writes {
  const byShard = new Map<number, Record<string, string>>();
  const seen = new Set<string>();
  for (const line of receipts.flatMap((receipt) => receipt.lines)) {
    const id = productIdOfSku(line.sku);
    if (seen.has(id)) continue;
    seen.add(id);
    const product: Product = {
      id,
      sku: line.sku,
      name: line.name,
      department: departmentId(line.department),
      barcodes: [],
      active: true,
      price: line.price,
      taxes: [taxOf(line).id],
    };
    const shard = catalogShard(id, shards);
    byShard.set(shard, { ...byShard.get(shard), ...productEntries(product) });
  }
  return [...byShard].map(([shard, entries]) => ({ key: { class: 'catalog', shard }, entries }));
}
