import type { Kysely } from 'kysely';
import type { Tables } from '../schema.ts';

/** The organization with its stores, registers and people; undefined until its document is here. */
export async function organizationReport(database: Kysely<Tables>) {
  const organization = await database
    .selectFrom('organization')
    .select(['name', 'currency', 'language'])
    .executeTakeFirst();
  if (!organization) return undefined;
  const stores = await database
    .selectFrom('store')
    .select(['id', 'name', 'time_zone as timeZone', 'locale'])
    .orderBy('id')
    .execute();
  const registers = await database
    .selectFrom('register')
    .select(['store', 'register', 'name'])
    .orderBy('store')
    .orderBy('register')
    .execute();
  const people = await database
    .selectFrom('person')
    .select(['id', 'name'])
    .orderBy('name')
    .orderBy('id')
    .execute();
  return { ...organization, stores, registers, people };
}
