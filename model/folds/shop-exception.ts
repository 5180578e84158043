import { sha256Text } from '../journal/canonical.ts';
import type { JournalRecord } from '../journal/record.ts';
import type { Ledger } from '../ledger/account.ts';
import type { Minor } from '../money/money.ts';
import type { RefundOf } from '../sale/sale-body.ts';

/** The kinds of exceptions a fold finds (rules F2 to F8), in the order lists show them. */
export const EXCEPTION_KINDS = [
  'double-refund',
  'sold-twice',
  'serial-twice',
  'overspent',
  'oversold',
  'fork',
  'late-session',
  'zz-mismatch',
  'period-mismatch',
] as const;

/** A kind of exception. */
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number];

/** Which session of which register. */
export type SessionName = { readonly register: string; readonly session: number };

/**
 * Something tills that were apart did, each rightly by what it knew, and that no merging can undo (rules F1 to F8). `kind` and `id`
 * together name it on every replica. `store` is where it is seen to and `at` when the last of it was done (UTC with milliseconds);
 * `receipts` are the numbers involved, sorted. `amount` is what it comes to in minor units, above zero, where it is a figure.
 */
export type ShopException = {
  readonly id: string;
  readonly store: string;
  readonly at: string;
  readonly receipts: readonly string[];
  readonly amount?: Minor;
} & (
  | { readonly kind: 'double-refund'; readonly lines: readonly RefundOf[] }
  | { readonly kind: 'sold-twice'; readonly basket: string }
  | {
      readonly kind: 'serial-twice';
      readonly product: string;
      readonly name: string;
      readonly serial: string;
    }
  | { readonly kind: 'overspent'; readonly ledger: Ledger; readonly account: string; readonly balance: Minor }
  | { readonly kind: 'oversold'; readonly products: readonly string[] }
  | { readonly kind: 'fork'; readonly register: string; readonly seq: number }
  | ({ readonly kind: 'late-session' | 'zz-mismatch'; readonly day: string } & SessionName)
  | ({ readonly kind: 'period-mismatch'; readonly period: string } & SessionName)
);

/** The exception of one kind. */
export type ExceptionOf<Kind extends ExceptionKind> = Extract<ShopException, { kind: Kind }>;

/** Whether a finding's code is that of an exception that every replica finds. */
export function isExceptionKind(code: string): code is ExceptionKind {
  return (EXCEPTION_KINDS as readonly string[]).includes(code);
}

/** The id of an exception: SHA-256 of the sorted hashes of the records involved, one to a line, as base64url (rule F1). */
export function exceptionId(hashes: Iterable<string>): string {
  return sha256Text([...new Set(hashes)].sort().join('\n'));
}

/** What every exception of records says of them: its id, where and when the last of it was done, and the receipts among them. */
export function involved(
  records: readonly JournalRecord[],
): Pick<ShopException, 'id' | 'store' | 'at' | 'receipts'> {
  const last = records.reduce((a, b) => (a.at < b.at || (a.at === b.at && a.hash < b.hash) ? b : a));
  const receipts = records.flatMap((record) => (record.kind === 'sale' ? [record.body.receipt] : []));
  return {
    id: exceptionId(records.map(({ hash }) => hash)),
    store: last.store,
    at: last.at,
    receipts: [...new Set(receipts)].sort(),
  };
}

/** Items by a key, in the order they came. */
export function groups<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): Map<string, Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const group = found.get(keyOf(item));
    if (group) group.push(item);
    else found.set(keyOf(item), [item]);
  }
  return found;
}
