import * as v from 'valibot';
import { readEntry, type EntryFault } from '../documents/entries.ts';
import { canonicalJson } from '../journal/canonical.ts';
import { momentSchema } from '../journal/record.ts';
import { err, ok, type Result } from '../result.ts';

/** What begins the key of an audit entry. */
export const AUDIT_PREFIX = 'audit:';

/** The longest value an audit entry keeps, in UTF-16 code units: every permission of a role fits many times. */
export const MAX_DETAIL = 2000;

/**
 * What a person did in the office, beside what it changed and in the same change (rule A2): `what` like `person.edit`,
 * `subject` the id of what it was done to, `details` what was set, by field, as people read it.
 */
export const auditBodySchema = v.strictObject({
  at: momentSchema,
  by: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  what: v.pipe(
    v.string(),
    v.regex(/^[a-z]+(?:[.-][a-z]+)+$/, 'an act looks like person.edit'),
    v.maxLength(40),
  ),
  subject: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  details: v.record(
    v.pipe(v.string(), v.minLength(1), v.maxLength(40)),
    v.pipe(v.string(), v.maxLength(MAX_DETAIL)),
  ),
});

/** What a person did in the office. */
export type AuditBody = v.InferOutput<typeof auditBodySchema>;
/** The same with the id that tells it from others of its moment: 16 hex digits, drawn by who writes it. */
export type AuditEntry = AuditBody & { readonly id: string };

/** The acts offices of this version write (rule A2); entries of a newer one may name others. */
export const OFFICE_ACTS = [
  'person.add',
  'person.edit',
  'person.deactivate',
  'person.activate',
  'person.pin',
  'role.add',
  'role.edit',
  'role.remove',
  'device.invite',
  'device.uninvite',
  'device.rename',
  'device.expire',
  'device.revoke',
  /** Written at tills too, into the customer's own document (rule U3). */
  'customer.terms',
  'setting.edit',
  'setting.preset',
  'product.add',
  'product.edit',
  'product.deactivate',
  'product.activate',
  'department.add',
  'department.edit',
  'tax.add',
  'tax.edit',
  'tax.remove',
  'tax-mapping.add',
  'tax-mapping.edit',
  'tender.add',
  'tender.edit',
  'special.add',
  'special.edit',
  'favourites.edit',
  'slide.add',
  'slide.remove',
  'tier.add',
  'tier.edit',
  'price-rule.add',
  'price-rule.edit',
  'price-rule.remove',
  'store-price.edit',
  /** Written at tills too, into their store's document of exceptions (rule F11). */
  'exception.resolve',
] as const;

/** An act of the office. */
export type OfficeAct = (typeof OFFICE_ACTS)[number];

/** The key of an audit entry (rule A2). */
export function auditKey({ at, id }: Pick<AuditEntry, 'at' | 'id'>): string {
  return `${AUDIT_PREFIX}${at}:${id}`;
}

/** Whether a key is that of an audit entry, whatever is under it. */
export function isAuditKey(key: string): boolean {
  return key.startsWith(AUDIT_PREFIX);
}

/** An audit entry as it is written. */
export function auditChange({ id, ...body }: AuditEntry): Record<string, string> {
  return { [auditKey({ id, at: body.at })]: canonicalJson(body) };
}

/** Reads an audit entry of an organization or staff document (rule A2). */
export function readAuditEntry(key: string, text: string): Result<AuditEntry, EntryFault> {
  const read = readEntry(auditBodySchema, key, text);
  if (!read.ok) return read;
  const id = key.slice(key.lastIndexOf(':') + 1);
  const entry = { ...read.value, id };
  if (/^[0-9a-f]{16}$/.test(id) && auditKey(entry) === key) return ok(entry);
  return err({ key, code: 'bad-shape', detail: `the key should be "${AUDIT_PREFIX}${entry.at}:" and an id` });
}
