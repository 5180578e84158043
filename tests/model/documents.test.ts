import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryDifference, openSaleEntries, readOpenSale, type OpenSale } from '#model/documents/basket.ts';
import { masterEntry, productEntries, readCatalogEntry } from '#model/documents/catalog.ts';
import { readEntry, type Entries } from '#model/documents/entries.ts';
import {
  organizationKey,
  readOrganizationEntry,
  storeSchema,
  type OrganizationEntry,
} from '#model/documents/organization.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import { readStockEntry } from '#model/stock/stock-entry.ts';
import { registerId } from '#model/ids/register-id.ts';
import { basketLines } from './support/arbitraries.ts';
import {
  ORGANIZATION,
  STORE,
  STORE_ID,
  TIENDA,
  VAT,
  basket,
  card,
  cash,
  line,
  product,
} from './support/shop.ts';

const key = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'organization',
    'store:S01',
    'product:a:info',
    'product:a:price',
    'tax:vat',
    'tender:cash',
    'entry:1',
    'basket',
    'line:0000',
    '__proto__',
  ),
);
const text = fc.oneof(
  fc.string(),
  fc.json(),
  fc.json().map((json) => `{"id":"a","name":${json}}`),
);

describe('entries of documents', () => {
  test('[D5] whatever stands in a document, reading it answers with a value or a fault that names the key', () => {
    fc.assert(
      fc.property(key, text, (at, value) => {
        for (const read of [
          readCatalogEntry(at, value),
          readOrganizationEntry(at, value),
          readStockEntry(at, value),
        ]) {
          if (read.ok) continue;
          expect(read.error.key).toBe(at);
          expect(['not-json', 'unknown-key', 'bad-shape']).toContain(read.error.code);
          expect(read.error.detail).not.toBe('');
        }
      }),
      { numRuns: 300 },
    );
  });

  test('[D5] a fault says where the entry is wrong', () => {
    expect(
      readEntry(storeSchema, 'store:S01', canonicalJson({ ...STORE, id: 'S1' } as CanonicalValue)),
    ).toStrictEqual({
      ok: false,
      error: { key: 'store:S01', code: 'bad-shape', detail: 'id: a store id is S01 to S9999' },
    });
  });

  test('[D5] a store with a time zone or locale no clock knows is refused before it reaches a receipt', () => {
    for (const wrong of [{ timeZone: 'Europe/Leeds' }, { locale: 'not_a_locale' }]) {
      const read = readOrganizationEntry(
        'store:S01',
        canonicalJson({ ...STORE, ...wrong } as CanonicalValue),
      );
      expect(read.ok ? 'accepted' : read.error.code).toBe('bad-shape');
    }
    expect(readOrganizationEntry('store:S01', canonicalJson(TIENDA as CanonicalValue))).toMatchObject({
      ok: true,
    });
  });

  test('[D5] an entry whose key and content name different things is a fault', () => {
    const mismatches = [
      readOrganizationEntry('store:S02', canonicalJson(STORE as CanonicalValue)),
      readCatalogEntry('tax:gst', canonicalJson(VAT)),
      readStockEntry(
        'entry:2',
        canonicalJson({
          id: '1',
          product: 'a',
          kind: 'count',
          quantity: '1',
          at: '2026-11-21T10:00:00.000Z',
          by: 'ann',
          reason: '',
        }),
      ),
    ].map((read) => (read.ok ? 'accepted' : read.error.code));
    expect(mismatches).toStrictEqual(['bad-shape', 'bad-shape', 'bad-shape']);
  });

  test('organization entries read back under the key they belong to', () => {
    const entries: OrganizationEntry[] = [
      { kind: 'organization', value: ORGANIZATION },
      { kind: 'store', value: STORE },
      { kind: 'register', value: { store: STORE_ID, register: registerId(2), name: 'Till 2' } },
      { kind: 'role', value: { id: 'stock', name: 'Stock', permissions: ['sale.sell'] } },
    ];
    expect(entries.map(organizationKey)).toStrictEqual([
      'organization',
      'store:S01',
      'register:S01-R2',
      'role:stock',
    ]);
    for (const entry of entries) {
      const written = canonicalJson(entry.value as CanonicalValue);
      expect(readOrganizationEntry(organizationKey(entry), written)).toStrictEqual({
        ok: true,
        value: entry,
      });
    }
  });
});

