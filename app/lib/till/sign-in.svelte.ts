import { roleIdAt, worksAt } from '#model/staff/permission.ts';
import type { Person } from '#model/staff/pin.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { Surroundings } from '../surroundings.ts';
import type { PinGate, PinRefusal } from './pin-gate.svelte.ts';

/** Why a person was not signed in. */
export type SignInRefusal = PinRefusal | { readonly code: 'not-here' };

/** Why somebody was signed out who did not ask for it. */
export type SignedOutBecause = 'idle' | 'left' | 'changed';

/** Who was signed out last without asking for it, and why. */
export type Farewell = { readonly person: string; readonly why: SignedOutBecause };

/** A reload keeps the person, a new start of the browser does not. */
const SIGNED_IN = 'tab:signed-in';

/** Who works this till now, and for how long they may (rule S8). */
export class SignIn {
  readonly #gate: PinGate;
  readonly #surroundings: Surroundings;
  readonly #staff: { person(id: string): Person | undefined };
  readonly #store: string;
  /** The person's id and how they stood when they came in. */
  #signedIn = $state.raw<string | undefined>();
  #farewell = $state.raw<Farewell | undefined>();

  constructor(
    gate: PinGate,
    surroundings: Surroundings,
    staff: { person(id: string): Person | undefined },
    store: string,
  ) {
    this.#gate = gate;
    this.#surroundings = surroundings;
    this.#staff = staff;
    this.#store = store;
    this.#signedIn = surroundings.readNote(SIGNED_IN);
  }

  /** The id of the person who is signed in. */
  get person(): string | undefined {
    return this.#signedIn?.split(' ')[0];
  }

  /** Who was signed out without asking for it; undefined once somebody has signed in. */
  get farewell(): Farewell | undefined {
    return this.#farewell;
  }

  /** Signs a person in who works here. */
  async signIn(person: Person, pin: string): Promise<Result<true, SignInRefusal>> {
    const opened = await this.#gate.open(person, pin);
    if (!opened.ok) return opened;
    // The list may have been older than what has arrived while the PIN was typed.
    const known = this.#staff.person(person.id);
    if (!known || standingOf(known, this.#store) !== standingOf(person, this.#store))
      return err({ code: 'not-here' });
    this.#farewell = undefined;
    this.#keep(`${known.id} ${standingOf(known, this.#store)}`);
    return ok(true);
  }

  /** Signs whoever is here out. The open sale stays. */
  signOut(why?: SignedOutBecause): void {
    if (this.person !== undefined) this.#farewell = why && { person: this.person, why };
    this.#keep(undefined);
  }

  /** Why the person at this till may not stay, by what the staff document says now; undefined when they may. */
  review(): SignedOutBecause | undefined {
    if (this.person === undefined) return undefined;
    const known = this.#staff.person(this.person);
    if (!known || !worksAt(known, this.#store)) return 'left';
    return this.#signedIn === `${known.id} ${standingOf(known, this.#store)}` ? undefined : 'changed';
  }

  #keep(signedIn: string | undefined): void {
    this.#signedIn = signedIn;
    this.#surroundings.writeNote(SIGNED_IN, signedIn);
  }
}

/** What must not change behind the back of somebody who is signed in: whether they work here, as what, and their PIN. */
function standingOf(person: Person, store: string): string {
  return worksAt(person, store) ? `${roleIdAt(person, store)} ${person.pin.salt}` : '';
}
