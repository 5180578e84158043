import type { Surroundings } from './surroundings.ts';

/** How long nobody must have waited for a document before those that nobody waits for have their turn, in milliseconds. */
const QUIET_MS = 150;
/** The same before the first of what has all the time there is: a page that starts pauses between what it waits for. */
const START_MS = 1_500;

/**
 * Lets what somebody waits for go before what nobody waits for: a relay offers hundreds of documents as soon as the link is
 * up, and opening them all at once would keep a person from signing in. Those have their turns one by one.
 */
export class QuietTurns {
  readonly #surroundings: Surroundings;
  #waitedFor = 0;
  /** How often somebody has begun to wait, and how often when it was last quiet. */
  #asked = 0;
  #askedWhenQuiet = 0;
  #started = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Does at once what somebody waits for. */
  async now<Value>(work: () => Promise<Value>): Promise<Value> {
    this.#asked++;
    this.#waitedFor++;
    try {
      return await work();
    } finally {
      this.#waitedFor--;
    }
  }

  /** Does in its turn, and while it is quiet, what nobody waits for. */
  later<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#after(() => this.#quiet(QUIET_MS), work);
  }

  /** The same for what has all the time there is: the first of it waits until a page that starts has done so. */
  atLeisure<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#after(() => this.#quiet(this.#started ? QUIET_MS : START_MS), work);
  }

  #after<Value>(quiet: () => Promise<void>, work: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(quiet).then(work);
    // Whoever asked hears of a failure; the next in line must not.
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #quiet(quietMs: number): Promise<void> {
    // Counted, not timed: a clock that is set must not hold anything up.
    while (this.#waitedFor > 0 || this.#asked !== this.#askedWhenQuiet) {
      const asked = this.#asked;
      await new Promise<void>((resolve) => {
        this.#surroundings.after(quietMs, resolve);
      });
      this.#askedWhenQuiet = asked;
    }
    this.#started ||= quietMs === START_MS;
  }
}
