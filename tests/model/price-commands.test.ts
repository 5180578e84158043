import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PricesBook } from '#model/catalog/catalog-book.ts';
import { readCatalogEntry } from '#model/documents/catalog.ts';
import { readStoreEntry } from '#model/documents/store.ts';
import { removePriceRule, savePriceRule, saveTier, setStorePrice } from '#model/pricing/price-commands.ts';
import type { PriceChange, PriceRule } from '#model/pricing/price-rule.ts';
import { auditOf, byId, catalogBook, doing, LAMP, valueOf } from './support/office.ts';

const TENTH: PriceRule = { id: 'tenth', tier: 'trade', change: { kind: 'percent', percent: '10' } };

function book(change: Partial<PricesBook> = {}): PricesBook {
  return {
    ...catalogBook({ products: byId(LAMP), departments: new Map([['home', { name: 'Home' }]]) }),
    tiers: new Map([['trade', { name: 'Trade' }]]),
    priceRules: new Map([['tenth', TENTH]]),
    storePrices: new Map([['S01', new Map([['lamp', '11']])]]),
    ...change,
  };
}

/** Rules an office may write in this shop. */
const changes = fc.oneof(
  fc.constantFrom('0', '12.5', '100').map((percent): PriceChange => ({ kind: 'percent', percent })),
  fc.constantFrom('0.0125', '3').map((amount): PriceChange => ({ kind: 'amount', amount })),
  fc.constantFrom('0', '9.99').map((price): PriceChange => ({ kind: 'price', price })),
);
const rules = fc
  .record(
    {
      id: fc.constantFrom('tenth', 'new'),
      change: changes,
      tier: fc.constant('trade'),
      store: fc.constant('S01'),
      from: fc.constantFrom('1', '0.5', '99999'),
      priority: fc.integer({ min: -9, max: 9 }),
    },
    { requiredKeys: ['id', 'change'] },
  )
  .chain((rule) => fc.constantFrom(rule, { ...rule, product: 'lamp' }, { ...rule, department: 'home' }))
  .map((rule) => rule as PriceRule);

describe('tiers', () => {
  test('[O9, X3] are written under their id with a name of their own', () => {
    const change = valueOf(saveTier(book(), 'staff', ' Staff ', doing()));
    expect(readCatalogEntry('tier:staff', change['tier:staff'] ?? '')).toEqual({
      ok: true,
      value: { kind: 'tier', id: 'staff', value: { name: 'Staff' } },
    });
    expect(auditOf(change)).toMatchObject({ what: 'tier.add', subject: 'staff', details: { name: 'Staff' } });
    const edit = valueOf(saveTier(book(), 'trade', 'TRADE', doing()));
    expect(auditOf(edit)).toMatchObject({ what: 'tier.edit', subject: 'trade' });
  });

  test.each([
    ['staff', ' ', 'name-missing'],
    ['staff', 'trade', 'tier-known'],
    ['trade', 'Trade ', 'nothing-to-change'],
    ['staff', 'x'.repeat(61), 'bad-price-rule'],
  ])('[O9] %s named "%s" is refused with %s', (id, name, code) => {
    expect(saveTier(book(), id, name, doing())).toMatchObject({ ok: false, error: { code } });
  });
});

