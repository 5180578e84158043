import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { catalogShard, type Product } from '#model/catalog/product.ts';
import { masterEntry, productEntries } from '#model/documents/catalog.ts';
import type { Organization, Register, Store } from '#model/documents/organization.ts';
import { storeEntry } from '#model/documents/store.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import type { Special } from '#model/pricing/special.ts';
import { pinVerifier, type Person } from '#model/staff/pin.ts';
import type { Documents } from '../lib/repo/documents.ts';
import { DEMO_LOYALTY, demoCustomerSeeds, demoTierEntries } from './demo-customers.ts';
import {
  DEMO_ARTICLES,
  DEMO_COUPON,
  DEMO_FAVOURITES,
  DEMO_MEASURE_CODES,
  DEMO_PICTURES,
  demoStock,
  readDemoPictures,
  type DemoPicture,
} from './demo-articles.ts';
import { addMissing, type Writes } from './shop-writes.ts';

/** Catalog shards of the demo: enough that a price change is a small document, few enough to open in no time. */
const CATALOG_SHARDS = 16;

/** The people of the demo shop; their PINs are printed at the start and shown on the sign-in screen. */
export const DEMO_PEOPLE = [
  { id: 'ana', name: 'Ana', pin: '1234', role: 'cashier', language: 'en' },
  { id: 'luis', name: 'Luis', pin: '2345', role: 'cashier', language: 'es' },
  { id: 'sam', name: 'Sam', pin: '4321', role: 'supervisor', language: 'en' },
  { id: 'mia', name: 'Mia', pin: '9876', role: 'manager', language: 'en' },
] as const;

/** A special to see at work: of every three toys the cheapest is free. */
const TOYS_SPECIAL: Special = {
  id: 'toys-3-for-2',
  name: 'Toys: 3 for 2',
  priority: 0,
  stacks: false,
  scope: { departments: ['toys'] },
  effect: { kind: 'buy-get', buy: 2, get: 1, percent: '100' },
};

const seedSchema = v.object({
  source: v.string(),
  departments: v.array(v.object({ id: v.string(), name: v.string() })),
  products: v.array(
    v.object({
      sku: v.string(),
      name: v.string(),
      department: v.string(),
      price: v.string(),
      barcode: v.string(),
    }),
  ),
});

/** The departments and articles of the demo shop, as in `seed/products.json`. */
export type DemoCatalog = v.InferOutput<typeof seedSchema> & {
  readonly pictures: ReadonlyMap<string, DemoPicture>;
};

/** Reads the demo's articles and, beside them, its pictures; throws when a file that comes with the program is not what it was. */
export async function readDemoCatalog(path: string): Promise<DemoCatalog> {
  const catalog = v.parse(seedSchema, JSON.parse(await readFile(path, 'utf8')));
  return { ...catalog, pictures: await readDemoPictures(join(dirname(path), 'pictures.json')) };
}

const json = (value: unknown) => canonicalJson(value as CanonicalValue);

/** The documents of a new demo organization: one store with two registers, four people, the catalog, twenty customers. */
export function demoSeeds(tag: string, foundedAt: string, catalog: DemoCatalog, salt: () => string): Writes {
  return [
    { key: { class: 'organization' }, entries: organizationEntries(tag, foundedAt) },
    { key: { class: 'staff' }, entries: staffEntries(salt) },
    ...catalogSeeds(catalog),
    ...demoCustomerSeeds(),
    ...storeSeeds(foundedAt),
  ];
}

function organizationEntries(tag: string, foundedAt: string): Record<string, string> {
  const organization: Organization = {
    tag,
    name: 'Tillmesh Demo',
    currency: 'GBP',
    language: 'en',
    taxRounding: 'receipt',
    catalogShards: CATALOG_SHARDS,
    loyalty: DEMO_LOYALTY,
    foundedAt,
  };
  const store: Store = {
    id: storeId(1),
    name: 'Camden',
    timeZone: 'Europe/London',
    locale: 'en-GB',
    customerOnReceipt: true,
    header: ['12 Camden High Street', 'London NW1'],
    footer: ['Thank you', 'Goods can be returned within 30 days'],
    slides: ['New lanterns are in', 'Toys: three for the price of two'],
  };
  const register = (number: number): Register => ({
    store: store.id,
    register: registerId(number),
    name: `Till ${number}`,
    printer: 'receipt',
  });
  return {
    organization: json(organization),
    [`store:${store.id}`]: json(store),
    [`register:${store.id}-R1`]: json(register(1)),
    [`register:${store.id}-R2`]: json(register(2)),
  };
}

