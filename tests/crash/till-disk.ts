import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as A from '@automerge/automerge';
import { documentId } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { parseRecord, type JournalRecord, type RecordOf } from '#model/journal/record.ts';
import { decodeLog } from '../../sync-relay/log-file.ts';
import type { EntriesDocument } from '../support/stock-peer.ts';

/** The records of a register's first session as they are on the disk of a relay now, in order; the relay is not asked. */
export async function recordsOnDisk(relayFolder: string, organization: string): Promise<JournalRecord[]> {
  const key = { class: 'session', store: storeId(1), register: registerId(1), session: 1 } as const;
  const path = join(relayFolder, 'documents', `${documentId({ organization, key })}.log`);
  let doc = A.init<EntriesDocument>();
  for (const frame of decodeLog(await readFile(path)).frames) doc = A.loadIncremental(doc, frame);
  const records = Object.values(doc.entries).map((text) => {
    const record = parseRecord(text.toString());
    if (!record.ok) throw new Error(`a record on the disk cannot be read: ${JSON.stringify(record.error)}`);
    return record.value;
  });
  return records.sort((a, b) => a.seq - b.seq);
}

/** The receipts among records. */
export function salesOf(records: readonly JournalRecord[]): RecordOf<'sale'>[] {
  return records.filter((record): record is RecordOf<'sale'> => record.kind === 'sale');
}
