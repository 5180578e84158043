import { describe, expect, it } from 'vitest';
import { storeId } from '#model/ids/register-id.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import { Shop } from '../../../app/lib/till/shop.svelte.ts';
import { ARTICLES, S01, seedShop } from './till-fixture.ts';

async function seededShop() {
  const documents = new MemoryDocuments();
  seedShop(documents);
  const shop = new Shop();
  await shop.follow(documents, S01);
  return { documents, shop };
}

describe('the shop', () => {
  it('knows its people, registers, tenders and departments in order', async () => {
    const { shop } = await seededShop();
    expect(shop.organization?.currency).toBe('GBP');
    expect(shop.peopleOf(S01).map(({ name }) => name)).toEqual(['Ana', 'Luis', 'Mia']);
    expect(shop.registersOf(S01).map(({ register }) => register)).toEqual(['R1', 'R2']);
    expect(shop.tenders.map(({ id }) => id)).toEqual(['cash', 'card']);
    expect(shop.departments).toEqual([{ id: 'home', name: 'Home', count: 3 }]);
  });

  it('offers only what is sold, by name', async () => {
    const { shop } = await seededShop();
    expect(shop.productsOf('home').map(({ sku }) => sku)).toEqual(['café', 'holder', 'lantern']);
    expect(shop.productWithCode('GONE-1')?.active).toBe(false);
  });

  it.each([
    ['lant', ['lantern']],
    ['METAL white', ['lantern']],
    ['cafe', ['café']],
    ['Café s', ['café']],
    ['lntern', ['lantern']],
    ['hanger', []],
    ['', []],
  ])('finds "%s"', async (query, found) => {
    const { shop } = await seededShop();
    expect(shop.search(query).map(({ sku }) => sku)).toEqual(found);
  });

  it('follows a changed name, barcode and price', async () => {
    const { shop, documents } = await seededShop();
    const key = await shardOf(documents, 'lantern');
    documents.receive(key, {
      'product:lantern:info': '{"active":true,"barcodes":["NEW-1"],"name":"Copper lamp","sku":"lantern"}',
      'product:lantern:price': '{"price":"4.00","taxes":["vat"]}',
    });
    expect(shop.productWithCode('new-1')).toMatchObject({ name: 'Copper lamp', price: '4.00' });
    expect(shop.productWithCode('5012345678900')).toBeUndefined();
    expect(shop.search('copper')).toHaveLength(1);
    expect(shop.search('metal')).toHaveLength(0);
  });

  it('counts what its departments sell anew when an article or a department changes', async () => {
    const { shop, documents } = await seededShop();
    expect(shop.departments).toEqual([{ id: 'home', name: 'Home', count: 3 }]);
    const key = await shardOf(documents, 'lantern');
    const info = '{"active":false,"barcodes":[],"department":"home","name":"Lamp","sku":"lantern"}';
    documents.receive(key, { 'product:lantern:info': info });
    expect(shop.departments).toEqual([{ id: 'home', name: 'Home', count: 2 }]);
    documents.receive({ class: 'catalog', shard: 0 }, { 'department:home': '{"name":"House"}' });
    expect(shop.departments).toEqual([{ id: 'home', name: 'House', count: 2 }]);
    const other = await shardOf(documents, 'holder');
    await documents.write(other, { 'product:holder:price': undefined });
    expect(shop.departments).toEqual([{ id: 'home', name: 'House', count: 1 }]);
  });

  it('[D5] keeps a fault of an unreadable entry and goes on with the rest', async () => {
    const { shop, documents } = await seededShop();
    documents.receive({ class: 'catalog', shard: 0 }, { 'product:odd:price': '{"price":"-1","taxes":[]}' });
    expect(shop.faults.get('product:odd:price')?.code).toBe('bad-shape');
    expect(shop.productsOf('home')).toHaveLength(ARTICLES.length - 1);
    documents.receive({ class: 'catalog', shard: 0 }, { 'product:odd:price': undefined });
    expect(shop.faults.size).toBe(0);
  });

  it('takes up a catalog that arrives after the start', async () => {
    const documents = new MemoryDocuments();
    const shop = new Shop();
    await shop.follow(documents);
    expect(shop.organization).toBeUndefined();
    seedShop(documents);
    await expect.poll(() => shop.productsOf('home').length).toBe(3);
  });

  it('reads everything on the next try when the disk failed in the middle of the first', async () => {
    const documents = new MemoryDocuments();
    seedShop(documents);
    const open = documents.open.bind(documents);
    let isSlow = true;
    documents.open = async (key) => {
      if (isSlow && key.class === 'catalog') throw new Error('reading did not finish');
      return open(key);
    };
    const shop = new Shop();
    await expect(shop.follow(documents)).rejects.toThrow('reading did not finish');
    isSlow = false;
    await shop.follow(documents);
    expect(shop.productsOf('home')).toHaveLength(ARTICLES.length - 1);
    expect(shop.peopleOf(S01)).toHaveLength(3);
  });

  it('[D7] follows the favourites of its own store only, and keeps a fault of them', async () => {
    const { shop, documents } = await seededShop();
    expect(shop.favourites).toEqual({ tiles: [] });
    const favourites = '{"tiles":[{"colour":"red","id":"lantern","kind":"product"}]}';
    documents.receive({ class: 'store', store: storeId(2) }, { favourites });
    expect(shop.favourites.tiles).toEqual([]);
    documents.receive({ class: 'store', store: S01 }, { favourites });
    expect(shop.favourites.tiles).toEqual([{ kind: 'product', id: 'lantern', colour: 'red' }]);
    documents.receive({ class: 'store', store: S01 }, { favourites: '{"tiles":7}' });
    expect([shop.favourites.tiles, [...shop.faults.keys()]]).toEqual([[], ['S01 favourites']]);
    documents.receive({ class: 'store', store: S01 }, { favourites: undefined });
    expect(shop.faults.size).toBe(0);
  });

  it('does not show people who left', async () => {
    const { shop, documents } = await seededShop();
    const entries = await documents.open({ class: 'staff' });
    const left = (entries['person:luis'] ?? '').replace('"active":true', '"active":false');
    documents.receive({ class: 'staff' }, { 'person:luis': left });
    expect(shop.peopleOf(S01).map(({ id }) => id)).toEqual(['ana', 'mia']);
    expect(shop.personName('luis')).toBe('Luis');
  });
});

async function shardOf(documents: MemoryDocuments, product: string) {
  for (const shard of [0, 1]) {
    const key = { class: 'catalog', shard } as const;
    if (`product:${product}:info` in (await documents.open(key))) return key;
  }
  throw new Error(`no shard holds ${product}`);
}
