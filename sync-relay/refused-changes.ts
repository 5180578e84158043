/** Changes that were left out: who sent them, to which document, how often, and when last (rule E7). */
export type Refusal = {
  readonly device: string;
  readonly document: string;
  readonly count: number;
  readonly at: string;
};

/** How many are remembered; a device that goes on trying must not fill the memory. */
const MOST = 100;

/** The latest changes a relay left out, one line for each device and document. */
export class RefusedChanges {
  readonly #latest = new Map<string, Refusal>();

  /** The latest ones, the newest last. */
  get list(): readonly Refusal[] {
    return [...this.#latest.values()];
  }

  /** Takes note of one. */
  add({ device, document, at }: Omit<Refusal, 'count'>): void {
    const line = `${device} ${document}`;
    const count = (this.#latest.get(line)?.count ?? 0) + 1;
    this.#latest.delete(line);
    this.#latest.set(line, { device, document, count, at });
    for (const oldest of [...this.#latest.keys()].slice(0, -MOST)) this.#latest.delete(oldest);
  }
}
