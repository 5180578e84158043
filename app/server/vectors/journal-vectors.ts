import { Exact, minorToDecimal } from '#model/money/money.ts';
import { closingTotals, addToTotals, NO_TOTALS } from '#model/folds/perpetual-total.ts';
import { callNumber } from '#model/ids/register-id.ts';
import { openSaleEntries, readOpenSale } from '#model/documents/basket.ts';
import { recordText } from '#model/journal/chain.ts';
import { parseRecord, recordKey, type JournalRecord } from '#model/journal/record.ts';
import { emptyBasket, lineAmount, type Basket, type BasketLine } from '#model/sale/basket.ts';
import type { SaleBody } from '#model/sale/sale-body.ts';
import type { StockEntry } from '#model/stock/stock-entry.ts';
import { stockOnHand } from '#model/stock/stock-on-hand.ts';
import { shownTurnover, type AustrianReceiptKind } from '../../lib/fiscal/austrian-turnover.ts';
import { purseOf } from './amounts.ts';
import { RegisterPlay } from './register-play.ts';
import {
  VectorFault,
  asCount,
  asDecimal,
  asList,
  asObject,
  asText,
  asWhole,
  firstOf,
  type Family,
  type JsonObject,
  type Outcome,
} from './vector.ts';

const CURRENCY = 'GBP';
const ARTICLE: BasketLine = {
  product: 'article',
  sku: 'article',
  name: 'Article',
  quantity: '1',
  price: '1',
  taxes: [],
};

const receiptOf = (record: JournalRecord) => (record.kind === 'sale' ? record.body.receipt : '');

/** Receipt numbers of so many sales on one register, whoever made them. */
function receipts(play: RegisterPlay, count: number): string[] {
  for (let sale = 0; sale < count; sale++) play.sell(100, 100);
  return play.records.map(receiptOf).filter((receipt) => receipt !== '');
}

/** Examples of numbers that must not come twice. */
export const numbering: Family = ({ inputs }) => {
  if (inputs['date'] !== undefined) return callNumbers(inputs);
  if (inputs['steps'] !== undefined) return draftComesBack();
  const play = new RegisterPlay(CURRENCY, 0);
  const reload = inputs['sequence_after_reload'];
  if (reload !== undefined) {
    const made = receipts(play, asCount(reload, 'sequence_after_reload'));
    const again = reloaded(play);
    const [next = ''] = receipts(again, 1).slice(made.length);
    const session = asWhole(inputs['session_id'], 'session_id');
    return { requirement: `next is ${session * 100 + Number(next.split('-')[2])}` };
  }
  const sequences = inputs['sequences'] === undefined ? undefined : asList(inputs['sequences'], 'sequences');
  const count = sequences
    ? Math.max(0, ...sequences.map((sequence) => asCount(sequence, 'a sequence')))
    : asCount(
        asCount(inputs['tabs'] ?? 1, 'tabs') * asCount(inputs['orders_per_tab'] ?? 1, 'orders_per_tab'),
        'tabs times orders_per_tab',
      );
  const made = receipts(play, count);
  const asked = sequences ? sequences.map((sequence) => made[Number(sequence) - 1]) : made;
  const distinct = new Set(asked).size;
  return {
    distinct_receipt_numbers: distinct,
    distinct_numbers: distinct,
    requirement: distinct === asked.length ? 'must differ' : 'are equal',
  };
};

/** A register as its stored records make it, after everything in memory is gone. */
function reloaded(play: RegisterPlay): RegisterPlay {
  const stored = play.records.map((record) => {
    const read = parseRecord(recordText(record));
    if (!read.ok) throw new VectorFault(`A stored record cannot be read: ${read.error.detail}.`);
    return read.value;
  });
  return new RegisterPlay(CURRENCY, 0, stored);
}

function callNumbers(inputs: JsonObject): Outcome {
  const day = asText(inputs['date'], 'date');
  const count = asCount(firstOf(inputs, 'concurrent_orders', 'orders') ?? 1, 'concurrent_orders');
  const play = new RegisterPlay(CURRENCY, 0);
  const made = receipts(play, count).map((_, i) => callNumber(day, i + 1));
  return { distinct_codes: made, codes: made };
}

