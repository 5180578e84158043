import { describe, expect, it } from 'vitest';
import { ProductIndex } from '../../../app/lib/till/product-index.ts';

const COUNT = 6_000;

function filled(count = COUNT): ProductIndex {
  const index = new ProductIndex();
  for (let i = 0; i < count; i++)
    index.put(`p${i}`, {
      sku: `A${i}`,
      name: i === count - 1 ? 'Anchor' : `Lamp ${i}`,
      barcodes: [],
      active: true,
    });
  return index;
}

describe('a large catalog that is not indexed yet', () => {
  it('finds the best of what is indexed so far, and the best of all later', () => {
    const index = filled();
    expect(index.indexSome()).toBe(true);
    expect(index.search('lamp 7')[0]).toBe('p7');
    expect(index.search(`lamp 70`)).not.toContain('p5970');
    while (index.indexSome());
    expect(index.search('lamp 5970')).toStrictEqual(['p5970']);
  });

  it('answers the first key once the first articles that fit are indexed, and not all of them', () => {
    const index = filled(40_000);
    expect(index.search('lamp 7')[0]).toBe('p7');
    expect(index.search('lamp 3999')).toHaveLength(1);
    expect(index.search('lamp 39998')).toStrictEqual(['p39998']);
    expect(index.indexSome()).toBe(false);
    const other = filled(40_000);
    other.search('lamp');
    expect(other.indexSome()).toBe(true);
  });

  it('is indexed to the end before it says that nothing was found', () => {
    const index = filled();
    expect(index.search('anchor')).toStrictEqual([`p${COUNT - 1}`]);
  });

  it('finds every code from the first moment', () => {
    expect(filled().productWithCode('a5999')).toBe('p5999');
  });
});
