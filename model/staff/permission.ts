import * as v from 'valibot';
import { currencySchema, minorSchema, type Minor } from '../money/money.ts';

/**
 * Everything a person can be permitted to do (rule S3). A closed list: what is not named here needs no permission, and a
 * role that names something else was written by a newer program and gives nothing by it.
 */
export const PERMISSIONS = [
  'sale.sell',
  'sale.void',
  'sale.refund',
  'sale.refund-without-receipt',
  'sale.discount',
  'sale.price-override',
  'session.open',
  'session.close',
  /** A difference above the role's limit at closing. */
  'session.over-short',
  'drawer.open',
  'cash.move',
  /** Cash taken out above the role's limit. */
  'cash.above-limit',
  'receipt.reprint',
  /** Selling what the catalog does not know (rule C10). */
  'catalog.quick-add',
  /** A customer's tier, exemption from tax and limit on account. */
  'customer.edit-terms',
  /** A sale on account beyond the customer's limit. */
  'customer.over-limit',
  'report.read',
  /** Paying out of a card or credit above what the shop allows while other tills cannot be asked (rule G9). */
  'value.redeem-offline',
  /** Giving a deposit back (rule G10). */
  'value.cancel-layaway',
  'training.enter',
  /** Seeing to what tills that were apart did (rule F10). */
  'exception.resolve',
  'audit.read',
  'catalog.edit',
  'settings.edit',
  'staff.edit',
  'device.edit',
] as const;

/** Something a person can be permitted to do. */
export type Permission = (typeof PERMISSIONS)[number];

/** What another person cannot make good by typing a PIN at a till: selling at all, and the work of the office. */
const NOT_APPROVABLE: readonly Permission[] = [
  'sale.sell',
  'audit.read',
  'catalog.edit',
  'settings.edit',
  'staff.edit',
  'device.edit',
];

/** Whether somebody who has a permission may approve an act of somebody who has not (rule S6). */
export function isApprovable(permission: Permission): boolean {
  return !NOT_APPROVABLE.includes(permission);
}

/** A role's id: lower-case letters, digits and `-`, at most 40. */
export const roleIdSchema = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9-]{1,40}$/, 'a role id has 1 to 40 lower-case letters, digits or -'),
);

/** The key of a limit for every currency that has none of its own. */
export const ANY_CURRENCY = '*';

const limitSchema = v.record(
  v.union([currencySchema, v.literal(ANY_CURRENCY)]),
  v.pipe(minorSchema, v.minValue(0)),
);

/**
 * A role, under `role:<id>` in the organization document (rule S3). Names of permissions this program does not know are
 * kept, so that an older office does not lose what a newer one granted. `limits` goes by permission: up to that amount of
 * minor units, by currency, the act does not need the permission (rule S7).
 */
export const roleSchema = v.strictObject({
  id: roleIdSchema,
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(60)),
  permissions: v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(60))),
  limits: v.optional(v.record(v.string(), limitSchema)),
});

/** A role. */
export type Role = v.InferOutput<typeof roleSchema>;

const SELLING: readonly Permission[] = [
  'sale.sell',
  'sale.refund',
  'session.open',
  'session.close',
  'cash.move',
  'receipt.reprint',
];

const SUPERVISING: readonly Permission[] = [
  ...SELLING,
  'sale.void',
  'sale.refund-without-receipt',
  'sale.discount',
  'sale.price-override',
  'catalog.quick-add',
  'session.over-short',
  'drawer.open',
  'cash.above-limit',
  'customer.over-limit',
  'report.read',
  'value.redeem-offline',
  'value.cancel-layaway',
  'training.enter',
  'exception.resolve',
];

/** The roles of an organization that has written none of its own (rule S3). */
export const BUILT_IN_ROLES: readonly Role[] = [
  {
    id: 'cashier',
    name: 'Cashier',
    permissions: [...SELLING],
    limits: {
      'session.over-short': { [ANY_CURRENCY]: 500 },
      'cash.above-limit': { [ANY_CURRENCY]: 5000 },
      'sale.discount': { [ANY_CURRENCY]: 200 },
    },
  },
  { id: 'supervisor', name: 'Supervisor', permissions: [...SUPERVISING] },
  { id: 'manager', name: 'Manager', permissions: [...PERMISSIONS] },
];

/** The organization's own roles by id; one that cannot be read is there as such and gives nothing (rule S3). */
export type RoleBook = ReadonlyMap<string, Role | 'unreadable'>;

/** What decides where a person works and as what: the part of a person that permissions go by (rule S4). */
export type StaffMember = {
  readonly active: boolean;
  readonly role: string;
  readonly roles?: Readonly<Record<string, string>> | undefined;
  readonly stores: readonly string[];
};

/** Whether a person works in a store: active, and there or everywhere (rule S4). */
export function worksAt({ active, stores }: StaffMember, store: string): boolean {
  return active && (stores.length === 0 || stores.includes(store));
}

/** The id of a person's role in a store: the one for that store, else the person's own (rule S4). */
export function roleIdAt({ role, roles = {} }: StaffMember, store: string): string {
  return Object.entries(roles).find(([at]) => at === store)?.[1] ?? role;
}

/** A person's role in a store; undefined, and so without any permission, where the person does not work or the role is not known. */
export function roleAt(person: StaffMember, store: string, roles: RoleBook): Role | undefined {
  if (!worksAt(person, store)) return undefined;
  const id = roleIdAt(person, store);
  const own = roles.get(id);
  if (own === 'unreadable') return undefined;
  return own ?? BUILT_IN_ROLES.find((role) => role.id === id);
}

/** Whether a person may do something in a store (rules S3 and S4). */
export function mayDo(person: StaffMember, store: string, permission: Permission, roles: RoleBook): boolean {
  return roleAt(person, store, roles)?.permissions.includes(permission) ?? false;
}

/** Up to which amount of minor units a role's act does not need `permission`; 0 where the role says nothing (rule S7). */
export function limitOf(role: Role | undefined, permission: Permission, currency: string): Minor {
  const limits = role?.limits ?? {};
  const amounts = Object.hasOwn(limits, permission) ? (limits[permission] ?? {}) : {};
  return amounts[currency] ?? amounts[ANY_CURRENCY] ?? 0;
}
