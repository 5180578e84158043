import { describe, expect, test } from 'vitest';
import { heldSession, storeDay } from '#model/folds/store-day.ts';
import { pastSession } from '#model/folds/period-closing.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { closeDay, closePeriod } from '#model/register/closings.ts';
import { closeSession, openSession } from '#model/register/commands.ts';
import {
  close,
  drop,
  freshRegister,
  handover,
  play,
  sellExactly,
  type Played,
  type Step,
} from '../../model/support/played-register.ts';
import { basket, line } from '../../model/support/shop.ts';
import { STORE_ID, REGISTER_ID } from '../../model/support/shop.ts';
import { HEADER, firstFault, recordOf, rehashed, verdictOnRecords } from '../../support/exported-journal.ts';

const openOn =
  (day: string): Step =>
  (state, act) =>
    openSession(state, { day, currency: 'GBP', float: 1_000, denominations: { 500: 2 } }, act);
const sale = sellExactly(basket([line({ price: '5.00' })]), 'cash');

/** Closes with the same amount counted twice and its pieces. */
const closeCounted: Step = (state, act) => {
  const counted = state.report?.drawer.expected ?? 0;
  return closeSession(state, { counted, denominations: { 1: counted }, earlier: [counted + 5] }, act);
};

const books = ({ records }: Played, what: 'month' | 'year'): Step => {
  const past = [...Map.groupBy(records, ({ session }) => session).values()].flatMap(
    (session) => pastSession(session) ?? [],
  );
  return (state, act) => closePeriod(state, what, past, act);
};

/** Two days with a handover, a safe drop and a ZZ; then the month and the year, and a month of the next year. */
function whole(): readonly JournalRecord[] {
  let played = play([openOn('2026-12-30'), sale, handover(-20), drop(300), sale, close(10)], freshRegister());
  const held = heldSession(played.records);
  if (!held) throw new Error('nothing was opened');
  const place = { store: STORE_ID, day: '2026-12-30' };
  const day = storeDay(place, { sessions: [held], closings: [], registers: [REGISTER_ID] });
  played = play([(state, act) => closeDay(state, day, act)], played);
  played = play([openOn('2026-12-31'), sale, closeCounted], played);
  played = play([books(played, 'month')], played);
  played = play([books(played, 'year')], played);
  played = play([openOn('2027-01-01'), sale, close()], played);
  return play([books(played, 'month')], played).records;
}

const RECORDS = whole();

/** The verdict when the first record of a kind says something else; every link after it is made anew. */
async function changed<Kind extends JournalRecord['kind']>(
  kind: Kind,
  change: (body: Extract<JournalRecord, { kind: Kind }>['body']) => object,
  which = 0,
): Promise<string> {
  const found = RECORDS.filter((record) => record.kind === kind)[which] ?? recordOf(RECORDS, kind);
  let prev = '';
  const records = RECORDS.map((record) => {
    const body = record === found ? change(record.body as never) : record.body;
    const next = rehashed({ ...record, body, prev } as JournalRecord);
    prev = next.hash;
    return next;
  });
  return firstFault(await verdictOnRecords(records));
}

const at = (kind: JournalRecord['kind'], which = 0) =>
  RECORDS.filter((record) => record.kind === kind)[which]?.seq ?? 0;

