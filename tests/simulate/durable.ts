import * as A from '@automerge/automerge';
import { documentId } from '#model/ids/document-id.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import { decodeLog } from '../../sync-relay/log-file.ts';
import { entriesSince, valuesUnder } from '../../sync-relay/journal-entries.ts';
import { isSession } from './acts.ts';
import type { SimulatedDisk } from './disk.ts';

const read = new WeakMap<Buffer, ReadonlySet<string>>();

/** What a file was when it was looked at last: files of journals mostly grow, and then only what is new is read. */
type Grown = { readonly bytes: Buffer; readonly doc: A.Doc<unknown> };
const grown = new WeakMap<SimulatedDisk, Map<string, Grown>>();

/** The texts of all journal entries that are in files now, of a relay or of a page, whatever runs on it. */
export function recordsIn(files: ReadonlyMap<string, Buffer>): ReadonlySet<string> {
  const all = new Set<string>();
  for (const [path, bytes] of files) for (const text of textsIn(path, bytes)) all.add(text);
  return all;
}

/** Those of some texts that are on none of these disks. */
export function notOn(texts: Iterable<string>, disks: Iterable<SimulatedDisk>): ReadonlySet<string> {
  const left = new Set(texts);
  for (const { files } of disks) {
    // To read a disk takes long, and what is on the first is mostly all.
    if (left.size === 0) break;
    for (const text of recordsIn(files)) left.delete(text);
  }
  return left;
}

/** Whether a record is on a disk now; only files of its own session are read. */
export function isOn(disk: SimulatedDisk, record: JournalRecord, text: string): boolean {
  const { org: organization, store, register, session } = record;
  const id = documentId({ organization, key: { class: 'session', store, register, session } });
  const files = [...disk.files].filter(([path]) => nameOf(path) === id);
  return files.some((file) => valuesUnder(latest(disk, file), recordKey(record.seq)).includes(text));
}

/** The document in a file as it is now. */
function latest(disk: SimulatedDisk, file: readonly [string, Buffer]): A.Doc<unknown> {
  const [path] = file;
  const known = grown.get(disk) ?? new Map<string, Grown>();
  grown.set(disk, known);
  const before = known.get(path);
  const bytes = Buffer.concat(chunksOf(file));
  const isLonger = before !== undefined && bytes.subarray(0, before.bytes.length).equals(before.bytes);
  if (before !== undefined && !isLonger) A.free(before.doc);
  const doc = A.loadIncremental(
    isLonger ? before.doc : fresh(),
    isLonger ? bytes.subarray(before.bytes.length) : bytes,
  );
  known.set(path, { bytes, doc });
  return doc;
}

function textsIn(path: string, bytes: Buffer): ReadonlySet<string> {
  const known = read.get(bytes);
  if (known) return known;
  const texts = new Set(isSession(nameOf(path)) ? textsOf(chunksOf([path, bytes])) : []);
  read.set(bytes, texts);
  return texts;
}

/** The document that a file is of. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).split('.')[0] ?? '';
}

function textsOf(chunks: readonly Uint8Array[]): string[] {
  const doc = loaded(chunks);
  const texts = entriesSince(doc, []).entries.flatMap(([, values]) =>
    values.filter((value) => typeof value === 'string'),
  );
  A.free(doc);
  return texts;
}

function chunksOf([path, bytes]: readonly [string, Buffer]): readonly Uint8Array[] {
  return path.endsWith('.log') ? decodeLog(bytes).frames : [bytes];
}

function loaded(chunks: readonly Uint8Array[]): A.Doc<unknown> {
  return A.loadIncremental(fresh(), Buffer.concat(chunks));
}

/** To look draws no actor: how the world goes on does not depend on who looks at it. */
function fresh(): A.Doc<unknown> {
  return A.init({ actor: '00' });
}
