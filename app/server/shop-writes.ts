import type { DocumentKey } from '#model/ids/document-id.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { Documents } from '../lib/repo/documents.ts';

/** Entries to write, by document. */
export type Writes = { readonly key: DocumentKey; readonly entries: Record<string, string> }[];

/** How long a document may take to come from or to the relay, in milliseconds. */
const RELAY_WAIT_MS = 30_000;

/** Resolves when the documents are linked to their relay; rejects with a sentence when the relay does not let us in. */
export function whenLinked(documents: Documents): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = documents.watch((event) => {
      if (event.type === 'standing' && event.standing !== 'accepted') {
        stop();
        reject(new Error(`The relay does not accept the device of this machine (${event.standing}).`));
      }
      if (event.type !== 'link' || !event.connected) return;
      stop();
      resolve();
    });
  });
}

/** A document's entries, once everything the relay has of it is here; a sentence when it did not come. */
export async function readDocument(
  documents: Documents,
  key: DocumentKey,
): Promise<Result<Readonly<Record<string, string>>, string>> {
  await documents.open(key);
  const caughtUp = await documents.caughtUp(key, RELAY_WAIT_MS);
  if (caughtUp !== 'caught-up') {
    return err(`The ${key.class} document could not be read from the relay (${caughtUp}).`);
  }
  return ok(await documents.open(key));
}

/** Writes those entries that a document does not have, onto the relay's disk; a sentence when that failed. */
export async function addMissing(
  documents: Documents,
  { key, entries }: Writes[number],
): Promise<string | undefined> {
  const known = await readDocument(documents, key);
  if (!known.ok) return known.error;
  const missing = Object.fromEntries(
    Object.entries(entries).filter(([entryKey]) => known.value[entryKey] === undefined),
  );
  if (Object.keys(missing).length === 0) return undefined;
  const saved = await documents.writeDurably(key, missing, RELAY_WAIT_MS);
  return saved.relay === 'saved'
    ? undefined
    : `The ${key.class} document did not reach the relay (${saved.relay}).`;
}
