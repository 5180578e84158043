import * as v from 'valibot';
import { catalogShard } from '../catalog/product.ts';
import { receiptNumberSchema } from '../ids/register-id.ts';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { momentSchema } from '../journal/record.ts';
import { accountIdSchema, ledgerSchema } from '../ledger/account.ts';
import type { BookedMove } from '../ledger/ledger.ts';
import { minorSchema } from '../money/money.ts';
import { err, ok, type Result } from '../result.ts';
import { readEntry, type EntryFault } from './entries.ts';

/** How many documents hold the ledgers of an organization (rule G7); fixed for ever, as two tills must use the same one. */
export const LEDGER_SHARDS = 16;

/** The ledger document of an account (rule G7). */
export function ledgerShard(account: string): number {
  return catalogShard(account, LEDGER_SHARDS);
}

const moveSchema = v.strictObject({
  ledger: ledgerSchema,
  account: accountIdSchema,
  amount: minorSchema,
  at: momentSchema,
});

const holdSchema = v.strictObject({
  ledger: ledgerSchema,
  account: accountIdSchema,
  basket: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  amount: v.pipe(minorSchema, v.minValue(1)),
  /** The register that holds it, `S01-R2`. */
  register: v.pipe(v.string(), v.minLength(1), v.maxLength(16)),
  at: momentSchema,
});

/** A part of an account that an unpaid basket is about to take (rule G8). */
export type Hold = v.InferOutput<typeof holdSchema>;

/** A move or a hold, told apart by its key. */
export type LedgerEntry =
  { readonly kind: 'move'; readonly value: BookedMove } | { readonly kind: 'hold'; readonly value: Hold };

/** An entry as it is written. */
export type WrittenEntry = { readonly key: string; readonly text: string };

/** The entry of a move: `S01-R2-000123:0` (rule G7). */
export function moveEntry({ receipt, index, ledger, account, amount, at }: BookedMove): WrittenEntry {
  const value = { ledger, account, amount, at };
  return { key: `${receipt}:${index}`, text: canonicalJson(value satisfies CanonicalValue) };
}

/** The key of a hold. */
export function holdKey({ account, basket }: Pick<Hold, 'account' | 'basket'>): string {
  return `hold:${account}:${basket}`;
}

/** The entry of a hold (rule G8). */
export function holdEntry(hold: Hold): WrittenEntry {
  return { key: holdKey(hold), text: canonicalJson(hold satisfies CanonicalValue) };
}

/** Reads a move or a hold; layaways are read by their own module. */
export function readLedgerEntry(key: string, text: string): Result<LedgerEntry, EntryFault> {
  if (key.startsWith('hold:')) {
    const hold = readEntry(holdSchema, key, text);
    if (!hold.ok) return hold;
    if (holdKey(hold.value) !== key) return wrongKey(key, `holds for "${hold.value.account}"`);
    return ok({ kind: 'hold', value: hold.value });
  }
  const [receipt = '', count = ''] = key.split(':');
  if (!v.is(receiptNumberSchema, receipt) || !/^\d{1,4}$/.test(count))
    return err({ key, code: 'unknown-key', detail: `a ledger document has no entry "${key}"` });
  const move = readEntry(moveSchema, key, text);
  if (!move.ok) return move;
  const value: BookedMove = { ...move.value, receipt, index: Number(count) };
  return moveEntry(value).key === key ? ok({ kind: 'move', value }) : wrongKey(key, 'counts otherwise');
}

function wrongKey(key: string, detail: string): Result<never, EntryFault> {
  return err({ key, code: 'wrong-key', detail });
}
