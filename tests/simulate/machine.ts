import { BEGINNING, type World } from './world.ts';
import type { End } from './network.ts';

/**
 * One process: a relay or a till's page. What it asked to do later is gone when it crashes and waits while it is frozen.
 */
export class Machine {
  readonly name: string;
  readonly world: World;
  /** The sockets it holds. */
  readonly ends = new Set<End>();
  /** How far its wall clock is off, in milliseconds. */
  skew = 0;
  #life = 0;
  #isUp = false;
  #frozen = false;
  #held: (() => void)[] = [];

  constructor(name: string, world: World) {
    this.name = name;
    this.world = world;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get isFrozen(): boolean {
    return this.#frozen;
  }

  /** What its wall clock says, in milliseconds. */
  get wall(): number {
    return this.world.now + this.skew;
  }

  /** What a clock nobody can set says, in milliseconds. */
  get steady(): number {
    return this.world.now - BEGINNING;
  }

  /** What its wall clock says, as text. */
  readonly now = (): string => new Date(this.wall).toISOString();

  /** Does something later, if it still runs then. */
  readonly later = (milliseconds: number, task: () => void): (() => void) => {
    const life = this.#life;
    let cancelled = false;
    const run = () => {
      if (cancelled || life !== this.#life) return;
      if (this.#frozen) this.#held.push(run);
      else task();
    };
    const cancel = this.world.later(milliseconds, run);
    return () => {
      cancelled = true;
      cancel();
    };
  };

  /** Begins a life. */
  boot(): void {
    this.#life += 1;
    this.#isUp = true;
  }

  /** Ends at once: no goodbye, nothing more is done. */
  crash(): void {
    this.#life += 1;
    this.#isUp = false;
    this.#frozen = false;
    this.#held = [];
    for (const end of this.ends) end.vanish();
  }

  /** Stops for a while: a laptop lid, a debugger, a page put to sleep. */
  freeze(): void {
    if (this.#isUp) this.#frozen = true;
  }

  /** Goes on with everything that waited. */
  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    for (const task of this.#held.splice(0)) this.world.later(0, task);
  }
}
