import { expect, test } from 'vitest';
import { BUILT_IN_ROLES, limitOf, type Role } from '#model/staff/permission.ts';
import { permissionOf } from '../../../app/lib/office/page-permission.ts';
import { personId } from '../../../app/lib/office/person-id.ts';
import { limitText, rolesOf, withLimit, withPermission } from '../../../app/lib/office/role-book.ts';

const [cashier] = BUILT_IN_ROLES as readonly [Role];

test('[S3] the roles are the built-in ones, as the organization changed them, and its own; none that cannot be read', () => {
  const own = { ...cashier, name: 'Kasse' };
  const lead: Role = { id: 'lead', name: 'Lead', permissions: [] };
  const roles = rolesOf(
    new Map<string, Role | 'unreadable'>([
      ['lead', lead],
      ['cashier', own],
      ['manager', 'unreadable'],
    ]),
  );
  expect(roles.map(({ name }) => name)).toEqual(['Kasse', 'Supervisor', 'Lead']);
});

test('[S3] a permission is given once and taken, those of a newer program stay', () => {
  const newer = { ...cashier, permissions: ['future.thing', 'drawer.open'] };
  expect(withPermission(newer, 'drawer.open', true).permissions).toEqual(['future.thing', 'drawer.open']);
  expect(withPermission(newer, 'drawer.open', false).permissions).toEqual(['future.thing']);
});

test('[S7] a limit is typed in the major unit, taken away by emptying it, and refused when it is no amount', () => {
  expect(limitText(cashier, 'cash.above-limit', 'GBP')).toBe('50.00');
  expect(limitText(cashier, 'drawer.open', 'GBP')).toBe('');
  const higher = withLimit(cashier, 'cash.above-limit', '75,5', 'GBP');
  expect(limitOf(higher, 'cash.above-limit', 'GBP')).toBe(7550);
  expect(limitOf(higher, 'session.over-short', 'GBP')).toBe(500);
  expect(limitOf(withLimit(cashier, 'cash.above-limit', '', 'GBP'), 'cash.above-limit', 'GBP')).toBe(0);
  expect(withLimit(cashier, 'cash.above-limit', '-5', 'GBP')).toBeUndefined();
  expect(withLimit(cashier, 'cash.above-limit', 'much', 'GBP')).toBeUndefined();
});

test('a new person gets an id from the name that nobody had', () => {
  const known = new Set(['zoe', 'zoe-2', 'person']);
  expect(personId('Zoë', known)).toBe('zoe-3');
  expect(personId('  María-José Núñez ', known)).toBe('maria-jose-nunez');
  expect(personId('雪', known)).toBe('person-2');
  expect(personId('x'.repeat(60), known)).toHaveLength(36);
});

test('[S11] every page of the office asks for its own permission', () => {
  const pages = ['', '/reports', '/exceptions', '/audit', '/devices', '/staff'].map(
    (page) => `/office${page}`,
  );
  expect(pages.map(permissionOf)).toEqual([
    'report.read',
    'report.read',
    'report.read',
    'audit.read',
    'device.edit',
    'staff.edit',
  ]);
});
