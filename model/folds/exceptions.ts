import { registerName } from '../ids/register-id.ts';
import { sha256Text } from '../journal/canonical.ts';
import type { JournalRecord, RecordOf } from '../journal/record.ts';
import { Exact } from '../money/money.ts';
import type { RefundOf } from '../sale/sale-body.ts';
import type { StockEntry } from '../stock/stock-entry.ts';
import { oversoldProducts } from '../stock/oversold.ts';

/**
 * Something tills that were apart did, each rightly by what it knew, and that no merging can undo (rules F1 to F5). `records` are the
 * hashes of the records involved, sorted; `kind` and `id` together name it on every replica.
 */
export type ShopException = { readonly id: string; readonly records: readonly string[] } & (
  | { readonly kind: 'double-refund'; readonly lines: readonly RefundOf[] }
  | { readonly kind: 'sold-twice'; readonly basket: string; readonly receipts: readonly string[] }
  | { readonly kind: 'oversold'; readonly store: string; readonly products: readonly string[] }
  | { readonly kind: 'fork'; readonly register: string; readonly seq: number }
);

/** What exceptions are found in: records whose signatures count (rule E10), and each store's stock book as far as it is here. */
export type ExceptionFacts = {
  readonly records: Iterable<JournalRecord>;
  readonly stock?: ReadonlyMap<string, Iterable<StockEntry>>;
};

type Sale = RecordOf<'sale'>;

/** The id of an exception: SHA-256 of the sorted hashes of the records involved, one to a line, as base64url (rule F1). */
export function exceptionId(hashes: Iterable<string>): string {
  return sha256Text([...new Set(hashes)].sort().join('\n'));
}

/** Every exception in these facts, by kind and id: the same list in whatever order and however often the facts came (rule F1). */
export function findExceptions({ records, stock = new Map() }: ExceptionFacts): readonly ShopException[] {
  const known = [...new Map([...records].map((record) => [record.hash, record])).values()].sort(byHash);
  const sales = known.filter((record) => record.kind === 'sale');
  return [...doubleRefunds(sales), ...soldTwice(sales), ...oversold(sales, stock), ...forks(known)].sort(
    (a, b) => compare(`${a.kind} ${a.id}`, `${b.kind} ${b.id}`),
  );
}

/** More of a line came back than was sold of it (rule F2). Lines that the same receipts took back are one exception. */
function doubleRefunds(sales: readonly Sale[]): ShopException[] {
  const sold = groups(sales, ({ body }) => body.receipt);
  const back = new Map<string, { readonly of: RefundOf; readonly refunds: Sale[]; left: string }>();
  for (const refund of sales)
    for (const { refundOf: of, quantity } of refund.body.lines) {
      if (!of) continue;
      const key = `${of.receipt} ${of.line}`;
      const found = back.get(key) ?? { of, refunds: [], left: soldQuantity(sold.get(of.receipt), of.line) };
      found.left = new Exact(found.left).plus(quantity).toFixed();
      found.refunds.push(refund);
      back.set(key, found);
    }
  const lines = new Map<string, { readonly lines: RefundOf[]; readonly records: readonly string[] }>();
  for (const { of, refunds, left } of back.values()) {
    const [sale] = sold.get(of.receipt) ?? [];
    // Of a sale that is not here nobody can say how much of it may come back.
    if (!sale || !left.startsWith('-')) continue;
    const records = hashesOf([...(sold.get(of.receipt) ?? []), ...refunds]);
    const id = exceptionId(records);
    const found = lines.get(id) ?? { lines: [], records };
    found.lines.push(of);
    lines.set(id, found);
  }
  return [...lines].map(([id, found]) => ({
    kind: 'double-refund',
    id,
    records: found.records,
    lines: found.lines.sort((a, b) => compare(a.receipt, b.receipt) || a.line - b.line),
  }));
}

/** After a fork two sales may have one number: what either sold may come back. */
function soldQuantity(sales: readonly Sale[] | undefined, line: number): string {
  let sum = new Exact(0);
  for (const { body } of sales ?? []) {
    const { quantity = '0', refundOf } = body.lines[line] ?? {};
    if (refundOf === undefined && !quantity.startsWith('-')) sum = sum.plus(quantity);
  }
  return sum.toFixed();
}

/** One basket on two receipts, neither of which is voided (rule F3). */
function soldTwice(sales: readonly Sale[]): ShopException[] {
  const voided = new Set(sales.map(({ body }) => body.voids?.receipt));
  const found: ShopException[] = [];
  for (const [basket, twins] of groups(sales, ({ body }) => body.basket)) {
    const standing = twins.filter(({ body }) => !voided.has(body.receipt));
    if (standing.length < 2) continue;
    const records = hashesOf(standing);
    const receipts = standing.map(({ body }) => body.receipt).sort();
    found.push({ kind: 'sold-twice', id: exceptionId(records), records, basket, receipts });
  }
  return found;
}

/** The sale with which a product that is counted fell below zero, where it is below zero still (rule F4). */
function oversold(sales: readonly Sale[], stock: ReadonlyMap<string, Iterable<StockEntry>>): ShopException[] {
  return [...stock].flatMap(([store, entries]) => {
    const here = sales.filter((sale) => sale.store === store);
    return [...oversoldProducts(entries, here)].map(([hash, products]) => ({
      kind: 'oversold' as const,
      id: exceptionId([hash]),
      records: [hash],
      store,
      products: [...products].sort(),
    }));
  });
}

/** Two records with one number where the chain parts; what follows on both branches is the same fork (rule F5). */
function forks(records: readonly JournalRecord[]): ShopException[] {
  const byNumber = groups(records, (record) => numberOf(record, record.seq));
  const found: ShopException[] = [];
  for (const here of byNumber.values()) {
    const [first] = here;
    if (!first || here.length < 2) continue;
    const before = byNumber.get(numberOf(first, first.seq - 1)) ?? [];
    const parts = before.length > 1 ? [...groups(here, ({ prev }) => prev).values()] : [here];
    for (const part of parts) {
      if (part.length < 2) continue;
      const all = hashesOf(part);
      const register = registerName(first.store, first.register);
      found.push({ kind: 'fork', id: exceptionId(all), records: all, register, seq: first.seq });
    }
  }
  return found;
}

function numberOf({ org, store, register }: JournalRecord, seq: number): string {
  return `${org} ${store}-${register} ${seq}`;
}

function groups<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): Map<string, Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const group = found.get(keyOf(item));
    if (group) group.push(item);
    else found.set(keyOf(item), [item]);
  }
  return found;
}

function hashesOf(records: readonly JournalRecord[]): string[] {
  return [...new Set(records.map(({ hash }) => hash))].sort();
}

function byHash(a: JournalRecord, b: JournalRecord): number {
  return compare(a.hash, b.hash);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
