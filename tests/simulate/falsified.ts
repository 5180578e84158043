import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import type { DocumentId } from '#model/ids/document-id.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { readRecord } from './reading.ts';
import type { Replica, Seen } from './replica.ts';

/** A record where a replica holds it. */
export type Placed<Kind extends JournalRecord = JournalRecord> = {
  readonly id: DocumentId;
  readonly seen: Seen;
  readonly key: string;
  readonly text: string;
  readonly record: Kind;
};

/** The first record of a replica that is `wanted`, ready to be falsified. */
export function placeOf<Kind extends JournalRecord>(
  replica: Replica,
  wanted: (record: JournalRecord) => record is Kind,
): Placed<Kind> {
  for (const [id, seen] of replica)
    for (const [key, [text = '']] of seen.entries) {
      const record = readRecord(text);
      if (record !== undefined && wanted(record)) return { id, seen, key, text, record };
    }
  throw new Error('nobody wrote such a record');
}

/** The first record of a kind. */
export function sessionWith<Kind extends JournalRecord['kind']>(replica: Replica, kind: Kind) {
  type Wanted = Extract<JournalRecord, { kind: Kind }>;
  return placeOf(replica, (record): record is Wanted => record.kind === kind);
}

/** Puts other values, or none, under a key of a replica. */
export function falsify(
  replica: Replica,
  id: string,
  key: string,
  texts: readonly string[] | undefined,
): void {
  const seen = (replica as ReadonlyMap<string, Seen>).get(id);
  if (seen === undefined) throw new Error(`no document ${id}`);
  const entries = new Map(seen.entries);
  if (texts === undefined) entries.delete(key);
  else entries.set(key, texts);
  (replica as unknown as Map<string, Seen>).set(id, { ...seen, entries });
}

/** How a record is stored, whether it is right or not. */
export function textOf(record: unknown): string {
  return canonicalJson(record as CanonicalValue);
}
