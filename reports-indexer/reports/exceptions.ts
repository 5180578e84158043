import type { Kysely } from 'kysely';
import type { Tables } from '../schema.ts';

/** Everything a person must look at, newest first. */
export async function exceptionsReport(database: Kysely<Tables>) {
  const rows = await database
    .selectFrom('exception')
    .select([
      'id',
      'code',
      'store',
      'register',
      'session',
      'seq',
      'detail',
      'document_id as documentId',
      'seen_at as seenAt',
    ])
    .orderBy('seen_at', 'desc')
    .orderBy('id')
    .limit(1000)
    .execute();
  return {
    rows: rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))),
  };
}
