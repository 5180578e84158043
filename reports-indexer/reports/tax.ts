import type { Kysely } from 'kysely';
import type { Tables } from '../schema.ts';
import { daysOf, type Period } from './filters.ts';

/** One tax at one rate over a period. Amounts in minor units; `gross` is base + amount. */
export type TaxRow = {
  tax: string;
  name: string;
  rate: string;
  included: boolean;
  base: number;
  amount: number;
  gross: number;
};

/** What every tax was charged on and came to. A tax that was renamed goes under the name it had last. */
export async function taxReport(database: Kysely<Tables>, period: Period) {
  const { from, to } = daysOf(period);
  let query = database
    .selectFrom('session_tax')
    .select(({ fn }) => [
      'tax',
      'name',
      'rate',
      'included',
      fn.sum<number>('base').as('base'),
      fn.sum<number>('amount').as('amount'),
      fn.max<string>('day').as('last'),
    ])
    .where('day', '>=', from)
    .where('day', '<=', to)
    .groupBy(['tax', 'rate', 'included', 'name'])
    .orderBy('tax')
    .orderBy('rate')
    .orderBy('included')
    .orderBy('last')
    .orderBy('name');
  if (period.store !== undefined) query = query.where('store', '=', period.store);
  if (period.register !== undefined) query = query.where('register', '=', period.register);
  const rows: TaxRow[] = [];
  for (const { tax, name, rate, included, base, amount } of await query.execute()) {
    const row = { tax, name, rate, included: included === 1, base, amount, gross: base + amount };
    const before = rows.at(-1);
    if (before && before.tax === tax && before.rate === rate && before.included === row.included) {
      rows[rows.length - 1] = addRows(before, row);
    } else rows.push(row);
  }
  const total = rows.reduce(addTotals, { base: 0, amount: 0, gross: 0 });
  return { rows, total };
}

function addRows(before: TaxRow, row: TaxRow): TaxRow {
  return { ...row, ...addTotals(before, row) };
}

type TaxTotals = Pick<TaxRow, 'base' | 'amount' | 'gross'>;

function addTotals(a: TaxTotals, b: TaxTotals): TaxTotals {
  return { base: a.base + b.base, amount: a.amount + b.amount, gross: a.gross + b.gross };
}
