import type { ExpressionBuilder, Kysely } from 'kysely';
import type { Tables } from '../schema.ts';

/** What receipts can be narrowed to besides time and place: one of these at a time. */
export const RECEIPT_SUBJECTS = ['customer', 'tier', 'representative', 'code'] as const;

/** Whose or of what receipts are: a customer, a tier, a representative (rule C11) or a code without an article (rule C10), by its id. */
export type ReceiptSubject = {
  readonly by: (typeof RECEIPT_SUBJECTS)[number];
  readonly key: string;
};

/** The subject with its name; an id nobody named is its own name. */
export type NamedSubject = ReceiptSubject & { readonly name: string };

/** The condition that a receipt is about a subject. A line is enough for what stands on lines. */
export function isAbout(build: ExpressionBuilder<Tables, 'sale'>, { by, key }: ReceiptSubject) {
  if (by === 'customer' || by === 'tier') return build(`sale.${by}`, '=', key);
  const column = by === 'representative' ? 'representative' : 'quick_code';
  return build.exists(
    build
      .selectFrom('sale_line')
      .select('sale_line.line')
      .where(`sale_line.${column}`, '=', key)
      .whereRef('sale_line.store', '=', 'sale.store')
      .whereRef('sale_line.register', '=', 'sale.register')
      .whereRef('sale_line.seq', '=', 'sale.seq'),
  );
}

/** The name of a subject for the head of its list. */
export async function namedSubject(database: Kysely<Tables>, subject: ReceiptSubject): Promise<NamedSubject> {
  const row = await nameOf(database, subject);
  return { ...subject, name: row?.name ?? subject.key };
}

function nameOf(database: Kysely<Tables>, { by, key }: ReceiptSubject) {
  if (by === 'code') {
    return database
      .selectFrom('sale_line')
      .innerJoin('sale', (join) =>
        join
          .onRef('sale.store', '=', 'sale_line.store')
          .onRef('sale.register', '=', 'sale_line.register')
          .onRef('sale.seq', '=', 'sale_line.seq'),
      )
      .select('sale_line.name as name')
      .where('quick_code', '=', key)
      .orderBy('sale.at', 'desc')
      .limit(1)
      .executeTakeFirst();
  }
  const table = by === 'representative' ? 'person' : by;
  return database.selectFrom(table).select('name').where('id', '=', key).limit(1).executeTakeFirst();
}
