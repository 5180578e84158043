import type { Entries } from '#model/documents/entries.ts';
import { parseRecord, recordKey, type JournalRecord, type RecordRefusal } from '#model/journal/record.ts';
import type { RegisterFault } from '#model/register/register-state.ts';
import { err, ok, type Result } from '#model/result.ts';

/** What is wrong with a journal; `detail` is for whoever repairs it, the screen has its own words. */
export type JournalFault = {
  readonly code: RegisterFault | RecordRefusal['code'] | 'wrong-key' | 'record-missing';
  readonly session: number;
  readonly detail: string;
};

/** Reads one stored record and checks that it stands where its number says. */
export function readRecord(session: number, key: string, text: string): Result<JournalRecord, JournalFault> {
  const read = parseRecord(text);
  if (!read.ok) return err({ code: read.error.code, session, detail: `${key}: ${read.error.detail}` });
  if (recordKey(read.value.seq) !== key) {
    return err({ code: 'wrong-key', session, detail: `${key} holds record ${read.value.seq}` });
  }
  return read;
}

/** Reads a session document's records in `seq` order. */
export function readRecords(
  session: number,
  entries: Entries,
): Result<readonly JournalRecord[], JournalFault> {
  const records: JournalRecord[] = [];
  for (const key of Object.keys(entries).sort()) {
    const read = readRecord(session, key, entries[key] ?? '');
    if (!read.ok) return read;
    records.push(read.value);
  }
  return ok(records);
}
