import { describe, expect, test } from 'vitest';
import { findExceptions } from '#model/folds/exceptions.ts';
import { exceptionId } from '#model/folds/shop-exception.ts';
import { heldSession, storeDay, type HeldSession } from '#model/folds/store-day.ts';
import { pastSession } from '#model/folds/period-closing.ts';
import { registerId } from '#model/ids/register-id.ts';
import { sealRecord } from '#model/journal/chain.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { closeDay, closePeriod } from '#model/register/closings.ts';
import { newRegister } from '#model/register/register-state.ts';
import { issuedNumber } from '#model/ledger/account.ts';
import { ledgerExceptions } from '#model/ledger/ledger.ts';
import { refundLine } from '#model/sale/basket.ts';
import { movesOf } from '#model/folds/sale-exceptions.ts';
import { close, open, play, salesOf, sellExactly, stampOf, type Played } from './support/played-register.ts';
import { ORG, STORE_ID, basket, line } from './support/shop.ts';

const other = (n: number): Played => ({ state: newRegister(ORG, STORE_ID, registerId(n)), records: [] });
const sold = (n: number, id: string, shut = true): Played =>
  play([open(), sellExactly(basket([line()], id), 'cash'), ...(shut ? [close()] : [])], other(n));

/** The ZZ that a register makes of what it holds of these journals. */
function zzOf(maker: Played, ...held: readonly (readonly JournalRecord[])[]): RecordOf<'zz'> {
  const sessions = held.map(heldSession).filter((one): one is HeldSession => one !== undefined);
  const day = storeDay(
    { store: STORE_ID, day: '2026-11-21' },
    { sessions, closings: [], registers: [registerId(1)] },
  );
  const made = play([(state, act) => closeDay(state, day, act)], maker).records.at(-1);
  if (made?.kind !== 'zz') throw new Error('no ZZ was made');
  return made;
}

/** The same ZZ, saying something else. */
function saying(zz: RecordOf<'zz'>, change: (body: RecordOf<'zz'>['body']) => RecordOf<'zz'>['body']) {
  const { org, store, register, seq, session, prev, totals } = zz;
  const head = { org, store, register, seq: seq - 1, hash: prev, totals };
  return sealRecord(head, session, { kind: 'zz', body: change(zz.body) }, stampOf(seq));
}

describe('[F8] closings and what they close', () => {
  const [one, two] = [sold(1, 'a'), sold(2, 'b')];

  test('[F8] a ZZ and sessions that agree make no exception, whether the session was still open or not', () => {
    const zz = zzOf(one, one.records, two.records);
    expect(findExceptions({ records: [...one.records, zz, ...two.records] })).toEqual([]);
    const running = sold(2, 'b', false);
    const early = zzOf(one, one.records, running.records);
    expect(findExceptions({ records: [...one.records, early, ...running.records] })).toEqual([]);
  });

  test('[F8] a session that no row of the ZZ names, or that went on behind it, is late: the ZZ and its opening', () => {
    const zz = zzOf(one, one.records);
    const [opened] = two.records;
    expect(findExceptions({ records: [...one.records, zz, ...two.records] })).toMatchObject([
      {
        kind: 'late-session',
        id: exceptionId([zz.hash, opened?.hash ?? '']),
        store: STORE_ID,
        day: '2026-11-21',
        register: 'R2',
        session: 1,
      },
    ]);
    const part = two.records.slice(0, 2);
    const halfway = zzOf(one, one.records, part);
    expect(findExceptions({ records: [...one.records, halfway, ...part] })).toEqual([]);
    expect(findExceptions({ records: [...one.records, halfway, ...two.records] })).toMatchObject([
      { kind: 'late-session', id: exceptionId([halfway.hash, opened?.hash ?? '']) },
    ]);
  });

  test('[F8] a ZZ that says another figure of a closed session: the ZZ and its closing', () => {
    const zz = zzOf(one, one.records, two.records);
    const wrong = saying(zz, (body) => ({
      ...body,
      sessions: body.sessions.map((row) => (row.register === 'R2' ? { ...row, gross: row.gross + 1 } : row)),
    }));
    expect(findExceptions({ records: [...one.records, wrong, ...two.records] })).toMatchObject([
      { kind: 'zz-mismatch', id: exceptionId([wrong.hash, two.records.at(-1)?.hash ?? '']), register: 'R2' },
    ]);
    const over = saying(zz, (body) => ({
      ...body,
      sessions: body.sessions.map((row) => ({ ...row, difference: 5 })),
    }));
    expect(findExceptions({ records: [...one.records, over, ...two.records] })).toHaveLength(2);
  });

  test('[F8] the closing of a month that its sessions do not add up to, once all of them are here', () => {
    const past = pastSession(one.records);
    if (!past) throw new Error('the session is not closed');
    const right = play([(state, act) => closePeriod(state, 'month', [past], act)], one);
    expect(findExceptions({ records: right.records })).toEqual([]);
    const wrong = play(
      [(state, act) => closePeriod(state, 'month', [{ ...past, closed: { ...past.closed, gross: 9 } }], act)],
      one,
    );
    const hash = wrong.records.at(-1)?.hash ?? '';
    expect(findExceptions({ records: wrong.records })).toMatchObject([
      { kind: 'period-mismatch', id: exceptionId([hash]), period: '2026-11', register: 'R1' },
    ]);
    expect(findExceptions({ records: wrong.records.filter(({ kind }) => kind !== 'closed') })).toEqual([]);
  });

  test('[F8] [F5] a session in which two records have one number is a fork and nothing else', () => {
    const start = play([open()], other(2));
    const [a, b] = ['x', 'y'].map((id) => play([sellExactly(basket([line()], id), 'cash'), close()], start));
    const zz = zzOf(one, one.records);
    const records = [...one.records, zz, ...(a?.records ?? []), ...(b?.records ?? [])];
    expect(findExceptions({ records }).map(({ kind }) => kind)).toEqual(['fork']);
  });
});

