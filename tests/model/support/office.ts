import { readOrganizationEntry } from '#model/documents/organization.ts';
import { readStaffEntry } from '#model/documents/staff.ts';
import type { CatalogBook } from '#model/catalog/catalog-book.ts';
import type { Product } from '#model/catalog/product.ts';
import type { SettingsBook } from '#model/settings/settings-commands.ts';
import type { SettingsPlace } from '#model/settings/settings-of.ts';
import type { AuditEntry } from '#model/audit/audit-entry.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import type { DocumentChange, OfficeDoing } from '#model/staff/office-actor.ts';
import type { Role } from '#model/staff/permission.ts';
import type { Person } from '#model/staff/pin.ts';
import type { Device } from '#model/trust/device.ts';
import type { DeviceBook } from '#model/trust/device-commands.ts';
import type { Invitation } from '#model/trust/invitation.ts';

export const S01 = storeId(1);
export const R1 = registerId(1);
export const NOW = '2026-11-21T09:00:00.000Z';
const PIN = { salt: 'a'.repeat(22), hash: 'b'.repeat(43) };

export function person(id: string, role: string, change: Partial<Person> = {}): Person {
  const name = id.slice(0, 1).toUpperCase() + id.slice(1);
  return { id, name, role, language: 'en', stores: [], active: true, pin: PIN, ...change };
}

export function device(id: string, role: Device['role'], change: Partial<Device> = {}): Device {
  const enrolledAt = '2026-11-01T09:00:00.000Z';
  return { id: id.repeat(16), name: `Device ${id}`, role, key: id.repeat(43), enrolledAt, ...change };
}

export const byId = <Item extends { readonly id: string }>(...items: readonly Item[]): Map<string, Item> =>
  new Map(items.map((item) => [item.id, item]));

/** An article of which is said what has to be said of every article. */
export const LAMP: Product = {
  id: 'lamp',
  sku: 'LAMP',
  name: 'Lamp',
  barcodes: [],
  active: true,
  price: '12.50',
  taxes: [],
};

/** An office with a manager, a cashier, a manager of one store only, and the devices of a shop with one till. */
export function officeBook(change: Partial<DeviceBook> = {}): DeviceBook {
  const till = { store: S01, register: R1 };
  return {
    people: byId(
      person('mia', 'manager'),
      person('ana', 'cashier'),
      person('max', 'manager', { stores: [S01] }),
    ),
    roles: new Map<string, Role | 'unreadable'>(),
    devices: byId(
      device('a', 'hq'),
      device('b', 'relay', till),
      device('c', 'terminal', till),
      device('d', 'back-office'),
    ),
    invitations: new Map(),
    ...change,
  };
}

/** The office with a catalog, in which is nothing but `change`. */
export function catalogBook(change: Partial<CatalogBook> = {}): CatalogBook {
  return {
    ...officeBook(),
    products: new Map(),
    departments: new Map(),
    taxes: new Map(),
    taxMappings: new Map(),
    tenders: new Map(),
    specials: new Map(),
    ...change,
  };
}

/** A place of which nobody said a setting. */
export const NOTHING_SET: SettingsPlace = { founded: {}, written: {} };

/** The office with the settings of an organization and one store, in which is nothing but `change`. */
export function settingsBook(change: Partial<SettingsBook> = {}): SettingsBook & DeviceBook {
  return {
    ...officeBook(),
    organizationSettings: NOTHING_SET,
    storeSettings: new Map([['S01', NOTHING_SET]]),
    ...change,
  };
}

export function doing(by = 'mia', change: Partial<OfficeDoing> = {}): OfficeDoing {
  return { by, at: NOW, auditId: '00000000000000ff', ...change };
}

/** What a change writes, read as the programs read it; throws where they could not. */
export function readChange(change: DocumentChange, document: 'organization' | 'staff') {
  const made: {
    audit: AuditEntry[];
    person?: Person;
    role?: Role;
    device?: Device;
    invitation?: Invitation;
    out: string[];
  } = { audit: [], out: [] };
  for (const [key, text] of Object.entries(change)) {
    if (text === undefined) {
      made.out.push(key);
      continue;
    }
    const read = document === 'staff' ? readStaffEntry(key, text) : readOrganizationEntry(key, text);
    if (!read.ok) throw new Error(`${key}: ${read.error.detail}`);
    if (read.value.kind === 'audit') made.audit.push(read.value.value);
    else Object.assign(made, { [read.value.kind]: read.value.value });
  }
  return made;
}

/** What a change tells the audit, as it stands there; throws where it tells nothing. */
export function auditOf(change: DocumentChange): AuditEntry {
  const [entry] = Object.entries(change).filter(([key]) => key.startsWith('audit:'));
  if (entry?.[1] === undefined) throw new Error('the audit is told nothing');
  return JSON.parse(entry[1]) as AuditEntry;
}

/** The value of a result; throws on a refusal. */
export function valueOf<Value>(
  result: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: unknown },
): Value {
  if (result.ok) return result.value;
  throw new Error(`refused: ${JSON.stringify(result.error)}`);
}
