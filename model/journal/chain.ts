import * as v from 'valibot';
import type { RegisterId, StoreId } from '../ids/register-id.ts';
import type { Minor } from '../money/money.ts';
import { assert, err, ok, type Result } from '../result.ts';
import { canonicalJson, sha256Text, type CanonicalValue } from './canonical.ts';
import {
  RECORD_VERSION,
  journalRecordSchema,
  type JournalRecord,
  type PerpetualTotals,
  type RecordContent,
} from './record.ts';

/** Where a register's chain stands: what the next record must follow (rule J4). A fresh register has seq 0 and no hash. */
export type ChainHead = {
  readonly org: string;
  readonly store: StoreId;
  readonly register: RegisterId;
  readonly seq: number;
  readonly hash: string;
  readonly totals: PerpetualTotals;
};

/** The head of a register that never wrote a record. */
export function emptyHead(org: string, store: StoreId, register: RegisterId): ChainHead {
  return { org, store, register, seq: 0, hash: '', totals: { receipts: 0, signed: 0, absolute: 0 } };
}

/** When a record is made and by whom; `at` is UTC with milliseconds (rule J1). */
export type Stamp = { readonly at: string; readonly by: string; readonly approvedBy?: string };

/**
 * Numbers, chains and hashes a record behind `head` (rules J3 to J5). The signature is the device's and comes after.
 * Throws on content no replica could read back, because a record that is stored stays for ever.
 */
export function sealRecord(
  head: ChainHead,
  session: number,
  content: RecordContent,
  stamp: Stamp,
): JournalRecord {
  const unsealed = {
    v: RECORD_VERSION,
    org: head.org,
    store: head.store,
    register: head.register,
    session,
    seq: head.seq + 1,
    at: stamp.at,
    by: stamp.by,
    ...(stamp.approvedBy === undefined ? {} : { approvedBy: stamp.approvedBy }),
    kind: content.kind,
    body: content.body,
    totals: nextTotals(head.totals, content),
    prev: head.hash,
  };
  // What is hashed is what is stored: normalise once, before both.
  const stored = JSON.parse(canonicalJson(unsealed as CanonicalValue)) as Omit<JournalRecord, 'hash' | 'sig'>;
  const sealed = v.safeParse(journalRecordSchema, { ...stored, hash: hashRecord(stored), sig: '' });
  assert(sealed.success, () => `no record: ${sealed.issues?.map((issue) => issue.message).join('; ')}`);
  return sealed.output;
}

function nextTotals(totals: PerpetualTotals, content: RecordContent): PerpetualTotals {
  if (content.kind !== 'sale') return totals;
  const total: Minor = content.body.total;
  return {
    receipts: totals.receipts + 1,
    signed: totals.signed + total,
    absolute: totals.absolute + Math.abs(total),
  };
}

/** The hash of a record: SHA-256 of its canonical JSON without `hash` and `sig` (rule J3). */
export function hashRecord(record: Omit<JournalRecord, 'hash' | 'sig'>): string {
  const { hash: _hash, sig: _sig, ...hashed } = record as JournalRecord;
  return sha256Text(canonicalJson(hashed as CanonicalValue));
}

/** The text under which a record is stored (rule J2). */
export function recordText(record: JournalRecord): string {
  return canonicalJson(record as CanonicalValue);
}

/** What is wrong with a record that should follow a head (rule J6). */
export type ChainFault =
  'wrong-register' | 'gap' | 'fork' | 'broken-link' | 'altered' | 'wrong-totals' | 'wrong-receipt-number';

/** Checks that `record` follows `head` and is unaltered (rule J6); the new head, or the first fault. Costs one SHA-256. */
export function verifyNext(head: ChainHead, record: JournalRecord): Result<ChainHead, ChainFault> {
  if (record.org !== head.org || record.store !== head.store || record.register !== head.register)
    return err('wrong-register');
  if (record.seq > head.seq + 1) return err('gap');
  if (record.seq <= head.seq) return err('fork');
  if (record.prev !== head.hash) return err('broken-link');
  if (hashRecord(record) !== record.hash) return err('altered');
  const totals = nextTotals(head.totals, record);
  if (
    totals.receipts !== record.totals.receipts ||
    totals.signed !== record.totals.signed ||
    totals.absolute !== record.totals.absolute
  ) {
    return err('wrong-totals');
  }
  if (record.kind === 'sale' && record.body.receipt !== receiptText(record, totals.receipts))
    return err('wrong-receipt-number');
  return ok({ ...head, seq: record.seq, hash: record.hash, totals });
}

/** As `receiptNumber`, but for any count a damaged chain may claim: it must not throw. */
function receiptText(record: JournalRecord, count: number): string {
  return `${record.store}-${record.register}-${String(count).padStart(6, '0')}`;
}
