import { parseRecord, type JournalRecord, type RecordOf } from '#model/journal/record.ts';
import type { EntriesDocument } from '../support/stock-peer.ts';

/** How a program of one version reads a record; undefined for what it cannot read. */
export type ReadRecord = (text: string) => JournalRecord | undefined;

const known = new Map<string, JournalRecord | undefined>();
const MOST_KNOWN = 20_000;

/** Reads a record as the programs of today do. The same text is read once: simulated shops read little else. */
export const readRecord: ReadRecord = (text) => {
  if (known.has(text)) return known.get(text);
  if (known.size >= MOST_KNOWN) known.clear();
  const read = parseRecord(text);
  const record = read.ok ? read.value : undefined;
  known.set(text, record);
  return record;
};

/** The version that a newer app, which does not exist yet, writes. */
export const NEWER = 2;

/** Reads a record as a newer app does: it knows today's and its own. */
export const readNewerRecord: ReadRecord = (text) => {
  const value: unknown = JSON.parse(text);
  const isNewer = typeof value === 'object' && value !== null && 'v' in value && value.v === NEWER;
  return isNewer ? (value as JournalRecord) : readRecord(text);
};

const sales = new WeakMap<EntriesDocument, readonly RecordOf<'sale'>[]>();

/** The sales in a session's document, which is read once as it is: a document that changed is another one. */
export function salesIn(doc: EntriesDocument, read: ReadRecord): readonly RecordOf<'sale'>[] {
  const known = sales.get(doc);
  if (known !== undefined) return known;
  const records = Object.values(doc.entries).map((text) => read(String(text)));
  const found = records.filter((record) => record?.kind === 'sale');
  sales.set(doc, found);
  return found;
}
