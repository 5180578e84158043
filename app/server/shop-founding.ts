import { masterEntry } from '#model/documents/catalog.ts';
import type { Organization, Register, Store } from '#model/documents/organization.ts';
import { registerId, registerName, storeId } from '#model/ids/register-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { pinVerifier, type Person } from '#model/staff/pin.ts';
import type { FoundingWish } from '../lib/device/founding.ts';
import type { Writes } from './shop-writes.ts';

/** Catalog shards of a shop that will grow: 50,000 products are then 800 to a document. Fixed for good (rule D4). */
const CATALOG_SHARDS = 64;

/** The first documents of an organization as a person wants it; `salt` is at least 16 random base64url characters. */
export function foundingWrites(tag: string, wish: FoundingWish, at: string, salt: string): Writes {
  const { id, ...person } = managerOf(wish, salt);
  const tenders = [
    { id: 'cash', name: wish.language === 'es' ? 'Efectivo' : 'Cash', kind: 'cash', order: 1 },
    { id: 'card', name: wish.language === 'es' ? 'Tarjeta' : 'Card', kind: 'card', order: 2 },
  ] as const;
  const masters = tenders.map((tender) => masterEntry({ kind: 'tender', id: tender.id, value: tender }));
  return [
    { key: { class: 'organization' }, entries: organizationEntries(tag, wish, at) },
    { key: { class: 'staff' }, entries: { [`person:${id}`]: canonicalJson({ id, ...person }) } },
    {
      key: { class: 'catalog', shard: 0 },
      entries: Object.fromEntries(masters.map(({ key, text }) => [key, text])),
    },
  ];
}

function organizationEntries(tag: string, wish: FoundingWish, at: string): Record<string, string> {
  const { name, currency, language } = wish;
  const organization: Organization = {
    tag,
    name,
    currency,
    language,
    taxRounding: 'receipt',
    catalogShards: CATALOG_SHARDS,
    foundedAt: at,
  };
  const store: Store = {
    id: storeId(1),
    name: wish.store,
    timeZone: wish.timeZone,
    locale: `${language}-${wish.country}`,
    header: [],
    footer: [],
  };
  const entries: Record<string, string> = {
    organization: canonicalJson(organization),
    [`store:${store.id}`]: canonicalJson(store),
  };
  for (let number = 1; number <= wish.tills; number++) {
    const name = `${language === 'es' ? 'Caja' : 'Till'} ${number}`;
    const register: Register = {
      store: store.id,
      register: registerId(number),
      name,
      printer: 'receipt',
    };
    entries[`register:${registerName(store.id, register.register)}`] = canonicalJson(register);
  }
  return entries;
}

function managerOf({ manager, language }: FoundingWish, salt: string): Person {
  return {
    id: personId(manager.name),
    name: manager.name,
    role: 'manager',
    language,
    stores: [],
    active: true,
    pin: pinVerifier(manager.pin, salt),
  };
}

/** `Zoë Núñez` → `zoe-nunez`; a name without any Latin letter becomes `manager`. */
function personId(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  return slug === '' ? 'manager' : slug;
}
