import { isAuditKey, readAuditEntry, type AuditEntry } from '../audit/audit-entry.ts';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { err, ok, type Result } from '../result.ts';
import { readEntry, type EntryFault } from '../documents/entries.ts';
import {
  PLAIN_TERMS,
  customerProfileSchema,
  customerTermsSchema,
  type Customer,
  type CustomerProfile,
  type CustomerTerms,
} from './customer.ts';

/** An entry of a customers document (rules U1 and U3). */
export type CustomerEntry =
  | { readonly kind: 'profile'; readonly id: string; readonly value: CustomerProfile }
  | { readonly kind: 'terms'; readonly id: string; readonly value: CustomerTerms }
  | { readonly kind: 'audit'; readonly value: AuditEntry };

/** Reads one entry of a customers document. */
export function readCustomerEntry(key: string, text: string): Result<CustomerEntry, EntryFault> {
  if (isAuditKey(key)) {
    const audit = readAuditEntry(key, text);
    return audit.ok ? ok({ kind: 'audit', value: audit.value }) : audit;
  }
  const [noun, id = '', group, ...rest] = key.split(':');
  if (noun !== 'customer' || id === '' || rest.length > 0)
    return err({ key, code: 'unknown-key', detail: `a customers document has no entry "${key}"` });
  if (group === 'profile') {
    const read = readEntry(customerProfileSchema, key, text);
    return read.ok ? ok({ kind: group, id, value: read.value }) : read;
  }
  if (group === 'terms') {
    const read = readEntry(customerTermsSchema, key, text);
    return read.ok ? ok({ kind: group, id, value: read.value }) : read;
  }
  return err({ key, code: 'unknown-key', detail: `a customer has no group "${group ?? ''}"` });
}

/** The entry of a customer's profile. */
export function profileEntry(id: string, profile: CustomerProfile): Record<string, string> {
  return { [`customer:${id}:profile`]: canonicalJson(profile as CanonicalValue) };
}

/** The entry of a customer's terms. */
export function termsEntry(id: string, terms: CustomerTerms): Record<string, string> {
  return { [`customer:${id}:terms`]: canonicalJson(terms as CanonicalValue) };
}

/** The groups of one customer that have arrived. */
export type CustomerGroups = { readonly profile?: CustomerProfile; readonly terms?: CustomerTerms };

/** A customer from its groups: none without a profile, since terms alone name nobody (rule U2). */
export function customerOf(id: string, { profile, terms }: CustomerGroups): Customer | undefined {
  return profile && { id, profile, terms: terms ?? PLAIN_TERMS };
}

/** Customers as entries tell, in whatever order they arrive (rule U2); entries that cannot be read are left out. */
export function foldCustomers(
  entries: Iterable<readonly [key: string, text: string]>,
): ReadonlyMap<string, Customer> {
  const groups = new Map<string, CustomerGroups>();
  for (const [key, text] of entries) {
    const read = readCustomerEntry(key, text);
    if (!read.ok || read.value.kind === 'audit') continue;
    const { kind, id, value } = read.value;
    groups.set(id, { ...groups.get(id), [kind]: value });
  }
  const customers = new Map<string, Customer>();
  for (const [id, each] of groups) {
    const customer = customerOf(id, each);
    if (customer) customers.set(id, customer);
  }
  return customers;
}
