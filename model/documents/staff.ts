import { isAuditKey, readAuditEntry, type AuditEntry } from '../audit/audit-entry.ts';
import { err, ok, type Result } from '../result.ts';
import { personSchema, type Person } from '../staff/pin.ts';
import { readEntry, type EntryFault } from './entries.ts';

/** An entry of the staff document, told apart by what its key names. */
export type StaffEntry =
  | { readonly kind: 'person'; readonly value: Person }
  | { readonly kind: 'audit'; readonly value: AuditEntry };

/** Reads one entry of the staff document: `person:<id>`, or an audit entry (rule A2). */
export function readStaffEntry(key: string, text: string): Result<StaffEntry, EntryFault> {
  if (isAuditKey(key)) {
    const audit = readAuditEntry(key, text);
    return audit.ok ? ok({ kind: 'audit', value: audit.value }) : audit;
  }
  if (!key.startsWith('person:'))
    return err({ key, code: 'unknown-key', detail: `a staff document has no entry "${key.slice(0, 80)}"` });
  const read = readEntry(personSchema, key, text);
  if (!read.ok) return read;
  if (key === personKey(read.value.id)) return ok({ kind: 'person', value: read.value });
  return err({ key, code: 'wrong-key', detail: `id: the key should be "${personKey(read.value.id)}"` });
}

/** The key of a person. */
export function personKey(id: string): string {
  return `person:${id}`;
}
