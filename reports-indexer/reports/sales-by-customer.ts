import type { Kysely } from 'kysely';
import { fromThousandths } from '../quantities.ts';
import type { Tables } from '../schema.ts';
import { daysOf, type Period } from './filters.ts';
import type { SalesRow } from './sales.ts';

type Database = Kysely<Tables>;

/**
 * The sales of a period by customer, or by the tier they were sold by (rule U4), the largest sum first. What was sold to nobody in
 * particular, or without a tier, has the key ''.
 */
export async function byBuyer(
  database: Database,
  by: 'customer' | 'tier',
  period: Period,
): Promise<SalesRow[]> {
  const { from, to } = daysOf(period);
  let query = database
    .selectFrom('sale')
    .select(({ fn }) => [
      by,
      fn.countAll<number>().as('receipts'),
      fn.sum<number>('units').as('units'),
      fn.sum<number>('total').as('gross'),
      fn.sum<number>('net').as('net'),
      fn.sum<number>('tax').as('tax'),
    ])
    .where('day', '>=', from)
    .where('day', '<=', to)
    .groupBy(by);
  if (period.store !== undefined) query = query.where('store', '=', period.store);
  if (period.register !== undefined) query = query.where('register', '=', period.register);
  const names = await namesOf(database, by);
  return (await query.execute())
    .map(({ units, ...row }) => {
      const { customer, tier, ...sums } = row as typeof row & {
        customer?: string | null;
        tier?: string | null;
      };
      const key = customer ?? tier ?? '';
      return { key, name: names.get(key) ?? key, ...sums, quantity: fromThousandths(units) };
    })
    .sort((a, b) => b.gross - a.gross || (a.key < b.key ? -1 : 1));
}

async function namesOf(database: Database, by: 'customer' | 'tier'): Promise<Map<string, string>> {
  const rows = await database.selectFrom(by).select(['id', 'name']).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
