import type { JournalRecord } from '../journal/record.ts';
import type { Device } from './device.ts';

/**
 * Whether a device may have signed a record (rule E10): a terminal of the record's register, listed now or before, and the
 * record is from before it was revoked or expired. Whether it did is for its key to tell (rule J8).
 */
export function mayHaveSigned(
  { role, store, register, revokedAt, expiresAt }: Device,
  record: Pick<JournalRecord, 'store' | 'register' | 'at'>,
): boolean {
  if (role !== 'terminal' || store !== record.store || register !== record.register) return false;
  if (revokedAt !== undefined && record.at >= revokedAt) return false;
  return expiresAt === undefined || record.at < expiresAt;
}
