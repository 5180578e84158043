import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sensitiveAct } from '#model/audit/sensitive-act.ts';
import { cashierReport } from '#model/folds/drawer-shifts.ts';
import { registerId } from '#model/ids/register-id.ts';
import type { RecordOf } from '#model/journal/record.ts';
import { parseRecord } from '#model/journal/record.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import {
  closeSession,
  completeSale,
  isDrawerFull,
  moveCash,
  openDrawer,
  openSession,
} from '#model/register/commands.ts';
import { drawersOfRegister } from '#model/register/drawer-number.ts';
import { handOver } from '#model/register/handover.ts';
import { drawerExpected, holderOf } from '#model/register/register-state.ts';
import { voidSale } from '#model/register/void-sale.ts';
import { BUILT_IN_ROLES } from '#model/staff/permission.ts';
import { RULES, actOf, open, play, salesOf, type Played, type Step } from './support/played-register.ts';
import { basket, card, cash, line } from './support/shop.ts';

const sum = (amounts: readonly number[]) => amounts.reduce((a, b) => a + b, 0);
const NAMES = ['Left', 'Right'];

const openTwo =
  (left = 10_000, right = 5_000): Step =>
  (state, act) =>
    openSession(
      state,
      {
        day: '2026-11-21',
        currency: 'GBP',
        float: left + right,
        drawers: [
          { name: 'Left', float: left, denominations: { 100: left / 100 } },
          { name: 'Right', float: right },
        ],
      },
      act,
    );
const sell =
  (price: string, drawer?: number, by: 'cash' | 'card' = 'cash'): Step =>
  (state, act) => {
    const amount = Math.round(Number(price) * 100);
    const payments = [by === 'cash' ? cash(amount) : card(amount)];
    const goods = basket([line({ price })]);
    return completeSale(state, { basket: goods, payments, rules: RULES, drawer }, act);
  };
const move =
  (direction: 'in' | 'out', amount: number, drawer = 1): Step =>
  (state, act) =>
    moveCash(state, { direction, amount, reason: 'window cleaner', drawer }, act);
const give =
  (drawer: number, over: number): Step =>
  (state, act) => {
    const to = holderOf(state, drawer) === 'bob' ? 'cat' : 'bob';
    const counted = (state.report ? drawerExpected(state.report, drawer) : 0) + over;
    return handOver(state, { to, counted, drawer, reason: 'end of shift' }, act);
  };
/** Closes both drawers with what they should hold plus `over`. */
const closeTwo =
  (...over: [number, number]): Step =>
  (state, act) => {
    const drawers = over.map((more, i) => ({
      counted: (state.report?.drawers?.[i]?.expected ?? 0) + more,
      ...(i === 1 ? { earlier: [1, 2] } : {}),
    }));
    const counted = sum(drawers.map((one) => one.counted));
    return closeSession(state, { counted, drawers, reason: 'miscounted' }, act);
  };

const step = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: 1, max: 5_000 }),
      fc.integer({ min: 1, max: 2 }),
      fc.constantFrom('cash', 'card'),
    )
    .map(([amount, drawer, by]) => sell((amount / 100).toFixed(2), drawer, by)),
  fc
    .tuple(fc.constantFrom('in', 'out'), fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 2 }))
    .map(([direction, amount, drawer]) => move(direction, amount, drawer)),
  fc
    .tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 300 }))
    .map(([drawer, over]) => give(drawer, over)),
);
const closed = ({ records }: Played) => records.at(-1)?.body as RecordOf<'closed'>['body'];

