import type { Kysely } from 'kysely';
import { fromThousandths } from '../quantities.ts';
import type { Tables } from '../schema.ts';
import { daysOf, type Period } from './filters.ts';

type Database = Kysely<Tables>;

/** What a representative sold (rule C11), less what came back of it. Money in minor units, without tax that is charged on top. */
export type RepresentativeRow = {
  representative: string;
  name: string;
  receipts: number;
  quantity: string;
  gross: number;
};

/** A code that tills sold without an article in the catalog (rule C10), with what head office needs to make the article. */
export type QuickArticleRow = {
  code: string;
  /** As it was sold last. */
  name: string;
  department: string | null;
  price: string;
  receipts: number;
  quantity: string;
  gross: number;
  lastReceipt: string;
  lastAt: string;
  by: string;
  approvedBy: string | null;
};

function linesIn(database: Database, period: Period) {
  const { from, to } = daysOf(period);
  let query = database
    .selectFrom('sale_line')
    .innerJoin('sale', (join) =>
      join
        .onRef('sale.store', '=', 'sale_line.store')
        .onRef('sale.register', '=', 'sale_line.register')
        .onRef('sale.seq', '=', 'sale_line.seq'),
    )
    .where('sale.day', '>=', from)
    .where('sale.day', '<=', to);
  if (period.store !== undefined) query = query.where('sale_line.store', '=', period.store);
  if (period.register !== undefined) query = query.where('sale_line.register', '=', period.register);
  return query;
}

/** What each representative sold in a period, the most first. Lines that name nobody are in none of the rows. */
export async function representativesReport(database: Database, period: Period) {
  const rows = await linesIn(database, period)
    .where('sale_line.representative', 'is not', null)
    .leftJoin('person', 'person.id', 'sale_line.representative')
    .select(({ fn }) => [
      'sale_line.representative as representative',
      'person.name as name',
      fn.count<number>('sale.receipt').distinct().as('receipts'),
      fn.sum<number>('sale_line.quantity').as('quantity'),
      fn.sum<number>('sale_line.amount').as('gross'),
    ])
    .groupBy(['sale_line.representative', 'person.name'])
    .orderBy('gross', 'desc')
    .orderBy('representative')
    .execute();
  return {
    rows: rows.map(({ representative, name, receipts, quantity, gross }): RepresentativeRow => ({
      representative: representative ?? '',
      name: name ?? representative ?? '',
      receipts,
      quantity: fromThousandths(quantity),
      gross,
    })),
  };
}

/** The codes that were sold in a period without an article, the last sold first; how they were sold last says what they are. */
export async function quickArticlesReport(database: Database, period: Period) {
  const lines = await linesIn(database, period)
    .where('sale_line.quick_code', 'is not', null)
    .select([
      'sale_line.quick_code as code',
      'sale_line.name as name',
      'sale_line.department as department',
      'sale_line.price as price',
      'sale_line.quantity as quantity',
      'sale_line.amount as amount',
      'sale_line.quick_by as by',
      'sale_line.quick_approved_by as approvedBy',
      'sale.receipt as receipt',
      'sale.at as at',
    ])
    .orderBy('sale.at', 'desc')
    .orderBy('sale.receipt')
    .orderBy('sale_line.line')
    .execute();
  const byCode = new Map<
    string,
    { last: (typeof lines)[number]; receipts: Set<string>; units: number; gross: number }
  >();
  for (const line of lines) {
    const code = line.code ?? '';
    const sum = byCode.get(code) ?? { last: line, receipts: new Set(), units: 0, gross: 0 };
    sum.receipts.add(line.receipt);
    sum.units += line.quantity;
    sum.gross += line.amount;
    byCode.set(code, sum);
  }
  return {
    rows: [...byCode].map(([code, { last, receipts, units, gross }]): QuickArticleRow => ({
      code,
      name: last.name,
      department: last.department,
      price: last.price,
      receipts: receipts.size,
      quantity: fromThousandths(units),
      gross,
      lastReceipt: last.receipt,
      lastAt: last.at,
      by: last.by ?? '',
      approvedBy: last.approvedBy,
    })),
  };
}
