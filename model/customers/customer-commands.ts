import * as v from 'valibot';
import { MAX_DETAIL, auditChange, type AuditBody } from '../audit/audit-entry.ts';
import type { EntryFault } from '../documents/entries.ts';
import { authorize, type Act, type NotPermitted } from '../register/actor.ts';
import { err, ok, type Result } from '../result.ts';
import {
  PLAIN_TERMS,
  customerIdSchema,
  customerProfileSchema,
  customerTermsSchema,
  type Customer,
  type CustomerProfile,
  type CustomerTerms,
} from './customer.ts';
import { profileEntry, termsEntry } from './customer-entries.ts';

/** What to write into the customer's shard, in one change. */
export type CustomerChange = Readonly<Record<string, string>>;

/** Why a customer was not written; `field` is the one that was not understood. */
export type CustomerRefusal =
  | NotPermitted
  | { readonly code: 'bad-customer'; readonly field: string; readonly detail: EntryFault['detail'] }
  | { readonly code: 'card-taken'; readonly card: string; readonly name: string }
  | { readonly code: 'unknown-customer' };

/** A profile as a form gives it: a field left empty is absent. */
export type ProfileWish = { readonly [Field in keyof CustomerProfile]?: CustomerProfile[Field] | '' };

/**
 * Writes who a customer is, a new one under a fresh random id (rule U3): what everybody who may sell may do. `others` are the
 * customers this device knows, among whom no card belongs to somebody else (rule U6).
 */
export function writeProfile(
  id: string,
  wish: ProfileWish,
  others: Iterable<Customer>,
  act: Act,
): Result<CustomerChange, CustomerRefusal> {
  const given = Object.fromEntries(
    Object.entries(wish).filter(([, value]) => value !== undefined && value !== '' && !isEmptyList(value)),
  );
  const profile = understood(customerProfileSchema, given);
  if (!profile.ok) return profile;
  const key = understood(customerIdSchema, id);
  if (!key.ok) return key;
  for (const card of profile.value.cards ?? [])
    for (const other of others)
      if (other.id !== id && other.profile.cards?.includes(card))
        return err({ code: 'card-taken', card, name: other.profile.name });
  const stamp = authorize(act, ['sale.sell']);
  return stamp.ok ? ok(profileEntry(id, profile.value)) : stamp;
}

/**
 * Changes on what terms a customer buys (rule U3): with `customer.edit-terms`, and with an audit entry in the same change that
 * says what was set by whom and by whose leave. `auditId` is 16 fresh random hex digits.
 */
export function writeTerms(
  customer: Customer | undefined,
  terms: CustomerTerms,
  auditId: string,
  act: Act,
): Result<CustomerChange, CustomerRefusal> {
  if (!customer) return err({ code: 'unknown-customer' });
  const read = understood(customerTermsSchema, terms);
  if (!read.ok) return read;
  const stamp = authorize(act, ['customer.edit-terms']);
  if (!stamp.ok) return stamp;
  const { at, by, approvedBy } = stamp.value;
  const details = {
    name: customer.profile.name,
    ...difference(customer.terms, read.value),
    ...(approvedBy === undefined ? {} : { approvedBy }),
  };
  return ok({
    ...termsEntry(customer.id, read.value),
    ...auditChange({ id: auditId, at, by, what: 'customer.terms', subject: customer.id, details }),
  });
}

/** What changes, by field, as people read it; a field that goes away is empty. */
function difference(before: CustomerTerms, after: CustomerTerms): AuditBody['details'] {
  const [was, is] = [wordsOf(before), wordsOf(after)];
  const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (field) => was[field] !== is[field],
  );
  return Object.fromEntries(fields.map((field) => [field, (is[field] ?? '').slice(0, MAX_DETAIL)]));
}

function wordsOf(terms: CustomerTerms): Readonly<Record<string, string | undefined>> {
  const { tier, taxFree, taxMapping, accountLimit, active } = { ...PLAIN_TERMS, ...terms };
  return {
    tier,
    taxFree: taxFree?.certificate,
    taxMapping,
    accountLimit: accountLimit === undefined ? undefined : String(accountLimit),
    active: String(active),
  };
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function understood<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): Result<v.InferOutput<Schema>, CustomerRefusal> {
  const read = v.safeParse(schema, value);
  if (read.success) return ok(read.output);
  const [issue] = read.issues;
  const field = (v.getDotPath(issue) ?? 'customer').split('.')[0] ?? 'customer';
  return err({ code: 'bad-customer', field, detail: issue.message });
}
