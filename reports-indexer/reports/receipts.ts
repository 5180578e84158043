import { sql, type ExpressionBuilder, type Kysely, type SelectQueryBuilder } from 'kysely';
import type { RecordOf } from '#model/journal/record.ts';
import type { SaleTable, Tables } from '../schema.ts';
import { daysOf, type Period } from './filters.ts';
import { isAbout, namedSubject, type ReceiptSubject } from './receipt-subject.ts';

/** Which receipts to list: `search` is the beginning of a receipt number, its count alone (`123`), or of a basket id; `about` narrows them. */
export type ReceiptQuery = Period & {
  readonly search?: string | undefined;
  readonly about?: ReceiptSubject | undefined;
  readonly limit: number;
  readonly offset: number;
};

/** The receipts of a period, newest first, how many there are in all, and whom or what they are about by its name. */
export async function receiptsReport(database: Kysely<Tables>, query: ReceiptQuery) {
  const numbers = await numbersOf(database, query.search ?? '');
  // The page is found in the index alone; only its own rows are read.
  const page = newestFirst(
    receipts(database, query, numbers).select(['store', 'register', 'seq', 'day', 'at']),
    isSearch(query),
  )
    .limit(query.limit)
    .offset(query.offset)
    .as('page');
  const rows = await database
    .selectFrom(page)
    .innerJoin('sale', (join) =>
      join
        .onRef('sale.store', '=', 'page.store')
        .onRef('sale.register', '=', 'page.register')
        .onRef('sale.seq', '=', 'page.seq'),
    )
    .select(['receipt', 'sale.at', 'sale.day', 'sale.store', 'sale.register', 'by', 'type', 'total', 'lines'])
    .orderBy('sale.day', 'desc')
    .orderBy('sale.at', 'desc')
    .orderBy('sale.store', 'desc')
    .orderBy('sale.register', 'desc')
    .orderBy('sale.seq', 'desc')
    .execute();
  const count = await countOf(database, query, numbers);
  return query.about === undefined
    ? { rows, count }
    : { rows, count, about: await namedSubject(database, query.about) };
}

type Found = SelectQueryBuilder<Tables, 'sale', Pick<SaleTable, 'store' | 'register' | 'seq' | 'day' | 'at'>>;

/** A search finds few receipts by their own index and sorts them; without one the index of days is in the right order. */
function newestFirst(found: Found, sorted: boolean): Found {
  return found
    .orderBy(sorted ? sql`+day` : 'day', 'desc')
    .orderBy('at', 'desc')
    .orderBy('store', 'desc')
    .orderBy('register', 'desc')
    .orderBy('seq', 'desc');
}

function isSearch(query: ReceiptQuery): boolean {
  return query.search !== undefined && query.search !== '';
}

/** The whole record of one receipt. */
export async function receiptRecord(
  database: Kysely<Tables>,
  receipt: string,
): Promise<RecordOf<'sale'> | undefined> {
  const row = await database
    .selectFrom('sale')
    .innerJoin('record', (join) =>
      join
        .onRef('record.store', '=', 'sale.store')
        .onRef('record.register', '=', 'sale.register')
        .onRef('record.seq', '=', 'sale.seq'),
    )
    .select('record.json')
    .where('sale.receipt', '=', receipt)
    .orderBy('sale.seq')
    .limit(1)
    .executeTakeFirst();
  return row && (JSON.parse(row.json) as RecordOf<'sale'>);
}

function receipts(database: Kysely<Tables>, query: ReceiptQuery, numbers: readonly string[]) {
  const { from, to } = daysOf(query);
  const { search, about } = query;
  // The plus keeps SQLite from walking all days when the search leads to a few receipts.
  const day = isSearch(query) ? sql`+day` : sql`day`;
  let rows = database.selectFrom('sale').where(sql<boolean>`${day} BETWEEN ${from} AND ${to}`);
  if (query.store !== undefined) rows = rows.where('store', '=', query.store);
  if (query.register !== undefined) rows = rows.where('register', '=', query.register);
  if (about !== undefined) rows = rows.where((build) => isAbout(build, about));
  if (search !== undefined && search !== '') rows = rows.where((build) => matches(build, search, numbers));
  return rows;
}

/** Every branch goes through an index of its own. */
function matches(build: ExpressionBuilder<Tables, 'sale'>, search: string, numbers: readonly string[]) {
  // One below the last code point there is: behind every text that begins with `search`.
  const end = `${search}\u{10FFFE}`;
  return build.or([
    build('receipt', 'in', numbers.length > 0 ? numbers : ['']),
    build.and([build('receipt', '>=', search.toUpperCase()), build('receipt', '<', end.toUpperCase())]),
    build.and([build('basket', '>=', search), build('basket', '<', end)]),
  ]);
}

/** The receipts with this count, one for every register there is. */
async function numbersOf(database: Kysely<Tables>, search: string): Promise<string[]> {
  if (!/^\d{1,9}$/.test(search)) return [];
  const registers = await database.selectFrom('span').select(['store', 'register']).distinct().execute();
  const count = String(Number(search)).padStart(6, '0');
  return registers.map(({ store, register }) => `${store}-${register}-${count}`);
}

async function countOf(
  database: Kysely<Tables>,
  query: ReceiptQuery,
  numbers: readonly string[],
): Promise<number> {
  if (isSearch(query) || query.about !== undefined) {
    const row = await receipts(database, query, numbers)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirst();
    return row?.count ?? 0;
  }
  // Whole sessions lie in or out of a period, so their sums count a million receipts at once.
  const { from, to } = daysOf(query);
  let sessions = database
    .selectFrom('session')
    .select(sql<number | null>`sum(sales + refunds + exchanges)`.as('count'))
    .where('day', '>=', from)
    .where('day', '<=', to);
  if (query.store !== undefined) sessions = sessions.where('store', '=', query.store);
  if (query.register !== undefined) sessions = sessions.where('register', '=', query.register);
  return (await sessions.executeTakeFirst())?.count ?? 0;
}
