import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cashierReport } from '#model/folds/drawer-shifts.ts';
import { overShort } from '#model/folds/store-day.ts';
import { closeSession, dropToSafe, isDrawerFull, openSession } from '#model/register/commands.ts';
import { handOver } from '#model/register/handover.ts';
import { BUILT_IN_ROLES } from '#model/staff/permission.ts';
import { sensitiveAct } from '#model/audit/sensitive-act.ts';
import { shift } from './support/arbitraries.ts';
import {
  actOf,
  close,
  drawer,
  drop,
  handover,
  open,
  pay,
  play,
  sellExactly,
  type Played,
} from './support/played-register.ts';
import { basket, line } from './support/shop.ts';

const sum = (amounts: readonly number[]) => amounts.reduce((a, b) => a + b, 0);
const codeOf = (result: { ok: boolean; error?: { code: string } }) => (result.ok ? '' : result.error?.code);
const cashier = BUILT_IN_ROLES.find(({ id }) => id === 'cashier');
const byCashier = ({ state }: Played) =>
  actOf(state.head.seq + 1, { actor: { person: 'ann', role: cashier } });

describe('[R8] cash to the safe', () => {
  test('is cash out with a bag, and reports sum it apart', () => {
    const { state, records } = play([open(50_000), pay('out', 300), drop(20_000), drop(5_000, 'B-18')]);
    expect(state.report?.drawer).toMatchObject({ paidOut: 25_300, expected: 24_700 });
    expect(state.report?.safeDrops).toStrictEqual({ count: 2, amount: 25_000 });
    expect(records[2]?.body).toStrictEqual({
      direction: 'out',
      amount: 20_000,
      reason: 'full drawer',
      bag: 'B-17',
    });
    expect(records.slice(2).map(sensitiveAct)).toStrictEqual([
      { kind: 'safe-drop', subject: 'B-17', amount: -20_000, reason: 'full drawer' },
      { kind: 'safe-drop', subject: 'B-18', amount: -5_000, reason: 'full drawer' },
    ]);
  });

  test.each([
    ['', 'bag-missing'],
    ['  ', 'bag-missing'],
    ['9'.repeat(41), 'bag-too-long'],
    ['9'.repeat(40), ''],
  ])('asks for a number of at most 40 characters: %j', (bag, code) => {
    const { state } = play([open()]);
    const made = dropToSafe(state, { amount: 100, bag, reason: 'full' }, actOf(2));
    expect(codeOf(made)).toBe(code);
  });

  test('[S7] above the limit of the role needs an approval, as any taking out', () => {
    const opened = play([open(20_000)]);
    const wish = { bag: 'B-1', reason: 'full' };
    expect(codeOf(dropToSafe(opened.state, { amount: 5_000, ...wish }, byCashier(opened)))).toBe('');
    expect(dropToSafe(opened.state, { amount: 5_001, ...wish }, byCashier(opened))).toMatchObject({
      error: { code: 'approval-needed', permission: 'cash.above-limit' },
    });
  });

  test('is recommended above the limit of the drawer, while a session is open', () => {
    const { state } = play([open(10_000)]);
    expect([undefined, 10_000, 9_999].map((limit) => isDrawerFull(state, limit))).toStrictEqual([
      false,
      false,
      true,
    ]);
    expect(isDrawerFull(play([close()], play([open(10_000)])).state, 0)).toBe(false);
  });

  test('pieces make what was counted', () => {
    const { state } = play([]);
    const opening = { day: '2026-11-21', currency: 'GBP', float: 1_250 };
    const opened = openSession(state, { ...opening, denominations: { 1000: 1, 50: 5 } }, actOf(1));
    expect(opened).toMatchObject({ value: { body: { denominations: { 1000: 1, 50: 5 } } } });
    expect(() => openSession(state, { ...opening, denominations: { 1000: 2 } }, actOf(1))).toThrow('2000');
  });
});

describe('[R9] counting again', () => {
  test('leaves what was counted before in the closing', () => {
    const { state } = play([open(1_000)]);
    const closed = closeSession(state, { counted: 1_000, earlier: [900, 1_100] }, actOf(2));
    expect(closed).toMatchObject({
      value: { body: { counted: 1_000, difference: 0, earlier: [900, 1_100] } },
    });
    expect(closeSession(state, { counted: 1_000, earlier: [] }, actOf(2))).not.toHaveProperty(
      'value.body.earlier',
    );
    const many = closeSession(
      state,
      { counted: 1_000, earlier: Array.from({ length: 30 }, (_, i) => i) },
      actOf(2),
    );
    expect(many).toMatchObject({
      value: { body: { earlier: Array.from({ length: 20 }, (_, i) => i + 10) } },
    });
  });
});

