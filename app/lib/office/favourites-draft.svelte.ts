import type { Favourites, FavouritesRefusal } from '#model/catalog/favourites.ts';
import { sameFavourites, type Arranged } from '#model/catalog/favourites-commands.ts';
import type { Result } from '#model/result.ts';

/** A store's grid while it is arranged: begun from what the store has, and the store's own again until something is moved. */
export class FavouritesDraft {
  readonly #stored: () => Favourites;
  #arranged = $state.raw<Arranged | undefined>();
  #refusal = $state.raw<FavouritesRefusal | undefined>();

  /** `stored` is what the store has now. */
  constructor(stored: () => Favourites) {
    this.#stored = stored;
  }

  /** The grid as it would be saved. */
  get favourites(): Favourites {
    return this.#arranged?.after ?? this.#stored();
  }

  /** What there is to save; undefined while the grid is as it was. */
  get arranged(): Arranged | undefined {
    const arranged = this.#arranged;
    return arranged && !sameFavourites(arranged.before, arranged.after) ? arranged : undefined;
  }

  /** Why the last step was not taken; undefined when it was. */
  get refusal(): FavouritesRefusal | undefined {
    return this.#refusal;
  }

  /** Takes a step of the model; whether it was taken. */
  step(command: (favourites: Favourites) => Result<Favourites, FavouritesRefusal>): boolean {
    const made = command(this.favourites);
    this.#refusal = made.ok ? undefined : made.error;
    // What was begun from stays the same: the command that saves asks whether the store still has it.
    if (made.ok) this.#arranged = { before: this.#arranged?.before ?? this.#stored(), after: made.value };
    return made.ok;
  }

  /** Goes back to what the store has. */
  discard(): void {
    this.#arranged = undefined;
    this.#refusal = undefined;
  }
}