describe('the independent verifier on drawers and closings', () => {
  test('[J13] [J14] takes what the product writes', async () => {
    expect(RECORDS.map(({ kind }) => kind).filter((kind) => kind !== 'sale')).toEqual([
      'opened',
      'handover',
      'cash',
      'closed',
      'zz',
      'opened',
      'closed',
      'period',
      'period',
      'opened',
      'closed',
      'period',
    ]);
    expect(firstFault(await verdictOnRecords(RECORDS))).toBe('valid');
  });

  test('[R12] [J11] takes the first closing of a part of a journal as given', async () => {
    const from = RECORDS.slice(RECORDS.findIndex(({ session }) => session === 3));
    expect(firstFault(await verdictOnRecords(from, { ...HEADER, from: '2027-01-01' }))).toBe('valid');
    const second = RECORDS.slice(RECORDS.findIndex(({ session }) => session === 2));
    expect(firstFault(await verdictOnRecords(second, { ...HEADER, from: '2026-12-31' }))).toBe('valid');
  });

  test.each([
    ['expected', { expected: 1_499 }],
    ['counted', { counted: 1_481 }],
    ['difference', { difference: -21 }],
    ['a reason', { reason: undefined }],
    ['pieces', { denominations: { 100: 1 } }],
  ])('[R10] finds a handover with another %s', async (_, change) => {
    expect(await changed('handover', (body) => ({ ...body, ...change }))).toBe(
      `seq ${at('handover')}: wrong-figures`,
    );
  });

  test('[R8] [R9] finds pieces that make something else, and a bag or earlier counts of a wrong form', async () => {
    const wrong = `seq ${at('opened')}: wrong-figures`;
    expect(await changed('opened', (body) => ({ ...body, denominations: { 500: 3 } }))).toBe(wrong);
    const forms = [
      await changed('cash', (body) => ({ ...body, bag: '' })),
      await changed('cash', (body) => ({ ...body, bag: 'b'.repeat(41) })),
      await changed('closed', (body) => ({ ...body, earlier: [] })),
      await changed('closed', (body) => ({ ...body, earlier: [-1] })),
    ];
    expect(forms.map((fault) => fault.split(': ')[1])).toEqual(forms.map(() => 'bad-shape'));
  });

  test.each(['sales', 'refunds', 'gross', 'tax', 'difference'] as const)(
    '[R11] finds a ZZ whose %s is not that of its sessions',
    async (name) => {
      const fault = `seq ${at('zz')}: wrong-figures`;
      expect(await changed('zz', (body) => ({ ...body, [name]: body[name] + 1 }))).toBe(fault);
    },
  );

  test('[R11] finds a session named twice, and one neither open nor closed', async () => {
    const fault = `seq ${at('zz')}: wrong-figures`;
    const twice = (body: { sessions: object[] }) => ({
      ...body,
      sessions: [...body.sessions, ...body.sessions],
    });
    expect(await changed('zz', twice)).toBe(fault);
    const both = (body: { sessions: object[] }) => ({
      ...body,
      sessions: body.sessions.map((row) => ({ ...row, open: true })),
    });
    expect(await changed('zz', both)).toBe(fault);
  });

  test.each([
    ['sales', 0, { sales: 4 }, 'wrong-figures'],
    ['gross', 0, { gross: 1_499 }, 'wrong-figures'],
    [
      'year in a month',
      0,
      { year: { from: 1, sales: 3, refunds: 0, gross: 1_501, tax: 249 } },
      'wrong-figures',
    ],
    ['first session', 0, { from: 2 }, 'wrong-period'],
    ['last session', 0, { to: 3 }, 'wrong-period'],
    ['month', 0, { period: '2026-11' }, 'wrong-period'],
    ['missing year', 0, { year: undefined }, 'wrong-period'],
    ['gross of a year', 1, { gross: 1 }, 'wrong-figures'],
    ['first session of a year', 1, { from: 2 }, 'wrong-period'],
    ['year', 1, { period: '2025' }, 'wrong-period'],
    [
      'month after the year',
      2,
      { year: { from: 1, sales: 1, refunds: 0, gross: 500, tax: 83 } },
      'wrong-period',
    ],
  ])('[R12] finds a closing with another %s', async (_, which, change, code) => {
    expect(await changed('period', (body) => ({ ...body, ...change }), which)).toBe(
      `seq ${at('period', which)}: ${code}`,
    );
  });

  test('[R2] finds a closing in an open session', async () => {
    const zz = recordOf(RECORDS, 'zz');
    const opened = RECORDS.slice(0, 2);
    const last = opened.at(-1);
    if (!last) throw new Error('nothing was opened');
    const early = rehashed({ ...zz, seq: 3, prev: last.hash, totals: last.totals });
    expect(firstFault(await verdictOnRecords([...opened, early]))).toBe('seq 3: still-open');
  });
});
