import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { readOrganizationEntry } from '#model/documents/organization.ts';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import { actorOf, standing } from '#model/register/actor.ts';
import {
  BUILT_IN_ROLES,
  PERMISSIONS,
  isApprovable,
  limitOf,
  mayDo,
  roleAt,
  roleIdAt,
  roleSchema,
  worksAt,
  type Permission,
  type Role,
  type RoleBook,
  type StaffMember,
} from '#model/staff/permission.ts';
import { personSchema, pinVerifier } from '#model/staff/pin.ts';

const NONE: RoleBook = new Map();
const person = (change: Partial<StaffMember> = {}): StaffMember => ({
  active: true,
  role: 'cashier',
  stores: [],
  ...change,
});
const permitted = (member: StaffMember, roles: RoleBook, store = 'S01') =>
  PERMISSIONS.filter((permission) => mayDo(member, store, permission, roles));
const role = (change: Partial<Role> = {}): Role => ({
  id: 'stock',
  name: 'Stock',
  permissions: [],
  ...change,
});

describe('roles', () => {
  test('[S3] an organization without roles of its own has cashier, supervisor and manager, each with all of the one before', () => {
    const [cashier, supervisor, manager] = BUILT_IN_ROLES.map(({ id }) =>
      permitted(person({ role: id }), NONE),
    );
    expect(cashier).toStrictEqual([
      'sale.sell',
      'sale.refund',
      'session.open',
      'session.close',
      'cash.move',
      'receipt.reprint',
    ]);
    expect(supervisor).toStrictEqual(
      PERMISSIONS.filter(
        (name) => !name.endsWith('.edit') && name !== 'audit.read' && name !== 'customer.edit-terms',
      ),
    );
    expect(manager).toStrictEqual([...PERMISSIONS]);
  });

  test('[S3] the organization’s own entry replaces the role of that name', () => {
    const own: RoleBook = new Map([['cashier', role({ id: 'cashier', permissions: ['sale.sell'] })]]);
    expect(permitted(person(), own)).toStrictEqual(['sale.sell']);
    expect(permitted(person({ role: 'supervisor' }), own)).toContain('drawer.open');
  });

  test('[S3] a role that cannot be read, or that nobody wrote, gives nothing', () => {
    expect(permitted(person(), new Map([['cashier', 'unreadable' as const]]))).toStrictEqual([]);
    expect(permitted(person({ role: 'gardener' }), NONE)).toStrictEqual([]);
    expect(permitted(person({ role: 'constructor' }), NONE)).toStrictEqual([]);
  });

  test('[S3] a name from a newer program gives nothing, and the entry keeps it', () => {
    const newer = role({ permissions: ['sale.sell', 'rocket.launch'] });
    const read = readOrganizationEntry('role:stock', canonicalJson(newer as CanonicalValue));
    expect(read).toStrictEqual({ ok: true, value: { kind: 'role', value: newer } });
    expect(permitted(person({ role: 'stock' }), new Map([['stock', newer]]))).toStrictEqual(['sale.sell']);
  });

  test('[D5] a role entry under another key, or with a limit that is no amount, is a fault', () => {
    const wrong = [
      readOrganizationEntry('role:other', canonicalJson(role() as CanonicalValue)),
      readOrganizationEntry('role:stock', '{"id":"stock","name":"Stock","permissions":"all"}'),
      readOrganizationEntry(
        'role:stock',
        '{"id":"stock","limits":{"x":{"GBP":-1}},"name":"S","permissions":[]}',
      ),
      readOrganizationEntry(
        'role:stock',
        '{"id":"stock","limits":{"x":{"pounds":1}},"name":"S","permissions":[]}',
      ),
    ].map((read) => (read.ok ? 'accepted' : read.error.code));
    expect(wrong).toStrictEqual(['bad-shape', 'bad-shape', 'bad-shape', 'bad-shape']);
  });

  test('[S3] every built-in role is one an organization could have written', () => {
    expect(BUILT_IN_ROLES.map((builtIn) => v.parse(roleSchema, builtIn))).toStrictEqual([...BUILT_IN_ROLES]);
  });
});

