import { sql, type Kysely } from 'kysely';
import { fromThousandths, toThousandths } from '../quantities.ts';
import type { Tables } from '../schema.ts';

type Database = Kysely<Tables>;

/** Whose stock. */
export type StockQuery = { readonly store: string };

/**
 * What a store has of each article its books name (rule K2), as decimal text by product, and the moment of the last record or entry of
 * the store that is in it (rule K7). Undefined where the store keeps no book.
 */
export async function stockReport(database: Database, { store }: StockQuery) {
  const sums = await bookedIn(database, store);
  const heard = await lastHeard(database, store);
  if (sums.size === 0 || heard === undefined) return undefined;
  for (const [product, change] of await taken(database, store))
    sums.set(product, (sums.get(product) ?? 0) + change);
  const stock = [...sums].map(([product, sum]) => [product, fromThousandths(sum)] as const);
  return { store, heard, stock: stock.sort(([a], [b]) => (a < b ? -1 : 1)) };
}

/** The sum of the entries, in thousandths by product; of two entries under one id the smaller text counts (rule F4). */
async function bookedIn(database: Database, store: string): Promise<Map<string, number>> {
  const rows = await database
    .selectFrom('stock_entry')
    .select(['id', 'product', 'at', 'quantity'])
    .where('store', '=', store)
    .execute();
  const text = ({ at, product, quantity }: (typeof rows)[number]) => `${at} ${product} ${quantity}`;
  const byId = new Map<string, (typeof rows)[number]>();
  for (const row of rows) {
    const other = byId.get(row.id);
    if (!other || text(row) < text(other)) byId.set(row.id, row);
  }
  const sums = new Map<string, number>();
  for (const { product, quantity } of byId.values())
    sums.set(product, (sums.get(product) ?? 0) + toThousandths(quantity));
  return sums;
}

/** What sales changed, in thousandths by product, each receipt once: one that counts before one that was set aside, then by hash. */
async function taken(database: Database, store: string): Promise<Map<string, number>> {
  const rows = await database
    .selectFrom('stock_sale')
    .select(['product', ({ fn }) => fn.sum<number>('change').as('change')])
    .where('store', '=', store)
    .groupBy('product')
    .execute();
  const sums = new Map(rows.map(({ product, change }) => [product, change]));
  for (const { product, change } of await twice(database, store))
    sums.set(product, (sums.get(product) ?? 0) - change);
  return sums;
}

/** What sales took whose receipt is counted already: there are as many as there are forks, so they are looked for alone. */
async function twice(database: Database, store: string) {
  const aside = await database
    .selectFrom('stock_sale')
    .select(['product', 'change', 'hash', 'receipt'])
    .where('store', '=', store)
    .where('hash', 'in', (eb) =>
      eb.selectFrom('set_aside').select('hash').where('store', '=', store).where('kind', '=', 'sale'),
    )
    .orderBy('hash')
    .execute();
  const counted = new Map<string, string>();
  for (const { receipt } of aside) {
    const sale = await database
      .selectFrom('sale')
      .select('seq')
      .where('receipt', '=', receipt)
      .executeTakeFirst();
    if (sale) counted.set(receipt, '');
  }
  return aside.filter(({ receipt, hash }) => {
    const first = counted.get(receipt);
    if (first === undefined) counted.set(receipt, hash);
    return first !== undefined && first !== hash;
  });
}

/** The moment of the last record or book entry of a store. Of a register the last record is the one with the greatest number. */
async function lastHeard(database: Database, store: string): Promise<string | undefined> {
  const { rows } = await sql<{ at: string | null }>`SELECT MAX(at) AS at FROM (
    SELECT (SELECT at FROM record WHERE record.store = one.store AND record.register = one.register
      ORDER BY seq DESC LIMIT 1) AS at
    FROM (SELECT DISTINCT store, register FROM session WHERE store = ${store}) AS one
    UNION ALL SELECT MAX(at) FROM stock_entry WHERE store = ${store})`.execute(database);
  return rows[0]?.at ?? undefined;
}
