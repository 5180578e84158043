import { describe, expect, test } from 'vitest';
import type { JournalRecord } from '#model/journal/record.ts';
import { closeSession, completeSale, moveCash, openDrawer, openSession } from '#model/register/commands.ts';
import { handOver } from '#model/register/handover.ts';
import { RULES, play, type Step } from '../../model/support/played-register.ts';
import { basket, cash, line } from '../../model/support/shop.ts';
import { firstFault, rehashed, verdictOnRecords } from '../../support/exported-journal.ts';

const steps: readonly Step[] = [
  (state, act) =>
    openSession(
      state,
      {
        day: '2026-11-21',
        currency: 'GBP',
        float: 15_000,
        drawers: [
          { name: 'Left', float: 10_000, denominations: { 1000: 10 } },
          { name: 'Right', float: 5_000 },
        ],
      },
      act,
    ),
  (state, act) => {
    const sale = { basket: basket([line({ price: '5.00' })]), payments: [cash(500)], rules: RULES };
    return completeSale(state, { ...sale, drawer: 2 }, act);
  },
  (state, act) =>
    moveCash(state, { direction: 'out', amount: 200, reason: 'stamps', bag: 'B-1', drawer: 2 }, act),
  (state, act) => openDrawer(state, 'change', act, 2),
  (state, act) => handOver(state, { to: 'bob', counted: 5_310, drawer: 2, reason: 'late' }, act),
  (state, act) =>
    closeSession(
      state,
      {
        counted: 15_300,
        drawers: [{ counted: 9_990, earlier: [9_980] }, { counted: 5_310 }],
        reason: 'a coin',
      },
      act,
    ),
];
const { records: RECORDS } = play(steps);

/** The verdict when the record of a kind says something else; every link after it is made anew. */
async function changed(kind: JournalRecord['kind'], change: (body: never) => object): Promise<string> {
  let prev = '';
  const records = RECORDS.map((record) => {
    const body = record.kind === kind ? change(record.body as never) : record.body;
    const next = rehashed({ ...record, body, prev } as JournalRecord);
    prev = next.hash;
    return next;
  });
  return firstFault(await verdictOnRecords(records));
}

type Drawers = { readonly drawers: readonly object[] };

describe('[R14] [J13] the independent verifier on several drawers', () => {
  test('takes what the product writes', async () => {
    expect(firstFault(await verdictOnRecords(RECORDS))).toBe('valid');
  });

  test.each([
    ['floats that do not make the float', 'opened', (body: Drawers) => ({ ...body, float: 15_001 }), 1],
    [
      'pieces that do not make a float',
      'opened',
      ({ drawers: [left, right], ...body }: Drawers) => ({
        ...body,
        drawers: [{ ...left, denominations: { 1000: 9 } }, right],
      }),
      1,
    ],
    ['a drawer the session does not have', 'sale', (body: object) => ({ ...body, drawer: 3 }), 2],
    ['a drawer opened that is not there', 'drawer', (body: object) => ({ ...body, drawer: 9 }), 4],
    [
      'a handover of the other drawer',
      'handover',
      ({ drawer: _none, ...body }: { drawer: number }) => body,
      5,
    ],
    ['a closing without its drawers', 'closed', ({ drawers: _none, ...body }: Drawers) => body, 6],
    [
      'cash that went out of the other drawer',
      'cash',
      ({ drawer: _none, ...body }: { drawer: number }) => body,
      5,
    ],
    [
      'another difference of a drawer',
      'closed',
      ({ drawers: [left, right], ...body }: Drawers) => ({
        ...body,
        drawers: [{ ...left, difference: -11 }, right],
      }),
      6,
    ],
    [
      'counts of drawers that do not make what was counted',
      'closed',
      ({ drawers: [left, right], ...body }: Drawers) => ({
        ...body,
        drawers: [{ ...left, counted: 10_000, difference: 0 }, right],
      }),
      6,
    ],
    ['a difference without a reason', 'closed', ({ reason: _none, ...body }: { reason: string }) => body, 6],
  ] as const)('finds %s', async (_, kind, change, seq) => {
    expect(await changed(kind, change as (body: never) => object)).toBe(`seq ${seq}: wrong-figures`);
  });

  test('finds members of a wrong form', async () => {
    const forms = [
      await changed('sale', (body: object) => ({ ...body, drawer: 1 })),
      await changed('cash', (body: object) => ({ ...body, drawer: 10 })),
      await changed('opened', (body: object) => ({ ...body, drawers: [{ name: 'Left', float: 15_000 }] })),
    ];
    expect(forms.map((fault) => fault.split(': ')[1])).toEqual(['bad-shape', 'bad-shape', 'bad-shape']);
  });

  test('a difference of one drawer needs a reason even when the other makes up for it', async () => {
    const records = play([
      ...steps.slice(0, 1),
      (state, act) =>
        closeSession(
          state,
          { counted: 15_000, drawers: [{ counted: 9_000 }, { counted: 6_000 }], reason: 'mixed up' },
          act,
        ),
    ]).records;
    expect(firstFault(await verdictOnRecords(records))).toBe('valid');
    const [opened, closed] = records as [JournalRecord, JournalRecord];
    const { reason: _none, ...body } = closed.body as { reason?: string };
    const bare = rehashed({ ...closed, body } as JournalRecord);
    expect(firstFault(await verdictOnRecords([opened, bare]))).toBe('seq 2: wrong-figures');
  });
});
