import { sql, type Kysely } from 'kysely';
import type { Ledger } from '#model/ledger/account.ts';
import type { Tables } from '../schema.ts';
import { daysOf, type Period } from './filters.ts';

type Database = Kysely<Tables>;

/** Which accounts of a ledger: `search` is the beginning of the account's id or part of its customer's name. */
export type AccountsQuery = {
  readonly ledger: Ledger;
  readonly search?: string | undefined;
  readonly limit: number;
  readonly offset: number;
};

/** Which moves of accounts; what is left out is not limited. */
export type MovesQuery = Period & {
  readonly ledger?: Ledger | undefined;
  readonly account?: string | undefined;
  readonly limit: number;
  readonly offset: number;
};

/** What `max(amount, 0)` and `min(amount, 0)` of the moves add up to: what went in and what came out, as amounts above zero. */
const issued = sql<number>`coalesce(sum(max(ledger_move.amount, 0)), 0)`;
const redeemed = sql<number>`coalesce(-sum(min(ledger_move.amount, 0)), 0)`;
const balance = sql<number>`coalesce(sum(ledger_move.amount), 0)`;

/** Customers of whom more than one shard tells are named once. */
const customerName = sql<
  string | null
>`(SELECT name FROM customer WHERE customer.id = ledger_move.account LIMIT 1)`;

/**
 * The accounts of a ledger with what is left in each (rule G2), the last moved first, a page at a time; `total` is over all that were
 * found. Money in minor units, points as points.
 */
export async function ledgerAccountsReport(database: Database, query: AccountsQuery) {
  const found = accountsIn(database, query);
  const rows = await found
    .select(({ fn }) => [
      'ledger_move.account as account',
      customerName.as('name'),
      issued.as('issued'),
      redeemed.as('redeemed'),
      balance.as('balance'),
      fn.countAll<number>().as('moves'),
      fn.max<string>('ledger_move.at').as('lastAt'),
    ])
    .groupBy('ledger_move.account')
    .orderBy('lastAt', 'desc')
    .orderBy('account')
    .limit(query.limit)
    .offset(query.offset)
    .execute();
  const total = await found
    .select(({ fn }) => [
      issued.as('issued'),
      redeemed.as('redeemed'),
      balance.as('balance'),
      fn.countAll<number>().as('moves'),
      fn.count<number>('ledger_move.account').distinct().as('count'),
    ])
    .executeTakeFirstOrThrow();
  const { count, ...sums } = total;
  return { rows, total: sums, count };
}

function accountsIn(database: Database, { ledger, search }: AccountsQuery) {
  const rows = database.selectFrom('ledger_move').where('ledger_move.ledger', '=', ledger);
  if (search === undefined || search === '') return rows;
  // As papers print a number, so it may be typed: with blanks.
  const number = search.replaceAll(/[\s-]/g, '').toUpperCase();
  return rows.where((build) =>
    build.or([
      build(sql<string>`upper(ledger_move.account)`, 'like', `${escaped(number)}%`),
      build(customerName, 'like', `%${escaped(search)}%`),
    ]),
  );
}

/** `%` and `_` are letters like others here; without them LIKE matches them alone. */
function escaped(text: string): string {
  return text.replaceAll(/[%_]/g, '');
}

/**
 * What went into accounts and came out of them in a period, the latest first, a page at a time, each with the receipt that did it (rule G1);
 * `total` is over all that were found. Points are not added to money: `total` is null where both are in the list.
 */
export async function ledgerMovesReport(database: Database, query: MovesQuery) {
  const rows = await movesIn(database, query)
    .select([
      'ledger_move.receipt as receipt',
      'ledger_move.place as index',
      'ledger_move.at as at',
      'sale.day as day',
      'ledger_move.store as store',
      'ledger_move.register as register',
      'sale.by as by',
      'ledger_move.ledger as ledger',
      'ledger_move.account as account',
      customerName.as('name'),
      'ledger_move.amount as amount',
    ])
    .orderBy('ledger_move.at', 'desc')
    .orderBy('ledger_move.receipt', 'desc')
    .orderBy('ledger_move.place', 'desc')
    .limit(query.limit)
    .offset(query.offset)
    .execute();
  const sums = await movesIn(database, query)
    .select(({ fn }) => [
      issued.as('issued'),
      redeemed.as('redeemed'),
      balance.as('amount'),
      fn.countAll<number>().as('count'),
      sql<number>`count(DISTINCT ledger_move.ledger = 'points')`.as('units'),
    ])
    .executeTakeFirstOrThrow();
  const { count, units, ...total } = sums;
  return { rows, total: units > 1 ? null : total, count };
}

function movesIn(database: Database, query: MovesQuery) {
  const { from, to } = daysOf(query);
  let rows = database
    .selectFrom('ledger_move')
    .innerJoin('sale', (join) =>
      join
        .onRef('sale.store', '=', 'ledger_move.store')
        .onRef('sale.register', '=', 'ledger_move.register')
        .onRef('sale.seq', '=', 'ledger_move.seq'),
    )
    .where('sale.day', '>=', from)
    .where('sale.day', '<=', to);
  if (query.store !== undefined) rows = rows.where('ledger_move.store', '=', query.store);
  if (query.register !== undefined) rows = rows.where('ledger_move.register', '=', query.register);
  if (query.ledger !== undefined) rows = rows.where('ledger_move.ledger', '=', query.ledger);
  if (query.account !== undefined) rows = rows.where('ledger_move.account', '=', query.account);
  return rows;
}
