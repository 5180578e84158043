/** How long a page is left to what a person just did, in milliseconds: a scanned line is painted by then. */
const GIVE_WAY_MS = 50;
const TOUCHES = ['keydown', 'pointerdown', 'click', 'input'] as const;

/** Where a person's touches are heard, and when it is in milliseconds of a clock that only goes on. */
export type PauseParts = { readonly target: EventTarget; readonly now: () => number };

/**
 * Runs what nobody waits for, a little at a time, when the page has nothing better to do: a scan, a key or a touch goes before it, and has
 * the page to itself until it can be seen.
 */
export class Pauses {
  readonly #now: () => number;
  #touchedAt = Number.NEGATIVE_INFINITY;

  constructor({ target, now }: PauseParts) {
    this.#now = now;
    const touch = () => (this.#touchedAt = now());
    for (const kind of TOUCHES) target.addEventListener(kind, touch, { capture: true, passive: true });
  }

  /** Runs something in the next pause. */
  readonly next = (run: () => void): void => {
    const since = this.#now() - this.#touchedAt;
    // A clock that was set back must not hold anything up.
    if (since >= 0 && since < GIVE_WAY_MS) setTimeout(() => this.next(run), GIVE_WAY_MS - since);
    else if ('scheduler' in globalThis) void globalThis.scheduler.postTask(run, { priority: 'background' });
    else setTimeout(run, 5);
  };
}
