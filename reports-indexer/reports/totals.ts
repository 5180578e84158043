import { sql, type Kysely, type RawBuilder } from 'kysely';
import { minorToDecimal } from '#model/money/money.ts';
import { fromThousandths } from '../quantities.ts';
import type { Tables } from '../schema.ts';
import { daysOf, type Period } from './filters.ts';

type Database = Kysely<Tables>;

/** Which sales to add up; `basketPrefix` limits to those whose basket id begins with it, as imported ones do. */
export type TotalsQuery = Pick<Period, 'from' | 'to'> & { readonly basketPrefix?: string | undefined };

/** Where the sums come from: those of whole sessions, or sale by sale when only some baskets count. */
type Source = {
  readonly sums: RawBuilder<Sums>;
  readonly groups: (column: RawBuilder<unknown>) => RawBuilder<Group>;
  readonly tenders: RawBuilder<Group>;
  readonly taxes: RawBuilder<Group>;
};

type Sums = {
  receipts: number | null;
  lines: number | null;
  gross: number | null;
  tax: number | null;
  net: number | null;
  refunds: number | null;
  units: number | null;
};
type Group = { key: string; amount: number };

/** Control totals: what a file of sales must add up to once it is in. Amounts are decimal text of the major unit. */
export async function totalsReport(database: Database, query: TotalsQuery) {
  const source = query.basketPrefix === undefined ? sessionSource(query) : saleSource(query);
  const currency = await currencyOf(database);
  const decimal = (amount: number) => minorToDecimal(amount, currency);
  const object = async (groups: RawBuilder<Group>) => {
    const { rows } = await groups.execute(database);
    return Object.fromEntries(rows.map(({ key, amount }) => [key, decimal(amount)]));
  };
  const sums = (await source.sums.execute(database)).rows[0];
  return {
    receipts: sums?.receipts ?? 0,
    lines: sums?.lines ?? 0,
    gross: decimal(sums?.gross ?? 0),
    tax: decimal(sums?.tax ?? 0),
    refund_receipts: sums?.refunds ?? 0,
    units: fromThousandths(sums?.units ?? 0),
    net: decimal(sums?.net ?? 0),
    gross_by_tender: await object(source.tenders),
    gross_by_store: await object(source.groups(sql`store`)),
    gross_by_register: await object(source.groups(sql`store || '-' || register`)),
    gross_by_day: await object(source.groups(sql`day`)),
    tax_by_percent: await object(source.taxes),
  };
}

function sessionSource(query: TotalsQuery): Source {
  const { from, to } = daysOf(query);
  const days = sql`day BETWEEN ${from} AND ${to}`;
  // A session without a sale must not add a store or a day with nothing.
  const sold = sql`${days} AND sales + refunds + exchanges > 0`;
  return {
    sums: sql<Sums>`
      SELECT sum(sales + refunds + exchanges) AS receipts, sum(lines) AS lines, sum(gross) AS gross, sum(tax) AS tax,
        sum(net) AS net, sum(refunds) AS refunds, sum(units) AS units
      FROM session WHERE ${days}`,
    groups: (column) => sql<Group>`
      SELECT ${column} AS key, sum(gross) AS amount FROM session WHERE ${sold} GROUP BY 1 ORDER BY 1`,
    tenders: sql<Group>`
      SELECT tender AS key, sum(amount) AS amount FROM session_tender WHERE ${days} GROUP BY 1 ORDER BY 1`,
    taxes: sql<Group>`
      SELECT rate AS key, sum(amount) AS amount FROM session_tax WHERE ${days} GROUP BY 1 ORDER BY 1`,
  };
}

function saleSource(query: TotalsQuery): Source {
  const { from, to } = daysOf(query);
  const prefix = query.basketPrefix ?? '';
  const end = `${prefix}\u{10FFFE}`;
  const chosen = sql`basket >= ${prefix} AND basket < ${end} AND day BETWEEN ${from} AND ${to}`;
  return {
    sums: sql<Sums>`
      SELECT count(*) AS receipts, sum(lines) AS lines, sum(total) AS gross, sum(tax) AS tax, sum(net) AS net,
        sum(type = 'refund') AS refunds, sum(units) AS units
      FROM sale WHERE ${chosen}`,
    groups: (column) => sql<Group>`
      SELECT ${column} AS key, sum(total) AS amount FROM sale WHERE ${chosen} GROUP BY 1 ORDER BY 1`,
    tenders: sql<Group>`
      SELECT sale_tender.tender AS key, sum(sale_tender.amount) AS amount
      FROM sale JOIN sale_tender USING (store, register, seq) WHERE ${chosen} GROUP BY 1 ORDER BY 1`,
    taxes: sql<Group>`
      SELECT sale_tax.rate AS key, sum(sale_tax.amount) AS amount
      FROM sale JOIN sale_tax USING (store, register, seq) WHERE ${chosen} GROUP BY 1 ORDER BY 1`,
  };
}

/** The organization's currency; before its document is here, that of any session. */
async function currencyOf(database: Database): Promise<string> {
  const organization = await database.selectFrom('organization').select('currency').executeTakeFirst();
  if (organization) return organization.currency;
  const session = await database
    .selectFrom('session')
    .select('currency')
    .where('currency', '!=', '')
    .orderBy('currency')
    .limit(1)
    .executeTakeFirst();
  return session?.currency ?? 'EUR';
}
