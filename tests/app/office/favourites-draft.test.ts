import { describe, expect, test } from 'vitest';
import {
  addTile,
  moveTile,
  removeTile,
  type Favourites,
  type FavouriteTile,
} from '#model/catalog/favourites.ts';
import { FavouritesDraft } from '$lib/office/favourites-draft.svelte.ts';

const LAMP: FavouriteTile = { kind: 'product', id: 'lamp' };
const CUP: FavouriteTile = { kind: 'product', id: 'cup' };

describe('a grid of favourites while it is arranged', () => {
  test('shows what the store has, as it changes, until something is moved', () => {
    let stored: Favourites = { tiles: [LAMP] };
    const draft = new FavouritesDraft(() => stored);
    stored = { tiles: [LAMP, CUP] };
    expect(draft.favourites).toEqual(stored);
    draft.step((grid) => moveTile(grid, CUP, 0));
    const begun = stored;
    stored = { tiles: [] };
    expect(draft.arranged).toEqual({ before: begun, after: { tiles: [CUP, LAMP] } });
  });

  test('has nothing to save when it is as it was, and keeps to the last good step', () => {
    const draft = new FavouritesDraft(() => ({ tiles: [LAMP] }));
    expect(draft.step((grid) => addTile(grid, LAMP))).toBe(false);
    expect(draft.refusal).toEqual({ code: 'tile-twice' });
    expect(draft.arranged).toBeUndefined();
    expect(draft.step((grid) => addTile(grid, CUP))).toBe(true);
    expect(draft.refusal).toBeUndefined();
    draft.step((grid) => removeTile(grid, CUP));
    expect(draft.arranged).toBeUndefined();
  });

  test('goes back to what the store has', () => {
    const draft = new FavouritesDraft(() => ({ tiles: [LAMP] }));
    draft.step((grid) => removeTile(grid, LAMP));
    expect(draft.favourites.tiles).toEqual([]);
    draft.discard();
    expect(draft.favourites.tiles).toEqual([LAMP]);
  });
});
