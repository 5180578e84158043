import { join, resolve } from 'node:path';
import { gs1CheckDigit } from '#model/catalog/barcode.ts';
import { catalogShard, type Product } from '#model/catalog/product.ts';
import { masterEntry, productEntries } from '#model/documents/catalog.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { ensureBuild } from '../../app/server/app-build.ts';
import type { Special } from '#model/pricing/special.ts';
import {
  headOfficeDevice,
  listDevice,
  openHeadOffice,
  type HeadOfficeDocuments,
} from '../../app/server/head-office-documents.ts';
import { foundingWrites } from '../../app/server/shop-founding.ts';
import { addMissing, type Writes } from '../../app/server/shop-writes.ts';
import { Station, type StationSpec } from '../../app/server/station.ts';
import { browserCode, enrolStation } from '../../app/server/station-enrolment.ts';
import { freePorts } from '../support/free-ports.ts';
import { ORGANIZATION, deviceEntries, makeShop, terminals } from '../support/journal-fixture.ts';

/** Catalog shards of a founded shop, and as many for its customers. */
const SHARDS = 64;
const DEPARTMENTS = 24;
const DAY_MS = 86_400_000;
const FOUNDED = '2026-01-01T00:00:00.000Z';
const project = resolve(import.meta.dirname, '../..');

const PLAIN = { priority: 0, stacks: false } as const;
const SPECIALS: readonly Special[] = [
  {
    ...PLAIN,
    id: 'three-for-two',
    name: 'Three for two',
    scope: { departments: ['d1'] },
    effect: { kind: 'buy-get', buy: 2, get: 1, percent: '100' },
  },
  {
    ...PLAIN,
    id: 'tenth',
    name: 'A tenth off',
    scope: { departments: ['d2', 'd3'] },
    effect: { kind: 'units', change: { kind: 'percent', percent: '10' } },
  },
  {
    ...PLAIN,
    id: 'set',
    name: 'Three for 5.00',
    scope: { departments: ['d4'] },
    effect: { kind: 'set', quantity: 3, price: 500 },
  },
];

/** The one person of the shop. */
export const MANAGER = { id: 'mia', pin: '9876' } as const;

/** How large a shop the till is measured in. */
export type TillShopSize = {
  readonly products: number;
  readonly customers: number;
  readonly days: number;
  readonly salesPerDay: number;
};

/** A shop with one till, started. `url` is the till's page. */
export type TillShop = { readonly url: string; readonly stop: () => Promise<void> };

const KINDS = [
  'Juice',
  'Bread',
  'Milk',
  'Cheese',
  'Coffee',
  'Chocolate',
  'Rice',
  'Soup',
  'Towel',
  'Notebook',
];
const MAKES = [
  'Alba',
  'Benito',
  'Corsa',
  'Delfin',
  'Encina',
  'Faro',
  'Garza',
  'Hilo',
  'Isla',
  'Jara',
  'Kilo',
];
const LOOKS = [
  'plain',
  'organic',
  'family',
  'mini',
  'extra',
  'classic',
  'light',
  'dark',
  'fresh',
  'winter',
  'summer',
];

/** Product number `i` of the shop, the same in every run. */
export function productAt(i: number): Product {
  const kind = KINDS[i % KINDS.length] ?? '';
  const make = MAKES[Math.floor(i / 10) % MAKES.length] ?? '';
  const look = LOOKS[Math.floor(i / 110) % LOOKS.length] ?? '';
  const sku = `A${String(i).padStart(6, '0')}`;
  const body = `400${String(i).padStart(9, '0')}`;
  return {
    id: sku,
    sku,
    name: `${kind} ${make} ${look} ${i}`,
    department: `d${i % DEPARTMENTS}`,
    barcodes: [`${body}${gs1CheckDigit(body)}`],
    active: i % 50 !== 49,
    price: (0.5 + ((i * 37) % 4000) / 100).toFixed(2),
    taxes: [i % 4 === 0 ? 'food' : 'vat'],
  };
}