describe('[R14] several drawers', () => {
  test('a record names its drawer where it is not the first', () => {
    const { records } = play([
      openTwo(),
      sell('5.00', 2),
      sell('3.00', 1),
      move('out', 200, 2),
      (state, act) => openDrawer(state, 'change', act, 2),
      give(2, 0),
    ]);
    expect(records.map(({ body }) => ('drawer' in body ? body.drawer : 'first'))).toStrictEqual([
      'first',
      2,
      'first',
      2,
      2,
      2,
    ]);
    expect(records[0]?.body).toStrictEqual({
      day: '2026-11-21',
      currency: 'GBP',
      float: 15_000,
      drawers: [
        { name: 'Left', float: 10_000, denominations: { 100: 100 } },
        { name: 'Right', float: 5_000 },
      ],
    });
    for (const record of records)
      expect(parseRecord(canonicalJson(record as CanonicalValue))).toMatchObject({ ok: true });
  });

  test('with one drawer nothing is said, so that older records keep their hashes', () => {
    const one: Step = (state, act) =>
      openSession(
        state,
        { day: '2026-11-21', currency: 'GBP', float: 10_000, drawers: [{ name: 'Only', float: 10_000 }] },
        act,
      );
    expect(play([one]).records).toStrictEqual(play([open()]).records);
    const { state, records } = play([one, sell('5.00', 1), give(1, 0)]);
    expect(records.some(({ body }) => 'drawer' in body || 'drawers' in body)).toBe(false);
    expect(state.report).not.toHaveProperty('drawers');
    expect(() => play([open(), sell('5.00', 2)])).toThrow('no drawer 2');
  });

  test('floats that do not make the float come from a program', () => {
    const wish = { day: '2026-11-21', currency: 'GBP', float: 1 };
    const drawers = NAMES.map((name) => ({ name, float: 5 }));
    expect(() => openSession(play([]).state, { ...wish, drawers }, actOf(1))).toThrow('10 were given as 1');
  });

  test('a void pays out of the drawer of whoever voids', () => {
    const sold = play([openTwo(), sell('5.00', 2)]);
    const [sale] = salesOf(sold.records);
    if (!sale) throw new Error('nothing was sold');
    const wish = { sale, later: [], reason: 'wrong', basket: 'void-1' };
    const back = play([(state, act) => voidSale(state, { ...wish, drawer: 1 }, act)], sold);
    expect(back.records.at(-1)?.body).not.toHaveProperty('drawer');
    expect(back.state.report?.drawers?.map(({ expected }) => expected)).toStrictEqual([9_500, 5_500]);
    const same = play([(state, act) => voidSale(state, { ...wish, drawer: 2 }, act)], sold);
    expect(same.state.report?.drawers?.map(({ expected }) => expected)).toStrictEqual([10_000, 5_000]);
  });

  test('each is handed over by itself', () => {
    const played = play([openTwo(), sell('5.00', 2), give(2, 30), sell('1.00', 2), give(2, -10)]);
    expect([1, 2].map((drawer) => holderOf(played.state, drawer))).toStrictEqual(['ann', 'cat']);
    expect(played.records[2]?.body).toMatchObject({
      from: 'ann',
      to: 'bob',
      expected: 5_500,
      counted: 5_530,
      difference: 30,
    });
    const done = play([closeTwo(0, 0)], played);
    expect(cashierReport(done.records).shifts).toMatchObject([
      { holder: 'ann', drawer: { number: 1, name: 'Left' }, expected: 10_000, counted: 10_000 },
      { holder: 'ann', drawer: { number: 2, name: 'Right' }, expected: 5_500, difference: 30 },
      { holder: 'bob', drawer: { number: 2, name: 'Right' }, float: 5_530, expected: 5_630, difference: -10 },
      { holder: 'cat', drawer: { number: 2, name: 'Right' }, float: 5_620, counted: 5_620, difference: 0 },
    ]);
  });

  test('differences that make up for each other are differences all the same', () => {
    const opened = play([openTwo()]);
    const count = (left: number, right: number, reason?: string) =>
      closeSession(
        opened.state,
        {
          counted: left + right,
          drawers: [{ counted: left }, { counted: right }],
          ...(reason === undefined ? {} : { reason }),
        },
        actOf(2, {
          actor: { person: 'ann', role: BUILT_IN_ROLES.find(({ id }) => id === 'cashier') },
        }),
      );
    expect(count(10_000, 5_000)).toMatchObject({ ok: true });
    expect(count(9_900, 5_100)).toMatchObject({ error: { code: 'difference-needs-reason', difference: 0 } });
    expect(count(9_900, 5_100, 'mixed up')).toMatchObject({ ok: true });
    expect(count(9_000, 6_000, 'mixed up')).toMatchObject({
      error: { code: 'approval-needed', permission: 'session.over-short' },
    });
    const done = play([closeTwo(-100, 100)], opened);
    expect(done.records.map(sensitiveAct).at(-1)).toStrictEqual({
      kind: 'close-difference',
      amount: 0,
      reason: 'miscounted',
    });
  });

  test('[R9] the closing keeps what was counted before, for each drawer', () => {
    expect(closed(play([openTwo(), sell('5.00', 2), closeTwo(0, 20)]))).toMatchObject({
      expected: 15_500,
      counted: 15_520,
      difference: 20,
      drawers: [
        { expected: 10_000, counted: 10_000, difference: 0 },
        { expected: 5_500, counted: 5_520, difference: 20, earlier: [1, 2] },
      ],
    });
    expect(() => closeSession(play([openTwo()]).state, { counted: 15_000 }, actOf(2))).toThrow('0 of 2');
  });

  test('[R8] one of them being too full is enough to say so', () => {
    const { state } = play([openTwo(10_000, 5_000)]);
    expect([9_999, 10_000].map((limit) => isDrawerFull(state, limit))).toStrictEqual([true, false]);
  });

  test('a register has the drawers the setting names for it, at most two', () => {
    const [R1, R2, R3] = [registerId(1), registerId(2), registerId(3)];
    const setting = [
      { name: 'Front' },
      { name: 'Bar', register: R2 },
      { name: 'Side', register: R3 },
      { name: 'Back', register: R3 },
    ];
    expect(drawersOfRegister([], R1)).toStrictEqual([]);
    expect(drawersOfRegister(setting, R1)).toStrictEqual([]);
    expect(drawersOfRegister(setting, R2)).toStrictEqual(['Front', 'Bar']);
    expect(drawersOfRegister(setting, R3)).toStrictEqual(['Front', 'Side']);
  });
});

describe('[Z10] the drawer equation holds for each drawer', () => {
  test('and every figure of them adds up to that of the session, whatever happened in it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.integer({ min: -50, max: 50 }), (steps, over) => {
        const played = play([openTwo(50_000, 40_000), ...steps, closeTwo(over, -over)]);
        const { report } = played.state;
        const { drawers = [], drawer, handovers } = report ?? {};
        for (const one of drawers)
          expect(one.expected).toBe(
            one.float + one.cashSales - one.cashRefunds + one.paidIn - one.paidOut + one.handedOver,
          );
        const { expected, ...figures } = drawer ?? {};
        for (const [name, figure] of Object.entries({ expected, ...figures }))
          expect(sum(drawers.map((one) => one[name as 'expected']))).toBe(figure);
        expect(sum(drawers.map(({ handedOver }) => handedOver))).toBe(handovers?.amount ?? 0);
        expect(closed(played).drawers?.map((one) => one.difference)).toStrictEqual([
          over,
          over === 0 ? 0 : -over,
        ]);
        const { shifts } = cashierReport(played.records);
        const last = NAMES.map((name) => shifts.findLast((shift) => shift.drawer?.name === name));
        expect(last.map((shift) => shift?.expected)).toStrictEqual(drawers.map((one) => one.expected));
      }),
      { numRuns: 60 },
    );
  });
});
