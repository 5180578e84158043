import type { Kysely } from 'kysely';
import type { Tables } from '../schema.ts';
import { daysOf, type Period } from './filters.ts';

/** The sessions of a period, newest first, with what they took in and what the drawer was counted at. */
export async function sessionsReport(database: Kysely<Tables>, period: Period) {
  const { from, to } = daysOf(period);
  let query = database
    .selectFrom('session')
    .select([
      'store',
      'register',
      'session',
      'day',
      'opened_at as openedAt',
      'closed_at as closedAt',
      'opened_by as openedBy',
      'sales',
      'exchanges',
      'refunds',
      'gross',
      'tax',
      'net',
      'float',
      'cash_sales',
      'cash_refunds',
      'paid_in',
      'paid_out',
      'handover_difference',
      'counted',
      'difference',
      'first_receipt as firstReceipt',
      'last_receipt as lastReceipt',
    ])
    .where('day', '>=', from)
    .where('day', '<=', to)
    .orderBy('day', 'desc')
    .orderBy('store')
    .orderBy('register')
    .orderBy('session', 'desc');
  if (period.store !== undefined) query = query.where('store', '=', period.store);
  if (period.register !== undefined) query = query.where('register', '=', period.register);
  const rows = await query.execute();
  return {
    rows: rows.map(({ exchanges, float, cash_sales, cash_refunds, paid_in, paid_out, ...row }) => {
      const { handover_difference: handedOver, ...shown } = row;
      return {
        ...withoutNulls(shown),
        sales: row.sales + exchanges,
        expected: float + cash_sales - cash_refunds + paid_in - paid_out + handedOver,
      };
    }),
  };
}

/** The row without the columns that have no value: what is not there is left out of the answer. */
function withoutNulls<Row extends object>(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Row;
}
