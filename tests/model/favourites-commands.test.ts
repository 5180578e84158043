import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoresBook } from '#model/catalog/catalog-book.ts';
import {
  MAX_TILES,
  NO_FAVOURITES,
  TILE_COLOURS,
  type Favourites,
  type FavouriteTile,
} from '#model/catalog/favourites.ts';
import { sameFavourites, saveFavourites } from '#model/catalog/favourites-commands.ts';
import { readStoreEntry } from '#model/documents/store.ts';
import { byId, catalogBook, doing, LAMP as ARTICLE, valueOf } from './support/office.ts';

const LAMP: FavouriteTile = { kind: 'product', id: 'lamp' };
const HOME: FavouriteTile = { kind: 'department', id: 'home', colour: 'teal' };
const IDS = Array.from({ length: MAX_TILES + 1 }, (_, at) => `p${at}`);
const grid = (...tiles: FavouriteTile[]): Favourites => ({ tiles });

function book(favourites: Favourites = NO_FAVOURITES): StoresBook {
  const products = ['lamp', ...IDS].map((id) => ({ ...ARTICLE, id, sku: id, name: id }));
  const departments = new Map([['home', { name: 'Home' }]]);
  return {
    ...catalogBook({ products: byId(...products), departments }),
    favourites: new Map([['S01', favourites]]),
  };
}

const save = (before: Favourites, after: Favourites, by = 'mia', store = 'S01', now = before) =>
  saveFavourites(book(now), store, { before, after }, doing(by));

/** Grids as an office may have arranged them. */
const grids = fc
  .uniqueArray(
    fc.record(
      {
        kind: fc.constant('product' as const),
        id: fc.constantFrom(...IDS),
        colour: fc.constantFrom(...TILE_COLOURS),
      },
      { requiredKeys: ['kind', 'id'] },
    ),
    { maxLength: 12, selector: ({ id }) => id },
  )
  .map((tiles): Favourites => ({ tiles: tiles as FavouriteTile[] }));

describe('the favourites of a store', () => {
  test('[O8, C5] are written whole and read back by tills as they were arranged', () => {
    fc.assert(
      fc.property(grids, grids, (before, after) => {
        fc.pre(!sameFavourites(before, after));
        const text = valueOf(save(before, after))['favourites'] ?? '';
        expect(readStoreEntry('favourites', text)).toEqual({
          ok: true,
          value: { kind: 'favourites', value: after },
        });
      }),
    );
  });

  test('[O8, A2] say in the audit what came, what went and what is there', () => {
    const change = valueOf(save(grid(LAMP), grid(HOME)));
    const [key = '', text = ''] = Object.entries(change).find(([each]) => each.startsWith('audit:')) ?? [];
    expect(readStoreEntry(key, text)).toMatchObject({
      value: {
        kind: 'audit',
        value: {
          what: 'favourites.edit',
          subject: 'S01',
          by: 'mia',
          details: { added: 'department:home', removed: 'product:lamp', tiles: 'department:home teal' },
        },
      },
    });
  });

  test('[O8] what somebody else changed meanwhile is not written over', () => {
    expect(save(grid(), grid(LAMP), 'mia', 'S01', grid(HOME))).toEqual({
      ok: false,
      error: { code: 'changed-meanwhile' },
    });
  });

  test.each<[string, Favourites, object]>([
    ['nothing changed', grid(LAMP), { code: 'nothing-to-change' }],
    ['a tile twice', grid(LAMP, HOME, LAMP), { code: 'tile-twice' }],
    [
      'an article there is not',
      grid(LAMP, { kind: 'product', id: 'gone' }),
      { code: 'unknown-product', id: 'gone' },
    ],
    [
      'a department there is not',
      grid({ kind: 'department', id: 'lamp' }),
      { code: 'unknown-department', id: 'lamp' },
    ],
    [
      'too many tiles',
      grid(...IDS.map((id): FavouriteTile => ({ kind: 'product', id }))),
      { code: 'too-many-tiles', most: MAX_TILES },
    ],
  ])('[O8] %s is refused', (_what, after, error) => {
    expect(save(grid(LAMP), after)).toEqual({ ok: false, error });
  });

  test('[O8] a tile that names what is gone may stay, and only those who may edit the catalog arrange', () => {
    const gone: FavouriteTile = { kind: 'product', id: 'gone' };
    expect(save(grid(gone), grid(LAMP, gone)).ok).toBe(true);
    for (const by of ['ana', 'max', 'nobody'])
      expect(save(grid(), grid(LAMP), by)).toMatchObject({ error: { code: 'not-permitted' } });
    expect(save(grid(), grid(LAMP), 'mia', 'S09')).toEqual({ ok: false, error: { code: 'unknown-store' } });
  });

  test('[C5] are the same only with the same tiles, order and colours', () => {
    expect(sameFavourites(grid(LAMP, HOME), grid(LAMP, HOME))).toBe(true);
    expect(sameFavourites(grid(LAMP, HOME), grid(HOME, LAMP))).toBe(false);
    expect(sameFavourites(grid(LAMP), grid({ ...LAMP, colour: 'red' }))).toBe(false);
    expect(sameFavourites(grid(LAMP), grid(LAMP, HOME))).toBe(false);
  });
});
