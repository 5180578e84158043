import type { Kysely } from 'kysely';
import { LEDGERS, type Ledger } from '#model/ledger/account.ts';
import { balanceOf } from '#model/ledger/ledger.ts';
import type { Tables } from '../schema.ts';

/** What the shop owes by one ledger, in minor units: `balance` = `issued` − `redeemed`, over `accounts` accounts. */
export type LedgerRow = {
  readonly ledger: Ledger;
  readonly accounts: number;
  readonly issued: number;
  readonly redeemed: number;
  readonly balance: number;
};

/** What is asked for: every ledger, one, or one account of it with its moves. */
export type LedgersQuery = { readonly ledger?: Ledger | undefined; readonly account?: string | undefined };

/** The latest moves an account is shown with. */
const MOST_MOVES = 200;

/**
 * The ledgers of value from the journals alone (rules G1 and G2): sums by ledger, or one account with its latest moves. `open` is what
 * the shop owes in money; points are counted apart (rule U11).
 */
export async function ledgersReport(database: Kysely<Tables>, { ledger, account }: LedgersQuery) {
  if (ledger !== undefined && account !== undefined) return accountReport(database, ledger, account);
  const found = await database
    .selectFrom('ledger_move')
    .select(({ fn, eb }) => [
      'ledger',
      fn.count<number>('account').distinct().as('accounts'),
      fn.sum<number>(eb.fn<number>('max', ['amount', eb.lit(0)])).as('issued'),
      fn.sum<number>('amount').as('balance'),
    ])
    .groupBy('ledger')
    .execute();
  const rows = LEDGERS.flatMap((name): LedgerRow[] => {
    const row = found.find((one) => one.ledger === name);
    if (!row || (ledger !== undefined && ledger !== name)) return [];
    const { accounts, issued, balance } = row;
    return [{ ledger: name, accounts, issued, redeemed: issued - balance, balance }];
  });
  const money = rows.filter((row) => row.ledger !== 'points');
  return { rows, open: money.reduce((sum, { balance }) => sum + balance, 0) };
}

async function accountReport(database: Kysely<Tables>, ledger: Ledger, account: string) {
  const rows = await database
    .selectFrom('ledger_move')
    .select(['receipt', 'place', 'at', 'amount'])
    .where('ledger', '=', ledger)
    .where('account', '=', account)
    .orderBy('at', 'desc')
    .orderBy('receipt', 'desc')
    .orderBy('place', 'desc')
    .execute();
  const moves = rows.map(({ place, ...row }) => ({ ...row, index: place }));
  const balance = balanceOf(
    moves.map((move) => ({ ...move, ledger, account })),
    { ledger, id: account },
  );
  return { ledger, account, balance, moves: moves.slice(0, MOST_MOVES) };
}
