import type { Kysely } from 'kysely';
import { addBuyerSums, type BuyerDimension, type BuyerSums } from '../buyer-sums.ts';
import { fromThousandths } from '../quantities.ts';
import type { Tables } from '../schema.ts';
import type { Period } from './filters.ts';
import { rollupSlices, type RollupSlice } from './rollup-slices.ts';
import type { SalesRow } from './sales.ts';

type Database = Kysely<Tables>;

/**
 * The sales of a period by customer, or by the tier they were sold by (rule U4), the largest sum first. What was sold to nobody in
 * particular, or without a tier, has the key ''.
 */
export async function byBuyer(database: Database, by: BuyerDimension, period: Period): Promise<SalesRow[]> {
  const sums = new Map<string, BuyerSums>();
  for (const slice of await rollupSlices(database, period))
    for (const { key, ...row } of await sumsOf(database, by, slice)) {
      const sum = sums.get(key);
      if (sum) addBuyerSums(sum, row);
      else sums.set(key, row);
    }
  const names = await namesOf(database, by);
  return [...sums]
    .map(([key, { receipts, quantity, gross, net, tax }]) => ({
      key,
      name: names.get(key) ?? key,
      receipts,
      quantity: fromThousandths(quantity),
      gross,
      net,
      tax,
    }))
    .sort((a, b) => b.gross - a.gross || (a.key < b.key ? -1 : 1));
}

function sumsOf(
  database: Database,
  by: BuyerDimension,
  { scopes, first, last }: RollupSlice,
): Promise<(BuyerSums & { key: string })[]> {
  return database
    .selectFrom('buyer_rollup')
    .select(({ fn }) => [
      'key',
      fn.sum<number>('receipts').as('receipts'),
      fn.sum<number>('quantity').as('quantity'),
      fn.sum<number>('gross').as('gross'),
      fn.sum<number>('net').as('net'),
      fn.sum<number>('tax').as('tax'),
    ])
    .where('dimension', '=', by)
    .where('scope', 'in', scopes)
    .where('period', '>=', first)
    .where('period', '<=', last)
    .groupBy('key')
    .execute();
}

async function namesOf(database: Database, by: BuyerDimension): Promise<Map<string, string>> {
  const rows = await database.selectFrom(by).select(['id', 'name']).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