describe('[R10] handing the drawer over', () => {
  test('settles the difference with who had it, and goes on from what was counted', () => {
    const { state, records } = play([
      open(10_000),
      sellExactly(basket([line({ price: '5.00' })]), 'cash'),
      handover(-120, 'bob'),
      sellExactly(basket([line({ price: '2.00' })]), 'cash'),
      drop(1_000),
      handover(0, 'cat'),
      drawer,
      close(30),
    ]);
    expect(records[2]?.body).toStrictEqual({
      from: 'ann',
      to: 'bob',
      expected: 10_500,
      counted: 10_380,
      difference: -120,
      reason: 'miscounted',
    });
    expect(records[5]?.body).toMatchObject({ from: 'bob', to: 'cat', expected: 9_580, difference: 0 });
    expect(state.report).toMatchObject({
      drawer: { expected: 9_580 },
      handovers: { count: 2, amount: -120 },
      closed: { body: { expected: 9_580, counted: 9_610, difference: 30 } },
    });
    expect(cashierReport(records).shifts).toMatchObject([
      { holder: 'ann', float: 10_000, cash: 500, expected: 10_500, counted: 10_380, difference: -120 },
      { holder: 'bob', float: 10_380, cash: 200, paidOut: 1_000, expected: 9_580, difference: 0 },
      { holder: 'cat', float: 9_580, cash: 0, expected: 9_580, counted: 9_610, difference: 30 },
    ]);
    expect(records.map(sensitiveAct).filter((act) => act?.kind === 'handover-difference')).toStrictEqual([
      { kind: 'handover-difference', amount: -120, reason: 'miscounted' },
    ]);
  });

  test('goes to somebody else, with a reason for a difference, in an open session', () => {
    const opened = play([open()]);
    const give = (to: string, counted: number) => codeOf(handOver(opened.state, { to, counted }, actOf(2)));
    expect([give('ann', 10_000), give('bob', 9_999), give('bob', -1), give('bob', 10_000)]).toStrictEqual([
      'same-holder',
      'difference-needs-reason',
      'amount-negative',
      '',
    ]);
    const closed = play([close()], opened);
    expect(codeOf(handOver(closed.state, { to: 'bob', counted: 0 }, actOf(3)))).toBe('session-not-open');
  });

  test('[S7] needs an approval above the limit of the role, over or short', () => {
    const opened = play([open()]);
    const give = (counted: number) =>
      handOver(opened.state, { to: 'bob', counted, reason: 'late' }, byCashier(opened));
    expect([give(9_500), give(10_500)].map(codeOf)).toStrictEqual(['', '']);
    const needed = { error: { code: 'approval-needed', permission: 'session.over-short' } };
    expect(give(9_499)).toMatchObject(needed);
    expect(give(10_501)).toMatchObject(needed);
  });

  test('[Z3] [Z8] shifts and cashiers add up to the session, whatever happened in it', () => {
    fc.assert(
      fc.property(shift, (steps) => {
        const { state, records } = play(steps);
        const { shifts, cashiers } = cashierReport(records);
        const { report } = state;
        if (!report) throw new Error('nothing was opened');
        const { drawer: total } = report;
        expect(sum(shifts.map(({ cash }) => cash))).toBe(total.cashSales - total.cashRefunds);
        expect(sum(shifts.map(({ paidIn }) => paidIn))).toBe(total.paidIn);
        expect(sum(shifts.map(({ paidOut }) => paidOut))).toBe(total.paidOut);
        expect(sum(shifts.map(({ difference = 0 }) => difference))).toBe(overShort(report));
        expect(shifts.at(-1)?.expected).toBe(total.expected);
        for (const [i, one] of shifts.entries())
          expect(one.float).toBe(i === 0 ? total.float : shifts[i - 1]?.counted);
        expect(sum(cashiers.map(({ gross }) => gross))).toBe(report.gross);
        expect(sum(cashiers.map(({ receipts }) => receipts))).toBe(
          report.sales.count + report.refunds.count + report.exchanges.count,
        );
      }),
      { numRuns: 60 },
    );
  });
});
