import type { RegisterId, StoreId } from '../ids/register-id.ts';
import { emptyHead, verifyNext, type ChainFault, type ChainHead } from '../journal/chain.ts';
import { isBehindClosing, type JournalRecord } from '../journal/record.ts';
import { addToReport, openReport, type SessionReport } from '../folds/session-report.ts';
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
  /** Who answers for the drawer of the latest session: who opened it, or took it over last (rule R10). */
  readonly holder?: string;
};

/** A register that never opened. */
export function newRegister(org: string, store: StoreId, register: RegisterId): RegisterState {
  return { head: emptyHead(org, store, register), session: 0 };
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
    return ok({ head: head.value, session: record.session, report: openReport(record), holder: record.by });
  }
  const { report } = state;
  if (report === undefined) return err('not-open');
  const behind = isBehindClosing(record.kind);
  if (isOpen(state) === behind) return err(behind ? 'still-open' : 'not-open');
  if (record.session !== state.session) return err('wrong-session');
  const holder = record.kind === 'handover' ? record.body.to : state.holder;
  return ok({
    head: head.value,
    session: state.session,
    report: addToReport(report, record),
    ...(holder === undefined ? {} : { holder }),
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
