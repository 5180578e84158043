import type { RegisterId, StoreId } from '../ids/register-id.ts';
import { emptyHead, verifyNext, type ChainFault, type ChainHead } from '../journal/chain.ts';
import { isBehindClosing, type JournalRecord } from '../journal/record.ts';
import type { Minor } from '../money/money.ts';
import { addToReport, openReport, type SessionReport } from '../folds/session-report.ts';
import { drawerOf } from './drawer-number.ts';
import { ok, err, type Result } from '../result.ts';

/**
 * A register as its journal makes it (rule R2): where the chain stands, and the session it is in. A fold over records in
 * `seq` order, the same on every replica.
 */
export type RegisterState = {
  readonly head: ChainHead;
  /** The latest session, 0 before the first. */
  readonly session: number;
  /** The latest session's report; its `closed` says whether it is over. Undefined before the first session. */
  readonly report?: SessionReport;
  /** Who took each drawer of the latest session over last, by its number (rule R10). */
  readonly holders?: Readonly<Record<number, string>>;
};

/** Who answers for a drawer of the latest session: who opened it, or took the drawer over last (rule R10). */
export function holderOf({ holders, report }: RegisterState, drawer = 1): string | undefined {
  return holders?.[drawer] ?? report?.openedBy;
}

/** A register that never opened. */
export function newRegister(org: string, store: StoreId, register: RegisterId): RegisterState {
  return { head: emptyHead(org, store, register), session: 0 };
}

/** What a drawer of a session should hold now, in minor units (rules Z3 and Z10). */
export function drawerExpected({ drawer, drawers }: SessionReport, number = 1): Minor {
  return drawers?.[number - 1]?.expected ?? drawer.expected;
}

/** Whether the register can sell now. */
export function isOpen(state: RegisterState): state is RegisterState & { readonly report: SessionReport } {
  return state.report !== undefined && state.report.closed === undefined;
}

/** Why a record does not continue a register: a fault in the chain, or a session rule broken. */
export type RegisterFault = ChainFault | 'not-open' | 'already-open' | 'still-open' | 'wrong-session';

/** The register after one more record; verifies the chain and the session rules (rules J6 and R2). */
export function addRecord(state: RegisterState, record: JournalRecord): Result<RegisterState, RegisterFault> {
  const head = verifyNext(state.head, record);
  if (!head.ok) return head;
  if (record.kind === 'opened') {
    if (isOpen(state)) return err('already-open');
    if (record.session !== state.session + 1) return err('wrong-session');
    return ok({ head: head.value, session: record.session, report: openReport(record) });
  }
  const { report } = state;
  if (report === undefined) return err('not-open');
  const behind = isBehindClosing(record.kind);
  if (isOpen(state) === behind) return err(behind ? 'still-open' : 'not-open');
  if (record.session !== state.session) return err('wrong-session');
  const holders =
    record.kind === 'handover'
      ? { ...state.holders, [drawerOf(record.body)]: record.body.to }
      : state.holders;
  return ok({
    head: head.value,
    session: state.session,
    report: addToReport(report, record),
    ...(holders === undefined ? {} : { holders }),
  });
}

/**
 * A register as far as a session's records tell, starting at the session's first record whatever came before it: what a
 * till does that holds only the latest sessions. The first record's own numbers are taken as given; everything behind it
 * is verified.
 */
export function resumeRegister(records: readonly JournalRecord[]): Result<RegisterState, RegisterFault> {
  const [first] = records;
  if (first?.kind !== 'opened') return err('not-open');
  if (first.seq > 1 && first.prev === '') return err('broken-link');
  const fresh = newRegister(first.org, first.store, first.register);
  let state: RegisterState =
    first.seq === 1
      ? fresh
      : {
          head: { ...fresh.head, seq: first.seq - 1, hash: first.prev, totals: first.totals },
          session: first.session - 1,
        };
  for (const record of records) {
    const next = addRecord(state, record);
    if (!next.ok) return next;
    state = next.value;
  }
  return ok(state);
}
