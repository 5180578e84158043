import { compareDay, comparePeriod } from '#model/folds/closing-exceptions.ts';
import { involved } from '#model/folds/shop-exception.ts';
import type { RegisterId } from '#model/ids/register-id.ts';
import type { RecordOf } from '#model/journal/record.ts';
import { allRows, oneRow } from './database.ts';
import type { ExceptionList, Finding } from './exceptions.ts';
import { findingOf } from './found-exceptions.ts';
import type { SessionAddress } from './read-record.ts';
import type { Statements } from './statements.ts';

type Figures = { sales: number; refunds: number; gross: number; tax: number };
type Stored = { register: RegisterId; session: number; seq: number; hash: string; json: string };
type SessionOfDay = Figures & {
  register: RegisterId;
  session: number;
  seq: number;
  exchanges: number;
  closed_seq: number | null;
  difference: number | null;
  handover_difference: number;
  opened: string | null;
  closed: string | null;
};

/**
 * Compares the ZZ of a store's day with the sessions that are here: those a ZZ did not know whole came late, and a closed one it
 * counted otherwise is a mismatch (rules R11 and F8). A function of the tables, whatever came first.
 */
export function judgeDay(
  statements: Statements,
  exceptions: ExceptionList,
  { store }: SessionAddress,
  day: string,
): void {
  const source = `day:${store}:${day}`;
  const closings = allRows<Stored>(statements.zzOfDay, store, day);
  if (closings.length === 0) {
    exceptions.replace(source, []);
    return;
  }
  const sessions = allRows<SessionOfDay>(statements.sessionsOfDay, store, day);
  const findings = closings.flatMap(({ json }) => {
    const zz = JSON.parse(json) as RecordOf<'zz'>;
    return sessions.flatMap((held) => judgeSession(zz, held));
  });
  exceptions.replace(source, findings);
}

function judgeSession(zz: RecordOf<'zz'>, held: SessionOfDay): Finding[] {
  const { register, session, seq, refunds, gross, tax } = held;
  const sales = held.sales + held.exchanges;
  const difference = held.closed === null ? undefined : (held.difference ?? 0) + held.handover_difference;
  const fault = compareDay(zz.body, { register, session, seq, sales, refunds, gross, tax, difference });
  const json = fault?.kind === 'late-session' ? held.opened : held.closed;
  if (!fault || json === null) return [];
  const other = JSON.parse(json) as RecordOf<'opened' | 'closed'>;
  const { day } = zz.body;
  const what = `session ${session} of ${register}`;
  const made = `the ZZ of ${day} that ${zz.store}-${zz.register} made at ${zz.at}`;
  const detail =
    fault.kind === 'late-session'
      ? `${what} came or went on after ${made}`
      : `${made} says ${fault.what} ${fault.said} of ${what}, which has ${fault.found}`;
  const found = { kind: fault.kind, ...involved([zz, other]), day, register, session };
  return [findingOf(found, detail, other)];
}

/** Compares closings of months and years with the sessions they name, once all of these are here and closed (rule R12). */
export function judgePeriods(
  statements: Statements,
  exceptions: ExceptionList,
  { store, register }: SessionAddress,
): void {
  const findings = allRows<Stored>(statements.periodsOf, store, register).flatMap(
    ({ session, json }): Finding[] => {
      const closing = JSON.parse(json) as RecordOf<'period'>;
      const { from, to, period } = closing.body;
      const sums = oneRow<Figures & { sessions: number }>(
        statements.closedBetween,
        store,
        register,
        from,
        to,
      );
      const wrong = sums?.sessions === to - from + 1 ? comparePeriod(closing.body, sums) : undefined;
      if (!sums || !wrong) return [];
      const found = { kind: 'period-mismatch' as const, ...involved([closing]), period, register, session };
      const detail = `the closing of ${period} says ${wrong} ${closing.body[wrong]}, its sessions make ${sums[wrong]}`;
      return [findingOf(found, detail, closing)];
    },
  );
  exceptions.replace(`periods:${store}-${register}`, findings);
}
