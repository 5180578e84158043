import * as v from 'valibot';
import { MAX_SLIDES, pictureIdSchema } from '../catalog/picture.ts';
import { readEntry, type EntryFault } from '../documents/entries.ts';
import { registerIdSchema } from '../ids/register-id.ts';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { layawayFeeSchema } from '../ledger/layaway-fee.ts';
import {
  DEFAULT_LAYAWAY_DAYS,
  DEFAULT_LAYAWAY_PERCENT,
  DEFAULT_OFFLINE_LIMIT,
  layawayDaysSchema,
  layawayPercentSchema,
} from '../ledger/value-settings.ts';
import { loyaltySchema } from '../loyalty/loyalty.ts';
import { minorSchema } from '../money/money.ts';
import { ROUNDING_MODES } from '../money/rounding.ts';
import { drawerNameSchema } from '../register/drawer-number.ts';
import { err, ok, type Result } from '../result.ts';
import { cashRoundingSchema } from '../sale/cash-rounding.ts';

const countryCode = v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, 'a country is two capital letters'));
const paperLines = v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.maxLength(12));
const timeText = v.pipe(v.string(), v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time looks like 21:30'));
const reason = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(60));

/** What becomes of a receipt's paper after the sale. */
export const AFTER_SALE = ['print', 'ask', 'none'] as const;

/** The shape of every setting (rule O1). Amounts are minor units; `null` says "none". */
export const SETTING_SCHEMAS = {
  /** The country whose preset was applied last. */
  country: v.nullable(countryCode),
  taxRounding: v.picklist(['receipt', 'line', 'total']),
  roundingMode: v.picklist(ROUNDING_MODES),
  /** Line amounts are rounded with the receipt (rule T10). */
  exactLines: v.boolean(),
  /** Rounding per line rounds the net (rule T11). */
  keepNet: v.boolean(),
  cashRounding: v.nullable(cashRoundingSchema),
  /** Whether a new tax begins as one that prices hold already. */
  taxesIncluded: v.boolean(),
  /** The language of receipts and reports on paper. */
  language: v.picklist(['en', 'es']),
  receiptHeader: paperLines,
  receiptFooter: paperLines,
  /** Whether a receipt is printed by itself, when somebody asks on the screen after the sale, or only from the journal. */
  afterSale: v.picklist(AFTER_SALE),
  /** Minutes without a touch until a till signs its person out (rule S9). */
  signOutMinutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(480)),
  /** When a till begins to remind of an open register, on the store's clock. */
  closeReminder: v.nullable(timeText),
  /** How much cash a drawer should hold at most. */
  drawerLimit: v.nullable(v.pipe(minorSchema, v.minValue(1))),
  /** Reasons offered for a discount; where there are none the till offers its own. */
  discountReasons: v.pipe(v.array(reason), v.maxLength(12)),
  /** Whose rules say what a code with a price or a weight means (rule B4). */
  shelfCodes: v.nullable(countryCode),
  /** The cash drawers of registers with more than one, in their order (rule R14). */
  drawers: v.pipe(
    v.array(v.strictObject({ name: drawerNameSchema, register: v.optional(registerIdSchema) })),
    v.maxLength(40),
  ),
  /** What is kept of the deposit when a layaway is cancelled (rule G11). */
  layawayFee: v.nullable(layawayFeeSchema),
  /** For how many days a till keeps its store's closed sessions by itself (rule D8). */
  keepSessionsDays: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3650)),
  /** Reasons offered for what comes back; where there are none the till offers its own. */
  returnReasons: v.pipe(v.array(reason), v.maxLength(12)),
  /** What the customer display shows between sales, one after another (rule P7). */
  slides: v.pipe(v.array(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(120))), v.maxLength(20)),
  /** The pictures the customer display shows between sales, by id (rule C17). */
  slidePictures: v.pipe(v.array(pictureIdSchema), v.maxLength(MAX_SLIDES)),
  /** How customers are rewarded (rule U8). */
  loyalty: v.nullable(loyaltySchema),
  /** The most one payment takes out of an account while other tills cannot be asked (rule G9). */
  offlineRedeemLimit: v.pipe(minorSchema, v.minValue(0)),
  /** The least part of a layaway that is paid at once, in whole percent (rule G10). */
  layawayPercent: layawayPercentSchema,
  /** For how many days a layaway is kept (rule G10). */
  layawayDays: layawayDaysSchema,
} as const;

