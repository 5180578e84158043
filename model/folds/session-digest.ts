import * as v from 'valibot';
import { readEntry, type EntryFault } from '../documents/entries.ts';
import { registerIdSchema, storeIdSchema, receiptNumberSchema } from '../ids/register-id.ts';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import {
  closedBodySchema,
  daySchema,
  momentSchema,
  periodBodySchema,
  type JournalRecord,
} from '../journal/record.ts';
import { minorSchema } from '../money/money.ts';
import { quantitySchema } from '../money/quantity.ts';
import { err, ok, type Result } from '../result.ts';
import { refundOfSchema } from '../sale/sale-body.ts';
import { pastSession } from './period-closing.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** The shape of what is remembered of a session (rule D10). */
export const sessionDigestSchema = v.strictObject({
  store: storeIdSchema,
  register: registerIdSchema,
  session: v.pipe(count, v.minValue(1)),
  /** When its first and its last record were made. */
  from: momentSchema,
  to: momentSchema,
  firstSeq: count,
  lastSeq: count,
  /** How many receipts the register had made before the session, and after it. */
  receiptsBefore: count,
  receiptsAfter: count,
  day: daySchema,
  closed: closedBodySchema,
  periods: v.array(periodBodySchema),
  takenBack: v.array(
    v.strictObject({ quantity: quantitySchema, amount: minorSchema, refundOf: refundOfSchema }),
  ),
  copies: v.array(v.strictObject({ receipt: receiptNumberSchema, copy: count })),
});

/** What is remembered of a session that is not held (rule D10). */
export type SessionDigest = v.InferOutput<typeof sessionDigestSchema>;

/** What to remember of a session, from all its records in `seq` order; undefined where it is not whole or still open. */
export function digestOf(records: readonly JournalRecord[]): SessionDigest | undefined {
  const [first] = records;
  const last = records.at(-1);
  const past = pastSession(records);
  if (!first || !last || !past) return undefined;
  const { store, register } = first;
  return {
    store,
    register,
    session: past.session,
    from: first.at,
    to: last.at,
    firstSeq: first.seq,
    lastSeq: last.seq,
    receiptsBefore: first.totals.receipts,
    receiptsAfter: last.totals.receipts,
    day: past.day,
    closed: past.closed,
    periods: [...past.periods],
    takenBack: records.flatMap((record) => (record.kind === 'sale' ? takenBackBy(record.body.lines) : [])),
    copies: records.flatMap((record) => (record.kind === 'reprint' ? [record.body] : [])),
  };
}

/** Where a session begins and ends among its register's receipts. */
export type ReceiptSpan = Pick<SessionDigest, 'receiptsBefore' | 'receiptsAfter'>;

/**
 * The session of a register that made its `count`th receipt, among sessions `low` to `high` (rule D11). `spanOf` may look each up at a
 * price, so it is asked for as few as halving needs; undefined of it is a session that cannot be known, and ends the search.
 */
export async function sessionOfReceipt(
  count: number,
  low: number,
  high: number,
  spanOf: (session: number) => Promise<ReceiptSpan | undefined>,
): Promise<Result<number | undefined, { readonly session: number }>> {
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const span = await spanOf(middle);
    if (!span) return err({ session: middle });
    if (count <= span.receiptsBefore) high = middle - 1;
    else if (count > span.receiptsAfter) low = middle + 1;
    else return ok(middle);
  }
  return ok(undefined);
}

/** Where a session begins and ends among its register's receipts, from its records in `seq` order. */
export function receiptSpan(records: readonly JournalRecord[]): ReceiptSpan | undefined {
  const [first] = records;
  const last = records.at(-1);
  if (first?.kind !== 'opened' || !last) return undefined;
  return { receiptsBefore: first.totals.receipts, receiptsAfter: last.totals.receipts };
}

const PREFIX = 'session:';

/** Under what name a session is remembered. */
export function digestKey({ register, session }: Pick<SessionDigest, 'register' | 'session'>): string {
  return `${PREFIX}${register}:${session}`;
}

/** Whether what is remembered under a name is a session. */
export function isDigestKey(key: string): boolean {
  return key.startsWith(PREFIX);
}

/** A digest as it is kept. */
export function digestText(digest: SessionDigest): string {
  return canonicalJson(digest as CanonicalValue);
}

/** Reads a digest back. */
export function readDigest(key: string, text: string): Result<SessionDigest, EntryFault> {
  const read = readEntry(sessionDigestSchema, key, text);
  if (read.ok && digestKey(read.value) !== key)
    return err({ key, code: 'wrong-key', detail: 'it tells of another session than its name says' });
  return read;
}

function takenBackBy(lines: Extract<JournalRecord, { kind: 'sale' }>['body']['lines']) {
  return lines.flatMap(({ quantity, amount, refundOf }) =>
    refundOf === undefined ? [] : [{ quantity, amount, refundOf }],
  );
}
