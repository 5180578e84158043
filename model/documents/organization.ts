import * as v from 'valibot';
import { auditKey, isAuditKey, readAuditEntry, type AuditEntry } from '../audit/audit-entry.ts';
import { loyaltySchema } from '../loyalty/loyalty.ts';
import { valueSettingsSchema } from '../ledger/value-settings.ts';
import { registerIdSchema, registerName, storeIdSchema } from '../ids/register-id.ts';
import { currencySchema, minorSchema } from '../money/money.ts';
import { err, ok, type Result } from '../result.ts';
import { cashRoundingSchema } from '../sale/cash-rounding.ts';
import { isSettingKey, readSettingEntry, settingKey, type SettingEntry } from '../settings/settings.ts';
import { roleSchema, type Role } from '../staff/permission.ts';
import { deviceSchema, type Device } from '../trust/device.ts';
import { invitationSchema, type Invitation } from '../trust/invitation.ts';
import { readEntry, type EntryFault } from './entries.ts';

const nameText = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100));
const tierIdText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/** The organization itself, under the key `organization`. `catalogShards` is fixed at the foundation (rule D4). */
export const organizationSchema = v.strictObject({
  tag: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/, 'an organization tag has 12 hex digits')),
  name: nameText,
  currency: currencySchema,
  language: v.picklist(['en', 'es']),
  taxRounding: v.picklist(['receipt', 'line']),
  /** How cash is rounded where small coins are gone (rule Y6). */
  cashRounding: v.optional(cashRoundingSchema),
  /** How customers are rewarded (rule U8). */
  loyalty: v.optional(loyaltySchema),
  /** What tills may do with cards, credits and deposits (rules G9 and G10). */
  value: v.optional(valueSettingsSchema),
  catalogShards: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024)),
  foundedAt: v.string(),
  /** The price tier of everybody, where customer and store have none (rule X3). */
  tier: v.optional(tierIdText),
});

function isTimeZone(text: string): boolean {
  return isAccepted(() => new Intl.DateTimeFormat('en', { timeZone: text }));
}

function isLocale(text: string): boolean {
  return isAccepted(() => new Intl.Locale(text));
}

/** Intl answers a wrong name with a RangeError only; on a receipt it would come too late. */
function isAccepted(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch (cause) {
    if (cause instanceof RangeError) return false;
    throw cause;
  }
}

/** A store, under `store:S01`. `locale` formats money and dates, `timeZone` decides the business day. */
export const storeSchema = v.strictObject({
  id: storeIdSchema,
  name: nameText,
  timeZone: v.pipe(v.string(), v.check(isTimeZone, 'a time zone looks like Europe/London')),
  locale: v.pipe(v.string(), v.check(isLocale, 'a locale looks like en-GB')),
  header: v.array(v.pipe(v.string(), v.maxLength(64))),
  footer: v.array(v.pipe(v.string(), v.maxLength(64))),
  /** The price tier of everybody who buys here and has none of their own (rule X3). */
  tier: v.optional(tierIdText),
  /** Whether a receipt names its customer (rule U5). */
  customerOnReceipt: v.optional(v.boolean()),
  /** What the customer display shows between sales, one after another (rule P7). */
  slides: v.optional(v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(120))), v.maxLength(20))),
  /** After how many minutes without a touch a till signs its person out (rule S9). */
  signOutMinutes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(480))),
  /** Above how many minor units in the drawer a till recommends to take cash to the safe (rule R8). */
  drawerLimit: v.optional(v.pipe(minorSchema, v.minValue(0))),
  /** From what time of the store's clock (`20:30`) a till reminds of closing an open session (rule R13). */
  closeReminder: v.optional(
    v.pipe(v.string(), v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time looks like 20:30')),
  ),
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
  | { readonly kind: 'register'; readonly value: Register }
  | { readonly kind: 'role'; readonly value: Role }
  | { readonly kind: 'device'; readonly value: Device }
  | { readonly kind: 'invitation'; readonly value: Invitation }
  | { readonly kind: 'settings'; readonly value: SettingEntry }
  | { readonly kind: 'audit'; readonly value: AuditEntry };

/** Reads one entry of the organization document. */
export function readOrganizationEntry(key: string, text: string): Result<OrganizationEntry, EntryFault> {
  const kind = key.split(':')[0] ?? '';
  if (key === 'organization') return tag(key, 'organization', readEntry(organizationSchema, key, text));
  if (kind === 'store') return tag(key, 'store', readEntry(storeSchema, key, text));
  if (kind === 'register') return tag(key, 'register', readEntry(registerSchema, key, text));
  if (kind === 'role') return tag(key, 'role', readEntry(roleSchema, key, text));
  if (kind === 'device') return tag(key, 'device', readEntry(deviceSchema, key, text));
  if (kind === 'invitation') return tag(key, 'invitation', readEntry(invitationSchema, key, text));
  if (isSettingKey(key)) return tag(key, 'settings', readSettingEntry(key, text));
  if (isAuditKey(key)) return tag(key, 'audit', readAuditEntry(key, text));
  return err({ key, code: 'unknown-key', detail: `an organization document has no entry "${key}"` });
}

function tag<Kind extends OrganizationEntry['kind']>(
  key: string,
  kind: Kind,
  read: Result<Extract<OrganizationEntry, { kind: Kind }>['value'], EntryFault>,
): Result<OrganizationEntry, EntryFault> {
  if (!read.ok) return read;
  const entry = { kind, value: read.value } as OrganizationEntry;
  if (organizationKey(entry) === key) return ok(entry);
  return err({ key, code: 'bad-shape', detail: `id: the key should be "${organizationKey(entry)}"` });
}

/**
 * The key an entry belongs under: `organization`, `store:S01`, `register:S01-R1`, `role:cashier`, `device:<id>`,
 * `invitation:<id>`, `settings:<name>`, `audit:<moment>:<id>`.
 */
export function organizationKey(entry: OrganizationEntry): string {
  switch (entry.kind) {
    case 'organization':
      return 'organization';
    case 'store':
      return `store:${entry.value.id}`;
    case 'register':
      return `register:${registerName(entry.value.store, entry.value.register)}`;
    case 'role':
      return `role:${entry.value.id}`;
    case 'device':
      return `device:${entry.value.id}`;
    case 'invitation':
      return `invitation:${entry.value.id}`;
    case 'settings':
      return settingKey(entry.value.name);
    case 'audit':
      return auditKey(entry.value);
  }
}
