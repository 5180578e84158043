import type { Register, Store } from '#model/documents/organization.ts';
import { LEDGER_SHARDS, ledgerShard, moveEntry } from '#model/documents/ledger.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import { recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import { bookedMoves } from '#model/ledger/ledger.ts';
import { valueLine } from '#model/ledger/value-line.ts';
import { historyActor, type Act } from '#model/register/actor.ts';
import { closeSession, completeSale, openSession } from '#model/register/commands.ts';
import { addRecord, isOpen, newRegister } from '#model/register/register-state.ts';
import { assert, type Result } from '#model/result.ts';
import { priceBasket, type BasketLine } from '#model/sale/basket.ts';
import { monthNumber } from '#model/stock/stock-summary.ts';
import type { DeviceKey } from '../lib/device/device-key.ts';
import type { Documents } from '../lib/repo/documents.ts';
import { demoStock } from './demo-articles.ts';
import type { DemoCatalog } from './demo-shop.ts';
import { importDevice } from './import-sales/import-device.ts';
import { addMissing, readDocument, type Writes } from './shop-writes.ts';

/** The gift card that is sold when the demo is founded: its number and, in minor units, what is on it. */
export const DEMO_GIFT_CARD = { number: '6006490000002500', amount: 2500 } as const;

const STORE = storeId(2);
const REGISTER = registerId(1);
const SESSION = { class: 'session', store: STORE, register: REGISTER, session: 1 } as const;
const CASHIER = 'mia';
const CURRENCY = 'GBP';

/** What the second store had when its day began. */
const STOCK: readonly (readonly [product: string, quantity: string])[] = [
  ['71053', '60'],
  ['85123A', '18'],
  ['21066', '0'],
  ['22423', '14'],
  ['20725', '55'],
  ['22960', '22'],
  ['demo-player', '2'],
  ['demo-shirt-blue-l', '7'],
];

/** What was sold on that day: when, how it was paid, and how many of what. */
const SALES: readonly {
  readonly at: string;
  readonly tender: 'cash' | 'card';
  readonly articles: readonly (readonly [sku: string, quantity: string])[];
  readonly giftCard?: true;
}[] = [
  { at: '10:12:40.000', tender: 'cash', articles: [['71053', '2']] },
  {
    at: '12:31:05.000',
    tender: 'card',
    articles: [
      ['85123A', '6'],
      ['22960', '1'],
    ],
  },
  { at: '15:48:22.000', tender: 'card', articles: [], giftCard: true },
];

/** What the day of the second store is made of; `day` is yesterday, so that today is the tour's own. */
type Day = { readonly organization: string; readonly catalog: DemoCatalog; readonly day: string };

/**
 * Adds a second store to the demo, with one day that is over, rung by the till's own commands and signed by a till of that store
 * whose key nobody keeps: it sold the gift card that the tour pays with, and its stock is what the other store's tills show. A sentence
 * when it failed; what is there already stays. `now` is UTC with milliseconds.
 */
