import { documentId } from '#model/ids/document-id.ts';
import type { RegisterId } from '#model/ids/register-id.ts';
import type { RecordOf } from '#model/journal/record.ts';
import { allRows, oneRow } from './database.ts';
import type { ExceptionList, Finding } from './exceptions.ts';
import type { SessionAddress } from './read-record.ts';
import type { Statements } from './statements.ts';

type Figures = { sales: number; refunds: number; gross: number; tax: number };
type Stored = { register: RegisterId; session: number; seq: number; json: string };
type SessionOfDay = Figures & {
  register: RegisterId;
  session: number;
  seq: number;
  exchanges: number;
  closed_seq: number | null;
  difference: number | null;
  handover_difference: number;
};

const NAMES = ['sales', 'refunds', 'gross', 'tax'] as const;

/**
 * Compares the ZZ of a store's day with the sessions that are here: those a ZZ did not know whole came late, and a closed one it
 * counted otherwise is a mismatch (rule R11). A function of the tables, whatever came first.
 */
export function judgeDay(
  statements: Statements,
  exceptions: ExceptionList,
  { organization, store }: SessionAddress,
  day: string,
): void {
  const source = `day:${store}:${day}`;
  const closings = allRows<Stored>(statements.zzOfDay, store, day);
  if (closings.length === 0) {
    exceptions.replace(source, []);
    return;
  }
  const sessions = allRows<SessionOfDay>(statements.sessionsOfDay, store, day);
  const idOf = (register: RegisterId, session: number) =>
    documentId({ organization, key: { class: 'session', store, register, session } });
  const findings = closings.flatMap(({ register: maker, json }) => {
    const zz = JSON.parse(json) as RecordOf<'zz'>;
    return sessions.flatMap((held): Finding[] => {
      const { register, session } = held;
      const wrong = judgeSession(zz, held);
      if (!wrong) return [];
      const place = { documentId: idOf(register, session), store, register, session };
      return [{ ...wrong, ...place, mark: `${maker} ${zz.seq} ${register} ${session}` }];
    });
  });
  exceptions.replace(source, findings);
}

function judgeSession(
  { at, body, store, register }: RecordOf<'zz'>,
  held: SessionOfDay,
): { code: 'late-session' | 'zz-mismatch'; detail: string } | undefined {
  const row = body.sessions.find((one) => one.register === held.register && one.session === held.session);
  const what = `session ${held.session} of ${held.register}`;
  const zz = `the ZZ of ${body.day} that ${store}-${register} made at ${at}`;
  if (!row || row.seq < held.seq)
    return { code: 'late-session', detail: `${what} came or went on after ${zz}` };
  if (row.open || held.closed_seq === null || row.seq > held.seq) return undefined;
  const figures = { ...held, sales: held.sales + held.exchanges };
  const wrong = NAMES.find((name) => row[name] !== figures[name]);
  if (wrong)
    return {
      code: 'zz-mismatch',
      detail: `${zz} says ${wrong} ${row[wrong]} of ${what}, which has ${figures[wrong]}`,
    };
  const difference = (held.difference ?? 0) + held.handover_difference;
  if (row.difference === difference) return undefined;
  return {
    code: 'zz-mismatch',
    detail: `${zz} says a difference of ${row.difference ?? 0} of ${what}, which has ${difference}`,
  };
}

/** Compares closings of months and years with the sessions they name, once all of these are here and closed (rule R12). */
export function judgePeriods(
  statements: Statements,
  exceptions: ExceptionList,
  { organization, store, register }: SessionAddress,
): void {
  const findings = allRows<Stored>(statements.periodsOf, store, register).flatMap(
    ({ session, seq, json }): Finding[] => {
      const { body } = JSON.parse(json) as RecordOf<'period'>;
      const { from, to, period } = body;
      const sums = oneRow<Figures & { sessions: number }>(
        statements.closedBetween,
        store,
        register,
        from,
        to,
      );
      if (sums?.sessions !== to - from + 1) return [];
      const wrong = NAMES.find((name) => sums[name] !== body[name]);
      if (!wrong) return [];
      const key = { class: 'session' as const, store, register, session };
      const detail = `the closing of ${period} says ${wrong} ${body[wrong]}, its sessions make ${sums[wrong]}`;
      const place = { documentId: documentId({ organization, key }), store, register, session, seq };
      return [{ code: 'period-mismatch', detail, ...place }];
    },
  );
  exceptions.replace(`periods:${store}-${register}`, findings);
}
