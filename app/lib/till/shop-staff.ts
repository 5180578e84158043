import { readEntry, type EntryFault } from '#model/documents/entries.ts';
import { actorOf, type Actor } from '#model/register/actor.ts';
import { roleAt, worksAt, type Role } from '#model/staff/permission.ts';
import { personSchema, type Person } from '#model/staff/pin.ts';

/**
 * The people and roles a till knows of. Doubt takes rights away: a role that cannot be read gives none, and a person whose
 * entry became unreadable keeps the name on old receipts and nothing else.
 */
export class ShopStaff {
  readonly #people = new Map<string, Person>();
  readonly #roles = new Map<string, Role | 'unreadable'>();

  /** A person by id, also one who has left. */
  person(id: string): Person | undefined {
    return this.#people.get(id);
  }

  /** The people who work in a store, by name. */
  peopleOf(store: string): readonly Person[] {
    return [...this.#people.values()]
      .filter((person) => worksAt(person, store))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** A person as who acts in a store; undefined when they do not work there. */
  actor(id: string, store: string): Actor | undefined {
    const person = this.#people.get(id);
    return person && worksAt(person, store) ? actorOf(person, store, this.#roles) : undefined;
  }

  /** A person's role in a store; undefined when it is not known or cannot be read. */
  roleOf(person: Person, store: string): Role | undefined {
    return roleAt(person, store, this.#roles);
  }

  /** Takes an entry of the staff document. */
  takePerson(key: string, text: string): EntryFault | undefined {
    const read = readEntry(personSchema, key, text);
    if (read.ok && key === `person:${read.value.id}`) {
      this.#people.set(read.value.id, read.value);
      return undefined;
    }
    const known = this.#people.get(idOf(key));
    if (known) this.#people.set(known.id, { ...known, active: false });
    return read.ok
      ? { key, code: 'bad-shape', detail: `id: the entry is about "${read.value.id}"` }
      : read.error;
  }

  /** Takes a role of the organization document. */
  takeRole(role: Role): void {
    this.#roles.set(role.id, role);
  }

  /** Notes that an entry of the organization document could not be read; what is no role changes nothing. */
  doubtRole(key: string): void {
    if (key.startsWith('role:')) this.#roles.set(idOf(key), 'unreadable');
  }

  /** Forgets what an entry said that was taken out. */
  forget(key: string): void {
    if (key.startsWith('person:')) this.#people.delete(idOf(key));
    else if (key.startsWith('role:')) this.#roles.delete(idOf(key));
  }
}

function idOf(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}
