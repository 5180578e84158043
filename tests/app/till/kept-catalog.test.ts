import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogShard } from '#model/catalog/product.ts';
import { productEntries } from '#model/documents/catalog.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import {
  confirmCatalog,
  keepCatalog,
  type KeptCatalog,
  type KeptShards,
} from '../../../app/lib/till/kept-catalog.ts';
import { shardText, valuesOf } from '../../../app/lib/till/kept-products.ts';
import { Shop } from '../../../app/lib/till/shop.svelte.ts';
import { ARTICLES, S01, seedShop } from './till-fixture.ts';

/** Shards kept in memory, as a browser keeps them over a start. */
function keptInMemory(): KeptShards & { readonly texts: Map<number, string> } {
  const texts = new Map<number, string>();
  let departments: KeptCatalog['departments'] = [];
  return {
    texts,
    read: () => Promise.resolve({ texts: new Map(texts), departments }),
    writeDepartments: (tiles) => {
      departments = tiles;
      return Promise.resolve();
    },
    write: (shard, text) => {
      if (text === undefined) texts.delete(shard);
      else texts.set(shard, text);
      return Promise.resolve();
    },
  };
}

/** Nobody is at work at this till. */
const rested = () => Promise.resolve();

/** What people see of a catalog, once all of it is read. */
const seen = (shop: Shop) => {
  shop.prepareSearch((next) => next());
  return {
    departments: shop.departments,
    products: shop.departments.flatMap(({ id }) => shop.productsOf(id)),
    taxes: [...shop.taxes],
    tenders: shop.tenders,
    faults: [...shop.faults.keys()].sort(),
  };
};

async function started(documents: MemoryDocuments, kept?: KeptShards): Promise<Shop> {
  const shop = new Shop(kept);
  await shop.follow(documents, S01);
  return shop;
}

/** A till that ran once: its documents, and what it kept. */
async function ranOnce() {
  const documents = new MemoryDocuments();
  seedShop(documents);
  const kept = keptInMemory();
  await keepCatalog(await started(documents, kept), documents, kept);
  return { documents, kept };
}

/** Lets no document of the catalog be opened until it is said. */
function withholdCatalog(documents: MemoryDocuments): () => void {
  const open = documents.open.bind(documents);
  const { promise, resolve } = Promise.withResolvers<void>();
  documents.open = async (key: DocumentKey) => {
    if (key.class === 'catalog') await promise;
    return open(key);
  };
  return resolve;
}

