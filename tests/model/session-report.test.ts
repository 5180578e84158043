import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addToReport, openReport, type SessionReport } from '#model/folds/session-report.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { refundLine } from '#model/sale/basket.ts';
import { taxKey } from '#model/tax/tax.ts';
import { shift } from './support/arbitraries.ts';
import {
  close,
  drawer,
  open,
  pay,
  play,
  salesOf,
  sell,
  sellExactly,
  type Played,
} from './support/played-register.ts';
import { VAT, basket, card, cash, line } from './support/shop.ts';

function folded(records: readonly JournalRecord[]): SessionReport {
  const [first, ...rest] = records;
  if (first?.kind !== 'opened') throw new Error('not a session');
  return rest.reduce(addToReport, openReport(first));
}

const sum = (amounts: readonly number[]) => amounts.reduce((a, b) => a + b, 0);

/** A shift with everything in it: sales by both tenders, a part taken back, an exchange, cash moved. */
function busyShift(): Played {
  const sold = play([
    open(50_000),
    sell(basket([line({}, '3'), line({ id: 'bread', department: 'food', taxes: ['gst'] })]), [cash(1000)]),
    sellExactly(basket([line({ price: '10.00' })]), 'card'),
  ]);
  const [first] = salesOf(sold.records);
  const back = first && refundLine(first.body, 0, '2', { quantity: '0', amount: 0 });
  if (!back?.ok) throw new Error('not taken back');
  return play(
    [
      sell(basket([back.value]), [cash(-240)]),
      sell(basket([line({ price: '5.00' }), back.value]), [card(260)]),
      pay('in', 2000),
      pay('out', 500),
      drawer,
    ],
    sold,
  );
}

describe('the report of a session', () => {
  test('[Z1] adding one record at a time gives what folding from the start gives', () => {
    fc.assert(
      fc.property(shift, (steps) => {
        const { state, records } = play(steps);
        expect(state.report).toEqual(folded(records));
        const cut = Math.floor(records.length / 2) + 1;
        expect(records.slice(cut).reduce(addToReport, folded(records.slice(0, cut)))).toEqual(state.report);
      }),
      { numRuns: 40 },
    );
  });

  test('[Z2] sales, refunds and exchanges are counted apart and summed together', () => {
    const { state } = busyShift();
    expect(state.report).toMatchObject({
      sales: { count: 2, amount: 1486 },
      refunds: { count: 1, amount: -240 },
      exchanges: { count: 1, amount: 260 },
      gross: 1506,
      tax: 236,
      net: 1270,
      units: '2',
    });
  });

  test('[Z2] gross, tax and net are the sums of the receipts, to the cent', () => {
    fc.assert(
      fc.property(shift, (steps) => {
        const { state, records } = play(steps);
        const bodies = salesOf(records).map((sale) => sale.body);
        expect([state.report?.gross, state.report?.tax, state.report?.net]).toStrictEqual([
          sum(bodies.map((body) => body.total)),
          sum(bodies.map((body) => body.tax)),
          sum(bodies.map((body) => body.net)),
        ]);
      }),
      { numRuns: 40 },
    );
  });

  test('[Z3] the drawer should hold float + cash sales − cash refunds + paid in − paid out', () => {
    expect(busyShift().state.report?.drawer).toStrictEqual({
      float: 50_000,
      cashSales: 486,
      cashRefunds: 240,
      paidIn: 2000,
      paidOut: 500,
      expected: 51_746,
    });
  });

  test('[Z3] change is off the cash sale: 500.00 float, 749.00 sold, 1000.00 handed over makes 1249.00', () => {
    // Published: NexoPOS counted the 1000.00 handed over and expected 1500.00.
    const { state } = play([open(50_000), sell(basket([line({ price: '749.00' })]), [cash(100_000)])]);
    expect(state.report?.drawer.expected).toBe(124_900);
  });

  test('[Y1] only cash moves the drawer', () => {
    const { state } = play([open(100), sellExactly(basket([line()]), 'card')]);
    expect([state.report?.drawer.expected, state.report?.drawerOpenings]).toStrictEqual([100, 0]);
  });

  test('[Z4] taxes, tenders and departments add up to the receipts, whatever their ids are', () => {
    fc.assert(
      fc.property(shift, (steps) => {
        const { state, records } = play(steps);
        const bodies = salesOf(records).map((sale) => sale.body);
        const report = state.report ?? folded(records);
        const lines = bodies.flatMap((body) => body.lines);
        expect(sum(Object.values(report.taxes).map((row) => row.amount))).toBe(report.tax);
        expect(sum(Object.values(report.tenders).map((row) => row.amount))).toBe(report.gross);
        const departments = new Map(Object.entries(report.departments));
        expect(new Set(departments.keys())).toStrictEqual(new Set(lines.map((one) => one.department)));
        for (const [id, row] of departments) {
          const own = lines.filter((one) => one.department === id);
          expect(row.amount).toBe(sum(own.map((one) => one.amount)));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('[Z4] one tax with two rates within a session is two rows', () => {
    const { state } = play([
      open(),
      sellExactly(basket([line()]), 'cash'),
      sellExactly(basket([{ ...line({ price: '1.175' }), taxes: [{ ...VAT, rate: '17.5' }] }]), 'cash'),
      sellExactly(basket([line()]), 'cash'),
    ]);
    const taxes = state.report?.taxes ?? {};
    expect(Object.keys(taxes).sort()).toStrictEqual(['vat@17.5', 'vat@20']);
    expect(taxes['vat@20']).toStrictEqual({ ...VAT, base: 200, amount: 40 });
    expect(Object.entries(taxes).every(([key, row]) => key === taxKey(row))).toBe(true);
  });

  test('[Z5] a Z is the X of its session with the closing record, and the next session starts from nothing', () => {
    const x = busyShift();
    const z = play([close(-10)], x);
    const { closed, ...rest } = z.state.report ?? folded(x.records);
    expect(rest).toStrictEqual(x.state.report);
    expect(closed).toMatchObject({ by: 'ann', body: { expected: 51_746, counted: 51_736, difference: -10 } });
    const next = play([open(0)], z);
    expect(next.state.report).toMatchObject({
      session: 2,
      gross: 0,
      taxes: {},
      tenders: {},
      drawer: { expected: 0 },
    });
    expect(next.state.head.totals).toStrictEqual({ receipts: 4, signed: 1506, absolute: 1986 });
  });

  test('[Z2] first and last receipt are those of the session', () => {
    const first = play([open(), sellExactly(basket([line()]), 'cash'), close()]);
    const second = play([open(), ...[1, 2].map(() => sellExactly(basket([line()]), 'cash'))], first);
    expect([second.state.report?.firstReceipt, second.state.report?.lastReceipt]).toStrictEqual([
      'S01-R2-000002',
      'S01-R2-000003',
    ]);
    expect(play([open()]).state.report?.firstReceipt).toBeUndefined();
  });
});
