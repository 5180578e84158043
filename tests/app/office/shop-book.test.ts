import { describe, expect, test } from 'vitest';
import { pictureOf } from '#model/catalog/picture.ts';
import { masterEntry } from '#model/documents/catalog.ts';
import { storeEntry } from '#model/documents/store.ts';
import type { PriceRule } from '#model/pricing/price-rule.ts';
import { ShopBook } from '$lib/office/shop-book.svelte.ts';
import { MemoryDocuments } from '$lib/repo/memory-documents.ts';
import { S01, valueOf } from '../../model/support/office.ts';

const SHARD = { class: 'catalog', shard: 0 } as const;
const STORE = { class: 'store', store: S01 } as const;
const TENTH: PriceRule = { id: 'tenth', tier: 'trade', change: { kind: 'percent', percent: '10' } };
const write = ({ key, text }: { key: string; text: string }) => ({ [key]: text });
const tier = (id: string, name: string) => write(masterEntry({ kind: 'tier', id, value: { name } }));

/** A book over a shop with two tiers, a rule and a price of the store's own. */
async function openBook() {
  const documents = new MemoryDocuments();
  await documents.write(SHARD, {
    ...tier('trade', 'Trade'),
    ...tier('staff', 'Staff'),
    ...write(masterEntry({ kind: 'price-rule', id: 'tenth', value: TENTH })),
  });
  await documents.write(STORE, {
    ...write(storeEntry({ kind: 'price', id: 'language', value: { price: '9.5' } })),
    'settings:language': '{"value":"es"}',
  });
  const book = new ShopBook();
  await book.open(documents, 1, [S01]);
  return { book, documents };
}

describe('what the office knows of prices', () => {
  test('[D4, D7] is what the catalog and the stores say, as they change', async () => {
    const { book, documents } = await openBook();
    expect(book.tiers).toEqual([
      { id: 'staff', name: 'Staff' },
      { id: 'trade', name: 'Trade' },
    ]);
    expect(book.priceRules).toEqual([TENTH]);
    expect([...book.storePricesOf(S01)]).toEqual([['language', '9.5']]);
    await documents.write(SHARD, { 'price-rule:tenth': undefined, ...tier('staff', 'People') });
    expect(book.priceRules).toEqual([]);
    expect(book.catalog.tiers.get('staff')).toEqual({ name: 'People' });
    await documents.write(STORE, { 'price:language': undefined });
    expect(book.storePricesOf(S01).size).toBe(0);
    expect(book.storePricesOf('S09').size).toBe(0);
  });

  test('[O1] a price of an article whose id is the name of a setting leaves the setting alone', async () => {
    const { book, documents } = await openBook();
    await documents.write(STORE, write(storeEntry({ kind: 'price', id: 'language', value: { price: '8' } })));
    expect(book.storeSettings.get(S01)).toMatchObject({ language: 'es' });
    expect(book.storePricesOf(S01).get('language')).toBe('8');
  });
});

test('[C12] a picture is checked once, and anew when it changed: a list of articles asks for it again and again', async () => {
  const { id, picture } = valueOf(pictureOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1)));
  const other = valueOf(pictureOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 2)));
  const { book, documents } = await openBook();
  const put = (value: typeof picture) =>
    documents.write(SHARD, write(masterEntry({ kind: 'picture', id, value })));
  expect(book.pictureOf(id)).toBeUndefined();
  await put(picture);
  const shown = book.pictureOf(id);
  expect(shown).toEqual({ id, picture });
  await documents.write(SHARD, tier('guest', 'Guest'));
  expect(book.pictureOf(id)).toBe(shown);
  // One that is not what its id names is not shown.
  await put(other.picture);
  expect(book.pictureOf(id)).toBeUndefined();
  await put(picture);
  expect(book.pictureOf(id)).toEqual({ id, picture });
  await documents.write(SHARD, { [`picture:${id}`]: undefined });
  expect(book.pictureOf(id)).toBeUndefined();
});
