import type { Minor } from '#model/money/money.ts';
import { standing, type Actor } from '#model/register/actor.ts';
import type { Permission } from '#model/staff/permission.ts';
import type { Person } from '#model/staff/pin.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { PinGate, PinRefusal } from './pin-gate.svelte.ts';
import type { Shop } from './shop.svelte.ts';

/** What an act is about, for the person who approves it; `report` says which of the things that `report.read` permits. */
export type Matter = {
  readonly amount?: Minor | undefined;
  readonly reason?: string | undefined;
  readonly report?: 'x' | 'day' | 'zz' | 'closings';
};

/** An act that waits for somebody's approval: who wants to do it, and which permission is lacking. */
export type ApprovalRequest = Matter & { readonly asker: string; readonly permission: Permission };

/** Why a PIN approved nothing. */
export type ApprovalRefusal = PinRefusal | { readonly code: 'not-here' };

/**
 * Where one act at a time waits until another person approves it with their own PIN, or somebody declines (rule S6). Wrong
 * PINs count with those of signing in.
 */
export class ApprovalDesk {
  readonly #gate: PinGate;
  readonly #shop: Shop;
  readonly #store: string;
  #request = $state.raw<ApprovalRequest | undefined>();
  #answer: (approval: Actor | undefined) => void = () => {};

  constructor(gate: PinGate, shop: Shop, store: string) {
    this.#gate = gate;
    this.#shop = shop;
    this.#store = store;
  }

  /** What waits for an approval now. */
  get request(): ApprovalRequest | undefined {
    return this.#request;
  }

  /** Who of this store may approve what waits, by name; never the person who asks. */
  get approvers(): readonly Person[] {
    return this.#shop.peopleOf(this.#store).filter(({ id }) => this.#approval(id) !== undefined);
  }

  /** Waits for an approval; undefined when it was declined. What waited before is declined by this. */
  ask(request: ApprovalRequest): Promise<Actor | undefined> {
    this.decline();
    this.#request = request;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  /** Approves what waits, with the PIN of the person who approves. */
  async approve(person: Person, pin: string): Promise<Result<true, ApprovalRefusal>> {
    const request = this.#request;
    const opened = await this.#gate.open(person, pin);
    if (!opened.ok) return opened;
    // Head office may have spoken, or the act may have been declined, while the PIN was checked.
    const isSame = this.#shop.person(person.id)?.pin.salt === person.pin.salt;
    const approval = isSame && this.#request === request ? this.#approval(person.id) : undefined;
    if (!approval) return err({ code: 'not-here' });
    this.#settle(approval);
    return ok(true);
  }

  /** Lets the act be refused. */
  decline(): void {
    this.#settle(undefined);
  }

  #approval(person: string): Actor | undefined {
    if (!this.#request || person === this.#request.asker) return undefined;
    const actor = this.#shop.actor(person, this.#store);
    return actor && standing(actor, this.#request.permission) === 'permitted' ? actor : undefined;
  }

  #settle(approval: Actor | undefined): void {
    this.#request = undefined;
    this.#answer(approval);
    this.#answer = () => {};
  }
}
