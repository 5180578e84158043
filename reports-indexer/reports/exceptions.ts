import type { Kysely, Selectable } from 'kysely';
import type { ExceptionTable, ResolutionTable } from '../exception-schema.ts';
import type { Tables } from '../schema.ts';

/** Which exceptions to list. */
export type ExceptionsQuery = {
  readonly store?: string | undefined;
  readonly code?: string | undefined;
  readonly state?: 'open' | 'resolved' | undefined;
};

/** The longest list; figures count all there are. */
const MOST_ROWS = 1000;

type Found = Selectable<ExceptionTable>;
type Resolved = Selectable<ResolutionTable>;

/**
 * Everything a person must look at, newest first, with how it was resolved where somebody did, and how many of each kind there are:
 * `amount` is what open ones come to, `lost` what resolved ones cost, in minor units. Figures go by `store` alone.
 */
export async function exceptionsReport(database: Kysely<Tables>, query: ExceptionsQuery = {}) {
  let exceptions = database.selectFrom('exception').selectAll().orderBy('seen_at', 'desc').orderBy('id');
  if (query.store !== undefined) exceptions = exceptions.where('store', '=', query.store);
  const resolutions = await database.selectFrom('resolution').selectAll().execute();
  // The latest first, so that the earliest is the one that stays (rule F10).
  const order = ({ at, entry }: Resolved) => `${at} ${entry}`;
  resolutions.sort((a, b) => (order(a) < order(b) ? 1 : -1));
  const byName = new Map(resolutions.map((one) => [`${one.code} ${one.exception}`, one]));
  const found = (await exceptions.execute()).map((row) => ({
    row,
    resolution: byName.get(`${row.code} ${row.id}`),
  }));
  const rows = found.filter(
    ({ row, resolution }) =>
      (query.code === undefined || row.code === query.code) &&
      (query.state === undefined || (query.state === 'resolved') === (resolution !== undefined)),
  );
  return { rows: rows.slice(0, MOST_ROWS).map(rowOf), figures: figuresOf(found) };
}

function rowOf({ row, resolution }: { row: Found; resolution: Resolved | undefined }) {
  const { id, code, store, register, session, seq, detail, document_id, seen_at, at, receipts, amount } = row;
  const members = {
    id,
    code,
    store,
    register,
    session,
    seq,
    detail,
    documentId: document_id,
    seenAt: seen_at,
    at,
    receipts: receipts === '' ? null : receipts.split(' '),
    amount,
    resolution: resolution ? resolutionOf(resolution) : null,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}

function resolutionOf({ outcome, reason, amount, at, by, approved_by }: Resolved) {
  return {
    outcome,
    reason,
    at,
    by,
    ...(approved_by === null ? {} : { approvedBy: approved_by }),
    ...(amount === null ? {} : { amount }),
  };
}

function figuresOf(found: readonly { row: Found; resolution: Resolved | undefined }[]) {
  const figures = new Map<
    string,
    { code: string; open: number; amount: number; resolved: number; lost: number }
  >();
  for (const { row, resolution } of found) {
    const sums = figures.get(row.code) ?? { code: row.code, open: 0, amount: 0, resolved: 0, lost: 0 };
    if (resolution) {
      sums.resolved += 1;
      sums.lost += resolution.amount ?? 0;
    } else {
      sums.open += 1;
      sums.amount += row.amount ?? 0;
    }
    figures.set(row.code, sums);
  }
  return [...figures.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}
