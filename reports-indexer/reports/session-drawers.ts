import type { Kysely, Selectable } from 'kysely';
import { addToDrawers, openDrawers } from '#model/folds/drawer-totals.ts';
import type { SessionReport } from '#model/folds/session-report.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import type { SessionTable, Tables } from '../schema.ts';

type Place = Pick<Selectable<SessionTable>, 'store' | 'register' | 'session'>;

/** The drawers of a session that opened with several, by the model's own fold over the records that moved cash (rule Z10). */
export async function drawersOf(
  database: Kysely<Tables>,
  place: Place,
): Promise<Pick<SessionReport, 'drawers'>> {
  const [opened] = await records(database, place, ['opened']);
  const drawers = opened?.kind === 'opened' ? openDrawers(opened) : undefined;
  if (!drawers) return {};
  const moves = await records(database, place, ['sale', 'cash', 'handover']);
  return { drawers: moves.reduce(addToDrawers, drawers) };
}

async function records(
  database: Kysely<Tables>,
  { store, register, session }: Place,
  kinds: readonly JournalRecord['kind'][],
): Promise<JournalRecord[]> {
  const rows = await database
    .selectFrom('record')
    .select('json')
    .where('store', '=', store)
    .where('register', '=', register)
    .where('session', '=', session)
    .where('kind', 'in', kinds)
    .orderBy('seq')
    .execute();
  return rows.map(({ json }) => JSON.parse(json) as JournalRecord);
}
