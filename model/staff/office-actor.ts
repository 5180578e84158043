import { auditChange, MAX_DETAIL, type AuditBody, type OfficeAct } from '../audit/audit-entry.ts';
import { err, ok, type Result } from '../result.ts';
import { BUILT_IN_ROLES, type Permission, type Role, type RoleBook } from './permission.ts';
import type { Person } from './pin.ts';

/** What an office knows when somebody edits: who works here, as what. */
export type StaffBook = { readonly people: ReadonlyMap<string, Person>; readonly roles: RoleBook };

/** Somebody who edits something now: `auditId` is 16 fresh random hex digits, `at` UTC with milliseconds. */
export type OfficeDoing = { readonly by: string; readonly at: string; readonly auditId: string };

/** What to write into one document in one change: texts by key, undefined takes an entry out. */
export type DocumentChange = Readonly<Record<string, string | undefined>>;

/** Why somebody may not edit. */
export type OfficeRefusal = { readonly code: 'not-permitted'; readonly permission: Permission };

/** A role by id: the organization's own, else a built-in one; undefined where it is unknown or cannot be read (rule S3). */
export function roleOf(roles: RoleBook, id: string): Role | undefined {
  const own = roles.get(id);
  if (own === 'unreadable') return undefined;
  return own ?? BUILT_IN_ROLES.find((role) => role.id === id);
}

/**
 * Whether a person may do something that concerns the whole organization (rule S11): they work in all stores and their own
 * role has the permission. What they are in single stores does not count.
 */
export function mayInOffice(person: Person | undefined, permission: Permission, roles: RoleBook): boolean {
  if (!person?.active || person.stores.length > 0) return false;
  return roleOf(roles, person.role)?.permissions.includes(permission) ?? false;
}

/** The person's leave to edit, or why not (rule S11). */
export function permit(
  { people, roles }: StaffBook,
  { by }: OfficeDoing,
  permission: Permission,
): Result<true, OfficeRefusal> {
  if (mayInOffice(people.get(by), permission, roles)) return ok(true);
  return err({ code: 'not-permitted', permission });
}

/** A change with the entry that tells of it (rule A2). */
export function audited(
  { by, at, auditId }: OfficeDoing,
  what: OfficeAct,
  subject: string,
  details: AuditBody['details'],
  change: DocumentChange,
): DocumentChange {
  const short = Object.entries(details).map(([field, value]) => [field, value.slice(0, MAX_DETAIL)] as const);
  return {
    ...change,
    ...auditChange({ id: auditId, at, by, what, subject, details: Object.fromEntries(short) }),
  };
}
