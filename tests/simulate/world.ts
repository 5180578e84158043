import { seeded } from '../support/journal-fixture.ts';

/** When every simulation begins. */
export const BEGINNING = Date.UTC(2026, 0, 5, 8);

/** Gives back the function that calls it off. */
export type Later = (milliseconds: number, task: () => void) => () => void;

type Event = { readonly at: number; readonly order: number; readonly task: () => void };

/** Time, chance and what happens next, all from one seed. Nothing in a simulation may ask anything else for either. */
export class World {
  /** 0 ≤ x < 1, the same row of numbers for the same seed. */
  readonly random: () => number;
  #now = BEGINNING;
  #order = 0;
  /** By time, the latest first: the next one is popped off the end. */
  readonly #events: Event[] = [];

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  /** Milliseconds since 1970, as no clock of a machine shows it. */
  get now(): number {
    return this.#now;
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  /** Does something later; things of one moment happen in the order they were asked for. */
  readonly later: Later = (milliseconds, task) => {
    const event = { at: this.#now + Math.max(0, Math.round(milliseconds)), order: this.#order++, task };
    this.#events.splice(this.#placeOf(event), 0, event);
    return () => {
      const place = this.#events.indexOf(event);
      if (place >= 0) this.#events.splice(place, 1);
    };
  };

  /** Lets time go on, event by event; each event's promises have run out before the next one. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settled();
    for (;;) {
      const next = this.#events.at(-1);
      if (next === undefined || next.at > end) break;
      this.#events.pop();
      this.#now = next.at;
      next.task();
      await settled();
    }
    this.#now = end;
  }

  #placeOf(event: Event): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#events[middle];
      if (
        other !== undefined &&
        (other.at > event.at || (other.at === event.at && other.order > event.order))
      )
        low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Resolves when no promise has anything left to do: those run out before the event loop turns. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Runs with the world's time and chance in place of the process's: Automerge dates changes by `Date.now` and draws actors
 * from `crypto.getRandomValues`. Both are put back afterwards.
 */
export async function inside<Outcome>(world: World, run: () => Promise<Outcome>): Promise<Outcome> {
  const [dateNow, draw] = [Date.now, globalThis.crypto.getRandomValues];
  const bytes = seeded(Math.floor(world.random() * 2 ** 31));
  Date.now = () => world.now;
  globalThis.crypto.getRandomValues = <Filled extends ArrayBufferView>(filled: Filled): Filled => {
    const view = new Uint8Array(filled.buffer, filled.byteOffset, filled.byteLength);
    for (let i = 0; i < view.length; i++) view[i] = Math.floor(bytes() * 256);
    return filled;
  };
  try {
    return await run();
  } finally {
    Date.now = dateNow;
    globalThis.crypto.getRandomValues = draw;
  }
}
