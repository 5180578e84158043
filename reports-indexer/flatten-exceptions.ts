import { readExceptionsEntry } from '#model/documents/exceptions.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { ok, type Result } from '#model/result.ts';
import { readStockEntry } from '#model/stock/stock-entry.ts';
import { allRows } from './database.ts';
import type { EntryRefusal } from './read-record.ts';
import type { Statements } from './statements.ts';

type BookKey = Extract<DocumentKey, { class: 'stock-book' }>;

/** Keeps how somebody saw to an exception (rule F10). */
export function putResolution(
  statements: Statements,
  store: string,
  key: string,
  text: string,
): Result<true, EntryRefusal> {
  const read = readExceptionsEntry(key, text);
  if (!read.ok) return read;
  const { exception, at, entry, by, approvedBy, outcome, reason, amount } = read.value;
  const { kind, id } = exception;
  statements.putResolution.run(
    store,
    kind,
    id,
    at,
    entry,
    by,
    approvedBy ?? null,
    outcome,
    reason,
    amount ?? null,
  );
  return ok(true);
}

/** Takes a resolution out whose entry changed; the audit says that it was there (rule A3). */
export function clearResolution(statements: Statements, store: string, key: string): void {
  const [, at = '', entry = ''] = /^audit:(.{24}):(.*)$/.exec(key) ?? [];
  statements.deleteResolution.run(store, at, entry);
}

/** Keeps an entry of a stock book (rule K1). */
export function putStock(
  statements: Statements,
  { store, month }: BookKey,
  key: string,
  text: string,
): Result<true, EntryRefusal> {
  const read = readStockEntry(key, text);
  if (!read.ok) return read;
  const { id, product, at, quantity } = read.value;
  statements.putStockEntry.run(store, month, id, product, at, quantity);
  return ok(true);
}

/** Products that the entries under these keys of a book name, or an entry of the same id in another of its books; all where none are given. */
export function stockProducts(
  statements: Statements,
  { store, month }: BookKey,
  keys?: Iterable<string>,
): Set<string> {
  const ids = new Set<string>();
  const products = new Set<string>();
  if (keys === undefined)
    for (const row of allRows<{ id: string; product: string }>(statements.stockOfMonth, store, month)) {
      ids.add(row.id);
      products.add(row.product);
    }
  else for (const key of keys) ids.add(key.slice('entry:'.length));
  for (const id of ids)
    for (const { product } of allRows<{ product: string }>(statements.stockNamed, store, id))
      products.add(product);
  return products;
}
