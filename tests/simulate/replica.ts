import * as A from '@automerge/automerge';
import { isRecordKey } from '#model/journal/record.ts';
import { entriesSince } from '../../sync-relay/journal-entries.ts';
import type { RelayDocument } from '../../sync-relay/relay-document.ts';
import { readStockEntry, type StockEntry } from '#model/stock/stock-entry.ts';
import { parseDocumentId, type DocumentId } from '#model/ids/document-id.ts';
import { tellUnlessRefused } from './disk.ts';
import type { RelayHost } from './relay-host.ts';

/** A document as one replica holds it: its heads, and every value of every key. */
export type Seen = {
  readonly heads: readonly string[];
  readonly entries: ReadonlyMap<string, readonly string[]>;
};

/** Everything a replica holds, without documents nothing was ever written to. */
export type Replica = ReadonlyMap<DocumentId, Seen>;

/**
 * What a relay holds on its disk; filled as the world goes on, and only when the relay can read it all. What else goes wrong is
 * added to `broken`.
 */
export function replicaOf({ relay, machine }: RelayHost, broken: string[]): Map<DocumentId, Seen> {
  const found = new Map<DocumentId, Seen>();
  for (const document of relay?.documents ?? [])
    void put(document, found, tellUnlessRefused(broken, `${machine.name}’s ${document.id}`));
  return found;
}

async function put(
  document: RelayDocument,
  found: Map<DocumentId, Seen>,
  instead: (cause: unknown) => undefined,
): Promise<void> {
  // What a relay cannot read now is missing from what it holds, and an oracle says so.
  const seen = await document.look(seenIn).catch(instead);
  if (seen !== undefined && seen.entries.size > 0) found.set(document.id, seen);
}

/** A document as it stands. Values that differ under one key are all there, in no order that means anything. */
export function seenIn(doc: A.Doc<unknown>): Seen {
  const entries = entriesSince(doc, []).entries.map(
    ([key, values]) =>
      [key, values.map((value) => (typeof value === 'string' ? value : value.unreadable)).sort()] as const,
  );
  return { heads: A.getHeads(doc).sort(), entries: new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** The texts of all journal entries of a replica. */
export function recordTexts(replica: Replica): string[] {
  return [...replica].flatMap(([id, { entries }]) => {
    const address = parseDocumentId(id);
    if (!address.ok || address.value.key.class !== 'session') return [];
    return [...entries].flatMap(([key, values]) => (isRecordKey(key) ? values : []));
  });
}

/** The stock books of a replica, by store. */
export function stockBooks(replica: Replica): Map<string, StockEntry[]> {
  const books = new Map<string, StockEntry[]>();
  for (const [id, { entries }] of replica) {
    const address = parseDocumentId(id);
    if (!address.ok || address.value.key.class !== 'stock-book') continue;
    const read = [...entries].flatMap(([key, values]) => values.map((text) => readStockEntry(key, text)));
    const { store } = address.value.key;
    books.set(store, [
      ...(books.get(store) ?? []),
      ...read.filter((one) => one.ok).map(({ value }) => value),
    ]);
  }
  return books;
}

/** A text that is the same for two replicas if and only if they hold the same. */
export function fingerprint(replica: Replica): string {
  return [...replica]
    .map(([id, { heads, entries }]) => JSON.stringify([id, heads, [...entries]]))
    .sort()
    .join('\n');
}
