import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SESSIONS_KEPT, basketMayLeave, mayLeaveByKey, sessionMayLeave } from '#model/documents/keeping.ts';
import { openSaleEntries } from '#model/documents/basket.ts';
import type { CountersignedHead } from '#model/documents/acknowledgements.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { OFFERED_SESSIONS } from '../../sync-relay/access.ts';
import { shift } from './support/arbitraries.ts';
import { open, play, sellExactly } from './support/played-register.ts';
import { basket, line } from './support/shop.ts';

const R1 = registerId(1);
const R2 = registerId(2);
const S01 = storeId(1);
const keeping = {
  store: S01,
  register: R1,
  today: '2026-12-05',
  days: 14,
  latest: new Map([
    ['R1', 40],
    ['R2', 7],
  ]),
};
const never = () => false;

const summary = (month: number): DocumentKey => ({
  class: 'stock-summary',
  store: storeId(2),
  month,
  shard: 0,
});

/** Head office's word that it holds a journal up to a record. */
function headAt({ org, store, register, session, seq, hash, at }: JournalRecord): CountersignedHead {
  return { org, store, register, session, seq, hash, at, device: '00000000000000aa', sig: 'A'.repeat(86) };
}

describe('[D8] what a till holds, by the id of a document', () => {
  test.each<[string, DocumentKey, boolean]>([
    ['an old session of its own', { class: 'session', store: S01, register: R1, session: 37 }, true],
    ['one of the three latest', { class: 'session', store: S01, register: R1, session: 38 }, false],
    ['an old session of another register', { class: 'session', store: S01, register: R2, session: 4 }, true],
    ['a late session of another register', { class: 'session', store: S01, register: R2, session: 5 }, false],
    [
      'a register nobody told of',
      { class: 'session', store: S01, register: registerId(3), session: 1 },
      false,
    ],
    ['a session elsewhere', { class: 'session', store: storeId(2), register: R1, session: 1 }, false],
    ['a basket of an old session', { class: 'basket', store: S01, register: R1, session: 3 }, true],
    ['the basket of now', { class: 'basket', store: S01, register: R1, session: 40 }, false],
    [
      'a basket of another till’s old session',
      { class: 'basket', store: S01, register: R2, session: 4 },
      true,
    ],
    ['one of another till’s late session', { class: 'basket', store: S01, register: R2, session: 5 }, false],
    [
      'a basket of a register nobody told of',
      { class: 'basket', store: S01, register: registerId(3), session: 1 },
      false,
    ],
    ['a basket elsewhere', { class: 'basket', store: storeId(2), register: R1, session: 1 }, false],
    ['baskets parked long ago', { class: 'parked', store: S01, day: 20_778 }, true],
    ['baskets parked thirteen days ago', { class: 'parked', store: S01, day: 20_779 }, false],
    ['the organization', { class: 'organization' }, false],
    ['a catalog shard', { class: 'catalog', shard: 3 }, false],
    ['a ledger', { class: 'ledger', shard: 3 }, false],
    ['a stock book', { class: 'stock-book', store: S01, month: 600 }, false],
    ['what a store had in stock two months ago', summary(681), true],
    ['what it had last month, which counts until this month is told', summary(682), false],
    ['acknowledgements', { class: 'acknowledgements', store: S01, register: R1 }, false],
  ])('%s', (_, key, leaves) => {
    expect(mayLeaveByKey(key, keeping)).toBe(leaves);
  });

  test('as many sessions stay as a relay sends unasked: what left does not come back by itself', () => {
    expect(SESSIONS_KEPT).toBeGreaterThanOrEqual(OFFERED_SESSIONS);
  });
});

describe('[D8] what a till holds, by what is in a session', () => {
  test('a closed session leaves after the days, and once head office holds its last record', () => {
    fc.assert(
      fc.property(shift, (steps) => {
        const { records } = play(steps);
        const last = records.at(-1);
        if (!last) throw new Error('a shift has records');
        const head = headAt(last);
        expect(sessionMayLeave(records, keeping, head, never)).toBe(true);
        expect(sessionMayLeave(records.toReversed(), keeping, head, never)).toBe(true);
        expect(sessionMayLeave(records, keeping, { ...head, seq: last.seq + 9 }, never)).toBe(true);
        // Of the business day 2026-11-21; a day later it is thirteen days old.
        expect(sessionMayLeave(records, { ...keeping, today: '2026-12-04' }, head, never)).toBe(false);
        expect(sessionMayLeave(records, { ...keeping, days: 15 }, head, never)).toBe(false);
        expect(sessionMayLeave(records, keeping, undefined, never)).toBe(false);
        expect(sessionMayLeave(records, keeping, { ...head, seq: last.seq - 1 }, never)).toBe(false);
        expect(sessionMayLeave(records, keeping, { ...head, hash: 'B'.repeat(43) }, never)).toBe(false);
        expect(sessionMayLeave(records, keeping, { ...head, register: R2 }, never)).toBe(
          last.register === R2,
        );
        expect(sessionMayLeave(records, keeping, head, ({ seq }) => seq === last.seq)).toBe(false);
      }),
    );
  });

  test('an open session, one with a record missing and an empty one stay', () => {
    const sale = sellExactly(basket([line()]), 'cash');
    const { records } = play([open(), sale, sale]);
    const last = records.at(-1);
    if (!last) throw new Error('no records');
    expect(sessionMayLeave(records, keeping, headAt(last), never)).toBe(false);
    expect(sessionMayLeave([], keeping, headAt(last), never)).toBe(false);
    fc.assert(
      fc.property(shift, fc.nat(), (steps, pick) => {
        const whole = play(steps).records;
        const at = pick % (whole.length - 1);
        const end = whole.at(-1);
        if (!end) throw new Error('a shift has records');
        const holed = whole.filter((_, i) => i !== at);
        expect(sessionMayLeave(holed, keeping, headAt(end), never)).toBe(false);
      }),
    );
  });

  test('a basket stays while anything is in it, or cannot be read', () => {
    const empty = { basket: basket([]), paying: false, payments: [] };
    const payment = { tender: 'cash', name: 'Cash', kind: 'cash', given: 100 } as const;
    expect(basketMayLeave({})).toBe(true);
    expect(basketMayLeave(openSaleEntries(empty))).toBe(true);
    expect(basketMayLeave(openSaleEntries({ ...empty, basket: basket([line()]) }))).toBe(false);
    expect(basketMayLeave(openSaleEntries({ ...empty, payments: [payment] }))).toBe(false);
    const card = { id: 'p1', tender: 'card', name: 'Card', given: 100 };
    expect(basketMayLeave(openSaleEntries({ ...empty, card }))).toBe(false);
    expect(basketMayLeave({ basket: '{' })).toBe(false);
  });
});
