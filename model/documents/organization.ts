import * as v from 'valibot';
import { registerIdSchema, storeIdSchema } from '../ids/register-id.ts';
import { currencySchema } from '../money/money.ts';
import { err, type Result } from '../result.ts';
import { readEntry, type EntryFault } from './entries.ts';

const nameText = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100));

/** The organization itself, under the key `organization`. `catalogShards` is fixed at the foundation (rule D4). */
export const organizationSchema = v.strictObject({
  tag: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/, 'an organization tag has 12 hex digits')),
  name: nameText,
  currency: currencySchema,
  language: v.picklist(['en', 'es']),
  taxRounding: v.picklist(['receipt', 'line']),
  catalogShards: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024)),
  foundedAt: v.string(),
});

/** A store, under `store:S01`. `locale` formats money and dates, `timeZone` decides the business day. */
export const storeSchema = v.strictObject({
  id: storeIdSchema,
  name: nameText,
  timeZone: v.string(),
  locale: v.string(),
  header: v.array(v.pipe(v.string(), v.maxLength(64))),
  footer: v.array(v.pipe(v.string(), v.maxLength(64))),
});

/** A selling position, under `register:S01-R1`. `printer` is the bridge's name of its receipt printer. */
export const registerSchema = v.strictObject({
  store: storeIdSchema,
  register: registerIdSchema,
  name: nameText,
  printer: v.optional(v.string()),
});

/** The organization itself. */
export type Organization = v.InferOutput<typeof organizationSchema>;
/** A store. */
export type Store = v.InferOutput<typeof storeSchema>;
/** A selling position. */
export type Register = v.InferOutput<typeof registerSchema>;

/** An entry of the organization document, told apart by what its key names. */
export type OrganizationEntry =
  | { readonly kind: 'organization'; readonly value: Organization }
  | { readonly kind: 'store'; readonly value: Store }
  | { readonly kind: 'register'; readonly value: Register };

/** Reads one entry of the organization document. */
export function readOrganizationEntry(key: string, text: string): Result<OrganizationEntry, EntryFault> {
  const kind = key.split(':')[0] ?? '';
  if (key === 'organization') return tag('organization', readEntry(organizationSchema, key, text));
  if (kind === 'store') return tag('store', readEntry(storeSchema, key, text));
  if (kind === 'register') return tag('register', readEntry(registerSchema, key, text));
  return err({ key, code: 'unknown-key', detail: `an organization document has no entry "${key}"` });
}

function tag<Kind extends OrganizationEntry['kind']>(
  kind: Kind,
  read: Result<Extract<OrganizationEntry, { kind: Kind }>['value'], EntryFault>,
): Result<OrganizationEntry, EntryFault> {
  return read.ok ? { ok: true, value: { kind, value: read.value } as OrganizationEntry } : read;
}
