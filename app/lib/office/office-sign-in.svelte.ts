import { err, ok, type Result } from '#model/result.ts';
import { mayInOffice } from '#model/staff/office-actor.ts';
import { foundedByStore, settingsOf } from '#model/settings/settings-of.ts';
import type { Permission } from '#model/staff/permission.ts';
import type { Person } from '#model/staff/pin.ts';
import type { Surroundings } from '../surroundings.ts';
import { AutoSignOut } from '../till/auto-sign-out.svelte.ts';
import { PinGate, type PinCheck } from '../till/pin-gate.svelte.ts';
import type { Farewell, SignedOutBecause, SignInRefusal } from '../till/sign-in.svelte.ts';
import type { OwnerBook } from './owner-book.svelte.ts';

/** A reload keeps the person, a new start of the browser does not. */
const SIGNED_IN = 'tab:office-signed-in';

/** Who works in the office now, by the same gate and for as long as at a till (rules S2, S8, S9 and S11). */
export class OfficeSignIn {
  readonly pins: PinGate;
  readonly autoSignOut: AutoSignOut;
  readonly #surroundings: Surroundings;
  readonly #owner: OwnerBook;
  /** The person's id and how they stood when they came in. */
  #signedIn = $state.raw<string | undefined>();
  #farewell = $state.raw<Farewell | undefined>();

  constructor(checkPin: PinCheck, surroundings: Surroundings, owner: OwnerBook) {
    this.pins = new PinGate(checkPin, surroundings);
    this.#surroundings = surroundings;
    this.#owner = owner;
    this.#signedIn = surroundings.readNote(SIGNED_IN);
    this.autoSignOut = new AutoSignOut(surroundings, {
      minutes: () => minutesOf(owner),
      mayEnd: () => this.person !== undefined,
      end: () => this.signOut('idle'),
    });
  }

  /** Who is signed in. */
  get person(): Person | undefined {
    const [id = ''] = this.#signedIn?.split(' ') ?? [];
    return this.#owner.book.people.get(id);
  }

  /** Who was signed out without asking for it; undefined once somebody has signed in. */
  get farewell(): Farewell | undefined {
    return this.#farewell;
  }

  /** Who may sign in: everybody who works in all stores. */
  get people(): readonly Person[] {
    return this.#owner.people.filter(mayWorkInOffice);
  }

  /** Whether who is here may do something that concerns the whole organization (rule S11). For what screens show: commands decide. */
  may(permission: Permission): boolean {
    return mayInOffice(this.person, permission, this.#owner.book.roles);
  }

  /** Signs a person in. */
  async signIn(person: Person, pin: string): Promise<Result<true, SignInRefusal>> {
    const opened = await this.pins.open(person, pin);
    if (!opened.ok) return opened;
    const known = this.#owner.book.people.get(person.id);
    if (!known || !mayWorkInOffice(known) || standingOf(known) !== standingOf(person))
      return err({ code: 'not-here' });
    this.#farewell = undefined;
    this.autoSignOut.touch();
    this.#keep(standingOf(known));
    return ok(true);
  }

  /** Signs whoever is here out. */
  signOut(why?: SignedOutBecause): void {
    const id = this.#signedIn?.split(' ')[0];
    if (id !== undefined) this.#farewell = why && { person: id, why };
    this.#keep(undefined);
  }

  /**
   * Signs out who may not stay by what the staff document says now (rule S8). What this office wrote itself (`remote` false),
   * such as the person's own new PIN, lets them stay as long as they work here.
   */
  review(remote: boolean): void {
    // Before the staff document is read, nobody is known: that says nothing about who is here.
    if (this.#signedIn === undefined || this.#owner.people.length === 0) return;
    const { person } = this;
    if (!person || !mayWorkInOffice(person)) this.signOut('left');
    else if (standingOf(person) === this.#signedIn) return;
    else if (remote) this.signOut('changed');
    else this.#keep(standingOf(person));
  }

  #keep(signedIn: string | undefined): void {
    this.#signedIn = signedIn;
    this.#surroundings.writeNote(SIGNED_IN, signedIn);
  }
}

function mayWorkInOffice({ active, stores }: Person): boolean {
  return active && stores.length === 0;
}

/** What must not change behind the back of somebody who is signed in. */
function standingOf({ id, role, pin }: Person): string {
  return `${id} ${role} ${pin.salt}`;
}

/** As at the tills of the first store. */
function minutesOf({ settings, stores: [first] }: OwnerBook): number {
  const store = first && { founded: foundedByStore(first), written: {} };
  return settingsOf(settings, store).signOutMinutes;
}
