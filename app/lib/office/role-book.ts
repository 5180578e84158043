import { currencyExponent, parseAmount } from '#model/money/money.ts';
import { roleOf } from '#model/staff/office-actor.ts';
import {
  ANY_CURRENCY,
  BUILT_IN_ROLES,
  type Permission,
  type Role,
  type RoleBook,
} from '#model/staff/permission.ts';

/** Permissions a role can have a limit for: up to the amount, the act does not need the permission (rule S7). */
export const LIMITED: readonly Permission[] = ['session.over-short', 'cash.above-limit', 'sale.discount'];

/** The roles there are, the built-in ones first; one that cannot be read is left out, for it gives nothing. */
export function rolesOf(roles: RoleBook): readonly Role[] {
  const ids = new Set([...BUILT_IN_ROLES.map(({ id }) => id), ...[...roles.keys()].toSorted()]);
  return [...ids].map((id) => roleOf(roles, id)).filter((role) => role !== undefined);
}

/** The role with a permission given or taken. Permissions of a newer program stay. */
export function withPermission(role: Role, permission: Permission, on: boolean): Role {
  const others = role.permissions.filter((each) => each !== permission);
  return { ...role, permissions: on ? [...others, permission] : others };
}

/** The limit of a role as people type it; empty where it says nothing. Amounts of minor units in the organization's currency. */
export function limitText(role: Role, permission: Permission, currency: string): string {
  const limits = role.limits?.[permission];
  const amount = limits?.[currency] ?? limits?.[ANY_CURRENCY];
  if (amount === undefined) return '';
  const digits = currencyExponent(currency);
  return (amount / 10 ** digits).toFixed(digits);
}

/** The role with a limit as typed, for every currency; undefined when the text is no amount. */
export function withLimit(
  role: Role,
  permission: Permission,
  text: string,
  currency: string,
): Role | undefined {
  const { [permission]: _before, ...others } = role.limits ?? {};
  if (text.trim() === '') return { ...role, limits: others };
  const amount = parseAmount(text, currency);
  if (!amount.ok || amount.value < 0) return undefined;
  return { ...role, limits: { ...others, [permission]: { [ANY_CURRENCY]: amount.value } } };
}
