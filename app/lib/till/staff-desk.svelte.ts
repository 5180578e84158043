import { standing, type Act, type Actor, type NotPermitted } from '#model/register/actor.ts';
import { err, type Result } from '#model/result.ts';
import type { Minor } from '#model/money/money.ts';
import { limitOf, type Permission } from '#model/staff/permission.ts';
import type { Surroundings } from '../surroundings.ts';
import { ApprovalDesk, type Matter } from './approval-desk.svelte.ts';
import { AutoSignOut } from './auto-sign-out.svelte.ts';
import { PinGate, type PinCheck } from './pin-gate.svelte.ts';
import type { AppendRefusal } from './register-journal.svelte.ts';
import type { Shop } from './shop.svelte.ts';
import { SignIn, type SignedOutBecause } from './sign-in.svelte.ts';

/** What a staff desk is made of. */
export type StaffDeskParts = {
  readonly checkPin: PinCheck;
  readonly surroundings: Surroundings;
  readonly shop: Shop;
  readonly store: string;
  /** Whether a record is being saved: nobody is signed out by the clock then. */
  readonly isSaving: () => boolean;
  /** Puts away what only the person who was here may see. */
  readonly onSignOut: () => void;
};

/** Who works this till and by whose leave: signing in and out, and acts that wait for somebody's approval. */
export class StaffDesk {
  readonly pins: PinGate;
  readonly signIn: SignIn;
  readonly approvals: ApprovalDesk;
  readonly autoSignOut: AutoSignOut;
  readonly #parts: StaffDeskParts;

  constructor(parts: StaffDeskParts) {
    const { surroundings, shop, store } = parts;
    this.#parts = parts;
    this.pins = new PinGate(parts.checkPin, surroundings);
    this.signIn = new SignIn(this.pins, surroundings, shop, store);
    this.approvals = new ApprovalDesk(this.pins, shop, store);
    this.autoSignOut = new AutoSignOut(surroundings, {
      minutes: () => shop.settings.signOutMinutes,
      mayEnd: () => this.signIn.person !== undefined && !parts.isSaving(),
      end: () => this.signOut('idle'),
    });
  }

  /** Who works here, with what they may do at this moment. */
  get actor(): Actor | undefined {
    const { person } = this.signIn;
    return person === undefined ? undefined : this.#parts.shop.actor(person, this.#parts.store);
  }

  /** How the person at the till stands to a permission. For what screens show: whether an act is done, its command decides. */
  may(permission: Permission): ReturnType<typeof standing> {
    return this.actor ? standing(this.actor, permission) : 'refused';
  }

  /** Whether an amount, of either sign, is above what the person may do without `permission` (rule S7). */
  exceeds(permission: Permission, amount: Minor): boolean {
    const currency = this.#parts.shop.organization?.currency ?? '';
    return Math.abs(amount) > limitOf(this.actor?.role, permission, currency);
  }

  /** Does what a person wants; where that needs an approval, waits for one and does it once more with it (rule S6). */
  async act<Value, Refusal extends { readonly code: string } = AppendRefusal>(
    attempt: (act: Act) => Promise<Result<Value, Refusal | NotPermitted>>,
    matter: Matter = {},
  ): Promise<Result<Value, Refusal | NotPermitted | { readonly code: 'nobody-signed-in' }>> {
    const now = () => this.#parts.surroundings.now().toISOString();
    const asker = this.actor;
    if (!asker) return err({ code: 'nobody-signed-in' });
    const first = await attempt({ at: now(), actor: asker });
    if (first.ok || !isApprovalNeeded(first.error)) return first;
    const { permission } = first.error;
    const approval = await this.approvals.ask({ ...matter, asker: asker.person, permission });
    if (!approval) return first;
    const { actor } = this;
    if (actor?.person !== asker.person) return err({ code: 'nobody-signed-in' });
    return attempt({ at: now(), actor, approval });
  }

  /** Signs whoever is here out. What waits for an approval is declined, the open sale stays. */
  signOut(why?: SignedOutBecause): void {
    this.approvals.decline();
    this.#parts.onSignOut();
    this.signIn.signOut(why);
  }

  /** Signs out who may not stay by what head office says now (rule S8). */
  review(): void {
    const why = this.signIn.review();
    if (why !== undefined) this.signOut(why);
  }
}

function isApprovalNeeded(refusal: { readonly code: string }): refusal is NotPermitted {
  return refusal.code === 'approval-needed';
}
