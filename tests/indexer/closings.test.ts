import { describe, expect, test } from 'vitest';
import { heldSession, storeDay } from '#model/folds/store-day.ts';
import { pastSession } from '#model/folds/period-closing.ts';
import { documentId } from '#model/ids/document-id.ts';
import { registerId, type RegisterId } from '#model/ids/register-id.ts';
import { recordText, sealRecord } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import { closeDay, closePeriod } from '#model/register/closings.ts';
import { newRegister } from '#model/register/register-state.ts';
import { zReport } from '../../reports-indexer/reports/session-report.ts';
import {
  close,
  drop,
  handover,
  open,
  play,
  sellExactly,
  stampOf,
  type Played,
  type Step,
} from '../model/support/played-register.ts';
import { ORG, STORE_ID, basket, line } from '../model/support/shop.ts';
import { signed } from '../support/journal-fixture.ts';
import { dump, foldSession, freshReports, wholeUpdate } from './flatten-fixture.ts';

const R1 = registerId(1);
const R2 = registerId(2);
const DAY = '2026-11-21';
const at = (register: RegisterId): Played => ({ state: newRegister(ORG, STORE_ID, register), records: [] });
/** Every sale is of a basket of its own, as at real tills. */
const sale: Step = (state, act) => {
  const { register, seq } = state.head;
  return sellExactly(basket([line({ price: '5.00' })], `${register}-${seq}`), 'cash')(state, act);
};
const SHIFT = [open(), sale, handover(-40), drop(200), sale, close(10)];

/** Writes the sessions of registers as their documents bring them. */
async function reportsOf(...updates: readonly (readonly JournalRecord[])[]) {
  const reports = freshReports();
  for (const records of updates) await write(reports, records);
  return reports;
}

async function write(
  { writer }: ReturnType<typeof freshReports>,
  records: readonly JournalRecord[],
): Promise<void> {
  for (const [session, own] of Map.groupBy(records, (record) => record.session)) {
    const { store = STORE_ID, register = R1 } = own[0] ?? {};
    const id = documentId({ organization: ORG, key: { class: 'session', store, register, session } });
    const entries = own.map((record) => [recordKey(record.seq), recordText(signed(record))]);
    await writer.write([wholeUpdate(id, Object.fromEntries(entries) as Record<string, string>)]);
  }
}

function exceptionsOf({ database }: ReturnType<typeof freshReports>): string[] {
  return database
    .prepare('SELECT code, register, session FROM exception ORDER BY code, register, session')
    .all()
    .map(({ code, register, session }) => `${String(code)} ${String(register)}#${String(session)}`);
}

function withZz(one: Played, others: readonly Played[]): readonly JournalRecord[] {
  const sessions = [one, ...others].flatMap(({ records }) => heldSession(records) ?? []);
  const day = storeDay({ store: STORE_ID, day: DAY }, { sessions, closings: [], registers: [R1, R2] });
  return play([(state, act) => closeDay(state, day, act)], one).records;
}

const month = ({ records }: Played): Step => {
  const bySession = Map.groupBy(records, (record) => record.session);
  const past = [...bySession.values()].flatMap((own) => pastSession(own) ?? []);
  return (state, act) => closePeriod(state, 'month', past, act);
};

describe('handovers, safe drops and closings at head office', () => {
  test('[R8] [R10] [Z3] a Z is that of the fold, and its closing agrees with the records', async () => {
    const { records } = play(SHIFT, at(R1));
    const reports = await reportsOf(records);
    const place = { store: STORE_ID, register: R1, session: 1 };
    expect(await zReport(reports.query, place)).toEqual(foldSession(records));
    expect(foldSession(records)).toMatchObject({
      safeDrops: { count: 1, amount: 200 },
      handovers: { count: 1, amount: -40 },
    });
    expect(exceptionsOf(reports)).toEqual([]);
  });

  test('[A1] tells of a handover with a difference and of what went to the safe', async () => {
    const { database } = await reportsOf(play(SHIFT, at(R1)).records);
    expect(
      database
        .prepare('SELECT kind, subject, amount FROM act ORDER BY seq')
        .all()
        .map((row) => ({ ...row })),
    ).toEqual([
      { kind: 'handover-difference', subject: '', amount: -40 },
      { kind: 'safe-drop', subject: 'B-17', amount: -200 },
      { kind: 'close-difference', subject: '', amount: 10 },
    ]);
  });

  test('[R11] a session that came after the ZZ is late, whatever comes first (odoo#20980)', async () => {
    const one = play(SHIFT, at(R1));
    const two = play([open(), sale], at(R2));
    const all = [withZz(one, []), two.records];
    const late = await reportsOf(...all);
    expect(exceptionsOf(late)).toEqual(['late-session R2#1']);
    const other = await reportsOf(...all.toReversed());
    expect(dump(other.database)).toEqual(dump(late.database));
  });

  test('[R11] a session that went on after the ZZ is late; one that was counted whole is not', async () => {
    const one = play(SHIFT, at(R1));
    const two = play([open(), sale], at(R2));
    const zz = withZz(one, [two]);
    const reports = await reportsOf(zz, two.records);
    expect(exceptionsOf(reports)).toEqual([]);
    await write(reports, play([close()], two).records);
    expect(exceptionsOf(reports)).toEqual(['late-session R2#1']);
  });

  test('[R11] finds a ZZ that says something else of a session than its records', async () => {
    const one = play(SHIFT, at(R1));
    const { state } = one;
    const zz = withZz(one, []).at(-1);
    if (zz?.kind !== 'zz') throw new Error('no ZZ was made');
    const sessions = zz.body.sessions.map((row) => ({ ...row, gross: row.gross + 1 }));
    const body = { ...zz.body, sessions, gross: zz.body.gross + 1 };
    const wrong = sealRecord(state.head, 1, { kind: 'zz', body }, stampOf(9));
    expect(exceptionsOf(await reportsOf([...one.records, wrong]))).toEqual(['zz-mismatch R1#1']);
  });

  test('[R12] compares a month with its sessions once all of them are here', async () => {
    const two = play([...SHIFT, open(), sale, close()], at(R1));
    const sound = play([month(two)], two);
    expect(exceptionsOf(await reportsOf(sound.records))).toEqual([]);
    const made = sound.records.at(-1);
    if (made?.kind !== 'period') throw new Error('no month was closed');
    const body = { ...made.body, gross: made.body.gross + 1 };
    const wrong = sealRecord(two.state.head, 2, { kind: 'period', body }, stampOf(20));
    const second = two.records.filter(({ session }) => session === 2);
    const reports = await reportsOf([...second, wrong]);
    expect(exceptionsOf(reports).filter((one) => one.startsWith('period'))).toEqual([]);
    await write(
      reports,
      two.records.filter(({ session }) => session === 1),
    );
    expect(exceptionsOf(reports)).toEqual(['period-mismatch R1#2']);
  });
});
