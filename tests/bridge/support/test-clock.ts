import type { Clock } from '../../../hardware-bridge/clock.ts';

/** Waits up to this long pass by themselves, so that only the waits a test is about need moving, in milliseconds. */
const SHORT = 200;

/** A clock that stands still until the test moves it. */
export type TestClock = Clock & {
  /** Moves time and runs what became due, in order. */
  advance(ms: number): void;
};

/** A clock that starts on a fixed morning. */
export function testClock(): TestClock {
  let now = Date.UTC(2026, 10, 21, 9, 0, 0);
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  return {
    now: () => now,
    after: (ms, run) => {
      if (ms <= SHORT) {
        const immediate = setImmediate(run);
        return () => clearImmediate(immediate);
      }
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: (ms) => {
      now += ms;
      for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
        if (timer.at <= now && timers.delete(timer)) timer.run();
      }
    },
  };
}
