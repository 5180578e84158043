import { describe, expect, test } from 'vitest';
import type { SalesAnswer, SessionRow } from '$lib/office/reports-schema.ts';
import {
  changeOf,
  dayBefore,
  figuresOf,
  lastBusinessDay,
  openSessions,
  storesOf,
} from '$lib/office/today.ts';

function session(
  store: string,
  register: string,
  number: number,
  more: Partial<SessionRow> = {},
): SessionRow {
  return {
    store,
    register,
    session: number,
    day: '2026-11-21',
    openedAt: '2026-11-21T08:00:00.000Z',
    openedBy: 'ana',
    sales: 3,
    refunds: 1,
    gross: 1000,
    tax: 160,
    net: 840,
    expected: 10_000,
    ...more,
  };
}

function sales(...days: (readonly [string, number, number])[]): SalesAnswer {
  const rows = days.map(([key, gross, receipts]) => ({ key, name: key, gross, receipts, quantity: '1' }));
  return { rows, total: { receipts: 0, quantity: '0', gross: 0 } };
}

describe('the day of the page', () => {
  test('is the newest with sales', () => {
    expect(lastBusinessDay(sales(['2026-11-19', 5, 1], ['2026-11-20', 5, 1]), [])).toBe('2026-11-20');
  });

  test('is today as soon as a register opened, with nothing sold yet', () => {
    expect(lastBusinessDay(sales(['2026-11-20', 5, 1]), [session('S01', 'R1', 1)])).toBe('2026-11-21');
  });

  test('is none before the first sale ever', () => {
    expect(lastBusinessDay(sales(), [])).toBeUndefined();
  });
});

describe('the figures of the day', () => {
  test('have an average rounded half away from zero', () => {
    expect(figuresOf(sales(['2026-11-21', 1001, 2]), '2026-11-21')).toEqual({
      day: '2026-11-21',
      gross: 1001,
      receipts: 2,
      average: 501,
    });
  });

  test('have no average without receipts', () => {
    expect(figuresOf(sales(), '2026-11-21')).toMatchObject({ gross: 0, receipts: 0, average: undefined });
  });

  test('are compared with the business day before, which need not be yesterday', () => {
    const answer = sales(['2026-11-21', 5, 1], ['2026-11-14', 5, 1], ['2026-11-18', 5, 1]);
    expect(dayBefore(answer, '2026-11-21')).toBe('2026-11-18');
    expect(dayBefore(answer, '2026-11-14')).toBeUndefined();
  });

  test('change by a share of what was before, and by nothing when that was nothing', () => {
    expect(changeOf(112, 100)).toBeCloseTo(0.12);
    expect(changeOf(-50, 100)).toBe(-1.5);
    expect(changeOf(5, 0)).toBeUndefined();
    expect(changeOf(5, -10)).toBeUndefined();
  });
});

describe('stores and registers', () => {
  const registers = [
    { store: 'S01', register: 'R1' },
    { store: 'S01', register: 'R10' },
    { store: 'S01', register: 'R2' },
  ];

  test('are in the order of their numbers, with their sums', () => {
    const [camden] = storesOf([session('S01', 'R10', 1), session('S01', 'R2', 1)], registers);
    expect(camden?.registers.map((row) => row.register)).toEqual(['R1', 'R2', 'R10']);
    expect(camden).toMatchObject({ store: 'S01', gross: 2000, sales: 6, refunds: 2 });
  });

  test('include a register that did not open and one whose settings are not here yet', () => {
    const stores = storesOf([session('S02', 'R1', 1)], registers);
    expect(stores.map((store) => [store.store, store.gross])).toEqual([
      ['S01', 0],
      ['S02', 1000],
    ]);
    expect(stores[0]?.registers[0]?.sessions).toEqual([]);
  });

  test('keep the sessions of one register in order, the newest last', () => {
    const [camden] = storesOf([session('S01', 'R1', 10), session('S01', 'R1', 9)], []);
    expect(camden?.registers[0]?.sessions.map((each) => each.session)).toEqual([9, 10]);
  });

  test('open sessions are those without a close', () => {
    const closed = session('S01', 'R1', 1, { closedAt: '2026-11-21T18:00:00.000Z' });
    const open = openSessions([session('S02', 'R1', 4), closed, session('S01', 'R2', 3, { closedAt: null })]);
    expect(open.map((each) => `${each.store}-${each.register}`)).toEqual(['S01-R2', 'S02-R1']);
  });
});
