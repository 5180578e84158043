import type { Link } from './link.ts';

/** How long a relay waits before it passes on what another relay sent it, in milliseconds. */
const PASS_ON_MS = 300;

/**
 * Relays that hear of second-hand changes a little later: in a mesh most of them hear it from the source and say so
 * meanwhile, and twelve tills that meet again would otherwise each send everything to everyone.
 */
export class SecondHand {
  readonly #later: (milliseconds: number, callback: () => void) => void;
  readonly #passOn: (links: Iterable<Link>) => void;
  readonly #links = new Set<Link>();
  #waiting = false;

  constructor(
    later: (milliseconds: number, callback: () => void) => void,
    passOn: (links: Iterable<Link>) => void,
  ) {
    this.#later = later;
    this.#passOn = passOn;
  }

  /** Whether somebody waits. */
  get isWaiting(): boolean {
    return this.#waiting;
  }

  /** Lets a relay wait. */
  add(link: Link): void {
    this.#links.add(link);
    if (this.#waiting) return;
    this.#waiting = true;
    this.#later(PASS_ON_MS, () => {
      this.#waiting = false;
      const links = [...this.#links];
      this.#links.clear();
      this.#passOn(links);
    });
  }
}