describe('price rules', () => {
  test('[O9, X1, X2] whatever rule is saved is read back by tills as it was said', () => {
    fc.assert(
      fc.property(rules, (rule) => {
        const change = valueOf(savePriceRule(book(), rule, doing()));
        const key = `price-rule:${rule.id}`;
        expect(readCatalogEntry(key, change[key] ?? '')).toEqual({
          ok: true,
          value: { kind: 'price-rule', id: rule.id, value: rule },
        });
        const what = rule.id === 'new' ? 'price-rule.add' : 'price-rule.edit';
        expect(auditOf(change)).toMatchObject({ what, subject: rule.id, details: { rule: change[key] } });
      }),
    );
  });

  test.each<[Partial<PriceRule>, object]>([
    [{ product: 'lamp', department: 'home' }, { code: 'scope-twice' }],
    [{ product: 'gone' }, { code: 'unknown-product', id: 'gone' }],
    [{ department: 'gone' }, { code: 'unknown-department', id: 'gone' }],
    [{ tier: 'gone' }, { code: 'unknown-tier', id: 'gone' }],
    [{ store: 'S09' }, { code: 'unknown-store', id: 'S09' }],
    [{ from: '0' }, { code: 'from-not-understood' }],
    [{ from: '-2' }, { code: 'from-not-understood' }],
    [{ from: 'many' }, { code: 'from-not-understood' }],
    [{ change: { kind: 'percent', percent: '101' } }, { code: 'percent-not-understood' }],
    [{ change: { kind: 'percent', percent: '' } }, { code: 'percent-not-understood' }],
    [{ change: { kind: 'amount', amount: '-1' } }, { code: 'price-out-of-range' }],
    [{ change: { kind: 'price', price: '12345678' } }, { code: 'price-out-of-range' }],
  ])('[O9] %o is refused', (change, error) => {
    expect(savePriceRule(book(), { ...TENTH, ...change }, doing())).toEqual({ ok: false, error });
  });

  test('[O9] what has no sentence of its own is refused with what is wrong', () => {
    expect(savePriceRule(book(), { ...TENTH, priority: 0.5 }, doing())).toMatchObject({
      error: { code: 'bad-price-rule', detail: expect.stringContaining('priority') },
    });
  });

  test('[O9] may be taken out, and the audit keeps what they said', () => {
    const change = valueOf(removePriceRule(book(), 'tenth', doing()));
    expect(change).toHaveProperty(['price-rule:tenth'], undefined);
    expect(auditOf(change)).toMatchObject({
      what: 'price-rule.remove',
      details: { rule: expect.stringContaining('"percent":"10"') },
    });
    expect(removePriceRule(book(), 'gone', doing())).toEqual({ ok: false, error: { code: 'unknown-rule' } });
  });
});

describe('prices of a store', () => {
  test('[O9, X12] are written into the store’s document and taken out again', () => {
    const change = valueOf(setStorePrice(book(), 'S01', { product: 'lamp', price: '10.5' }, doing()));
    expect(readStoreEntry('price:lamp', change['price:lamp'] ?? '')).toEqual({
      ok: true,
      value: { kind: 'price', id: 'lamp', value: { price: '10.5' } },
    });
    expect(auditOf(change)).toMatchObject({
      what: 'store-price.edit',
      subject: 'lamp',
      details: { store: 'S01', before: '11', price: '10.5' },
    });
    const out = valueOf(setStorePrice(book(), 'S01', { product: 'lamp', price: undefined }, doing()));
    expect(out).toHaveProperty(['price:lamp'], undefined);
    expect(auditOf(out)).toMatchObject({ details: { before: '11', price: '' } });
  });

  test.each<[string, string, string | undefined, object]>([
    ['S09', 'lamp', '1', { code: 'unknown-store', id: 'S09' }],
    ['S01', 'gone', '1', { code: 'unknown-product', id: 'gone' }],
    ['S01', 'gone', undefined, { code: 'nothing-to-change' }],
    ['S01', 'lamp', '11', { code: 'nothing-to-change' }],
    ['S01', 'lamp', '', { code: 'price-out-of-range' }],
    ['S01', 'lamp', '1.23456', { code: 'price-out-of-range' }],
  ])('[O9] in %s of %s at %s is refused', (store, product, price, error) => {
    expect(setStorePrice(book(), store, { product, price }, doing())).toEqual({ ok: false, error });
  });

  test('[O9] of an article that is gone can still be taken out', () => {
    const left = book({ storePrices: new Map([['S01', new Map([['gone', '1']])]]) });
    expect(setStorePrice(left, 'S01', { product: 'gone', price: undefined }, doing()).ok).toBe(true);
  });
});

test.each(['ana', 'max', 'nobody'])('[O9, S11] %s may write none of them', (by) => {
  const made = [
    saveTier(book(), 'staff', 'Staff', doing(by)),
    savePriceRule(book(), TENTH, doing(by)),
    removePriceRule(book(), 'tenth', doing(by)),
    setStorePrice(book(), 'S01', { product: 'lamp', price: '1' }, doing(by)),
  ];
  for (const each of made)
    expect(each).toEqual({ ok: false, error: { code: 'not-permitted', permission: 'catalog.edit' } });
});
