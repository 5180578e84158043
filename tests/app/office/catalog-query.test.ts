import { describe, expect, test } from 'vitest';
import type { Product } from '#model/catalog/product.ts';
import {
  catalogHref,
  catalogQuery,
  completeHref,
  findProducts,
  pageOf,
  productOfCode,
  ROWS_PER_PAGE,
  soldArticle,
} from '../../../app/lib/office/catalog-query.ts';

const product = (id: string, name: string, change: Partial<Product> = {}): Product => ({
  id,
  sku: id.toUpperCase(),
  name,
  barcodes: [],
  active: true,
  price: '1',
  taxes: [],
  ...change,
});

const PRODUCTS = [
  product('lamp', 'Café lamp', { department: 'home', barcodes: ['036000291452'] }),
  product('cup', 'Tea cup', { department: 'home' }),
  product('rope', 'Rope'),
  product('old', 'Old cup', { active: false, department: 'home' }),
];

describe('the address of the catalog', () => {
  test('leaves out what is as usual and reads back what it says', () => {
    const usual = catalogQuery(new URLSearchParams());
    expect(catalogHref(usual)).toBe('/office/catalog');
    const query = { search: 'tea & cup', department: 'home', standing: 'off', page: 3 } as const;
    expect(catalogQuery(new URL(catalogHref(query), 'http://x').searchParams)).toEqual(query);
  });

  test.each(['page=0', 'page=x', 'page=1.5', 'standing=gone'])('takes "%s" as usual', (text) => {
    expect(catalogQuery(new URLSearchParams(text))).toEqual(catalogQuery(new URLSearchParams()));
  });
});

describe('articles', () => {
  const found = (text: string) =>
    findProducts(PRODUCTS, catalogQuery(new URLSearchParams(text))).map(({ id }) => id);

  test.each([
    ['', ['lamp', 'cup', 'rope']],
    ['search=cafe', ['lamp']],
    ['search=CUP tea', ['cup']],
    ['search=0036000291452', ['lamp']],
    ['search=rop', ['rope']],
    ['search=nothing', []],
    ['department=home', ['lamp', 'cup']],
    ['department=-', ['rope']],
    ['standing=off', ['old']],
    ['standing=all&department=home', ['lamp', 'cup', 'old']],
  ])('are found by "%s"', (text, ids) => {
    expect(found(text)).toEqual(ids);
  });

  test('are found by a whole code, however it is written, and by nothing else', () => {
    expect(productOfCode(PRODUCTS, '0036000291452')?.id).toBe('lamp');
    expect(productOfCode(PRODUCTS, '36000')).toBeUndefined();
    expect(productOfCode(PRODUCTS, ' ')).toBeUndefined();
  });

  test('[C10] that were sold before they were in the catalog have an address of their own', () => {
    const sold = { code: '999', name: 'Odd & old', price: '4.50', department: 'home' };
    const read = (href: string) => soldArticle(new URL(href, 'http://x').searchParams);
    expect(read(completeHref(sold))).toEqual(sold);
    expect(read(completeHref({ ...sold, department: undefined }))?.department).toBeUndefined();
    expect(read('/office/catalog?name=Cup')).toBeUndefined();
  });

  test('come in pages, and a page behind the last one is the last', () => {
    const many = Array.from({ length: ROWS_PER_PAGE * 2 + 1 }, (_, i) => product(`p${i}`, `Article ${i}`));
    expect(pageOf(many, 1)).toMatchObject({ pages: 3, page: 1 });
    expect(pageOf(many, 9).rows.map(({ id }) => id)).toEqual([`p${ROWS_PER_PAGE * 2}`]);
    expect(pageOf([], 1)).toEqual({ rows: [], pages: 1, page: 1 });
  });
});