/** A draft has no number: it comes back after a reload, and both it and a new one get theirs when they are paid. */
function draftComesBack(): Outcome {
  const draft = { ...emptyBasket('draft'), lines: [ARTICLE] };
  const restored = readOpenSale(openSaleEntries({ basket: draft, paying: false, payments: [] }));
  if (!restored.ok || !restored.value) throw new VectorFault('The draft cannot be read back.');
  const play = new RegisterPlay(CURRENCY, 0);
  const cash = [{ tender: 'cash', name: 'Cash', kind: 'cash' as const, given: 100 }];
  const numbers = [restored.value.basket, { ...draft, id: 'new' }].map(
    (basket: Basket) => play.sellBasket(basket, cash).receipt,
  );
  return { distinct_numbers: new Set(numbers).size, distinct_receipt_numbers: new Set(numbers).size };
}

/** Examples of facts that arrive late, twice, or from two sides. */
export const sync: Family = ({ inputs }) => {
  if (inputs['offline_line_qty'] !== undefined) return syncedQuantity(inputs);
  const isRetry = inputs['requests'] !== undefined;
  const sales = isRetry ? 1 : asCount(inputs['offline_orders'], 'offline_orders');
  const times = asCount(isRetry ? inputs['requests'] : inputs['tabs_syncing'], 'how often it is sent');
  asCount(sales * times, 'orders times how often they are sent');
  const play = new RegisterPlay(CURRENCY, 0);
  receipts(play, sales);
  const stored = new Map<string, string>();
  for (let time = 0; time < times; time++)
    for (const record of play.records) stored.set(recordKey(record.seq), recordText(record));
  const orders = [...stored.values()]
    .map(parseRecord)
    .filter((read) => read.ok && read.value.kind === 'sale').length;
  return { orders: play.reportAfter(times).sales.count === orders ? orders : NaN };
};

function syncedQuantity(inputs: JsonObject): Outcome {
  const quantity = asDecimal(inputs['offline_line_qty'], 'offline_line_qty').toFixed();
  const play = new RegisterPlay(CURRENCY, 0);
  play.sellLines([{ ...ARTICLE, quantity }], 'cash');
  const read = play.records.map((record) => parseRecord(recordText(record))).findLast((one) => one.ok);
  const sale = read?.ok && read.value.kind === 'sale' ? read.value.body : undefined;
  return { synced_qty: new Exact(sale?.lines[0]?.quantity ?? NaN) };
}

/** Examples of stock that follows sales. */
export const stock: Family = ({ inputs }) => {
  const play = new RegisterPlay(CURRENCY, 0);
  const entries: StockEntry[] = [];
  const sales: SaleBody[] = [];
  const book = (quantity: string) =>
    entries.push({
      id: `entry-${entries.length}`,
      product: 'article',
      kind: 'adjustment',
      quantity,
      at: '2026-01-05T08:00:00.000Z',
      by: 'example',
      reason: '',
    });
  const sell = (quantity: string) => sales.push(play.sellLines([{ ...ARTICLE, quantity }], 'cash'));
  book(asDecimal(inputs['start'], 'start').toFixed());
  const levels = asList(inputs['events'], 'events').map((event) => {
    stockEvent(event, { book, sell, last: () => sales.at(-1) });
    // Everything arrives once more with each event, as after a link that came back.
    return new Exact(stockOnHand([...entries, ...entries], [...sales, ...sales]).get('article') ?? 0);
  });
  const closed = play.close(play.report.drawer.expected);
  return { levels, close: closed ? 'succeeds' : 'fails', final: levels.at(-1) };
};

type StockActs = {
  readonly book: (quantity: string) => void;
  readonly sell: (quantity: string) => void;
  readonly last: () => SaleBody | undefined;
};