describe('[F6] pieces with a number of their own', () => {
  const drill = { ...line({ id: 'drill', name: 'Drill' }), serial: 'SN-7' };
  const selling = (n: number) => play([open(), sellExactly(basket([drill], `d-${n}`), 'cash')], other(n));

  test('[F6] one serial sold at two tills: every receipt that names it', () => {
    const [a, b] = [selling(1), selling(2)];
    const records = [...a.records, ...b.records];
    expect(findExceptions({ records })).toMatchObject([
      {
        kind: 'serial-twice',
        id: exceptionId(salesOf(records).map(({ hash }) => hash)),
        receipts: ['S01-R1-000001', 'S01-R2-000001'],
        product: 'drill',
        name: 'Drill',
        serial: 'SN-7',
      },
    ]);
  });

  test('[F6] one that came back may be sold again, and another article may have the same number', () => {
    const a = selling(1);
    const [sale] = salesOf(a.records);
    if (!sale) throw new Error('nothing was sold');
    const back = refundLine(sale.body, 0, '1', { quantity: '0', amount: 0 });
    if (!back.ok) throw new Error(back.error.code);
    const returned = play([open(), sellExactly(basket([back.value], 'back'), 'cash')], other(3));
    expect(findExceptions({ records: [...a.records, ...returned.records, ...selling(2).records] })).toEqual(
      [],
    );
    const saw = { ...line({ id: 'saw', name: 'Saw' }), serial: 'SN-7' };
    const second = play([open(), sellExactly(basket([saw], 'saw'), 'cash')], other(2));
    expect(findExceptions({ records: [...a.records, ...second.records] })).toEqual([]);
  });
});

describe('[F7, F9] overspent accounts', () => {
  const CARD = issuedNumber('gift-card', 'basket-1');
  const paid = (receipt: string, amount: number, at: string) => ({
    ledger: 'gift-card' as const,
    account: CARD,
    amount,
    receipt,
    index: 0,
    at,
  });
  const moves = [
    paid('S01-R1-000001', 500, '2026-11-21T09:00:00.000Z'),
    paid('S02-R1-000001', -400, '2026-11-21T11:00:00.000Z'),
    paid('S01-R2-000001', -300, '2026-11-21T10:00:00.000Z'),
  ];

  test('[F7, F9] has the id of the ledger, the store of the latest receipt, and what is lacking as its amount', () => {
    const [known] = ledgerExceptions(moves);
    expect(findExceptions({ records: [], moves })).toEqual([
      {
        kind: 'overspent',
        id: known?.id,
        store: 'S02',
        at: '2026-11-21T11:00:00.000Z',
        receipts: ['S01-R2-000001', 'S02-R1-000001'],
        amount: 200,
        ledger: 'gift-card',
        account: CARD,
        balance: -200,
      },
    ]);
  });

  test('[F9] points are no money, and moves that nobody named are those of the records', () => {
    const [found] = findExceptions({
      records: [],
      moves: moves.map((move) => ({ ...move, ledger: 'points' as const })),
    });
    expect(found).toMatchObject({ kind: 'overspent', balance: -200 });
    expect(found).not.toHaveProperty('amount');
    const { records } = sold(1, 'a');
    expect(movesOf(records)).toEqual([]);
    expect(findExceptions({ records })).toEqual([]);
  });
});
