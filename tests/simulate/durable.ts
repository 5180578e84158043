import * as A from '@automerge/automerge';
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

function textsIn(path: string, bytes: Buffer): ReadonlySet<string> {
  const known = read.get(bytes);
  if (known) return known;
  const name = path.split('/').at(-1) ?? '';
  const chunks = path.endsWith('.log') ? decodeLog(bytes).frames : [bytes];
  const texts = new Set(isSession(name.split('.')[0] ?? '') ? textsOf(chunks) : []);
  read.set(bytes, texts);
  return texts;
}

function textsOf(chunks: readonly Uint8Array[]): string[] {
  const doc = A.loadIncremental(A.init(), Buffer.concat(chunks));
  const texts = entriesSince(doc, []).entries.flatMap(([, values]) =>
    values.filter((value) => typeof value === 'string'),
  );
  A.free(doc);
  return texts;
}
