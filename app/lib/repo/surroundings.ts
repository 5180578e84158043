/** What the documents take from the world around them, so that tests can stand in for time and chance. */
export type Surroundings = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
  /** So many random bytes as lower-case hex. */
  readonly randomHex: (bytes: number) => string;
  /** Runs `run` once after `ms` milliseconds; gives back the function that cancels it. */
  readonly after: (ms: number, run: () => void) => () => void;
};

/** The real clock, chance and timers of a page, a worker or Node. */
export const hostSurroundings: Surroundings = {
  now: () => Date.now(),
  random: () => Math.random(),
  randomHex: (bytes) =>
    [...crypto.getRandomValues(new Uint8Array(bytes))]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join(''),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Text of a thrown value, for events and logs. */
export function causeText(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
