import type { Surroundings } from '../surroundings.ts';

/** After how many minutes a till signs out where the store says nothing (rule S9). */
export const DEFAULT_MINUTES = 10;
/** How long before it warns, in milliseconds. */
export const WARNING_MS = 30_000;

/** What an untouched till asks of the till it belongs to. */
export type Watched = {
  /** The store's setting; undefined for the default. */
  readonly minutes: () => number | undefined;
  /** Whether somebody is signed in, and nothing is being saved that must not lose its person. */
  readonly mayEnd: () => boolean;
  readonly end: () => void;
};

/** Signs out whoever leaves the till alone (rule S9). Told of every touch, and asked once a second. */
export class AutoSignOut {
  readonly #surroundings: Surroundings;
  readonly #watched: Watched;
  #touchedAt: number;
  #secondsLeft = $state.raw<number | undefined>();

  constructor(surroundings: Surroundings, watched: Watched) {
    this.#surroundings = surroundings;
    this.#watched = watched;
    this.#touchedAt = surroundings.now().getTime();
  }

  /** Minutes without a touch until this till signs out. */
  get minutes(): number {
    return this.#watched.minutes() ?? DEFAULT_MINUTES;
  }

  /** Seconds until the person is signed out, while that is near; undefined otherwise. */
  get secondsLeft(): number | undefined {
    return this.#secondsLeft;
  }

  /** Somebody touched the till: screen, key or scanner. */
  touch(): void {
    this.#touchedAt = this.#surroundings.now().getTime();
    this.#secondsLeft = undefined;
  }

  /** Warns, or signs out when it is time. A clock that was set back starts the wait anew. */
  check(): void {
    const now = this.#surroundings.now().getTime();
    if (!this.#watched.mayEnd() || now < this.#touchedAt) return this.touch();
    const left = this.#touchedAt + this.minutes * 60_000 - now;
    this.#secondsLeft = left <= WARNING_MS ? Math.max(0, Math.ceil(left / 1000)) : undefined;
    if (left > 0) return;
    this.touch();
    this.#watched.end();
  }
}
