import { emptyHead, verifyNext, type ChainFault, type ChainHead } from '../journal/chain.ts';
import type { JournalRecord } from '../journal/record.ts';

/** A run of numbers that is not here. */
export type Gap = { readonly from: number; readonly to: number };

/** A record that does not follow the one before it, by its number. */
export type ChainBreak = { readonly seq: number; readonly code: ChainFault };

/** A clock that was moved (rule R7): what it said and what it should have said. */
export type ClockJump = { readonly seq: number; readonly at: string; readonly expected: string };

/** What a register's records tell of their own order (rule J17). `checked` are whole records of the register. */
export type SequenceCheck = {
  readonly store: string;
  readonly register: string;
  readonly checked: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly firstReceipt?: string;
  readonly lastReceipt?: string;
  readonly gaps: readonly Gap[];
  /** Numbers two records have (rule J7). */
  readonly forks: readonly number[];
  readonly breaks: readonly ChainBreak[];
  readonly clockJumps: readonly ClockJump[];
  /** Numbers of records whose time goes back without a clock record. */
  readonly backwards: readonly number[];
};

/** Whether nothing is missing and nothing contradicts: clocks may have been moved, for the journal says so. */
export function isSound({ gaps, forks, breaks, backwards }: SequenceCheck): boolean {
  return gaps.length + forks.length + breaks.length + backwards.length === 0;
}

/**
 * Checks the records of one register, in any order, from the earliest that is here on: every hash and link (rules J6 and J17). What
 * was before the earliest is taken as given. Undefined without records. Costs one SHA-256 for each record.
 */
export function checkSequence(records: readonly JournalRecord[]): SequenceCheck | undefined {
  const sorted = [...new Map(records.map((record) => [record.hash, record])).values()].sort(
    (a, b) => a.seq - b.seq || (a.hash < b.hash ? -1 : 1),
  );
  const [first] = sorted;
  const last = sorted.at(-1);
  if (!first || !last) return undefined;
  const receipts = sorted.flatMap((record) => (record.kind === 'sale' ? [record.body.receipt] : []));
  const [firstReceipt] = receipts;
  const lastReceipt = receipts.at(-1);
  return {
    store: first.store,
    register: first.register,
    checked: sorted.length,
    firstSeq: first.seq,
    lastSeq: last.seq,
    ...(firstReceipt === undefined ? {} : { firstReceipt }),
    ...(lastReceipt === undefined ? {} : { lastReceipt }),
    ...order(sorted),
    clockJumps: sorted.flatMap(({ kind, seq, at, body }) =>
      kind === 'clock' ? [{ seq, at, expected: body.expected }] : [],
    ),
    backwards: backwardsIn(sorted),
  };
}

function order(sorted: readonly JournalRecord[]): Pick<SequenceCheck, 'gaps' | 'forks' | 'breaks'> {
  const gaps: Gap[] = [];
  const forks = new Set<number>();
  const breaks: ChainBreak[] = [];
  let before: JournalRecord | undefined;
  for (const record of sorted) {
    const { seq } = record;
    if (before?.seq === seq) {
      forks.add(seq);
      continue;
    }
    if (before && seq > before.seq + 1) gaps.push({ from: before.seq + 1, to: seq - 1 });
    const isNext = before?.seq === seq - 1;
    const follows = verifyNext(isNext && before ? headAfter(before) : assumedBefore(record), record);
    // Behind a fork only one of the two can be the one the next record continues.
    const isForked = isNext && forks.has(seq - 1) && !follows.ok && follows.error === 'broken-link';
    if (!follows.ok && !isForked) breaks.push({ seq, code: follows.error });
    before = record;
  }
  return { gaps, forks: [...forks], breaks };
}

/** Times go back only at a clock record, or at an opening with one right behind it (rule R7). */
function backwardsIn(sorted: readonly JournalRecord[]): number[] {
  return sorted.flatMap((record, i) => {
    const before = sorted[i - 1];
    if (before?.seq !== record.seq - 1 || record.at >= before.at || record.kind === 'clock') return [];
    const excused = record.kind === 'opened' && sorted[i + 1]?.kind === 'clock';
    return excused ? [] : [record.seq];
  });
}

function headAfter({ org, store, register, seq, hash, totals }: JournalRecord): ChainHead {
  return { org, store, register, seq, hash, totals };
}

/** What a record says was before it; only its own hash is checked then, and that its totals fit its amount. */
function assumedBefore(record: JournalRecord): ChainHead {
  const { org, store, register, seq, prev, totals } = record;
  if (seq === 1) return emptyHead(org, store, register);
  const sold = record.kind === 'sale' ? record.body.total : 0;
  const receipts = totals.receipts - (record.kind === 'sale' ? 1 : 0);
  const before = { receipts, signed: totals.signed - sold, absolute: totals.absolute - Math.abs(sold) };
  return { org, store, register, seq: seq - 1, hash: prev, totals: before };
}
