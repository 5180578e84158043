import type { Kysely } from 'kysely';
import type { Tables } from '../schema.ts';

/** How much is in the database. */
export async function healthReport(database: Kysely<Tables>) {
  const documents = await database
    .selectFrom('document')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirst();
  const records = await database
    .selectFrom('session')
    .select(({ fn }) => fn.sum<number | null>('records').as('count'))
    .executeTakeFirst();
  return { documents: documents?.count ?? 0, records: records?.count ?? 0 };
}