/** Founds a shop of this size at head office and starts its till behind a relay of its own. */
export async function startTillShop(data: string, size: TillShopSize): Promise<TillShop> {
  const trouble = await ensureBuild(project, (line) => process.stderr.write(`${line}\n`));
  if (trouble !== undefined) throw new Error(trouble);
  const quiet = () => undefined;
  const world = { data, project, build: join(project, 'build'), version: 'bench', log: quiet, news: quiet };
  const [hqApp = 0, hqRelay = 0, app = 0, relay = 0] = await freePorts(4);
  const common = { organization: ORGANIZATION, peers: [], demo: { enrols: true, people: [] } } as const;
  const hq = new Station(
    { id: 'hq', name: 'HQ', role: 'hq', ports: { app: hqApp, relay: hqRelay }, ...common },
    world,
  );
  // Made before anything is connected: making a month of sales leaves no time to answer a relay.
  const writes = [...founding(), ...catalog(size), ...customers(size), ...journals(size)];
  await hq.startRelay();
  const headOffice = await found(hq, writes);
  const spec: StationSpec = {
    id: 's01-r1',
    name: 'S01-R1',
    role: 'till',
    store: storeId(1),
    register: registerId(1),
    ports: { app, relay },
    hq: hq.syncUrl,
    ...common,
  };
  const till = new Station(spec, world);
  await enrolStation(headOffice, till);
  await till.startRelay();
  await till.startOrigin({ demoCode: () => browserCode(headOffice, spec) });
  return {
    url: `http://localhost:${app}`,
    stop: async () => {
      await headOffice.documents.close();
      await till.stop();
      await hq.stop();
    },
  };
}

async function found(hq: Station, writes: Writes): Promise<HeadOfficeDocuments> {
  const opened = await openHeadOffice(hq.folder('relay'), ORGANIZATION, hq.syncUrl);
  if (!opened.ok) throw new Error(opened.error);
  const unlisted = await listDevice(opened.value, headOfficeDevice(opened.value.key, FOUNDED));
  if (unlisted !== undefined) throw new Error(unlisted);
  for (const write of writes) {
    const trouble = await addMissing(opened.value.documents, write);
    if (trouble !== undefined) throw new Error(trouble);
  }
  return opened.value;
}

function founding(): Writes {
  const wish = {
    name: 'Bench',
    currency: 'GBP',
    language: 'en',
    country: 'GB',
    timeZone: 'UTC',
    store: 'Camden',
    tills: 2,
    manager: { name: MANAGER.id, pin: MANAGER.pin },
  } as const;
  const devices = { key: { class: 'organization' } as const, entries: deviceEntries(terminals(1, 2)) };
  return [...foundingWrites(ORGANIZATION, wish, FOUNDED, 'c2FsdHNhbHRzYWx0c2FsdA'), devices];
}

function catalog(size: TillShopSize): Writes {
  return catalogShards(size).map((entries, shard) => ({ key: { class: 'catalog', shard }, entries }));
}

/** The catalog as the texts its shards hold. */
export function catalogShards({ products }: TillShopSize): readonly Record<string, string>[] {
  const shards = Array.from({ length: SHARDS }, (): Record<string, string> => ({}));
  for (let i = 0; i < products; i++) {
    const product = productAt(i);
    Object.assign(shards[catalogShard(product.id, SHARDS)] ?? {}, productEntries(product));
  }
  const tax = (id: string, rate: string) =>
    masterEntry({ kind: 'tax', id, value: { id, name: id.toUpperCase(), rate, included: true } });
  const departments = Array.from({ length: DEPARTMENTS }, (_, d) =>
    masterEntry({ kind: 'department', id: `d${d}`, value: { name: `Department ${d}` } }),
  );
  const specials = SPECIALS.map((value) => masterEntry({ kind: 'special', id: value.id, value }));
  for (const { key, text } of [tax('vat', '20'), tax('food', '5'), ...departments, ...specials]) {
    const [first = {}] = shards;
    first[key] = text;
  }
  return shards;
}

function customers({ customers: count }: TillShopSize): Writes {
  const shards = Array.from({ length: SHARDS }, (): Record<string, string> => ({}));
  for (let i = 0; i < count; i++) {
    const id = `c${String(i).padStart(6, '0')}`;
    const profile = {
      name: `Customer ${i}`,
      phone: `+44 20 ${String(7_000_000 + i)}`,
      email: `${id}@example.com`,
    };
    Object.assign(shards[catalogShard(id, SHARDS)] ?? {}, {
      [`customer:${id}:profile`]: canonicalJson(profile),
    });
  }
  return shards.map((entries, shard) => ({ key: { class: 'customers', shard }, entries }));
}

/** Two registers with a session a day until yesterday; the last is still open, as on a till at noon. */
function journals({ days, salesPerDay }: TillShopSize): Writes {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const size = { stores: 1, registers: 2, sessions: days, salesPerSession: salesPerDay };
  const shop = makeShop(1, { ...size, before: today - (days + 1) * DAY_MS });
  return shop.flatMap(({ sessions }) => sessions.map(({ key, entries }) => ({ key, entries })));
}