function stockEvent(event: unknown, { book, sell, last }: StockActs): void {
  if (typeof event === 'number') return sell(new Exact(event).neg().toFixed());
  const [, word = '', quantity = '1'] =
    /^(\w+)(?:\s+(-?\d+(?:\.\d+)?))?$/.exec(asText(event, 'an event').trim()) ?? [];
  if (word === 'sell' || word === 'sale') return sell(quantity);
  if (word === 'refund' || word === 'return') return sell(`-${quantity}`);
  if (word === 'receive' || word === 'adjust') return book(quantity);
  // A void takes a sale back by a fact of its own; nothing that happened is ever deleted.
  if (word === 'void') return sell(new Exact(last()?.lines[0]?.quantity ?? 0).neg().toFixed());
  if (word !== 'delete') throw new VectorFault(`The event "${String(event)}" is not known.`);
}

/** Examples of totals that only ever go on. */
export const grandTotal: Family = async ({ inputs }) => {
  const purse = purseOf(inputs);
  if (inputs['receipts'] !== undefined) return { rows: await austrianRows(inputs) };
  const days = asList(firstOf(inputs, 'days', 'periods', 'months'), 'days').map((day) =>
    asList(day, 'a day').map((total) => ({ total: purse.minor(total, 'a total') })),
  );
  const closings = closingTotals(days);
  const period = closings.map((closing) => purse.major(closing.period));
  return {
    daily: period,
    period,
    perpetual: closings.map(({ perpetual }) => purse.major(perpetual.signed)),
    absolute: closings.map(({ perpetual }) => purse.major(perpetual.absolute)),
  };
};

async function austrianRows(inputs: JsonObject): Promise<Outcome[]> {
  const purse = purseOf(inputs);
  const register = asText(inputs['cashbox_id'], 'cashbox_id');
  const key = Uint8Array.from(atob(asText(inputs['aes256_key_b64'], 'aes256_key_b64')), (one) =>
    one.charCodeAt(0),
  );
  const rows: Outcome[] = [];
  let totals = NO_TOTALS;
  for (const item of asList(inputs['receipts'], 'receipts')) {
    const receipt = asObject(item, 'a receipt');
    const [id, type] = [asText(receipt['id'], 'id'), asText(receipt['type'], 'type')];
    const total = purse.minor(receipt['amount'], 'amount');
    const kind = austrianKind(type);
    totals = addToTotals(totals, { total, training: kind === 'training' });
    const encrypted = await shownTurnover({ kind, total: totals.signed, register, receipt: id, key });
    rows.push({
      receipt: id,
      type,
      amount: purse.major(total),
      perpetual_total: purse.major(totals.signed),
      encrypted,
    });
  }
  return rows;
}

/**
 * Chains and payloads that a country prescribes. The product offers what every record of it goes through, and of Austria the
 * turnover counter; all else waits for the country's own module.
 */
export const chains: Family = async ({ inputs, category, title }) => {
  if (inputs['types'] !== undefined && /RKSV|Austria/i.test(title)) return austrianFields(inputs);
  const expression = inputs['expression'];
  if (typeof expression !== 'string')
    return {
      skip: `not offered yet: the product has no country module for ${title.split(':')[0]} that makes this ${category}`,
    };
  const [, quantity = '', price = ''] = /^(-?\d+(?:\.\d+)?)\s*\*\s*(\d+(?:\.\d+)?)$/.exec(expression) ?? [];
  if (price === '') throw new VectorFault(`The expression "${expression}" is no quantity times a price.`);
  return { canonical: minorToDecimal(lineAmount({ quantity, price }, CURRENCY), CURRENCY) };
};

/** What receipts that do not show the counter show in its place. */
async function austrianFields(inputs: JsonObject): Promise<Outcome> {
  const receipt = { total: 0, register: '', receipt: '', key: new Uint8Array(32) };
  const field = asList(inputs['types'], 'types').map((type) => {
    const kind = austrianKind(asText(type, 'a type'));
    if (kind === 'ordinary') throw new VectorFault(`The type "${String(type)}" shows its counter.`);
    return shownTurnover({ ...receipt, kind });
  });
  return { field: await Promise.all(field) };
}

function austrianKind(type: string): AustrianReceiptKind {
  return type.startsWith('TRAINING') ? 'training' : type.startsWith('STORNO') ? 'void' : 'ordinary';
}
