import * as v from 'valibot';
import { personKey } from '../documents/staff.ts';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { err, ok, type Result } from '../result.ts';
import { changePin } from './change-pin.ts';
import {
  audited,
  mayInOffice,
  permit,
  roleOf,
  type DocumentChange,
  type OfficeDoing,
  type OfficeRefusal,
  type StaffBook,
} from './office-actor.ts';
import { newPinFault, type WeakPin } from './new-pin.ts';
import { personSchema, pinVerifier, type Person } from './pin.ts';

/** What can be edited about a person: everything but the id, the PIN and whether they still work here. */
export type PersonFields = Pick<Person, 'name' | 'role' | 'language'> & {
  readonly stores: readonly string[];
  readonly roles?: Readonly<Record<string, string>> | undefined;
};

/** Why nothing about the staff was changed. */
export type StaffRefusal =
  | OfficeRefusal
  | { readonly code: 'unknown-person' | 'person-known' | 'last-editor' }
  | { readonly code: WeakPin | 'same-pin' | 'wrong-old-pin' }
  | { readonly code: 'unknown-role'; readonly role: string }
  | { readonly code: 'bad-person'; readonly detail: string };

type Outcome = Result<DocumentChange, StaffRefusal>;

/** Adds a person with a PIN; gives what to write into the staff document (rules S11 and A2). */
export function addPerson(
  book: StaffBook,
  { id, fields, pin }: { readonly id: string; readonly fields: PersonFields; readonly pin: WantedPin },
  doing: OfficeDoing,
): Outcome {
  const may = permit(book, doing, 'staff.edit');
  if (!may.ok) return may;
  if (book.people.has(id)) return err({ code: 'person-known' });
  const fault = newPinFault(pin.pin);
  if (fault !== undefined) return err({ code: fault });
  const person = { id, ...fieldsOf(fields), active: true, pin: pinVerifier(pin.pin, pin.salt) };
  return write(book, person, 'person.add', described(fields), doing);
}

/** Edits what a person is called and what they are where (rules S4 and S11). */
export function editPerson(book: StaffBook, id: string, fields: PersonFields, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'staff.edit');
  if (!may.ok) return may;
  const known = book.people.get(id);
  if (!known) return err({ code: 'unknown-person' });
  const { active, pin } = known;
  const person = { id, ...fieldsOf(fields), active, pin };
  const before = described(known);
  const after = described(fields);
  const changed = Object.entries(after).filter(([field, value]) => before[field] !== value);
  return write(book, person, 'person.edit', Object.fromEntries(changed), doing);
}

/** Ends or renews a person's work here (rule S4). What they did keeps their name. */
export function setActive(book: StaffBook, id: string, active: boolean, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'staff.edit');
  if (!may.ok) return may;
  const known = book.people.get(id);
  if (!known) return err({ code: 'unknown-person' });
  const what = active ? 'person.activate' : 'person.deactivate';
  return write(book, { ...known, active }, what, { name: known.name }, doing);
}

/** A PIN as typed, with a salt of its own: at least 16 random base64url characters. One's own change shows the old PIN. */
export type WantedPin = { readonly pin: string; readonly salt: string; readonly oldPin?: string | undefined };

/** Gives a person another PIN: one's own with the old one, anybody's with `staff.edit` (rules S10 and S12). */
export function setPin(book: StaffBook, id: string, wanted: WantedPin, doing: OfficeDoing): Outcome {
  const known = book.people.get(id);
  if (!known) return err({ code: 'unknown-person' });
  const editor = book.people.get(doing.by);
  if (!editor?.active) return err({ code: 'not-permitted', permission: 'staff.edit' });
  const fault = newPinFault(wanted.pin);
  if (fault !== undefined) return err({ code: fault });
  const role = mayInOffice(editor, 'staff.edit', book.roles) ? roleOf(book.roles, editor.role) : undefined;
  const changed = changePin(known, wanted, { person: doing.by, role });
  if (changed.ok) return write(book, changed.value, 'person.pin', { name: known.name }, doing);
  if (changed.error.code === 'not-permitted') return err({ code: 'not-permitted', permission: 'staff.edit' });
  return err({ code: changed.error.code });
}

function write(
  book: StaffBook,
  person: Person,
  what: 'person.add' | 'person.edit' | 'person.activate' | 'person.deactivate' | 'person.pin',
  details: Record<string, string>,
  doing: OfficeDoing,
): Outcome {
  const read = v.safeParse(personSchema, person);
  if (!read.success) {
    const [issue] = read.issues;
    return err({ code: 'bad-person', detail: `${v.getDotPath(issue) ?? 'person'}: ${issue.message}` });
  }
  const unknown = [person.role, ...Object.values(person.roles ?? {})].find(
    (id) => !book.roles.has(id) && !roleOf(book.roles, id),
  );
  if (unknown !== undefined) return err({ code: 'unknown-role', role: unknown });
  const after = new Map(book.people).set(person.id, read.output);
  if (hasEditor(book) && !hasEditor({ ...book, people: after })) return err({ code: 'last-editor' });
  const text = canonicalJson(read.output as CanonicalValue);
  return ok(audited(doing, what, person.id, details, { [personKey(person.id)]: text }));
}

/** Whether somebody is left who may edit the staff (rule S13). */
export function hasEditor({ people, roles }: StaffBook): boolean {
  return [...people.values()].some((person) => mayInOffice(person, 'staff.edit', roles));
}

function fieldsOf({
  name,
  role,
  language,
  stores,
  roles = {},
}: PersonFields): Omit<Person, 'id' | 'active' | 'pin'> {
  const elsewhere = Object.keys(roles).length === 0 ? {} : { roles: { ...roles } };
  return { name, role, language, stores: [...stores], ...elsewhere };
}

function described({ name, role, language, stores, roles = {} }: PersonFields): Record<string, string> {
  return {
    name: name.trim(),
    role,
    language,
    stores: stores.join(', '),
    roles: Object.entries(roles)
      .map(([store, at]) => `${store} ${at}`)
      .join(', '),
  };
}
