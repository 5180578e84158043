import * as v from 'valibot';
import { err, ok, type Result } from '../result.ts';

/** The colours a tile may have; the screens decide what each looks like in light and dark. */
export const TILE_COLOURS = [
  'grey',
  'red',
  'orange',
  'yellow',
  'green',
  'teal',
  'blue',
  'violet',
  'pink',
  'brown',
] as const;

/** The colour of a tile. */
export type TileColour = (typeof TILE_COLOURS)[number];

/** The most tiles of a favourites grid: what fits on a few screens and is still found at a glance (rule C5). */
export const MAX_TILES = 60;

/** One tile of a favourites grid: an article, or a department that opens. */
export const favouriteTileSchema = v.strictObject({
  kind: v.picklist(['product', 'department']),
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/, 'an id holds letters, digits, ".", "_" and "-"')),
  colour: v.optional(v.picklist(TILE_COLOURS)),
});

/** One tile of a favourites grid. */
export type FavouriteTile = v.InferOutput<typeof favouriteTileSchema>;

/** The favourites grid of a store, in the order of its tiles (rule C5). */
export const favouritesSchema = v.strictObject({
  tiles: v.pipe(
    v.array(favouriteTileSchema),
    v.maxLength(MAX_TILES),
    v.check((tiles) => new Set(tiles.map(nameOfTile)).size === tiles.length, 'no tile is there twice'),
  ),
});

/** The favourites grid of a store. */
export type Favourites = v.InferOutput<typeof favouritesSchema>;

/** A store nobody chose favourites for. */
export const NO_FAVOURITES: Favourites = { tiles: [] };

/** Why the favourites were left as they are. */
export type FavouritesRefusal =
  | { readonly code: 'tile-twice' }
  | { readonly code: 'too-many-tiles'; readonly most: number }
  | { readonly code: 'no-such-tile' };

/** Two tiles with one name show the same thing. */
export function nameOfTile({ kind, id }: Pick<FavouriteTile, 'kind' | 'id'>): string {
  return `${kind}:${id}`;
}

/** Adds a tile behind the others. */
export function addTile(favourites: Favourites, tile: FavouriteTile): Result<Favourites, FavouritesRefusal> {
  if (indexOf(favourites, tile) >= 0) return err({ code: 'tile-twice' });
  if (favourites.tiles.length >= MAX_TILES) return err({ code: 'too-many-tiles', most: MAX_TILES });
  return ok({ tiles: [...favourites.tiles, tile] });
}

/** Takes a tile out. */
export function removeTile(
  favourites: Favourites,
  tile: Pick<FavouriteTile, 'kind' | 'id'>,
): Result<Favourites, FavouritesRefusal> {
  const index = indexOf(favourites, tile);
  return index < 0 ? err({ code: 'no-such-tile' }) : ok({ tiles: favourites.tiles.toSpliced(index, 1) });
}

/** Moves a tile to a place, counted from 0; a place outside the grid is its nearest end. */
export function moveTile(
  favourites: Favourites,
  tile: Pick<FavouriteTile, 'kind' | 'id'>,
  to: number,
): Result<Favourites, FavouritesRefusal> {
  const index = indexOf(favourites, tile);
  const moved = favourites.tiles[index];
  if (!moved) return err({ code: 'no-such-tile' });
  const place = Math.max(0, Math.min(favourites.tiles.length - 1, to));
  return ok({ tiles: favourites.tiles.toSpliced(index, 1).toSpliced(place, 0, moved) });
}

/** Gives a tile a colour; undefined lets the screen choose one. */
export function colourTile(
  favourites: Favourites,
  tile: Pick<FavouriteTile, 'kind' | 'id'>,
  colour: TileColour | undefined,
): Result<Favourites, FavouritesRefusal> {
  const index = indexOf(favourites, tile);
  const before = favourites.tiles[index];
  if (!before) return err({ code: 'no-such-tile' });
  const { colour: _before, ...bare } = before;
  const changed = colour === undefined ? bare : { ...bare, colour };
  return ok({ tiles: favourites.tiles.with(index, changed) });
}

function indexOf(favourites: Favourites, tile: Pick<FavouriteTile, 'kind' | 'id'>): number {
  return favourites.tiles.findIndex((other) => nameOfTile(other) === nameOfTile(tile));
}
