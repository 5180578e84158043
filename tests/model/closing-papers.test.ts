import { describe, expect, test } from 'vitest';
import { cashierReport } from '#model/folds/drawer-shifts.ts';
import { monthClosing, pastSession } from '#model/folds/period-closing.ts';
import { sessionSummary } from '#model/folds/session-summary.ts';
import { heldSession, storeDay } from '#model/folds/store-day.ts';
import { registerId } from '#model/ids/register-id.ts';
import { closeDay, closePeriod } from '#model/register/closings.ts';
import { remindersOf } from '#model/register/reminders.ts';
import {
  dayPaper,
  periodPaper,
  summaryPaper,
  type ClosingPaperSource,
} from '#model/receipt/closing-papers.ts';
import { paperText } from '#model/receipt/paper-text.ts';
import { reportPaper } from '#model/receipt/report-paper.ts';
import type { Paper } from '#model/receipt/paper.ts';
import { actOf, close, drop, handover, open, play, sellExactly } from './support/played-register.ts';
import { ORGANIZATION, REGISTER_ID, STORE, STORE_ID, TIENDA, basket, line } from './support/shop.ts';

const SOURCE: ClosingPaperSource = {
  organization: ORGANIZATION,
  store: STORE,
  personName: (person) => ({ ann: 'Ann', bob: 'Bob' })[person] ?? person,
  departmentName: (department) => department,
  language: 'en',
  at: '2026-11-21T20:00:00.000Z',
};
const sale = (price: string, by: 'cash' | 'card' = 'cash') => sellExactly(basket([line({ price })]), by);
const PLAYED = play([
  open(),
  sale('5.00'),
  handover(-30, 'bob'),
  drop(200),
  sale('2.50', 'card'),
  sale('2.00'),
  close(10),
]);
const { records, state } = PLAYED;
const report = state.report;
if (!report) throw new Error('nothing was opened');

function textOf(paper: Paper): string {
  return paperText(paper, 42).join('\n');
}

function theDay() {
  const held = heldSession(records);
  return storeDay(
    { store: STORE_ID, day: '2026-11-21' },
    { sessions: held ? [held] : [], closings: [], registers: [REGISTER_ID, registerId(7)] },
  );
}

describe('papers of closings', () => {
  test('[Z8] [R11] the store’s day says its sums, its sessions and who was not heard of', () => {
    const standing = textOf(dayPaper(theDay(), SOURCE));
    expect(standing).toContain("S T O R E ' S   D A Y");
    expect(standing).toMatch(/Not heard of +R7/);
    expect(standing).toMatch(/Turnover +£9\.50/);
    expect(standing).toMatch(/Over or short at handovers \(1\) +-0\.30\n.*Difference +-£0\.20/);
    const zz = closeDay(state, theDay(), actOf(8));
    if (!zz.ok) throw new Error(zz.error.code);
    expect(textOf(dayPaper(theDay(), SOURCE, zz.value))).toContain('Z Z   R E P O R T');
  });

  test('[R12] [Z6] a month says its sessions, the year so far and the perpetual totals', () => {
    const past = [pastSession(records)].flatMap((one) => one ?? []);
    const made = closePeriod(state, 'month', past, actOf(8));
    if (!made.ok) throw new Error(made.error.code);
    const text = textOf(periodPaper(made.value, SOURCE));
    expect(text).toContain('M O N T H   2 0 2 6 - 1 1');
    expect(text).toContain('THE YEAR SO FAR');
    expect(text).toMatch(/SINCE THE REGISTER BEGAN[\s\S]*Turnover +£9\.50/);
    expect(monthClosing(past)).toMatchObject({ value: { period: '2026-11', gross: 950 } });
  });

  test('[R10] [R8] a Z names who sold and who had the drawer, where it was more than one', () => {
    const source = { ...SOURCE, report, perpetual: state.head.totals };
    const text = textOf(reportPaper({ ...source, people: cashierReport(records) }));
    expect(text).toContain('WHO HAD THE DRAWER');
    expect(text).toMatch(/Of this to the safe \(1\) +2\.00/);
    expect(text).toMatch(/Over or short at handovers \(1\) +-0\.30/);
    const alone = play([open(), sale('1.00')]);
    const plain = { ...source, report: alone.state.report ?? report, people: cashierReport(alone.records) };
    expect(textOf(reportPaper(plain))).not.toContain('WHO HAD THE DRAWER');
  });

  test('[Z9] how a session went: average, best articles and hours of the store’s clock', () => {
    const summary = sessionSummary(records, 'Europe/Madrid');
    expect(summary).toStrictEqual({
      receipts: 3,
      average: 317,
      top: [{ product: 'apple', name: 'Apple juice 1 l', quantity: '3', amount: 950 }],
      hours: [
        { hour: '09', count: 2, amount: 750 },
        { hour: '10', count: 1, amount: 200 },
      ],
    });
    expect(summary.hours.reduce((sum, { amount }) => sum + amount, 0)).toBe(report.gross);
    expect(sessionSummary(records.slice(0, 1), 'Europe/Madrid')).toStrictEqual({
      receipts: 0,
      average: 0,
      top: [],
      hours: [],
    });
    const text = textOf(summaryPaper(report, summary, { ...SOURCE, store: TIENDA, language: 'es' }));
    expect(text).toContain('LO MÁS VENDIDO');
    expect(text).toMatch(/Venta media +3,17/);
  });

  test('[Z9] the best five articles, by what their lines came to', () => {
    const many = play([
      open(),
      ...Array.from({ length: 7 }, (_, i) =>
        sellExactly(basket([line({ id: `p${i}`, price: `${i + 1}.00` })]), 'card'),
      ),
    ]);
    expect(sessionSummary(many.records, 'UTC').top.map(({ product }) => product)).toStrictEqual([
      'p6',
      'p5',
      'p4',
      'p3',
      'p2',
    ]);
  });
});

describe('[R13] reminders', () => {
  const selling = play([open(10_000)]).state;
  const remind = (day: string, time: string, store: object = { closeReminder: '20:30' }) =>
    remindersOf(selling, store, { day, time });

  test('of closing from the store’s time on, of an older day at any time', () => {
    expect(remind('2026-11-21', '20:29')).toStrictEqual({ close: false });
    expect(remind('2026-11-21', '20:30')).toStrictEqual({ close: true });
    expect(remind('2026-11-21', '23:59', {})).toStrictEqual({ close: false });
    expect(remind('2026-11-22', '08:00')).toStrictEqual({ close: false, olderDay: '2026-11-21' });
    expect(
      remindersOf(state, { closeReminder: '00:00' }, { day: '2026-12-01', time: '12:00' }),
    ).toStrictEqual({
      close: false,
    });
  });

  test('[R8] of a drawer that should hold more than the limit', () => {
    expect(remind('2026-11-21', '08:00', { drawerLimit: 10_000 })).toStrictEqual({ close: false });
    expect(remind('2026-11-21', '08:00', { drawerLimit: 9_999 })).toStrictEqual({
      close: false,
      drawerLimit: 9_999,
    });
  });
});
