import { isPin, type Person, type PinVerifier } from '#model/staff/pin.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { Surroundings } from '../surroundings.ts';

/** Why a PIN did not open anything. `until` is milliseconds since 1970. */
export type PinRefusal =
  | { readonly code: 'not-a-pin' }
  | { readonly code: 'busy' }
  | { readonly code: 'wrong-pin'; readonly triesLeft: number }
  | { readonly code: 'locked'; readonly until: number };

/** Checks a PIN without holding up the page; about a tenth of a second of work, elsewhere. */
export type PinCheck = (pin: string, verifier: PinVerifier) => Promise<boolean>;

/** Wrong tries that cost nothing but the time to type. */
export const FREE_TRIES = 3;
const DELAYS_MS = [5_000, 15_000, 30_000, 60_000, 120_000, 300_000] as const;

type Tries = { readonly wrong: number; readonly until: number };

/**
 * The one place where PINs are tried, for signing in and for approving: after three wrong ones each further one costs a
 * growing wait, also over a reload (rule S2).
 */
export class PinGate {
  readonly #check: PinCheck;
  readonly #surroundings: Surroundings;
  #checking = $state(false);
  #version = $state(0);

  constructor(check: PinCheck, surroundings: Surroundings) {
    this.#check = check;
    this.#surroundings = surroundings;
  }

  /** Whether a PIN is being checked now. */
  get checking(): boolean {
    return this.#checking;
  }

  /** Until when a person has to wait, in milliseconds since 1970; 0 for not at all. */
  lockedUntil(person: string): number {
    void this.#version;
    const { until } = this.#tries(person);
    return until > this.#surroundings.now().getTime() ? until : 0;
  }

  /** Tries a person's PIN. */
  async open({ id, pin: verifier }: Person, pin: string): Promise<Result<true, PinRefusal>> {
    if (this.#checking) return err({ code: 'busy' });
    const until = this.lockedUntil(id);
    if (until > 0) return err({ code: 'locked', until });
    if (!isPin(pin)) return err({ code: 'not-a-pin' });
    this.#checking = true;
    try {
      if (!(await this.#check(pin, verifier))) return this.#countWrong(id);
    } finally {
      this.#checking = false;
    }
    this.#keepTries(id, undefined);
    return ok(true);
  }

  #countWrong(person: string): Result<true, PinRefusal> {
    const wrong = this.#tries(person).wrong + 1;
    const delay =
      wrong < FREE_TRIES ? 0 : (DELAYS_MS[Math.min(wrong - FREE_TRIES, DELAYS_MS.length - 1)] ?? 0);
    const until = delay === 0 ? 0 : this.#surroundings.now().getTime() + delay;
    this.#keepTries(person, { wrong, until });
    return err(until > 0 ? { code: 'locked', until } : { code: 'wrong-pin', triesLeft: FREE_TRIES - wrong });
  }

  #tries(person: string): Tries {
    const [wrong, until] = (this.#surroundings.readNote(`tries:${person}`) ?? '').split(' ').map(Number);
    return { wrong: wrong || 0, until: until || 0 };
  }

  #keepTries(person: string, tries: Tries | undefined): void {
    this.#surroundings.writeNote(`tries:${person}`, tries && `${tries.wrong} ${tries.until}`);
    this.#version++;
  }
}
