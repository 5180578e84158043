import { assert } from '../result.ts';

/** How far a clock may be off its expected time before that is written down, in milliseconds (rule R7). */
export const CLOCK_TOLERANCE_MS = 60_000;

/** When a record was made: what the wall clock and a clock that nobody can set said, in milliseconds each. */
export type ClockReading = { readonly wall: number; readonly steady: number };

/** The time of the next record, and what it should have been when the clock was moved (rule R7). */
export type RecordTime = { readonly at: string; readonly expected?: string };

/**
 * The time a record gets (rule R7). `before` is an earlier reading of the same two clocks, `lastAt` the time of the
 * register's last record. Small steps back, as time servers make them, are held at the time of the last record; a larger
 * one, or a clock that has run on without the steady one, is told with the time that was expected.
 */
export function recordTime(
  now: ClockReading,
  before: ClockReading,
  lastAt: string | undefined,
): RecordTime {
  const last = lastAt === undefined ? -Infinity : Date.parse(lastAt);
  assert(!Number.isNaN(last), () => `no time: ${lastAt}`);
  const ran = before.wall + (now.steady - before.steady);
  const at = new Date(now.wall).toISOString();
  if (Math.abs(now.wall - ran) > CLOCK_TOLERANCE_MS) return { at, expected: new Date(Math.round(ran)).toISOString() };
  if (last - now.wall > CLOCK_TOLERANCE_MS) return { at, expected: new Date(last).toISOString() };
  return { at: new Date(Math.max(now.wall, last)).toISOString() };
}