export async function foundSecondStore(
  documents: Documents,
  { organization, catalog, now }: { organization: string; catalog: DemoCatalog; now: string },
): Promise<string | undefined> {
  const known = await readDocument(documents, SESSION);
  if (!known.ok) return known.error;
  if (Object.keys(known.value).length > 0) return undefined;
  const device = await importDevice(documents, { store: STORE, register: REGISTER }, () => now, 'Till 1');
  if (!device.ok) return device.error;
  const day = new Date(Date.parse(now) - 86_400_000).toISOString().slice(0, 10);
  const records = ringDay({ organization, catalog, day });
  const writes: Writes = [
    { key: { class: 'organization' }, entries: placeEntries() },
    {
      key: { class: 'stock-book', store: STORE, month: monthNumber(day) },
      entries: demoStock(`${day}T09:00:00.000Z`, STOCK),
    },
    ...ledgerWrites(records),
    // Last: it says that all of it is there.
    { key: SESSION, entries: await signedEntries(records, device.value.key) },
  ];
  for (const write of writes) {
    const trouble = await addMissing(documents, write);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function placeEntries(): Record<string, string> {
  const store: Store = {
    id: STORE,
    name: 'Soho',
    timeZone: 'Europe/London',
    locale: 'en-GB',
    header: ['3 Berwick Street', 'London W1F'],
    footer: ['Thank you'],
  };
  const register: Register = { store: STORE, register: REGISTER, name: 'Till 1', printer: 'receipt' };
  const json = (value: CanonicalValue) => canonicalJson(value);
  return {
    [`store:${STORE}`]: json(store as CanonicalValue),
    [`register:${STORE}-${REGISTER}`]: json(register as CanonicalValue),
  };
}

/** The records of the day: opened, sold, closed with what should be there. */
function ringDay({ organization, catalog, day }: Day): readonly JournalRecord[] {
  let state = newRegister(organization, STORE, REGISTER);
  const records: JournalRecord[] = [];
  const act = (time: string): Act => ({ at: `${day}T${time}Z`, actor: historyActor(CASHIER) });
  const take = (made: Result<JournalRecord, { readonly code: string }>) => {
    assert(made.ok, () => 'the demo does what a till does');
    const next = addRecord(state, made.value);
    assert(next.ok, () => 'a record of our own continues its journal');
    state = next.value;
    records.push(made.value);
  };
  take(openSession(state, { day, currency: CURRENCY, float: 10_000 }, act('09:30:00.000')));
  for (const [index, { at, tender, articles, giftCard }] of SALES.entries()) {
    const lines = [
      ...articles.map(([sku, quantity]) => articleLine(catalog, sku, quantity)),
      ...(giftCard ? [giftCardLine()] : []),
    ];
    const basket = { id: `demo-soho-${index + 1}`, lines };
    const rules = { currency: CURRENCY, taxRounding: 'receipt' } as const;
    const { total } = priceBasket(basket, rules);
    const name = tender === 'cash' ? 'Cash' : 'Card';
    take(
      completeSale(
        state,
        { basket, payments: [{ tender, name, kind: tender, given: total }], rules },
        act(at),
      ),
    );
  }
  assert(isOpen(state), () => 'the session was opened');
  take(closeSession(state, { counted: state.report.drawer.expected }, act('18:02:11.000')));
  return records;
}

function articleLine(catalog: DemoCatalog, sku: string, quantity: string): BasketLine {
  const article = catalog.products.find((product) => product.sku === sku);
  assert(article, () => `the demo sells ${sku}`);
  const { name, department, price } = article;
  const tax = { id: 'vat-20', name: 'VAT', rate: '20', included: true };
  return { product: sku, sku, name, department, quantity, price, taxes: [tax] };
}

function giftCardLine(): BasketLine {
  const { number, amount } = DEMO_GIFT_CARD;
  return valueLine({
    account: { ledger: 'gift-card', id: number },
    amount,
    name: 'Gift card',
    currency: CURRENCY,
  });
}

/** What tills know of the moves of value (rule G7). */
function ledgerWrites(records: readonly JournalRecord[]): Writes {
  const shards = Array.from({ length: LEDGER_SHARDS }, (): Record<string, string> => ({}));
  for (const record of records) {
    if (record.kind !== 'sale') continue;
    for (const move of bookedMoves(record.body, record.at)) {
      const { key, text } = moveEntry(move);
      Object.assign(shards[ledgerShard(move.account)] ?? {}, { [key]: text });
    }
  }
  return shards.flatMap((entries, shard) =>
    Object.keys(entries).length === 0 ? [] : [{ key: { class: 'ledger', shard } as const, entries }],
  );
}

async function signedEntries(
  records: readonly JournalRecord[],
  key: DeviceKey,
): Promise<Record<string, string>> {
  const entries = records.map(
    async (record) =>
      [recordKey(record.seq), recordText({ ...record, sig: await key.sign(record.hash) })] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
