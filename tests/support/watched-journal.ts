import type * as A from '@automerge/automerge';
import { pino } from 'pino';
import { documentId, parseDocumentId, type DocumentId } from '#model/ids/document-id.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { hashRecord, recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import { assert } from '#model/result.ts';
import type { Device } from '#model/trust/device.ts';
import { JournalWatch, type WatchParts } from '../../sync-relay/journal-watch.ts';
import type { RegisterJournal } from '../../sync-relay/register-journal.ts';
import { verifySignature } from '../../sync-relay/signature.ts';
import {
  ORGANIZATION,
  beginDocument,
  makeDocument,
  writeEntries,
  type EntriesDocument,
} from './journal-fixture.ts';
import { entriesOfSession } from './signed-journal.ts';
import { deviceEntry, testKey, type TestKey } from './test-key.ts';

/** Where the watched journal is written. */
export const PLACE = { store: storeId(1), register: registerId(1) };
/** The document of a session there. */
export const sessionId = (session: number) =>
  documentId({ organization: ORGANIZATION, key: { class: 'session', ...PLACE, session } });
/** The document with head office's word for it. */
export const ACKNOWLEDGEMENTS = documentId({
  organization: ORGANIZATION,
  key: { class: 'acknowledgements', ...PLACE },
});
/** The key the till signs with. */
export const till = testKey('aaaaaaaaaaaaaaaa');
/** Head office's key. */
export const hq = testKey('ffffffffffffffff');

/** A device as the organization lists it, at this place unless told. */
export function deviceOf(key: TestKey, place: Partial<Device> = {}): Device {
  const [text = ''] = Object.values(deviceEntry(key, { ...PLACE, ...place }));
  return JSON.parse(text) as Device;
}

/** Devices by id. */
export const listOf = (...devices: readonly Device[]) =>
  new Map(devices.map((device) => [device.id, device]));
/** The till and head office. */
export const DEVICES = listOf(deviceOf(till), deviceOf(hq, { role: 'hq' }));

/** A watch over documents in memory that counts what it costs; `pace` is how it waits. */
export function watchOver(
  devices: ReadonlyMap<string, Device> | undefined = DEVICES,
  pace: Partial<Pick<WatchParts, 'later' | 'isBusy'>> = {},
) {
  const documents = new Map<DocumentId, A.Doc<EntriesDocument>>();
  const cost = { signatures: 0 };
  const checked: RegisterJournal[] = [];
  const watch = new JournalWatch({
    look: (id, reader) => {
      const doc = documents.get(id);
      return Promise.resolve(doc === undefined ? undefined : reader(doc));
    },
    verify: (key, text, signature) => {
      cost.signatures += 1;
      return verifySignature(key, text, signature);
    },
    later: (_milliseconds, callback) => setImmediate(callback),
    ...pace,
    log: pino({ level: 'silent' }),
    onChecked: (journal) => checked.push(journal),
  });
  watch.setDevices(devices);
  const put = (id: DocumentId, doc: A.Doc<EntriesDocument>) => {
    documents.set(id, doc);
    const address = parseDocumentId(id);
    assert(address.ok, () => 'an id of ours');
    watch.changed(id, address.value);
  };
  return {
    watch,
    cost,
    checked,
    put,
    /** Puts entries on top of what a document has, as a change of its terminal. */
    add: (id: DocumentId, entries: Record<string, string | undefined>) =>
      put(id, writeEntries(documents.get(id) ?? beginDocument(), entries)),
    doc: (id: DocumentId) => documents.get(id) ?? beginDocument(),
    /** What is listed once everything was looked at: session, code and place. */
    async faults() {
      await watch.settled();
      return watch.status().quarantine.map(({ session, code, seq, key }) => [session, code, seq ?? key]);
    },
  };
}

/** Puts every session of a journal into a watch. */
export function hold(held: ReturnType<typeof watchOver>, records: readonly JournalRecord[]): void {
  for (const session of new Set(records.map((record) => record.session)))
    held.put(sessionId(session), makeDocument(entriesOfSession(records, session)));
}

/** The record of a number. */
export const at = (records: readonly JournalRecord[], seq: number): JournalRecord => {
  const record = records[seq - 1];
  assert(record?.seq === seq, () => `the fixture has record ${seq}`);
  return record;
};

/** The entries of session 1 with one record replaced or, for undefined, taken out. */
export function withRecord(records: readonly JournalRecord[], seq: number, text: string | undefined) {
  const { [recordKey(seq)]: _old, ...others } = entriesOfSession(records, 1);
  return text === undefined ? others : { ...others, [recordKey(seq)]: text };
}

/** A record changed by whoever owns the till's key: hash and signature are right again. */
export function resealed(record: JournalRecord, change: Partial<JournalRecord>, key = till): string {
  const changed = { ...record, ...change } as JournalRecord;
  const hash = hashRecord(changed);
  return recordText({ ...changed, hash, sig: key.sign(hash) });
}