describe('people', () => {
  test('[S4] a person who is not active may do nothing, whatever the role', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('cashier', 'supervisor', 'manager'),
        fc.constantFrom('S01', 'S02'),
        (id, store) => {
          expect(permitted(person({ role: id, active: false }), NONE, store)).toStrictEqual([]);
        },
      ),
    );
  });

  test('[S4] a person works in the stores listed, or in all where none is', () => {
    const there = person({ stores: ['S02'] });
    expect([worksAt(there, 'S01'), worksAt(there, 'S02'), worksAt(person(), 'S77')]).toStrictEqual([
      false,
      true,
      true,
    ]);
    expect(permitted(there, NONE)).toStrictEqual([]);
    expect(permitted(there, NONE, 'S02')).toContain('sale.sell');
  });

  test('[S4] a person may be a cashier everywhere and supervise one store', () => {
    const ann = person({ roles: { S02: 'supervisor' } });
    expect([roleIdAt(ann, 'S01'), roleIdAt(ann, 'S02')]).toStrictEqual(['cashier', 'supervisor']);
    expect([mayDo(ann, 'S01', 'drawer.open', NONE), mayDo(ann, 'S02', 'drawer.open', NONE)]).toStrictEqual([
      false,
      true,
    ]);
    expect(roleIdAt(ann, 'constructor')).toBe('cashier');
  });

  test('[S4] an entry from before roles per store reads as it did', () => {
    const old = {
      id: 'mia',
      name: 'Mia',
      role: 'manager',
      language: 'en',
      stores: [],
      active: true,
      pin: pinVerifier('9876', 'c2FsdHNhbHRzYWx0c2FsdA'),
    };
    expect(v.parse(personSchema, old)).toStrictEqual(old);
    expect(v.parse(personSchema, { ...old, roles: { S02: 'cashier' } })).toMatchObject({
      roles: { S02: 'cashier' },
    });
    expect(v.is(personSchema, { ...old, roles: { everywhere: 'cashier' } })).toBe(false);
    expect(v.is(personSchema, { ...old, role: 'The Boss' })).toBe(false);
  });
});

describe('limits', () => {
  const limited = role({ limits: { 'session.over-short': { GBP: 1000, '*': 200 } } });

  test('[S7] go by currency, else by what is for any, else are nothing', () => {
    expect(limitOf(limited, 'session.over-short', 'GBP')).toBe(1000);
    expect(limitOf(limited, 'session.over-short', 'EUR')).toBe(200);
    expect(limitOf(limited, 'cash.above-limit', 'GBP')).toBe(0);
    expect(limitOf(role({ limits: { 'session.over-short': { GBP: 7 } } }), 'session.over-short', 'EUR')).toBe(
      0,
    );
    expect(limitOf(undefined, 'session.over-short', 'GBP')).toBe(0);
  });
});

describe('standing', () => {
  const actor = (id: string) => actorOf({ ...person({ role: id }), id: 'ann' }, 'S01', NONE);

  test('[S6] selling and the work of the office cannot be approved by a PIN', () => {
    expect(PERMISSIONS.filter((permission) => !isApprovable(permission))).toStrictEqual([
      'sale.sell',
      'audit.read',
      'catalog.edit',
      'settings.edit',
      'staff.edit',
      'device.edit',
    ]);
  });

  test.each<[string, Permission, string]>([
    ['cashier', 'sale.sell', 'permitted'],
    ['cashier', 'drawer.open', 'approvable'],
    ['cashier', 'staff.edit', 'refused'],
    ['supervisor', 'drawer.open', 'permitted'],
    ['gardener', 'sale.sell', 'refused'],
  ])('[S6] a %s asking for %s is %s', (id, permission, answer) => {
    expect(standing(actor(id), permission)).toBe(answer);
  });

  test('[S4] who works elsewhere acts without a role', () => {
    const elsewhere = { ...person({ role: 'manager', stores: ['S02'] }), id: 'mia' };
    expect(actorOf(elsewhere, 'S01', NONE)).toStrictEqual({ person: 'mia', role: undefined });
    expect(roleAt(elsewhere, 'S02', NONE)?.id).toBe('manager');
  });
});
