/** Bounds of a growing delay, in milliseconds. */
export type BackoffBounds = { readonly firstMs: number; readonly mostMs: number };

/** How long to wait before a relay that is not there is dialled again: it is on this machine or next door, and soon back. */
export const REDIAL_BOUNDS: BackoffBounds = { firstMs: 250, mostMs: 1_500 };

/** How long to wait before a link that was refused is dialled again or a failed save is tried again. */
export const RETRY_BOUNDS: BackoffBounds = { firstMs: 250, mostMs: 30_000 };

/**
 * The delay before try `attempt` (counted from 0): doubles up to the most, and its upper half is left to chance so that
 * a shop's tills do not all come back in the same instant. `random` is from 0 up to 1.
 */
export function backoffDelay(attempt: number, random: number, bounds: BackoffBounds = RETRY_BOUNDS): number {
  const full = Math.min(bounds.mostMs, bounds.firstMs * 2 ** Math.min(attempt, 30));
  return Math.max(bounds.firstMs, full / 2 + (full / 2) * random);
}
