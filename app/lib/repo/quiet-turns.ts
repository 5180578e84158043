import type { Surroundings } from './surroundings.ts';

/** How long nobody must have waited for a document before those that nobody waits for have their turn, in milliseconds. */
const QUIET_MS = 150;
/** The same for what has all the time there is: who scans or pays pauses for as long between two things it waits for. */
const LEISURE_MS = 1_500;
/** So many waits of that length, and what has all the time there is takes the next {@link QUIET_MS}, and after as many of those goes whatever waits: some tills are never quiet. */
const MOST_WAITS = 20;

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
  #turn: Promise<unknown> = Promise.resolve();
  #leisure: Promise<unknown> = Promise.resolve();

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
    const done = this.#turn.then(() => this.#quiet(QUIET_MS)).then(work);
    // Whoever asked hears of a failure; the next in line must not.
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** The same for what has all the time there is: it lines up behind its like, and holds up nothing that has less. */
  atLeisure<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#leisure.then(() => this.#quiet(LEISURE_MS)).then(() => this.later(work));
    this.#leisure = done.catch(() => undefined);
    return done;
  }

  async #quiet(quietMs: number): Promise<void> {
    const isQuiet = () => this.#waitedFor === 0 && this.#asked === this.#askedWhenQuiet;
    // Counted, not timed: a clock that is set must not hold anything up.
    for (let waits = 0; !isQuiet() && waits < 2 * MOST_WAITS; waits++) {
      const asked = this.#asked;
      await new Promise<void>((resolve) => {
        this.#surroundings.after(waits < MOST_WAITS ? quietMs : QUIET_MS, resolve);
      });
      this.#askedWhenQuiet = asked;
    }
  }
}
