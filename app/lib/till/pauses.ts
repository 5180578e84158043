/** How long a page is left to what a person just did, in milliseconds: a scanned line is painted by then. */
const GIVE_WAY_MS = 50;
/** Who has touched nothing for so long is not in the middle of a sale; in milliseconds. A till that starts is about to be touched. */
const REST_MS = 2_000;
/** What waits for a rest waits no longer than this, in milliseconds: some tills have none before the evening. */
const AT_LAST_MS = 20_000;
const TOUCHES = ['keydown', 'pointerdown', 'click', 'input'] as const;

/**
 * Where a person's touches are heard, when it is in milliseconds of a clock that only goes on, and whether somebody waits for what the
 * page is doing, as for a sale on its way to the disk.
 */
export type PauseParts = {
  readonly target: EventTarget;
  readonly now: () => number;
  readonly isWaitedFor: () => boolean;
};

/**
 * Runs what nobody waits for, a little at a time, when the page has nothing better to do: a scan, a key or a touch goes before it, and has
 * the page to itself until it can be seen.
 */
export class Pauses {
  readonly #now: () => number;
  readonly #isWaitedFor: () => boolean;
  #touchedAt: number;

  constructor({ target, now, isWaitedFor }: PauseParts) {
    this.#now = now;
    this.#isWaitedFor = isWaitedFor;
    this.#touchedAt = now();
    const touch = () => (this.#touchedAt = now());
    for (const kind of TOUCHES) target.addEventListener(kind, touch, { capture: true, passive: true });
  }

  /** Runs something in the next pause. */
  readonly next = (run: () => void): void => this.#after(() => GIVE_WAY_MS, run);

  /** Runs something when nobody is at work here, or in a pause where that does not come. */
  readonly rest = (run: () => void): void => {
    const asked = this.#now();
    this.#after(() => (this.#now() - asked < AT_LAST_MS ? REST_MS : GIVE_WAY_MS), run);
  };

  #after(quietMs: () => number, run: () => void): void {
    // What somebody waited for is to be seen as well, once it is there.
    if (this.#isWaitedFor()) this.#touchedAt = this.#now();
    const since = this.#now() - this.#touchedAt;
    // A clock that was set back must not hold anything up.
    const left = quietMs() - since;
    // Looked at again now and then: the longest wait may be over before the rest is.
    if (since >= 0 && left > 0) setTimeout(() => this.#after(quietMs, run), Math.min(left, AT_LAST_MS / 40));
    else if ('scheduler' in globalThis) void globalThis.scheduler.postTask(run, { priority: 'background' });
    else setTimeout(run, 5);
  }
}
