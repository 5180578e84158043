import * as v from 'valibot';
import { storeEntry } from '../documents/store.ts';
import { err, ok, type Result } from '../result.ts';
import {
  audited,
  permit,
  type DocumentChange,
  type OfficeDoing,
  type OfficeRefusal,
} from '../staff/office-actor.ts';
import type { StoresBook } from './catalog-book.ts';
import {
  favouritesSchema,
  MAX_TILES,
  nameOfTile,
  type Favourites,
  type FavouritesRefusal,
  type FavouriteTile,
} from './favourites.ts';

/** Why the favourites of a store were not written. */
export type FavouritesEditRefusal =
  | OfficeRefusal
  | Exclude<FavouritesRefusal, { code: 'no-such-tile' }>
  | { readonly code: 'unknown-store' | 'nothing-to-change' | 'changed-meanwhile' }
  | { readonly code: 'unknown-product' | 'unknown-department'; readonly id: string }
  | { readonly code: 'bad-favourites'; readonly detail: string };

/** A grid as it was when somebody began to arrange it, and as they left it. */
export type Arranged = { readonly before: Favourites; readonly after: Favourites };

/**
 * Writes the favourites of a store as one edit, into the store's document (rules C5 and O8). What somebody else changed
 * since it was begun is not written over.
 */
export function saveFavourites(
  book: StoresBook,
  store: string,
  { before, after }: Arranged,
  doing: OfficeDoing,
): Result<DocumentChange, FavouritesEditRefusal> {
  const may = permit(book, doing, 'catalog.edit');
  if (!may.ok) return may;
  const now = book.favourites.get(store);
  if (!now) return err({ code: 'unknown-store' });
  if (!sameFavourites(now, before)) return err({ code: 'changed-meanwhile' });
  if (sameFavourites(now, after)) return err({ code: 'nothing-to-change' });
  const fault = faultOf(book, now, after);
  if (fault) return err(fault);
  const read = v.safeParse(favouritesSchema, after);
  if (!read.success) return err({ code: 'bad-favourites', detail: read.issues[0].message });
  const { key, text } = storeEntry({ kind: 'favourites', value: read.output });
  return ok(audited(doing, 'favourites.edit', store, described(now, after), { [key]: text }));
}

/** Whether two grids show the same tiles in the same order and colours. */
export function sameFavourites(a: Favourites, b: Favourites): boolean {
  return (
    a.tiles.length === b.tiles.length &&
    a.tiles.every((tile, place) => {
      const other = b.tiles[place];
      return other && nameOfTile(tile) === nameOfTile(other) && tile.colour === other.colour;
    })
  );
}

/** Tiles that were there already are not asked about again: what they name may be gone, and the till leaves them out. */
function faultOf(
  book: StoresBook,
  now: Favourites,
  { tiles }: Favourites,
): FavouritesEditRefusal | undefined {
  if (tiles.length > MAX_TILES) return { code: 'too-many-tiles', most: MAX_TILES };
  if (new Set(tiles.map(nameOfTile)).size < tiles.length) return { code: 'tile-twice' };
  const added = missingFrom(now, tiles);
  const product = added.find(({ kind, id }) => kind === 'product' && !book.products.has(id));
  if (product) return { code: 'unknown-product', id: product.id };
  const department = added.find(({ kind, id }) => kind === 'department' && !book.departments.has(id));
  return department && { code: 'unknown-department', id: department.id };
}

function missingFrom({ tiles }: Favourites, from: readonly FavouriteTile[]): readonly FavouriteTile[] {
  const there = new Set(tiles.map(nameOfTile));
  return from.filter((tile) => !there.has(nameOfTile(tile)));
}

function described(before: Favourites, after: Favourites): Record<string, string> {
  const names = (tiles: readonly FavouriteTile[]) => tiles.map(nameOfTile).join(', ');
  return {
    added: names(missingFrom(before, after.tiles)),
    removed: names(missingFrom(after, before.tiles)),
    tiles: after.tiles
      .map((tile) => (tile.colour ? `${nameOfTile(tile)} ${tile.colour}` : nameOfTile(tile)))
      .join(', '),
  };
}
