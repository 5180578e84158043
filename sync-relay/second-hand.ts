import type { Link } from './link.ts';

/** How long the relay that dialled waits before it passes on what another relay sent it, in milliseconds. */
const PASS_ON_MS = 300;

/**
 * Relays that hear of second-hand changes a little later: in a mesh most of them hear it from the source, and twelve tills
 * that meet again would otherwise each send everything to everyone. Of two relays the one that dialled speaks first; the
 * other waits as long again, hears that its news is none, and says nothing.
 */
export class SecondHand {
  readonly #later: (milliseconds: number, callback: () => void) => void;
  readonly #passOn: (links: Iterable<Link>) => void;
  readonly #waiting = { in: new Set<Link>(), out: new Set<Link>() };

  constructor(
    later: (milliseconds: number, callback: () => void) => void,
    passOn: (links: Iterable<Link>) => void,
  ) {
    this.#later = later;
    this.#passOn = passOn;
  }

  /** Whether somebody waits. */
  get isWaiting(): boolean {
    return this.#waiting.in.size + this.#waiting.out.size > 0;
  }

  /** Lets a relay wait. */
  add(link: Link): void {
    const waiting = this.#waiting[link.direction];
    waiting.add(link);
    if (waiting.size > 1) return;
    this.#later(link.direction === 'out' ? PASS_ON_MS : 2 * PASS_ON_MS, () => {
      const links = [...waiting];
      waiting.clear();
      this.#passOn(links);
    });
  }
}
