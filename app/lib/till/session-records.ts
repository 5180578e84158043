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

/** Whether a record has the number of one that is not done yet, and is another one (rule D15). */
export function isOvertaken(pending: JournalRecord | undefined, { seq, hash }: JournalRecord): boolean {
  return pending?.seq === seq && pending.hash !== hash;
}

/** What a till knows of a session: the records it has counted, and the one that is not done yet. */
type Known = {
  readonly session: number;
  readonly counted: readonly JournalRecord[];
  readonly pending: JournalRecord | undefined;
};

/** How the records of a session contradict what its till knows: another record in the place of one is a fork, none a loss. */
export function contradictionOf(
  records: readonly JournalRecord[],
  { session, counted, pending }: Known,
): 'wrong-session' | 'fork' | 'record-missing' | undefined {
  if (records[0]?.session !== session) return 'wrong-session';
  if (records.some((record) => isOvertaken(pending, record))) return 'fork';
  const bySeq = new Map(records.map((record) => [record.seq, record.hash]));
  const other = counted.find(({ seq, hash }) => bySeq.get(seq) !== hash);
  if (other === undefined) return undefined;
  return bySeq.has(other.seq) ? 'fork' : 'record-missing';
}
