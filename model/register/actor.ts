import type { Stamp } from '../journal/chain.ts';
import { err, ok, type Result } from '../result.ts';
import {
  PERMISSIONS,
  isApprovable,
  roleAt,
  type Permission,
  type Role,
  type RoleBook,
  type StaffMember,
} from '../staff/permission.ts';

/** Who acts, as what. Without a role nothing is permitted. */
export type Actor = { readonly person: string; readonly role: Role | undefined };

/**
 * What every command of a register is given: when (UTC with milliseconds, rule J1), who, and who approved it on the spot.
 * The approval is somebody who has just proved to be there.
 */
export type Act = { readonly at: string; readonly actor: Actor; readonly approval?: Actor | undefined };

/** Why an act was refused (rule S6): nobody could allow it here, or somebody who has the permission could. */
export type NotPermitted = {
  readonly code: 'not-permitted' | 'approval-needed';
  readonly permission: Permission;
};

/** A person of the staff as who acts in a store (rule S4). */
export function actorOf(
  person: StaffMember & { readonly id: string },
  store: string,
  roles: RoleBook,
): Actor {
  return { person: person.id, role: roleAt(person, store, roles) };
}

/** An actor for acts that were permitted elsewhere and are only written down here, such as those of an imported history. */
export function historyActor(person: string): Actor {
  return { person, role: { id: 'history', name: 'History', permissions: [...PERMISSIONS] } };
}

/** How somebody stands to a permission: has it, needs an approval for it, or cannot do it here at all (rule S6). */
export function standing(actor: Actor, permission: Permission): 'permitted' | 'approvable' | 'refused' {
  if (has(actor, permission)) return 'permitted';
  return isApprovable(permission) ? 'approvable' : 'refused';
}

/**
 * Whether an act that needs these permissions, the gravest last, may be done, and the stamp its record carries then (rules
 * S5 and S6). An approval counts when its person is another one and has everything the actor lacks; one that was not needed is not
 * recorded.
 */
export function authorize(act: Act, needed: readonly Permission[]): Result<Stamp, NotPermitted> {
  const { at, actor, approval } = act;
  const lacking = needed.filter((permission) => !has(actor, permission));
  const gravest = lacking.at(-1);
  if (gravest === undefined) return ok({ at, by: actor.person });
  const hopeless = lacking.find((permission) => !isApprovable(permission));
  if (hopeless !== undefined) return err({ code: 'not-permitted', permission: hopeless });
  if (!approval || approval.person === actor.person)
    return err({ code: 'approval-needed', permission: gravest });
  const unapproved = lacking.find((permission) => !has(approval, permission));
  if (unapproved !== undefined) return err({ code: 'approval-needed', permission: unapproved });
  return ok({ at, by: actor.person, approvedBy: approval.person });
}

function has({ role }: Actor, permission: Permission): boolean {
  return role?.permissions.includes(permission) ?? false;
}
