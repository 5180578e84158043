import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heldSession, storeDay, type HeldSession, type StoreDay } from '#model/folds/store-day.ts';
import { registerId, type RegisterId } from '#model/ids/register-id.ts';
import { sealRecord } from '#model/journal/chain.ts';
import type { RecordOf } from '#model/journal/record.ts';
import { BUILT_IN_ROLES } from '#model/staff/permission.ts';
import { closeDay } from '#model/register/closings.ts';
import { addRecord, newRegister } from '#model/register/register-state.ts';
import { shift } from './support/arbitraries.ts';
import {
  actOf,
  close,
  handover,
  open,
  play,
  sellExactly,
  stampOf,
  type Played,
} from './support/played-register.ts';
import { ORG, STORE_ID, basket, line } from './support/shop.ts';

const DAY = '2026-11-21';
const R = (number: number): RegisterId => registerId(number);
const at = (number: number): Played => ({ state: newRegister(ORG, STORE_ID, R(number)), records: [] });
const sale = sellExactly(basket([line({ price: '5.00' })]), 'cash');
const sum = (amounts: readonly number[]) => amounts.reduce((a, b) => a + b, 0);

function held({ records }: Played): HeldSession {
  const session = heldSession(records);
  if (!session) throw new Error('nothing was opened');
  return session;
}

function dayOf(
  played: readonly Played[],
  registers: readonly RegisterId[] = [],
  closings: readonly RecordOf<'zz'>[] = [],
): StoreDay {
  return storeDay({ store: STORE_ID, day: DAY }, { sessions: played.map(held), closings, registers });
}

function zzOf(played: Played, day: StoreDay): RecordOf<'zz'> {
  const made = closeDay(played.state, day, actOf(played.state.head.seq + 1));
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}

describe('the day of a store', () => {
  test('[Z8] every figure is the sum of its sessions', () => {
    fc.assert(
      fc.property(fc.array(shift, { minLength: 1, maxLength: 4 }), (shifts) => {
        const played = shifts.map((steps, i) => play(steps, at(i + 1)));
        const { totals, sessions } = dayOf(played);
        const reports = sessions.map(({ report }) => report);
        expect(totals.gross).toBe(sum(reports.map(({ gross }) => gross)));
        expect(totals.tax).toBe(sum(reports.map(({ tax }) => tax)));
        expect(sum(Object.values(totals.taxes).map(({ amount }) => amount))).toBe(totals.tax);
        expect(sum(Object.values(totals.tenders).map(({ amount }) => amount))).toBe(totals.gross);
        expect(totals.sales.count).toBe(sum(reports.map(({ sales }) => sales.count)));
        expect(totals.drawer.expected).toBe(sum(reports.map(({ drawer }) => drawer.expected)));
        expect(totals.counted - totals.drawer.expected).toBe(
          sum(reports.map(({ closed }) => closed?.body.difference ?? 0)),
        );
        expect(totals.difference).toBe(
          sum(
            reports.map(({ closed, handovers }) => (closed?.body.difference ?? 0) + (handovers?.amount ?? 0)),
          ),
        );
        expect(new Set(Object.keys(totals.departments))).toStrictEqual(
          new Set(reports.flatMap(({ departments }) => Object.keys(departments))),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('[Z8] [R11] names what is open and who was not heard of, and leaves other days out', () => {
    const closed = play([open(), sale, close()], at(2));
    const selling = play([open(), sale], at(1));
    const day = dayOf([closed, selling], [R(1), R(2), R(10), R(3)]);
    expect(
      day.sessions.map(({ report, seq }) => [report.register, seq, report.closed !== undefined]),
    ).toStrictEqual([
      ['R1', 2, false],
      ['R2', 3, true],
    ]);
    expect(day.silent).toStrictEqual(['R3', 'R10']);
    const other = storeDay(
      { store: STORE_ID, day: '2026-11-22' },
      { sessions: [held(closed)], closings: [], registers: [R(2)] },
    );
    expect([other.sessions, other.silent, other.totals.gross]).toStrictEqual([[], ['R2'], 0]);
  });
});

describe('[R11] closing the day of a store', () => {
  test('writes the sums behind the own closed session; the register opens again as ever', () => {
    const one = play([open(), sale, handover(-40), close(10)], at(1));
    const two = play([open(), sale, sale], at(2));
    const zz = zzOf(one, dayOf([one, two], [R(1), R(2), R(3)]));
    expect(zz.body).toStrictEqual({
      day: DAY,
      sessions: [
        { register: 'R1', session: 1, seq: 4, sales: 1, refunds: 0, gross: 500, tax: 83, difference: -30 },
        { register: 'R2', session: 1, seq: 3, open: true, sales: 2, refunds: 0, gross: 1000, tax: 166 },
      ],
      silent: ['R3'],
      sales: 3,
      refunds: 0,
      gross: 1500,
      tax: 249,
      difference: -30,
    });
    const after = addRecord(one.state, zz);
    if (!after.ok) throw new Error(after.error);
    expect(after.value.report).toStrictEqual(one.state.report);
    expect(held({ state: after.value, records: [...one.records, zz] })).toStrictEqual(held(one));
    expect(play([open()], { state: after.value, records: [] }).state).toMatchObject({ session: 2 });
  });

  test('is refused while the own session is open, without sessions and without leave', () => {
    const selling = play([open()], at(1));
    const closed = play([close()], selling);
    const refuse = (played: Played, day: StoreDay, role = BUILT_IN_ROLES.at(-1)) =>
      closeDay(played.state, day, { ...actOf(9), actor: { person: 'ann', role } });
    expect(refuse(selling, dayOf([selling]))).toStrictEqual({
      ok: false,
      error: { code: 'session-still-open' },
    });
    expect(refuse(closed, dayOf([]))).toStrictEqual({ ok: false, error: { code: 'nothing-to-close' } });
    expect(refuse(at(1), dayOf([closed]))).toStrictEqual({ ok: false, error: { code: 'nothing-to-close' } });
    expect(refuse(closed, dayOf([closed]), BUILT_IN_ROLES[0])).toMatchObject({
      error: { code: 'approval-needed', permission: 'report.read' },
    });
  });

  test('[R2] a ZZ in an open session is a fault', () => {
    const { body } = zzOf(play([open(), close()], at(1)), dayOf([play([open(), close()], at(1))]));
    const { state } = play([open()], at(1));
    const early = sealRecord(state.head, 1, { kind: 'zz', body }, stampOf(2));
    expect(addRecord(state, early)).toStrictEqual({ ok: false, error: 'still-open' });
    expect(
      addRecord(at(1).state, sealRecord(at(1).state.head, 1, { kind: 'zz', body }, stampOf(1))),
    ).toStrictEqual({
      ok: false,
      error: 'not-open',
    });
  });

  test('tells what came or went on after it', () => {
    const one = play([open(), close()], at(1));
    const two = play([open(), sale], at(2));
    const zz = zzOf(one, dayOf([one, two]));
    const late = (played: readonly Played[]) =>
      dayOf(played, [], [zz]).sessions.flatMap((session) => (session.late ? [session.report.register] : []));
    expect(late([one, two])).toStrictEqual([]);
    expect(late([one, play([close()], two), play([open()], at(3))])).toStrictEqual(['R2', 'R3']);
  });
});
