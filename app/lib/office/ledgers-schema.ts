import * as v from 'valibot';
import { ledgerSchema } from '#model/ledger/account.ts';
import { minorSchema } from '#model/money/money.ts';

// What the reports program says about ledgers of value. Sums of the ledger `points` are points, all others minor units.

const count = v.pipe(v.number(), v.safeInteger());
const sums = { issued: minorSchema, redeemed: minorSchema, balance: minorSchema };

/** What each ledger holds: `balance` = `issued` − `redeemed`. `open` adds up what is money. */
export const ledgersSchema = v.object({
  rows: v.array(v.object({ ledger: ledgerSchema, accounts: count, ...sums })),
  open: minorSchema,
});

/** One page of the accounts of a ledger; `name` is the customer's where the account is one's. `total` and `count` are of all. */
export const ledgerAccountsSchema = v.object({
  rows: v.array(
    v.object({
      account: v.string(),
      name: v.nullable(v.string()),
      ...sums,
      moves: count,
      lastAt: v.string(),
    }),
  ),
  total: v.object({ ...sums, moves: count }),
  count,
});

/** One page of what went into accounts and came out; no `total` where money and points are in one list. */
export const ledgerMovesSchema = v.object({
  rows: v.array(
    v.object({
      receipt: v.string(),
      index: count,
      at: v.string(),
      day: v.string(),
      store: v.string(),
      register: v.string(),
      by: v.string(),
      ledger: ledgerSchema,
      account: v.string(),
      name: v.nullable(v.string()),
      amount: minorSchema,
    }),
  ),
  total: v.nullable(v.object({ issued: minorSchema, redeemed: minorSchema, amount: minorSchema })),
  count,
});

/** What each ledger holds. */
export type LedgersAnswer = v.InferOutput<typeof ledgersSchema>;
/** One page of accounts. */
export type LedgerAccountsAnswer = v.InferOutput<typeof ledgerAccountsSchema>;
/** One page of moves. */
export type LedgerMovesAnswer = v.InferOutput<typeof ledgerMovesSchema>;
