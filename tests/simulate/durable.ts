import * as A from '@automerge/automerge';
import { documentId } from '#model/ids/document-id.ts';
import type { JournalRecord } from '#model/journal/record.ts';
import { decodeLog } from '../../sync-relay/log-file.ts';
import { entriesSince } from '../../sync-relay/journal-entries.ts';
import { isSession } from './acts.ts';
import type { SimulatedDisk } from './disk.ts';

const read = new WeakMap<Buffer, ReadonlySet<string>>();

/** The texts of all journal entries that are on a disk now, of a relay or of a page, whatever runs on it. */
export function recordsOn(disk: SimulatedDisk): ReadonlySet<string> {
  const all = new Set<string>();
  for (const [path, bytes] of disk.files) for (const text of textsIn(path, bytes)) all.add(text);
  return all;
}

/** Whether a record is on a disk now; only files of its own session are read. */
export function isOn(disk: SimulatedDisk, record: JournalRecord, text: string): boolean {
  const { org: organization, store, register, session } = record;
  const id = documentId({ organization, key: { class: 'session', store, register, session } });
  return [...disk.files].some(([path, bytes]) => nameOf(path) === id && textsIn(path, bytes).has(text));
}

function textsIn(path: string, bytes: Buffer): ReadonlySet<string> {
  const known = read.get(bytes);
  if (known) return known;
  const chunks = path.endsWith('.log') ? decodeLog(bytes).frames : [bytes];
  const texts = new Set(isSession(nameOf(path)) ? textsOf(chunks) : []);
  read.set(bytes, texts);
  return texts;
}

/** The document that a file is of. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).split('.')[0] ?? '';
}

function textsOf(chunks: readonly Uint8Array[]): string[] {
  const doc = A.loadIncremental(A.init(), Buffer.concat(chunks));
  const texts = entriesSince(doc, []).entries.flatMap(([, values]) =>
    values.filter((value) => typeof value === 'string'),
  );
  A.free(doc);
  return texts;
}