describe('the catalog in its documents', () => {
  test('[C1] a product is two entries, so that a new price and a new name merge', () => {
    const { id, price, taxes, ...info } = product();
    const entries = productEntries(product());
    expect(Object.keys(entries)).toStrictEqual(['product:apple:info', 'product:apple:price']);
    const read = Object.entries(entries).map(([at, written]) => readCatalogEntry(at, written));
    expect(read).toStrictEqual([
      { ok: true, value: { kind: 'info', id, value: info } },
      { ok: true, value: { kind: 'price', id, value: { price, taxes } } },
    ]);
  });

  test('[D4] departments, taxes and tenders read back', () => {
    const masters = [
      { kind: 'department', id: 'food', value: { name: 'Food' } },
      { kind: 'tax', id: 'vat', value: VAT },
      { kind: 'tender', id: 'cash', value: { id: 'cash', name: 'Cash', kind: 'cash', order: 1 } },
    ] as const;
    for (const master of masters) {
      const entry = masterEntry(master);
      expect(readCatalogEntry(entry.key, entry.text)).toStrictEqual({ ok: true, value: master });
    }
  });

  test.each([
    'info:apple',
    'price:apple',
    'product:apple',
    'product:apple:stock',
    'product::info',
    'tax:vat:info',
    'product:a:info:b',
    '',
  ])('[D5] a catalog document has no entry "%s"', (at) => {
    const read = readCatalogEntry(at, canonicalJson({ price: '1', taxes: [] }));
    expect(read.ok ? 'accepted' : read.error.code).toBe('unknown-key');
  });
});

describe('an open sale in its document', () => {
  const sale: OpenSale = {
    basket: { ...basket([line(), line({ id: 'bread' }, '2')]), customer: 'c-1' },
    paying: true,
    payments: [card(100), cash(5000)],
  };

  test('[D6] comes back after a restart as it was', () => {
    fc.assert(
      fc.property(basketLines, fc.boolean(), (lines, paying) => {
        const open: OpenSale = { basket: basket(lines), paying, payments: [cash(7)] };
        expect(readOpenSale(openSaleEntries(open))).toStrictEqual({ ok: true, value: open });
      }),
    );
    expect(readOpenSale(openSaleEntries(sale))).toStrictEqual({ ok: true, value: sale });
    expect(readOpenSale({})).toStrictEqual({ ok: true, value: undefined });
  });

  test('[D6] a scan writes one line', () => {
    const next: OpenSale = {
      ...sale,
      basket: { ...sale.basket, lines: [...sale.basket.lines, line({ id: 'milk' })] },
    };
    expect(Object.keys(entryDifference(openSaleEntries(sale), openSaleEntries(next)))).toStrictEqual([
      'line:0002',
    ]);
  });

  test('[D6] the difference turns one set of entries into the other, whatever the keys are', () => {
    const entries = fc.dictionary(
      fc.oneof(fc.constantFrom('a', 'toString', 'constructor', '__proto__'), fc.string()),
      fc.constantFrom('1', '2'),
    );
    fc.assert(
      fc.property(entries, entries, (before: Entries, after: Entries) => {
        const result = new Map(Object.entries(before));
        for (const [at, change] of Object.entries(entryDifference(before, after))) {
          if (change === undefined) result.delete(at);
          else result.set(at, change);
        }
        expect(result).toStrictEqual(new Map([...result.keys()].map((at) => [at, after[at]])));
        expect(result.size).toBe(Object.keys(after).length);
      }),
    );
  });

  test('[D6] an entry called __proto__ is an entry like any other', () => {
    const odd = Object.fromEntries([['__proto__', '1']]);
    expect(Object.entries(entryDifference({}, odd))).toStrictEqual([['__proto__', '1']]);
    expect(Object.entries(entryDifference(odd, {}))).toStrictEqual([['__proto__', undefined]]);
    expect(Object.entries(entryDifference(odd, odd))).toStrictEqual([]);
  });

  test('[D5] a damaged line is named, the sale is not shown without it', () => {
    const entries = { ...openSaleEntries(sale), 'line:0001': '{}' };
    const read = readOpenSale(entries);
    expect(read.ok ? 'accepted' : [read.error.key, read.error.code]).toStrictEqual([
      'line:0001',
      'bad-shape',
    ]);
    const unknown = readOpenSale({ ...openSaleEntries(sale), note: '1' });
    expect(unknown.ok ? 'accepted' : unknown.error.code).toBe('unknown-key');
  });

  test('[D5] any entries are answered, never with an exception', () => {
    fc.assert(
      fc.property(fc.dictionary(key, text), (entries) => {
        const read = readOpenSale(entries);
        expect(read.ok || read.error.detail !== '').toBe(true);
      }),
    );
  });
});
