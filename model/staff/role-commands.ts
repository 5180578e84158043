import * as v from 'valibot';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { err, ok, type Result } from '../result.ts';
import {
  audited,
  permit,
  roleOf,
  type DocumentChange,
  type OfficeDoing,
  type OfficeRefusal,
  type StaffBook,
} from './office-actor.ts';
import { BUILT_IN_ROLES, roleSchema, type Role } from './permission.ts';
import { hasEditor } from './staff-commands.ts';

/** Why a role was not changed. */
export type RoleRefusal =
  | OfficeRefusal
  | { readonly code: 'last-editor' | 'unknown-role' | 'role-known' }
  | { readonly code: 'role-in-use'; readonly people: readonly string[] }
  | { readonly code: 'bad-role'; readonly detail: string };

type Outcome = Result<DocumentChange, RoleRefusal>;

/** Writes a new role; gives what to write into the organization document (rules S3 and S11). */
export function addRole(book: StaffBook, role: Role, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'staff.edit');
  if (!may.ok) return may;
  if (book.roles.has(role.id) || roleOf(book.roles, role.id)) return err({ code: 'role-known' });
  return write(book, role, 'role.add', doing);
}

/** Changes a role; a built-in one becomes the organization's own (rule S3). */
export function editRole(book: StaffBook, role: Role, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'staff.edit');
  if (!may.ok) return may;
  if (!book.roles.has(role.id) && !roleOf(book.roles, role.id)) return err({ code: 'unknown-role' });
  return write(book, role, 'role.edit', doing);
}

/** Takes a role out that nobody has; a changed built-in one is then as it came. */
export function removeRole(book: StaffBook, id: string, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'staff.edit');
  if (!may.ok) return may;
  if (!book.roles.has(id)) return err({ code: 'unknown-role' });
  const after = new Map(book.roles);
  after.delete(id);
  const users = peopleWith(book, id);
  if (users.length > 0 && !BUILT_IN_ROLES.some((role) => role.id === id))
    return err({ code: 'role-in-use', people: users });
  if (hasEditor(book) && !hasEditor({ ...book, roles: after })) return err({ code: 'last-editor' });
  return ok(audited(doing, 'role.remove', id, {}, { [roleKey(id)]: undefined }));
}

/** The key of a role in the organization document. */
export function roleKey(id: string): string {
  return `role:${id}`;
}

function write(book: StaffBook, role: Role, what: 'role.add' | 'role.edit', doing: OfficeDoing): Outcome {
  const read = v.safeParse(roleSchema, role);
  if (!read.success) {
    const [issue] = read.issues;
    return err({ code: 'bad-role', detail: `${v.getDotPath(issue) ?? 'role'}: ${issue.message}` });
  }
  const roles = new Map(book.roles).set(role.id, read.output);
  if (hasEditor(book) && !hasEditor({ ...book, roles })) return err({ code: 'last-editor' });
  const change = { [roleKey(role.id)]: canonicalJson(read.output as CanonicalValue) };
  return ok(audited(doing, what, role.id, difference(roleOf(book.roles, role.id), read.output), change));
}

function difference(before: Role | undefined, after: Role): Record<string, string> {
  const had = new Set(before?.permissions);
  const has = new Set(after.permissions);
  const details = {
    name: before?.name === after.name ? '' : after.name,
    granted: [...has].filter((each) => !had.has(each)).join(', '),
    withdrawn: [...had].filter((each) => !has.has(each)).join(', '),
    limits: limitText(before) === limitText(after) ? '' : limitText(after) || 'none',
  };
  return Object.fromEntries(Object.entries(details).filter(([, text]) => text !== ''));
}

function limitText(role: Role | undefined): string {
  return Object.entries(role?.limits ?? {})
    .flatMap(([permission, amounts]) =>
      Object.entries(amounts).map(([currency, amount]) => `${permission} ${amount} ${currency}`),
    )
    .join(', ');
}

function peopleWith({ people }: StaffBook, id: string): string[] {
  return [...people.values()]
    .filter(({ role, roles = {} }) => role === id || Object.values(roles).includes(id))
    .map((person) => person.id);
}
