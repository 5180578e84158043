import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import * as A from '@automerge/automerge';
import { ENTRIES_FIELD } from '#model/documents/entries.ts';
import { documentId, type DocumentId, type DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import { recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import { pastSession } from '#model/folds/period-closing.ts';
import { closePeriod } from '#model/register/closings.ts';
import {
  closeSession,
  completeSale,
  dropToSafe,
  moveCash,
  openDrawer,
  openSession,
  recordClock,
  reprintReceipt,
} from '#model/register/commands.ts';
import { handOver } from '#model/register/handover.ts';
import { historyActor, type Act } from '#model/register/actor.ts';
import { addRecord, holderOf, newRegister, type RegisterState } from '#model/register/register-state.ts';
import { assert, type Result } from '#model/result.ts';
import {
  priceBasket,
  refundLine,
  type Basket,
  type BasketLine,
  type PricingRules,
} from '#model/sale/basket.ts';
import type { Payment } from '#model/sale/payment.ts';
import type { SaleBody } from '#model/sale/sale-body.ts';
import type { TaxRate } from '#model/tax/tax.ts';
import type { Device } from '#model/trust/device.ts';

/** How large a shop to make. */
export type ShopSize = {
  readonly stores: number;
  readonly registers: number;
  readonly sessions: number;
  readonly salesPerSession: number;
  /** The day before the first session, UTC milliseconds at its midnight; one session a day from then on. */
  readonly before?: number;
  /** Where each register stands already, instead of having no journal. */
  readonly behind?: (store: StoreId, register: RegisterId) => Pick<RegisterState, 'head' | 'session'>;
  /** Whether the last session is closed too; it stays open, as on a till at noon. */
  readonly allClosed?: boolean;
  /** How many known customers buy, the first of them by a tier; most sales are nobody's in particular. */
  readonly customers?: number;
};

/** One register's whole journal, and what each of its session documents holds. */
export type RegisterJournal = {
  readonly store: StoreId;
  readonly register: RegisterId;
  readonly records: readonly JournalRecord[];
  readonly sessions: readonly SessionEntries[];
};

/** What the document of one session holds. */
export type SessionEntries = {
  readonly key: Extract<DocumentKey, { class: 'session' }>;
  readonly documentId: DocumentId;
  readonly entries: Readonly<Record<string, string>>;
};

/** The organization all generated shops belong to. */
export const ORGANIZATION = 'a1b2c3d4e5f6';
/** How generated shops price. */
export const RULES: PricingRules = { currency: 'GBP', taxRounding: 'receipt' };
const VAT: TaxRate = { id: 'vat', name: 'VAT', rate: '20', included: true };
const REDUCED: TaxRate = { id: 'reduced', name: 'Reduced', rate: '5.5', included: true };
const LEVY: TaxRate = { id: 'levy', name: 'Levy', rate: '2', included: false };

/** The one key all generated registers sign with; a test key, so that the same seed makes the same bytes. */
export const TEST_KEY = createPrivateKey({
  format: 'der',
  type: 'pkcs8',
  key: Buffer.from('MC4CAQAwBQYDK2VwBCIEIHRpbGxtZXNoLXRlc3Qta2V5LTMyLWJ5dGVzLWxvbmch', 'base64'),
});
/** Its public half, as devices list it. */
export const TEST_PUBLIC_KEY = createPublicKey(TEST_KEY).export({ format: 'jwk' }).x ?? '';

/** The record with the signature of the test key. */
export function signed<Kind extends JournalRecord>(record: Kind): Kind {
  return { ...record, sig: signatureOf(record.hash) };
}

/** The test key's signature of a text. */
export function signatureOf(text: string, key: KeyObject = TEST_KEY): string {
  return sign(null, Buffer.from(text, 'utf8'), key).toString('base64url');
}

/** The terminal of a register, as the organization document lists it. */
export function terminalOf(store: StoreId, register: RegisterId, change: Partial<Device> = {}): Device {
  return {
    id: createHash('sha256').update(`${store}-${register}`).digest('hex').slice(0, 16),
    name: `Till ${register}`,
    role: 'terminal',
    store,
    register,
    key: TEST_PUBLIC_KEY,
    enrolledAt: '2010-01-01T00:00:00.000Z',
    ...change,
  };
}

/** Devices as entries of the organization document. */
export function deviceEntries(devices: readonly Device[]): Record<string, string> {
  return Object.fromEntries(
    devices.map((device) => [`device:${device.id}`, canonicalJson(device as CanonicalValue)]),
  );
}

/** The terminals of so many registers of so many stores. */
export function terminals(stores: number, registers: number): readonly Device[] {
  return Array.from({ length: stores }, (_, s) =>
    Array.from({ length: registers }, (__, r) => terminalOf(storeId(s + 1), registerId(r + 1))),
  ).flat();
}

/** A seeded source of numbers from 0 up to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Makes the journals of a shop with the model's commands: sales, refunds, exchanges, cash, reprints, differences. */
export function makeShop(seed: number, size: ShopSize): readonly RegisterJournal[] {
  const journals: RegisterJournal[] = [];
  for (let store = 1; store <= size.stores; store++) {
    for (let register = 1; register <= size.registers; register++) {
      const random = seeded(seed * 7919 + store * 101 + register);
      journals.push(
        new JournalMaker(storeId(store), registerId(register), random, size.customers ?? 0).make(size),
      );
    }
  }
  return journals;
}

/** Runs a register through sessions; every record goes through the model's own verification. */
class JournalMaker {
  readonly #random: () => number;
  readonly #store: StoreId;
  readonly #register: RegisterId;
  readonly #records: JournalRecord[] = [];
  readonly #sold: SaleBody[] = [];
  readonly #customers: number;
  #state: RegisterState;
  #clock = Date.UTC(2026, 9, 28, 8);

  constructor(store: StoreId, register: RegisterId, random: () => number, customers: number) {
    this.#customers = customers;
    this.#store = store;
    this.#register = register;
    this.#random = random;
    this.#state = newRegister(ORGANIZATION, store, register);
  }

  make(size: ShopSize): RegisterJournal {
    const { sessions, salesPerSession, before = Date.UTC(2026, 9, 27), behind, allClosed = false } = size;
    if (behind) this.#state = behind(this.#store, this.#register);
    for (let session = 1; session <= sessions; session++) {
      this.#clock = before + session * 86_400_000 + 8 * 3_600_000;
      const day = new Date(this.#clock).toISOString().slice(0, 10);
      this.#add(openSession(this.#state, { day, currency: RULES.currency, float: 10_000 }, this.#next()));
      // Once somebody set the clock.
      if (session === 2) this.#add(this.#tellClock());
      for (let sale = 0; sale < salesPerSession; sale++) this.#act();
      if (session < sessions || allClosed) this.#close();
    }
    const records = this.#records;
    const journal = { store: this.#store, register: this.#register, records };
    return { ...journal, sessions: sessionEntries(journal) };
  }

  #tellClock(): Result<JournalRecord, unknown> {
    const expected = new Date(this.#clock + 3_600_000).toISOString();
    return recordClock(this.#state, expected, { at: new Date(this.#clock).toISOString(), by: 'person-1' });
  }

  #act(): void {
    const dice = this.#random();
    if (dice < 0.05)
      this.#add(
        moveCash(this.#state, { direction: 'out', amount: this.#int(1, 500), reason: 'milk' }, this.#next()),
      );
    else if (dice < 0.08)
      this.#add(
        moveCash(this.#state, { direction: 'in', amount: this.#int(1, 900), reason: 'coins' }, this.#next()),
      );
    else if (dice < 0.1) this.#add(openDrawer(this.#state, 'change for a customer', this.#next()));
    else if (dice < 0.11) this.#dropToSafe();
    else if (dice < 0.13) this.#handOver();
    const last = this.#sold.at(-1);
    if (last && dice > 0.95)
      this.#add(reprintReceipt(this.#state, { receipt: last.receipt, copy: 1 }, this.#next()));
    this.#sell(dice);
  }

  #dropToSafe(): void {
    const amount = this.#int(1, 400);
    this.#add(dropToSafe(this.#state, { amount, bag: `B-${amount}`, reason: 'full drawer' }, this.#next()));
  }

  #handOver(): void {
    const to = holderOf(this.#state) === 'person-1' ? 'person-2' : 'person-1';
    const expected = this.#state.report?.drawer.expected ?? 0;
    if (expected < 0) return;
    const counted = expected + this.#int(0, 200);
    this.#add(handOver(this.#state, { to, counted, reason: 'end of shift' }, this.#next()));
  }

  #sell(dice: number): void {
    const fresh = Array.from({ length: this.#int(1, 4) }, () => this.#line());
    const back = dice > 0.8 ? this.#refund() : [];
    const lines = dice > 0.9 && back.length > 0 ? back : [...fresh, ...back];
    const id = `basket-${this.#store}${this.#register}-${this.#records.length}`;
    const basket: Basket = { id, lines, ...this.#buyer() };
    const { total } = priceBasket(basket, RULES);
    const payments = this.#payments(total);
    const sale = this.#add(completeSale(this.#state, { basket, payments, rules: RULES }, this.#next()));
    if (sale.kind === 'sale' && sale.body.type === 'sale') this.#sold.push(sale.body);
  }

  /** Takes no numbers where nobody is known, so that such shops stay what they were. */
  #buyer(): Pick<Basket, 'customer' | 'terms'> {
    if (this.#customers === 0 || this.#random() < 0.4) return {};
    const number = this.#int(1, this.#customers);
    return { customer: `customer-${number}`, ...(number === 1 ? { terms: { tier: 'trade' } } : {}) };
  }

  #line(): BasketLine {
    const number = this.#int(1, 40);
    const taxes = number % 7 === 0 ? [VAT, LEVY] : number % 3 === 0 ? [REDUCED] : [VAT];
    return {
      product: `P${number}`,
      sku: `SKU-${number}`,
      // One product is renamed now and then, and one name needs more than ASCII.
      name: number === 5 && this.#random() < 0.5 ? 'Crème brûlée' : `Product ${number}`,
      ...(number % 11 === 0 ? {} : { department: `D${number % 4}` }),
      quantity: number % 5 === 0 ? `0.${this.#int(101, 999)}`.replace(/0+$/, '') : String(this.#int(1, 6)),
      price: `${this.#int(1, 30)}.${String(this.#int(10, 99))}`,
      taxes,
    };
  }

  #refund(): BasketLine[] {
    const sale = this.#sold.splice(0, 1)[0];
    if (!sale) return [];
    const line = refundLine(sale, 0, sale.lines[0]?.quantity ?? '1', { quantity: '0', amount: 0 });
    assert(line.ok, () => 'the fixture refunds what was sold');
    return [line.value];
  }

  #payments(total: number): Payment[] {
    if (total === 0) return [];
    const card: Payment = { tender: 'card', name: 'Card', kind: 'card', given: total };
    const cash: Payment = { tender: 'cash', name: 'Cash', kind: 'cash', given: total };
    if (total < 0) return [this.#random() < 0.5 ? card : cash];
    const dice = this.#random();
    if (dice < 0.4) return [card];
    if (dice < 0.8 || total < 300) return [{ ...cash, given: total + this.#int(0, 500) }];
    return [
      { ...card, given: 200 },
      { ...cash, given: total - 200 },
    ];
  }

  #close(): void {
    const expected = this.#state.report?.drawer.expected ?? 0;
    const counted = this.#random() < 0.5 ? expected : expected + this.#int(1, 300);
    const reason = counted === expected ? {} : { reason: 'miscounted change' };
    // Cash refunds of a quiet day can empty the drawer: it is filled before it is counted.
    if (counted < 0)
      this.#add(
        moveCash(this.#state, { direction: 'in', amount: -counted, reason: 'filled up' }, this.#next()),
      );
    const held = counted < 0 ? (this.#state.report?.drawer.expected ?? 0) : counted;
    this.#add(closeSession(this.#state, { counted: held, reason: 'counted', ...reason }, this.#next()));
    this.#closeMonth();
  }

  /** Every other session ends a month, where all of them are here. */
  #closeMonth(): void {
    if (this.#state.session % 2 === 1 || this.#records[0]?.session !== 1) return;
    const bySession = Map.groupBy(this.#records, (record) => record.session);
    const past = [...bySession.values()].flatMap((records) => pastSession(records) ?? []);
    this.#add(closePeriod(this.#state, 'month', past, this.#next()));
  }

  #add(made: Result<JournalRecord, unknown>): JournalRecord {
    assert(made.ok, () => `the fixture's command was refused: ${JSON.stringify(made)}`);
    const next = addRecord(this.#state, made.value);
    assert(next.ok, () => `the fixture's record was refused: ${JSON.stringify(next)}`);
    this.#state = next.value;
    this.#records.push(signed(made.value));
    return made.value;
  }

  #next(): Act {
    this.#clock += this.#int(5, 90) * 1000;
    return { at: new Date(this.#clock).toISOString(), actor: historyActor(`person-${this.#int(1, 3)}`) };
  }

  #int(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }
}

/** Sorts a register's records into what its session documents hold. */
export function sessionEntries({
  store,
  register,
  records,
}: Pick<RegisterJournal, 'store' | 'register' | 'records'>): SessionEntries[] {
  const sessions = new Map<number, Record<string, string>>();
  for (const record of records) {
    const entries = sessions.get(record.session) ?? {};
    sessions.set(record.session, entries);
    entries[recordKey(record.seq)] = recordText(record.sig === '' ? signed(record) : record);
  }
  return [...sessions].map(([session, entries]) => {
    const key = { class: 'session' as const, store, register, session };
    return { key, documentId: documentId({ organization: ORGANIZATION, key }), entries };
  });
}

/** The shape of every document. */
export type EntriesDocument = { entries: Record<string, A.ImmutableString> };

/** A document as every device begins it: one deterministic first change. */
export function beginDocument(): A.Doc<EntriesDocument> {
  const empty = A.init<EntriesDocument>({ actor: '00' });
  const begun = A.change(empty, { time: 0 }, (draft) => {
    draft[ENTRIES_FIELD] = {};
  });
  return A.clone(begun);
}

/** The document after writing entries in one change; undefined takes an entry out. */
export function writeEntries(
  doc: A.Doc<EntriesDocument>,
  entries: Readonly<Record<string, string | undefined>>,
): A.Doc<EntriesDocument> {
  return A.change(doc, (draft) => {
    for (const [key, text] of Object.entries(entries)) {
      if (text === undefined) delete draft.entries[key];
      else draft.entries[key] = new A.ImmutableString(text);
    }
  });
}

/** A document that holds exactly these entries. */
export function makeDocument(entries: Readonly<Record<string, string>>): A.Doc<EntriesDocument> {
  return writeEntries(beginDocument(), entries);
}
