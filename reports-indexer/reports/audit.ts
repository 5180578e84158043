import { sql, type Kysely, type Selectable } from 'kysely';
import type { JournalRecord } from '#model/journal/record.ts';
import type { ActTable, Tables } from '../schema.ts';
import { daysOf, type Period } from './filters.ts';

/** Which acts to list: `text` is found in reason, subject and details; `before` is the `next` of the page before. */
export type AuditQuery = Period & {
  readonly person?: string | undefined;
  readonly approver?: string | undefined;
  readonly kind?: string | undefined;
  readonly text?: string | undefined;
  readonly before?: AuditPlace | undefined;
  readonly limit: number;
};

/** A place in the list: acts are in order of day, moment and id, newest first. */
export type AuditPlace = { readonly day: string; readonly at: string; readonly id: string };

/** The sensitive acts of a period, newest first; `next` leads to the rest, null when there is none (rules A1 and A2). */
export async function auditReport(database: Kysely<Tables>, query: AuditQuery) {
  const { from, to } = daysOf(query);
  const { before, limit } = query;
  let acts = database
    .selectFrom('act')
    .selectAll()
    .where('day', '>=', from)
    .where('day', '<=', before && before.day < to ? before.day : to)
    .orderBy('day', 'desc')
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (before) acts = acts.where(sql<boolean>`(day, at, id) < (${before.day}, ${before.at}, ${before.id})`);
  if (query.store !== undefined) acts = acts.where('store', '=', query.store);
  if (query.register !== undefined) acts = acts.where('register', '=', query.register);
  if (query.person !== undefined) acts = acts.where('by', '=', query.person);
  if (query.approver !== undefined) acts = acts.where('approved_by', '=', query.approver);
  if (query.kind !== undefined) acts = acts.where('kind', '=', query.kind);
  // Unlike LIKE, instr takes % and _ as they are. lower() of SQLite folds ASCII letters only.
  const text = query.text?.toLowerCase() ?? '';
  if (text !== '') acts = acts.where(sql<boolean>`instr(lower(subject || char(10) || detail), ${text}) > 0`);
  const found = await acts.execute();
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows: rows.map(actRow), next: found.length > limit && last ? placeText(last) : null };
}

/** One act with the record or the entry it was made of; undefined when there is none of this id. */
export async function auditAct(database: Kysely<Tables>, id: string) {
  const row = await database.selectFrom('act').selectAll().where('id', '=', id).executeTakeFirst();
  return row && { ...actRow(row), content: await contentOf(database, row) };
}

/** Reads the `next` of a page; undefined when it is none. */
export function readPlace(text: string): AuditPlace | undefined {
  const [, day, at, id] = /^(\d{4}-\d\d-\d\d)~([0-9T:.Z-]{24})~([A-Za-z0-9_-]{1,40})$/.exec(text) ?? [];
  return day && at && id ? { day, at, id } : undefined;
}

function placeText({ day, at, id }: AuditPlace): string {
  return [day, at, id].join('~');
}

function actRow({ approved_by, gone, ...row }: Selectable<ActTable>) {
  const act = { ...row, approvedBy: approved_by, gone: gone === 1 };
  return Object.fromEntries(Object.entries(act).filter(([, value]) => value !== null));
}

async function contentOf(
  database: Kysely<Tables>,
  { source, store, register, seq, id }: Selectable<ActTable>,
): Promise<unknown> {
  if (source !== 'journal') {
    const entry = await database
      .selectFrom('audit_text')
      .select('text')
      .where('act', '=', id)
      .executeTakeFirst();
    return entry && JSON.parse(entry.text);
  }
  const record = await database
    .selectFrom('record')
    .select('json')
    .where('store', '=', store ?? '')
    .where('register', '=', register ?? '')
    .where('seq', '=', seq ?? 0)
    .executeTakeFirst();
  return record && (JSON.parse(record.json) as JournalRecord);
}
