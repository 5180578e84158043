/** A till that is up in a moment does not say what or whom it waits for, in milliseconds. */
export const TELL_MS = 1_000;

/** Waits for `work`, and calls `tell` once where that is not over in a moment. Rejects as `work` does. */
export async function toldLater<Value>(work: Promise<Value>, tell: () => void): Promise<Value> {
  const timer = setTimeout(tell, TELL_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
