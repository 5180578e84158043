import { recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import { assert } from '#model/result.ts';
import { makeShop } from './journal-fixture.ts';
import type { TestKey } from './test-key.ts';

/** One register's journal, S01-R1 of the test organization, every record signed by a terminal's key. */
export function signedJournal(key: TestKey, sessions = 1, salesPerSession = 6): readonly JournalRecord[] {
  const [journal] = makeShop(7, { stores: 1, registers: 1, sessions, salesPerSession });
  assert(journal, () => 'the shop has a register');
  return journal.records.map((record) => ({ ...record, sig: key.sign(record.hash) }));
}

/** The entries of one session's document. */
export function entriesOfSession(records: readonly JournalRecord[], session: number): Record<string, string> {
  return Object.fromEntries(
    records
      .filter((record) => record.session === session)
      .map((record) => [recordKey(record.seq), recordText(record)]),
  );
}
