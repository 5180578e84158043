import type { Entries, EntryChange } from '#model/documents/entries.ts';
import type { Documents } from '../repo/documents.ts';
import type { Shop } from './shop.svelte.ts';

/**
 * Where the till keeps its catalog as it last knew it, shard by shard, each as one text that is read at once. A copy for a
 * quick start and nothing else: the documents are the truth, and each shard is held against its own as soon as that is open.
 */
export type KeptShards = {
  /** What is kept, by shard; empty where nothing is, or of another version of the program. */
  readonly read: () => Promise<ReadonlyMap<number, string>>;
  /** Keeps a shard's text, or keeps it no more. */
  readonly write: (shard: number, text: string | undefined) => Promise<void>;
};

/** A shard's entries as one JSON object of their values: the same text for the same entries, in whatever order they come. */
export function shardText(entries: Iterable<readonly [key: string, text: string]>): string {
  const members = [...entries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => `${JSON.stringify(key)}:${text}`);
  return `{${members.join(',')}}`;
}

/** The entries of changes that say all a document holds. */
export function entriesOf(changes: readonly EntryChange[]): (readonly [string, string])[] {
  return changes.flatMap(({ key, text }) => (text === undefined ? [] : [[key, text] as const]));
}

/** The values of a kept shard by their keys; none where the text is not what this till wrote. */
export function valuesOf(text: string): readonly (readonly [key: string, value: unknown])[] {
  try {
    const values: unknown = JSON.parse(text);
    return typeof values === 'object' && values !== null ? Object.entries(values) : [];
  } catch {
    // Half a text is as good as none: the shard's document says it anyway.
    return [];
  }
}

/** Opens the documents of the shards that were taken as kept, one after another; each is then held against what was kept. */
export async function confirmCatalog(shop: Shop, documents: Documents): Promise<void> {
  for (const shard of shop.unconfirmedShards) {
    const entries = await documents.open({ class: 'catalog', shard });
    shop.confirmShard(shard, Object.entries(entries));
  }
}

/** Keeps the shards that changed since they were kept. One with an entry that cannot be read is not kept (rule D5). */
export async function keepCatalog(shop: Shop, documents: Documents, kept: KeptShards): Promise<void> {
  for (const shard of shop.takeChangedShards()) {
    const entries: Entries = await documents.open({ class: 'catalog', shard });
    const isWhole = Object.keys(entries).every((key) => !shop.faults.has(key));
    await kept.write(shard, isWhole ? shardText(Object.entries(entries)) : undefined);
  }
}
