import type { Entries, EntryChange } from '#model/documents/entries.ts';
import type { Documents } from '../repo/documents.ts';
import { shardText } from './kept-products.ts';
import type { DepartmentTile } from './shop-catalog.ts';
import type { Shop } from './shop.svelte.ts';

/**
 * Where the till keeps its catalog as it last knew it, shard by shard, each as one text that is read at once. A copy for a
 * quick start and nothing else: the documents are the truth, and each shard is held against its own as soon as that is open.
 */
export type KeptShards = {
  /** What is kept; empty where nothing is, or of another version of the program. */
  readonly read: () => Promise<KeptCatalog>;
  /** Keeps a shard's text, or keeps it no more. */
  readonly write: (shard: number, text: string | undefined) => Promise<void>;
  /** Keeps the departments with what they sell: counting them takes all articles. */
  readonly writeDepartments: (tiles: readonly DepartmentTile[]) => Promise<void>;
};

/** The texts of the shards by number, and the departments they make together. */
export type KeptCatalog = {
  readonly texts: ReadonlyMap<number, string>;
  readonly departments: readonly DepartmentTile[];
};

/** The entries of changes that say all a document holds. */
export function entriesOf(changes: readonly EntryChange[]): (readonly [string, string])[] {
  return changes.flatMap(({ key, text }) => (text === undefined ? [] : [[key, text] as const]));
}

/**
 * Opens the documents of the shards that were taken as kept, each once `rested` resolves; each is then held against what was kept.
 * Opening one takes longer than a sale.
 */
export async function confirmCatalog(
  shop: Shop,
  documents: Documents,
  rested: () => Promise<void>,
): Promise<void> {
  for (let shard = shop.unconfirmedShards[0]; shard !== undefined; shard = shop.unconfirmedShards[0]) {
    await rested();
    // Its document may have been told meanwhile.
    if (!shop.unconfirmedShards.includes(shard)) continue;
    const entries = await documents.open({ class: 'catalog', shard });
    shop.confirmShard(shard, Object.entries(entries));
  }
}

/**
 * Keeps the shards that changed since they were kept. One with an entry that cannot be read is not kept (rule D5). Until all
 * articles are read it keeps nothing, and the changes wait for the next call: the departments are still counted as the last time.
 */
export async function keepCatalog(shop: Shop, documents: Documents, kept: KeptShards): Promise<void> {
  const changed = shop.takeChangedShards();
  for (const shard of changed) {
    const entries: Entries = await documents.open({ class: 'catalog', shard });
    const isWhole = Object.keys(entries).every((key) => !shop.faults.has(key));
    await kept.write(shard, isWhole ? shardText(Object.entries(entries)) : undefined);
  }
  if (changed.length > 0) await kept.writeDepartments(shop.departments);
}
