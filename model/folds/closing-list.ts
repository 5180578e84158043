import type { JournalRecord, RecordOf } from '../journal/record.ts';
import type { Minor } from '../money/money.ts';

/** A closing of a register as a list shows it: a Z, a ZZ, a month or a year. `name` is a session's number, a day, a month or a year. */
export type ListedClosing = {
  readonly kind: 'z' | 'zz' | 'month' | 'year';
  readonly name: string;
  readonly record: RecordOf<'closed'> | RecordOf<'zz'> | RecordOf<'period'>;
  readonly gross: Minor;
  /** Receipts it counts: sales, exchanges and refunds. */
  readonly receipts: number;
  /** What was over or short; months and years say none. */
  readonly difference?: Minor;
};

/** The closings among records of one register, the newest first (rule R15). */
export function closingList(records: readonly JournalRecord[]): readonly ListedClosing[] {
  return records.flatMap((record) => closingOf(record) ?? []).sort((a, b) => b.record.seq - a.record.seq);
}

function closingOf(record: JournalRecord): ListedClosing | undefined {
  if (record.kind !== 'closed' && record.kind !== 'zz' && record.kind !== 'period') return undefined;
  const { gross, sales, refunds } = record.body;
  const sums = { record, gross, receipts: sales + refunds };
  if (record.kind === 'closed')
    return { kind: 'z', name: String(record.session), ...sums, difference: record.body.difference };
  if (record.kind === 'zz')
    return { kind: 'zz', name: record.body.day, ...sums, difference: record.body.difference };
  const { period } = record.body;
  return { kind: period.length === 4 ? 'year' : 'month', name: period, ...sums };
}
