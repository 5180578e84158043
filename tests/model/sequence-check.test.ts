import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSequence, isSound } from '#model/folds/sequence-check.ts';
import { sealRecord } from '#model/journal/chain.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { recordClock } from '#model/register/commands.ts';
import { shift } from './support/arbitraries.ts';
import { HEAD, close, drawer, open, play, sellExactly, stampOf } from './support/played-register.ts';
import { basket, line } from './support/shop.ts';

const sale = sellExactly(basket([line()]), 'cash');
const SHIFT = play([open(), sale, drawer, sale, close()]).records;

function checked(records: readonly JournalRecord[]) {
  const check = checkSequence(records);
  if (!check) throw new Error('nothing was checked');
  return check;
}

describe('[J17] checking the sequence of a register', () => {
  test('whole records are sound in any order, delivered as often as may be, from any one on', () => {
    fc.assert(
      fc.property(shift, fc.nat(), fc.boolean(), (steps, cut, twice) => {
        const { records } = play(steps);
        const from = records.slice(cut % records.length);
        const check = checked(twice ? [...from, ...from.toReversed()] : from.toReversed());
        expect(isSound(check)).toBe(true);
        expect([check.checked, check.firstSeq, check.lastSeq]).toStrictEqual([
          from.length,
          from[0]?.seq,
          records.length,
        ]);
      }),
      { numRuns: 40 },
    );
    expect(checkSequence([])).toBeUndefined();
    expect(checked(SHIFT)).toMatchObject({ firstReceipt: 'S01-R2-000001', lastReceipt: 'S01-R2-000002' });
  });

  test('finds every gap', () => {
    fc.assert(
      fc.property(fc.subarray([2, 3, 4], { minLength: 1 }), (missing) => {
        const { gaps, breaks, ...check } = checked(SHIFT.filter(({ seq }) => !missing.includes(seq)));
        expect(
          gaps.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i)),
        ).toStrictEqual(missing);
        expect(breaks).toStrictEqual([]);
        expect(isSound({ gaps, breaks, ...check })).toBe(false);
      }),
    );
  });

  test('finds a fork once, and goes on behind either of the two', () => {
    const other = sealRecord(
      { ...HEAD, seq: 1, hash: SHIFT[0]?.hash ?? '' },
      1,
      { kind: 'drawer', body: { reason: 'x' } },
      stampOf(2),
    );
    expect(checked([...SHIFT, other])).toMatchObject({ forks: [2], gaps: [], breaks: [] });
  });

  test('finds a record that was altered, and one that continues another history', () => {
    const altered = SHIFT.map((record) => (record.seq === 3 ? { ...record, by: 'eve' } : record));
    expect(checked(altered).breaks).toStrictEqual([{ seq: 3, code: 'altered' }]);
    const elsewhere = play([open(5), sale, drawer, sale, close()]).records;
    expect(
      checked([...SHIFT.slice(0, 3), ...elsewhere.slice(3, 4), ...SHIFT.slice(4)]).breaks.map(
        ({ seq, code }) => [seq, code],
      ),
    ).toStrictEqual([
      [4, 'broken-link'],
      [5, 'broken-link'],
    ]);
  });

  test('[R7] tells of clocks that were moved, and of times that go back without it being told', () => {
    const { state, records } = play([open(), sale]);
    const expected = '2026-11-21T10:00:00.000Z';
    const clock = recordClock(state, expected, { at: '2026-11-20T10:00:00.000Z', by: 'ann' });
    if (!clock.ok) throw new Error(clock.error.code);
    expect(checked([...records, clock.value])).toMatchObject({
      clockJumps: [{ seq: 3, at: '2026-11-20T10:00:00.000Z', expected }],
      backwards: [],
    });
    const back = sealRecord(
      state.head,
      1,
      { kind: 'drawer', body: { reason: 'x' } },
      { at: '2026-11-20T10:00:00.000Z', by: 'ann' },
    );
    expect(checked([...records, back]).backwards).toStrictEqual([3]);
  });
});