function staffEntries(salt: () => string): Record<string, string> {
  return Object.fromEntries(
    DEMO_PEOPLE.map(({ pin, ...person }) => {
      const entry: Person = { ...person, stores: [], active: true, pin: pinVerifier(pin, salt()) };
      return [`person:${person.id}`, json(entry)];
    }),
  );
}

function storeSeeds(foundedAt: string): Writes {
  const store = storeId(1);
  const own = [
    storeEntry({ kind: 'favourites', value: DEMO_FAVOURITES }),
    storeEntry({ kind: 'measure-codes', value: DEMO_MEASURE_CODES }),
  ];
  const month = Number(foundedAt.slice(0, 4)) * 12 + Number(foundedAt.slice(5, 7)) - 1 - 1970 * 12;
  return [
    {
      key: { class: 'store', store },
      entries: Object.fromEntries(own.map(({ key, text }) => [key, text])),
    },
    { key: { class: 'stock-book', store, month }, entries: demoStock(foundedAt) },
  ];
}

function catalogSeeds(catalog: DemoCatalog): Writes {
  const shards = Array.from({ length: CATALOG_SHARDS }, (): Record<string, string> => ({}));
  const listed = catalog.products.map(({ sku, barcode, ...article }): Product => ({
    id: sku,
    sku,
    ...article,
    barcodes: [barcode],
    active: true,
    taxes: ['vat-20'],
  }));
  for (const product of [...listed, ...DEMO_ARTICLES]) {
    const shard = shards[catalogShard(product.id, CATALOG_SHARDS)] ?? {};
    Object.assign(shard, withPicture(product, catalog.pictures));
  }
  const [first = {}] = shards;
  const masters = [
    ...catalog.departments.map(({ id, name }) => masterEntry({ kind: 'department', id, value: { name } })),
    masterEntry({
      kind: 'tax',
      id: 'vat-20',
      value: { id: 'vat-20', name: 'VAT', rate: '20', included: true },
    }),
    masterEntry({ kind: 'special', id: TOYS_SPECIAL.id, value: TOYS_SPECIAL }),
    ...demoTierEntries(),
    masterEntry({ kind: 'special', id: DEMO_COUPON.id, value: DEMO_COUPON }),
    masterEntry({ kind: 'tender', id: 'cash', value: { id: 'cash', name: 'Cash', kind: 'cash', order: 1 } }),
    masterEntry({ kind: 'tender', id: 'card', value: { id: 'card', name: 'Card', kind: 'card', order: 2 } }),
    masterEntry({
      kind: 'tender',
      id: 'gift-card',
      value: { id: 'gift-card', name: 'Gift card', kind: 'gift-card', order: 3 },
    }),
    masterEntry({
      kind: 'tender',
      id: 'store-credit',
      value: { id: 'store-credit', name: 'Store credit', kind: 'store-credit', order: 4 },
    }),
  ];
  for (const { key, text } of masters) first[key] = text;
  return shards.map((entries, shard) => ({ key: { class: 'catalog', shard }, entries }));
}

/** The entries of a product, with its picture where it has one: both lie in its shard (rule C12). */
function withPicture(
  product: Product,
  pictures: ReadonlyMap<string, DemoPicture>,
): Readonly<Record<string, string>> {
  const found = pictures.get(DEMO_PICTURES[product.id] ?? '');
  if (!found) return productEntries(product);
  const { key, text } = masterEntry({ kind: 'picture', id: found.id, value: found.picture });
  return { ...productEntries({ ...product, picture: found.id }), [key]: text };
}

/**
 * Writes what a new organization lacks; resolves when the relay has each document on disk, with a sentence when it has
 * not. What is there already stays: the folder may hold an imported history.
 */
export async function foundDemo(documents: Documents, seeds: Writes): Promise<string | undefined> {
  for (const seed of seeds) {
    const trouble = await addMissing(documents, seed);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}