describe('the catalog of the last time', () => {
  it('is sold from before any of its documents is open, and is the same afterwards', async () => {
    const { documents, kept } = await ranOnce();
    const whole = seen(await started(documents));
    const release = withholdCatalog(documents);
    const shop = await started(documents, kept);
    expect(seen(shop)).toStrictEqual(whole);
    expect(whole.products).toHaveLength(ARTICLES.length - 1);
    release();
    await confirmCatalog(shop, documents, rested);
    expect([shop.unconfirmedShards, shop.takeChangedShards()]).toStrictEqual([[], []]);
    expect(seen(shop)).toStrictEqual(whole);
  });

  it('gives way to what the documents say, whatever changed meanwhile', async () => {
    const change = fc.record({
      id: fc.constantFrom('lantern', 'holder', 'new'),
      price: fc.integer({ min: 0, max: 900 }).map((cents) => (cents / 100).toFixed(2)),
      what: fc.constantFrom('price', 'name', 'gone', 'unreadable'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 6 }), async (changes) => {
        const { documents, kept } = await ranOnce();
        for (const { id, price, what } of changes) {
          const product = {
            id,
            sku: id,
            name: `${id} ${price}`,
            barcodes: [],
            active: true,
            price,
            taxes: [],
          };
          const entries = productEntries(product);
          documents.receive(
            { class: 'catalog', shard: catalogShard(id, 2) },
            Object.fromEntries(
              Object.entries(entries)
                .filter(([key]) => what !== 'price' || key.endsWith(':price'))
                .map(([key, text]) => [
                  key,
                  what === 'gone' ? undefined : what === 'unreadable' ? '{' : text,
                ]),
            ),
          );
        }
        const shop = await started(documents, kept);
        await confirmCatalog(shop, documents, rested);
        expect(seen(shop)).toStrictEqual(seen(await started(documents)));
        await keepCatalog(shop, documents, kept);
        const next = await started(documents, kept);
        await confirmCatalog(next, documents, rested);
        expect(seen(next)).toStrictEqual(seen(shop));
        const faulty = [...shop.faults.keys()].map((key) => catalogShard(key.split(':')[1] ?? '', 2));
        expect(new Set(next.takeChangedShards())).toStrictEqual(new Set(faulty));
      }),
      { numRuns: 60 },
    );
  });

  it('[D5] does not keep a shard with an entry that cannot be read', async () => {
    const { documents, kept } = await ranOnce();
    const shop = await started(documents, kept);
    await confirmCatalog(shop, documents, rested);
    expect([...kept.texts.keys()].sort()).toStrictEqual([0, 1]);
    shop.prepareSearch((next) => next());
    documents.receive({ class: 'catalog', shard: 0 }, { 'product:odd:price': '{"price":"-1","taxes":[]}' });
    await keepCatalog(shop, documents, kept);
    expect([...kept.texts.keys()]).toStrictEqual([1]);
  });

  it('finds each article as it is asked for, before the others are read', async () => {
    const { documents, kept } = await ranOnce();
    const whole = await started(documents);
    const pick = fc.record({
      product: fc.constantFrom(...ARTICLES),
      by: fc.constantFrom('id', 'code', 'sku', 'lower-case'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(pick, { minLength: 1, maxLength: 8 }), async (picks) => {
        const shop = await started(documents, kept);
        for (const { product, by } of picks) {
          const { id, sku, barcodes } = product;
          const code = by === 'code' ? (barcodes[0] ?? sku) : by === 'lower-case' ? sku.toLowerCase() : sku;
          const found = by === 'id' ? shop.product(id) : shop.productWithCode(code);
          expect(found).toStrictEqual(by === 'id' ? whole.product(id) : whole.productWithCode(code));
        }
        expect(shop.productWithCode('4000000000000')).toBeUndefined();
        expect(seen(shop)).toStrictEqual(seen(whole));
      }),
      { numRuns: 40 },
    );
  });

  it('shows the departments of the last time until all articles are read', async () => {
    const { documents, kept } = await ranOnce();
    const { departments } = await started(documents);
    const shop = await started(documents, kept);
    await kept.writeDepartments([]);
    expect(shop.departments).toStrictEqual(departments);
    const late = await started(documents, kept);
    expect(late.departments).toStrictEqual([]);
    late.prepareSearch((next) => next());
    expect(late.departments).toStrictEqual(departments);
  });

  it('keeps nothing until all articles are read, and then the departments as they are counted now', async () => {
    const { documents, kept } = await ranOnce();
    const before = new Map(kept.texts);
    const added = { id: 'oil', sku: 'oil', name: 'Lamp oil', barcodes: [], active: true, taxes: [] };
    documents.receive(
      { class: 'catalog', shard: catalogShard('oil', 2) },
      productEntries({ ...added, department: 'oils', price: '4.00' }),
    );
    const shop = await started(documents, kept);
    await confirmCatalog(shop, documents, rested);
    await keepCatalog(shop, documents, kept);
    expect(kept.texts).toStrictEqual(before);
    shop.prepareSearch((next) => next());
    await keepCatalog(shop, documents, kept);
    const next = await started(documents, kept);
    expect(next.departments).toContainEqual({ id: 'oils', name: 'oils', count: 1 });
    expect(next.departments).toStrictEqual((await started(documents)).departments);
  });

  it('keeps an article whose entry has line breaks', async () => {
    const documents = new MemoryDocuments();
    seedShop(documents);
    const [{ id } = { id: '' }] = ARTICLES;
    const price = JSON.stringify({ price: '77', taxes: [] }, null, 2);
    documents.receive({ class: 'catalog', shard: catalogShard(id, 2) }, { [`product:${id}:price`]: price });
    const kept = keptInMemory();
    await keepCatalog(await started(documents, kept), documents, kept);
    const shop = await started(documents, kept);
    await confirmCatalog(shop, documents, rested);
    expect(seen(shop)).toStrictEqual(seen(await started(documents)));
    expect(shop.product(id)?.price).toBe('77');
  });

  it('opens no document of the catalog where all of it is kept', async () => {
    const { documents, kept } = await ranOnce();
    const opened: string[] = [];
    const open = documents.open.bind(documents);
    documents.open = (key: DocumentKey) => {
      opened.push(key.class);
      return open(key);
    };
    await started(documents, kept);
    expect(opened).toContain('organization');
    expect(opened).not.toContain('catalog');
  });

  it('searches what is read so far, and all of it where that has nothing', async () => {
    const { documents, kept } = await ranOnce();
    const shop = await started(documents, kept);
    const [first] = ARTICLES;
    expect(first && shop.product(first.id)).toBeDefined();
    const found = (of: Shop, query: string) => of.search(query).map(({ id }) => id);
    expect(found(shop, first?.name ?? '')).toStrictEqual([first?.id]);
    const whole = await started(documents);
    for (const { name } of ARTICLES) expect(found(shop, name)).toStrictEqual(found(whole, name));
  });

  it('does not bring back what changed in a document before its shard was read', async () => {
    const { documents, kept } = await ranOnce();
    const shop = await started(documents, kept);
    await confirmCatalog(shop, documents, rested);
    const [{ id } = { id: '' }] = ARTICLES;
    const price = { price: '77', taxes: [] };
    documents.receive(
      { class: 'catalog', shard: catalogShard(id, 2) },
      { [`product:${id}:price`]: JSON.stringify(price) },
    );
    expect(shop.product(id)?.price).toBe('77');
    shop.prepareSearch((next) => next());
    expect(shop.product(id)?.price).toBe('77');
  });

  it('is held against its documents one shard in a rest, and not against one that was told meanwhile', async () => {
    const { documents, kept } = await ranOnce();
    const shop = await started(documents, kept);
    const { length } = shop.unconfirmedShards;
    const opened: number[] = [];
    const counting = Object.assign(Object.create(documents) as MemoryDocuments, {
      open: (key: DocumentKey) => {
        if (key.class === 'catalog') opened.push(key.shard);
        return documents.open(key);
      },
    });
    const left: number[] = [];
    await confirmCatalog(shop, counting, async () => {
      left.push(shop.unconfirmedShards.length);
      const [told] = shop.unconfirmedShards;
      // The first is told while its turn is waited for.
      if (left.length === 1 && told !== undefined)
        shop.confirmShard(told, Object.entries(await documents.open({ class: 'catalog', shard: told })));
    });
    expect(left).toStrictEqual(Array.from({ length }, (_, i) => length - i));
    expect(opened).toHaveLength(length - 1);
    expect(shop.unconfirmedShards).toStrictEqual([]);
  });

  it('is left aside where its text is cut off', async () => {
    const { documents, kept } = await ranOnce();
    for (const [shard, text] of kept.texts) kept.texts.set(shard, text.slice(0, -20));
    const shop = await started(documents, kept);
    expect(shop.departments).toStrictEqual([]);
    await confirmCatalog(shop, documents, rested);
    expect(seen(shop)).toStrictEqual(seen(await started(documents)));
  });
});

describe('the text of a shard', () => {
  it('is the same for the same entries in any order, and gives their values back, also of texts with line breaks', () => {
    const entry = fc.tuple(fc.string(), fc.jsonValue(), fc.constantFrom(undefined, 2));
    const entries = fc.uniqueArray(entry, { selector: ([key]) => key });
    fc.assert(
      fc.property(entries, (list) => {
        const texts = list.map(([key, value, indent]) => [key, JSON.stringify(value, null, indent)] as const);
        const text = shardText(texts);
        expect(shardText(texts.toReversed())).toBe(text);
        const parsed = list.map(
          ([key, value]) => [key, JSON.parse(JSON.stringify(value)) as unknown] as const,
        );
        expect(new Map(valuesOf(text))).toStrictEqual(new Map(parsed));
      }),
    );
  });
});
