import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRecord } from '#model/journal/record.ts';
import { recordText } from '#model/journal/chain.ts';
import { CLOCK_TOLERANCE_MS, recordTime } from '#model/register/clock.ts';
import { recordClock } from '#model/register/commands.ts';
import { addRecord } from '#model/register/register-state.ts';
import { freshRegister, open, play, stampOf } from './support/played-register.ts';

const NINE = Date.parse('2026-11-21T09:00:00.000Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const iso = (time: number) => new Date(time).toISOString();
const before = { wall: NINE, steady: 5_000 };
const after = (wall: number, steady: number) => ({ wall: NINE + wall, steady: 5_000 + steady });

describe('the time of a record', () => {
  test('[R7] is what the clock says while both clocks run together', () => {
    expect(recordTime(after(HOUR, HOUR), before, iso(NINE))).toStrictEqual({ at: iso(NINE + HOUR) });
    expect(recordTime(after(HOUR, HOUR), before, undefined)).toStrictEqual({ at: iso(NINE + HOUR) });
  });

  test.each([
    ['forward', 3 * HOUR],
    ['back', -24 * HOUR],
  ])('[R7] of a clock that was moved %s comes with the time that was expected', (_way, wall) => {
    const time = recordTime(after(wall, HOUR), before, iso(NINE));
    expect(time).toStrictEqual({ at: iso(NINE + wall), expected: iso(NINE + HOUR) });
  });

  test('[R7] a till that starts with an earlier clock than its last record expected that record’s time', () => {
    const time = recordTime(after(0, 0), before, iso(NINE + HOUR));
    expect(time).toStrictEqual({ at: iso(NINE), expected: iso(NINE + HOUR) });
  });

  test('[R7] a small step back is held at the time of the last record', () => {
    const last = iso(NINE + CLOCK_TOLERANCE_MS);
    expect(recordTime(after(0, 0), before, last)).toStrictEqual({ at: last });
    const later = iso(NINE + CLOCK_TOLERANCE_MS + 1);
    expect(recordTime(after(0, 0), before, later).expected).toBe(later);
  });

  test('[R7] never goes back unless it says what was expected', () => {
    const off = fc.integer({ min: -3 * HOUR, max: 3 * HOUR });
    const property = fc.property(off, fc.nat({ max: 3 * HOUR }), off, (wall, steady, last) => {
      const time = recordTime(after(wall, steady), before, iso(NINE + last));
      expect(time.expected !== undefined || time.at >= iso(NINE + last)).toBe(true);
      const moved = Math.abs(wall - steady) > CLOCK_TOLERANCE_MS || last - wall > CLOCK_TOLERANCE_MS;
      expect(time.expected !== undefined).toBe(moved);
    });
    fc.assert(property);
  });
});

describe('the record of a moved clock', () => {
  test('[R7] belongs to the open session, changes no money and is counted in its report', () => {
    const opened = play([open()]);
    const made = recordClock(opened.state, '2026-11-21T08:56:00.000Z', stampOf(2));
    if (!made.ok) throw new Error(made.error.code);
    expect(made.value).toMatchObject({ kind: 'clock', seq: 2, session: 1, by: 'ann', at: stampOf(2).at });
    expect(parseRecord(recordText(made.value)).ok).toBe(true);
    const next = addRecord(opened.state, made.value);
    if (!next.ok) throw new Error(next.error);
    expect(next.value.report).toStrictEqual({ ...opened.state.report, clockMoves: 1 });
    expect(next.value.head.totals).toStrictEqual(opened.state.head.totals);
  });

  test('[R7] stands in no register that is closed', () => {
    expect(recordClock(freshRegister().state, stampOf(1).at, stampOf(1))).toMatchObject({
      ok: false,
      error: { code: 'session-not-open' },
    });
  });
});
