/** Tells listeners that rows changed, and remembers when that was last. */
export class IndexedEvents {
  readonly #listeners = new Set<(at: string) => void>();
  /** ISO time of the last batch, undefined before the first. */
  lastAt: string | undefined;

  /** A batch was written at `at`. */
  announce(at: string): void {
    this.lastAt = at;
    for (const listener of this.#listeners) listener(at);
  }

  /** Hears every batch from now on; gives back the function that stops it. */
  watch(listener: (at: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
