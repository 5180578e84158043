import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addTile,
  colourTile,
  MAX_TILES,
  moveTile,
  nameOfTile,
  NO_FAVOURITES,
  removeTile,
  TILE_COLOURS,
  type Favourites,
  type FavouriteTile,
} from '#model/catalog/favourites.ts';
import { readStoreEntry, storeEntry } from '#model/documents/store.ts';

const tile = (id: string, kind: FavouriteTile['kind'] = 'product'): FavouriteTile => ({ kind, id });
const grid = (...ids: string[]): Favourites => ({ tiles: ids.map((id) => tile(id)) });
const anyTiles = fc.uniqueArray(
  fc.record({
    kind: fc.constantFrom('product' as const, 'department' as const),
    id: fc.stringMatching(/^[a-z0-9._-]{1,8}$/),
  }),
  { selector: nameOfTile, minLength: 1, maxLength: 20 },
);

describe('favourites', () => {
  test('[C5] a tile is added behind the others, once, up to sixty', () => {
    expect(addTile(grid('a'), tile('b'))).toStrictEqual({ ok: true, value: grid('a', 'b') });
    expect(addTile(grid('a'), { ...tile('a'), colour: 'red' })).toStrictEqual({
      ok: false,
      error: { code: 'tile-twice' },
    });
    expect(addTile(grid('a'), tile('a', 'department')).ok).toBe(true);
    const full = grid(...Array.from({ length: MAX_TILES }, (_, n) => `t${n}`));
    expect(addTile(full, tile('more'))).toStrictEqual({
      ok: false,
      error: { code: 'too-many-tiles', most: 60 },
    });
  });

  test('[C5] a tile moves, takes a colour and goes; what is not there is refused', () => {
    expect(moveTile(grid('a', 'b', 'c'), tile('a'), 1)).toStrictEqual({
      ok: true,
      value: grid('b', 'a', 'c'),
    });
    expect(moveTile(grid('a', 'b', 'c'), tile('b'), 99)).toStrictEqual({
      ok: true,
      value: grid('a', 'c', 'b'),
    });
    expect(moveTile(grid('a', 'b', 'c'), tile('c'), -1)).toStrictEqual({
      ok: true,
      value: grid('c', 'a', 'b'),
    });
    const red = colourTile(grid('a'), tile('a'), 'red');
    expect(red).toStrictEqual({ ok: true, value: { tiles: [{ ...tile('a'), colour: 'red' }] } });
    expect(red.ok && colourTile(red.value, tile('a'), undefined)).toStrictEqual({
      ok: true,
      value: grid('a'),
    });
    expect(removeTile(grid('a', 'b'), tile('a'))).toStrictEqual({ ok: true, value: grid('b') });
    const none = { ok: false, error: { code: 'no-such-tile' } };
    expect(removeTile(NO_FAVOURITES, tile('a'))).toStrictEqual(none);
    expect(moveTile(NO_FAVOURITES, tile('a'), 0)).toStrictEqual(none);
    expect(colourTile(NO_FAVOURITES, tile('a'), 'blue')).toStrictEqual(none);
  });

  test('[C5] moving keeps every tile, and a tile that goes back is where it was', () => {
    fc.assert(
      fc.property(anyTiles, fc.nat(), fc.integer({ min: -3, max: 30 }), (tiles, pick, to) => {
        const from = pick % tiles.length;
        const moving = tiles[from] ?? tile('none');
        const moved = moveTile({ tiles }, moving, to);
        expect(moved.ok).toBe(true);
        const back = moved.ok && moveTile(moved.value, moving, from);
        expect(back).toStrictEqual({ ok: true, value: { tiles } });
      }),
    );
  });
});

describe('the document of a store', () => {
  test('[D7] holds the favourites under their name', () => {
    const value = { tiles: TILE_COLOURS.map((colour, n) => ({ ...tile(`a${n}`), colour })) };
    const { key, text } = storeEntry({ kind: 'favourites', value });
    expect(key).toBe('favourites');
    expect(readStoreEntry(key, text)).toStrictEqual({ ok: true, value: { kind: 'favourites', value } });
  });

  test.each([
    ['favourites', '{"tiles":[{"id":"a","kind":"product"},{"id":"a","kind":"product"}]}', 'bad-shape'],
    ['favourites', '{"tiles":[{"colour":"neon","id":"a","kind":"product"}]}', 'bad-shape'],
    ['favourites', '{', 'not-json'],
    ['favourites:2', '{"tiles":[]}', 'unknown-key'],
    ['weather', '{}', 'unknown-key'],
  ])('[D5] %s = %s is a fault: %s', (key, text, code) => {
    expect(readStoreEntry(key, text)).toMatchObject({ ok: false, error: { key, code } });
  });
});
