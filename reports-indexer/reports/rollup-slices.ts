import type { Kysely } from 'kysely';
import type { Tables } from '../schema.ts';
import { daysOf, type Period } from './filters.ts';

/** A stretch of the roll-up to add up: `first` to `last` are periods as stored (`D2026-11-21` or `M2026-11`). */
export type RollupSlice = {
  readonly scopes: readonly string[];
  readonly first: string;
  readonly last: string;
};

/**
 * Cuts a period into whole months and the days at its ends, so that a year of a large shop is a few thousand rows. Registers
 * have days only: they are small enough.
 */
export async function rollupSlices(database: Kysely<Tables>, period: Period): Promise<RollupSlice[]> {
  const { from, to } = daysOf(period);
  if (period.store !== undefined && period.register !== undefined)
    return [days([`${period.store}-${period.register}`], from, to)];
  const firstMonth = from.endsWith('-01') ? from.slice(0, 7) : monthAfter(from);
  const lastMonth = isLastOfMonth(to) ? to.slice(0, 7) : monthBefore(to);
  const scopes = period.store === undefined ? [''] : await registersOf(database, period.store);
  if (firstMonth > lastMonth) return [days(scopes, from, to)];
  const slices: RollupSlice[] = [
    { scopes: [period.store ?? ''], first: `M${firstMonth}`, last: `M${lastMonth}` },
  ];
  if (from.slice(0, 7) < firstMonth) slices.push(days(scopes, from, `${from.slice(0, 7)}-31`));
  if (to.slice(0, 7) > lastMonth) slices.push(days(scopes, `${to.slice(0, 7)}-01`, to));
  return slices;
}

function days(scopes: readonly string[], from: string, to: string): RollupSlice {
  return { scopes, first: `D${from}`, last: `D${to}` };
}

async function registersOf(database: Kysely<Tables>, store: string): Promise<string[]> {
  const rows = await database
    .selectFrom('span')
    .select('register')
    .distinct()
    .where('store', '=', store)
    .execute();
  return rows.map(({ register }) => `${store}-${register}`);
}

function monthAfter(day: string): string {
  const [year = 0, month = 0] = day.split('-').map(Number);
  return month === 12 ? monthText(year + 1, 1) : monthText(year, month + 1);
}

function monthBefore(day: string): string {
  const [year = 0, month = 0] = day.split('-').map(Number);
  return month === 1 ? monthText(year - 1, 12) : monthText(year, month - 1);
}

function monthText(year: number, month: number): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
}

function isLastOfMonth(day: string): boolean {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).getUTCDate() === date;
}
