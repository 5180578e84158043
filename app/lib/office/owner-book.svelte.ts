import { isAuditKey } from '#model/audit/audit-entry.ts';
import type { EntryChange } from '#model/documents/entries.ts';
import {
  readOrganizationEntry,
  type Organization,
  type Register,
  type Store,
} from '#model/documents/organization.ts';
import { readStaffEntry } from '#model/documents/staff.ts';
import { foundedByOrganization, type SettingsPlace } from '#model/settings/settings-of.ts';
import { writtenSettings, type SettingEntry } from '#model/settings/settings.ts';
import type { Role } from '#model/staff/permission.ts';
import type { Person } from '#model/staff/pin.ts';
import type { DeviceBook } from '#model/trust/device-commands.ts';
import type { Device } from '#model/trust/device.ts';
import type { Invitation } from '#model/trust/invitation.ts';
import type { Documents, DocumentsEvent } from '../repo/documents.ts';

/** Opened by the office: what belongs to the organization as a whole. */
const OWNED = ['organization', 'staff'] as const;

/**
 * What head office writes about itself, folded from its documents and kept as they change: people, roles, devices and
 * invitations. Doubt takes rights away: an entry that became unreadable gives none.
 */
export class OwnerBook {
  readonly #people = new Map<string, Person>();
  readonly #roles = new Map<string, Role | 'unreadable'>();
  readonly #devices = new Map<string, Device>();
  readonly #invitations = new Map<string, Invitation>();
  readonly #stores = new Map<string, Store>();
  readonly #registers = new Map<string, Register>();
  readonly #settings = new Map<string, SettingEntry>();
  #organization: Organization | undefined;
  #version = $state(0);

  /** Opens the documents and follows them; gives back what stops it. `heard` is told after each change, and whether it came from elsewhere. */
  async follow(documents: Documents, heard: (remote: boolean) => void): Promise<() => void> {
    const stop = documents.watch((event) => {
      if (event.type === 'changed' && this.#hear(event)) heard(event.remote);
    });
    for (const name of OWNED) {
      const entries = await documents.open({ class: name });
      this.#read(
        name,
        Object.entries(entries).map(([key, text]) => ({ key, text })),
      );
    }
    heard(true);
    return stop;
  }

  /** Everything commands ask about. */
  get book(): DeviceBook {
    void this.#version;
    return {
      people: this.#people,
      roles: this.#roles,
      devices: this.#devices,
      invitations: this.#invitations,
    };
  }

  /** The organization; undefined until it has arrived. */
  get organization(): Organization | undefined {
    void this.#version;
    return this.#organization;
  }

  /** What was set for the organization, and what its foundation said (rule O1). */
  get settings(): SettingsPlace {
    void this.#version;
    const organization = this.#organization;
    return {
      founded: organization ? foundedByOrganization(organization) : {},
      written: writtenSettings(this.#settings.values()),
    };
  }

  /** The people by name, who still works here first. */
  get people(): readonly Person[] {
    void this.#version;
    return [...this.#people.values()].sort(
      (a, b) => Number(b.active) - Number(a.active) || a.name.localeCompare(b.name),
    );
  }

  /** The stores by id. */
  get stores(): readonly Store[] {
    void this.#version;
    return [...this.#stores.values()].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  }

  /** The registers of a store by number. */
  registersOf(store: string): readonly Register[] {
    void this.#version;
    return [...this.#registers.values()]
      .filter((register) => register.store === store)
      .sort((a, b) => a.register.localeCompare(b.register, 'en', { numeric: true }));
  }

  #hear(event: Extract<DocumentsEvent, { type: 'changed' }>): boolean {
    const name = OWNED.find((each) => each === event.key.class);
    if (name !== undefined) this.#read(name, event.changes);
    return name !== undefined;
  }

  #read(document: (typeof OWNED)[number], changes: readonly EntryChange[]): void {
    for (const { key, text } of changes) {
      if (isAuditKey(key)) continue;
      this.#forget(key);
      if (text === undefined) continue;
      if (document === 'staff') this.#takeStaff(key, text);
      else this.#takeOrganization(key, text);
    }
    this.#version++;
  }

  #takeStaff(key: string, text: string): void {
    const read = readStaffEntry(key, text);
    if (read.ok && read.value.kind === 'person') this.#people.set(read.value.value.id, read.value.value);
  }

  #takeOrganization(key: string, text: string): void {
    const read = readOrganizationEntry(key, text);
    if (!read.ok) {
      if (key.startsWith('role:')) this.#roles.set(idOf(key), 'unreadable');
      return;
    }
    const { kind, value } = read.value;
    if (kind === 'organization') this.#organization = value;
    else if (kind === 'store') this.#stores.set(value.id, value);
    else if (kind === 'register') this.#registers.set(`${value.store}-${value.register}`, value);
    else if (kind === 'role') this.#roles.set(value.id, value);
    else if (kind === 'device') this.#devices.set(value.id, value);
    else if (kind === 'invitation') this.#invitations.set(value.id, value);
    else if (kind === 'settings') this.#settings.set(value.name, value);
  }

  #forget(key: string): void {
    const id = idOf(key);
    const maps = {
      person: this.#people,
      role: this.#roles,
      device: this.#devices,
      invitation: this.#invitations,
      store: this.#stores,
      register: this.#registers,
      settings: this.#settings,
    };
    const noun = Object.keys(maps).find((each) => key.startsWith(`${each}:`)) as
      keyof typeof maps | undefined;
    if (noun !== undefined) maps[noun].delete(id);
  }
}

function idOf(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}