/** The name of a setting. */
export type SettingName = keyof typeof SETTING_SCHEMAS;
/** Every setting with its value. */
export type Settings = {
  readonly [Name in SettingName]: v.InferOutput<(typeof SETTING_SCHEMAS)[Name]>;
};
/** What one place says: settings it does not name are another's to say. */
export type SettingValues = Partial<Settings>;
/** What one place says as it is written: `undefined` under a name says "as the organization has it" (rule O1). */
export type WrittenSettings = { readonly [Name in SettingName]?: Settings[Name] | undefined };

/** Every setting by name. */
export const SETTING_NAMES = Object.keys(SETTING_SCHEMAS) as readonly SettingName[];

/**
 * Settings of the organization alone: how the office begins something new, and what holds wherever a customer comes with points, a card
 * or a layaway.
 */
const ORGANIZATION_ONLY: readonly SettingName[] = [
  'country',
  'taxesIncluded',
  'loyalty',
  'offlineRedeemLimit',
  'layawayPercent',
  'layawayDays',
];

/** Settings a store may have of its own (rule O1). */
export const STORE_SETTINGS: readonly SettingName[] = SETTING_NAMES.filter(
  (name) => !ORGANIZATION_ONLY.includes(name),
);

/** What holds where nobody said anything (rules O2 and O10). */
export const DEFAULT_SETTINGS: Settings = {
  country: null,
  taxRounding: 'receipt',
  roundingMode: 'half-up',
  exactLines: false,
  keepNet: false,
  cashRounding: null,
  taxesIncluded: true,
  language: 'en',
  receiptHeader: [],
  receiptFooter: [],
  afterSale: 'print',
  signOutMinutes: 10,
  closeReminder: null,
  drawerLimit: null,
  discountReasons: [],
  shelfCodes: null,
  drawers: [],
  layawayFee: null,
  keepSessionsDays: 14,
  returnReasons: [],
  slides: [],
  slidePictures: [],
  loyalty: null,
  offlineRedeemLimit: DEFAULT_OFFLINE_LIMIT,
  layawayPercent: DEFAULT_LAYAWAY_PERCENT,
  layawayDays: DEFAULT_LAYAWAY_DAYS,
};

/** One setting as a document holds it; without `value` the store takes the organization's. */
export type SettingEntry = {
  readonly [Name in SettingName]: { readonly name: Name; readonly value: Settings[Name] | undefined };
}[SettingName];

/** What one document says, of its entries. */
export function writtenSettings(entries: Iterable<SettingEntry>): WrittenSettings {
  return Object.fromEntries([...entries].map(({ name, value }) => [name, value]));
}

const PREFIX = 'settings:';

/** The key of a setting in the organization document or a store's (rule O1). */
export function settingKey(name: SettingName): string {
  return `${PREFIX}${name}`;
}

/** Whether a key is that of a setting, whatever is under it. */
export function isSettingKey(key: string): boolean {
  return key.startsWith(PREFIX);
}

/** A setting as it is written; undefined says "as the organization has it". */
export function settingText(value: Settings[SettingName] | undefined): string {
  return canonicalJson((value === undefined ? {} : { value }) as CanonicalValue);
}

/** Reads a setting (rule O1). One that cannot be read is shown and says nothing (rule D5). */
export function readSettingEntry(key: string, text: string): Result<SettingEntry, EntryFault> {
  const name = SETTING_NAMES.find((each) => settingKey(each) === key);
  if (name === undefined)
    return err({ key, code: 'unknown-key', detail: `there is no setting "${key.slice(0, 80)}"` });
  const shape = v.strictObject({ value: v.optional(SETTING_SCHEMAS[name] as v.GenericSchema) });
  const read = readEntry(shape, key, text);
  return read.ok ? ok({ name, value: read.value.value } as SettingEntry) : read;
}
