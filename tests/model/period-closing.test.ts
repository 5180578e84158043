import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  closingsDue,
  monthClosing,
  pastSession,
  yearClosing,
  type PastSession,
} from '#model/folds/period-closing.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { closePeriod } from '#model/register/closings.ts';
import { openSession } from '#model/register/commands.ts';
import {
  actOf,
  close,
  freshRegister,
  play,
  sellExactly,
  type Played,
  type Step,
} from './support/played-register.ts';
import { basket, line } from './support/shop.ts';

const openOn =
  (day: string): Step =>
  (state, act) =>
    openSession(state, { day, currency: 'GBP', float: 100 }, act);
const sell = (price: string) => sellExactly(basket([line({ price })]), 'card');

function pastOf(records: readonly JournalRecord[]): PastSession[] {
  return [...Map.groupBy(records, ({ session }) => session).values()].flatMap(
    (session) => pastSession(session) ?? [],
  );
}

/** Plays a session of a day, after the closings that are due by then; says which were made. */
function playDay(played: Played, day: string, prices: readonly string[]): Played {
  const latest = pastOf(played.records).at(-1);
  const due = latest ? closingsDue(latest, day) : { month: false, year: false };
  const closeBooks = (what: 'month' | 'year') => (from: Played) =>
    play([(state, act) => closePeriod(state, what, pastOf(from.records), act)], from);
  let before = played;
  if (due.month) before = closeBooks('month')(before);
  if (due.year) before = closeBooks('year')(before);
  return play([openOn(day), ...prices.map(sell), close()], before);
}

const periodsOf = ({ records }: Played) =>
  records.filter((record): record is RecordOf<'period'> => record.kind === 'period');
const sum = (amounts: readonly number[]) => amounts.reduce((a, b) => a + b, 0);

const DAYS = [
  '2026-10-30',
  '2026-10-31',
  '2026-11-01',
  '2026-12-30',
  '2026-12-31',
  '2027-01-02',
  '2027-02-01',
];

describe('[R12] closing months and years', () => {
  test('each month says its sessions, each year its months, each with the perpetual totals', () => {
    const played = DAYS.reduce((from, day, i) => playDay(from, day, [`${i + 1}.00`]), freshRegister());
    expect(
      periodsOf(played).map(({ session, body: { period, from, to, gross }, totals }) => ({
        period,
        from,
        to,
        gross,
        session,
        perpetual: totals.signed,
      })),
    ).toStrictEqual([
      { period: '2026-10', from: 1, to: 2, gross: 300, session: 2, perpetual: 300 },
      { period: '2026-11', from: 3, to: 3, gross: 300, session: 3, perpetual: 600 },
      { period: '2026-12', from: 4, to: 5, gross: 900, session: 5, perpetual: 1500 },
      { period: '2026', from: 1, to: 5, gross: 1500, session: 5, perpetual: 1500 },
      { period: '2027-01', from: 6, to: 6, gross: 600, session: 6, perpetual: 2100 },
    ]);
    expect(periodsOf(played).map(({ body }) => body.year?.gross)).toStrictEqual([
      300,
      600,
      1500,
      undefined,
      600,
    ]);
    expect(periodsOf(played).at(-1)?.body.year?.from).toBe(6);
  });

  test('closings add up, on whatever days the register opened, even when its clock was wrong', () => {
    const day = fc
      .record({ year: fc.integer({ min: 2025, max: 2028 }), month: fc.integer({ min: 1, max: 12 }) })
      .map(({ year, month }) => `${year}-${String(month).padStart(2, '0')}-15`);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(day, fc.integer({ min: 1, max: 900 })), { minLength: 2, maxLength: 12 }),
        (days) => {
          const played = days.reduce(
            (from, [on, cents]) => playDay(from, on, [(cents / 100).toFixed(2)]),
            freshRegister(),
          );
          const closings = periodsOf(played).map(({ body }) => body);
          const months = closings.filter(({ period }) => period.length === 7);
          const years = closings.filter(({ period }) => period.length === 4);
          const closed = pastOf(played.records);
          for (const { from, to, gross, sales, tax } of closings) {
            const own = closed
              .filter(({ session }) => session >= from && session <= to)
              .map((one) => one.closed);
            expect([gross, sales, tax]).toStrictEqual([
              sum(own.map((one) => one.gross)),
              sum(own.map((one) => one.sales)),
              sum(own.map((one) => one.tax)),
            ]);
          }
          // Months follow one another without a hole, and so do years.
          expect(months.map(({ from }) => from)).toStrictEqual(
            [1, ...months.map(({ to }) => to + 1)].slice(0, months.length),
          );
          expect(years.map(({ from }) => from)).toStrictEqual(
            [1, ...years.map(({ to }) => to + 1)].slice(0, years.length),
          );
          for (const year of years)
            expect(
              sum(
                months.filter(({ from, to }) => from >= year.from && to <= year.to).map(({ gross }) => gross),
              ),
            ).toBe(year.gross);
          const last = months.at(-1);
          const made = periodsOf(played).findLast(({ body }) => body === last);
          expect(made?.totals.signed ?? 0).toBe(sum(months.map(({ gross }) => gross)));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('is not made twice, nor a year before its month, nor in an open session', () => {
    const played = playDay(playDay(freshRegister(), '2026-12-30', ['1.00']), '2026-12-31', ['2.00']);
    const [first, second] = pastOf(played.records);
    if (!first || !second) throw new Error('two sessions were closed');
    expect(yearClosing(second)).toStrictEqual({ ok: false, error: { code: 'nothing-to-close' } });
    expect(monthClosing([second])).toStrictEqual({ ok: false, error: { code: 'sessions-missing' } });
    expect(monthClosing([])).toStrictEqual({ ok: false, error: { code: 'nothing-to-close' } });
    const month = closePeriod(played.state, 'month', [second, first], actOf(9));
    if (!month.ok) throw new Error(month.error.code);
    expect(month.value.body).toMatchObject({ from: 1, to: 2, gross: 300, year: { from: 1, gross: 300 } });
    const closed = { ...second, periods: [month.value.body] };
    expect(monthClosing([first, closed])).toStrictEqual({ ok: false, error: { code: 'nothing-to-close' } });
    expect(closingsDue(closed, '2027-01-01')).toStrictEqual({ month: false, year: true });
    const selling = play([openOn('2027-01-01')], played);
    expect(closePeriod(selling.state, 'month', [first, second], actOf(9))).toStrictEqual({
      ok: false,
      error: { code: 'session-still-open' },
    });
  });

  test('a session that is not whole is none', () => {
    const { records } = playDay(freshRegister(), '2026-12-30', ['1.00']);
    expect(pastSession(records.slice(0, -1))).toBeUndefined();
    expect(pastSession(records.slice(1))).toBeUndefined();
    expect(pastSession(records)).toMatchObject({ session: 1, day: '2026-12-30', periods: [] });
  });
});
