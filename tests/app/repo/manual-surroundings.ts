import type { Surroundings } from '../../../app/lib/repo/surroundings.ts';

/** Time that passes only when a test says so. */
export type ManualSurroundings = Surroundings & {
  /** Lets `ms` pass: runs what falls due, in order. */
  readonly pass: (ms: number) => void;
  /** The delays asked for and not yet run or cancelled, in milliseconds from now, sorted. */
  readonly pending: () => readonly number[];
};

/** Surroundings with a clock at zero, chance fixed at `random` and counted ids. */
export function manualSurroundings(random = 0.5): ManualSurroundings {
  let now = 0;
  let ids = 0;
  let timers: { readonly due: number; readonly run: () => void }[] = [];
  return {
    now: () => now,
    random: () => random,
    randomHex: (bytes) => (++ids).toString(16).padStart(bytes * 2, '0'),
    after(ms, run) {
      const timer = { due: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    pass(ms) {
      const end = now + ms;
      for (;;) {
        const next = timers.filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = next.due;
        next.run();
      }
      now = end;
    },
    pending: () => timers.map((timer) => timer.due - now).sort((a, b) => a - b),
  };
}
