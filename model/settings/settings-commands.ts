import * as v from 'valibot';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { err, ok, type Result } from '../result.ts';
import {
  audited,
  permit,
  type DocumentChange,
  type OfficeDoing,
  type OfficeRefusal,
  type StaffBook,
} from '../staff/office-actor.ts';
import type { CountryPreset } from './country-presets.ts';
import { presetSettings } from './preset-changes.ts';
import { settingsOf, type SettingsPlace } from './settings-of.ts';
import { SETTING_SCHEMAS, STORE_SETTINGS, settingKey, settingText } from './settings.ts';
import type { SettingName, Settings } from './settings.ts';

/** What an office knows of settings: the organization's, and each store's own. */
export type SettingsBook = {
  readonly organizationSettings: SettingsPlace;
  readonly storeSettings: ReadonlyMap<string, SettingsPlace>;
};

/** Why a setting was not changed. */
export type SettingRefusal =
  | OfficeRefusal
  | { readonly code: 'bad-setting'; readonly setting: SettingName; readonly detail: string }
  | { readonly code: 'not-of-a-store'; readonly setting: SettingName }
  | { readonly code: 'unknown-store' | 'nothing-to-change' };

type Outcome = Result<DocumentChange, SettingRefusal>;
type Book = StaffBook & SettingsBook;

/** One value for one setting. */
export type WantedSetting = {
  readonly [Name in SettingName]: { readonly name: Name; readonly value: Settings[Name] };
}[SettingName];

/** Sets a setting of the organization (rules O1 and O5); gives what to write into the organization document. */
export function setSetting(book: Book, { name, value }: WantedSetting, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'settings.edit');
  if (!may.ok) return may;
  const read = checked(name, value);
  if (!read.ok) return read;
  const change = { [settingKey(name)]: settingText(read.value) };
  return ok(audited(doing, 'setting.edit', name, { value: settingWords(read.value) }, change));
}

/** Takes back what was set for the organization: what the foundation said holds again, or the default. */
export function resetSetting(book: Book, name: SettingName, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'settings.edit');
  if (!may.ok) return may;
  return ok(audited(doing, 'setting.edit', name, { value: 'reset' }, { [settingKey(name)]: undefined }));
}

/**
 * Gives a store a value of its own, or with `undefined` the organization's (rule O1); gives what to write into the store's
 * document.
 */
export function setStoreSetting(
  book: Book,
  store: string,
  { name, value }: WantedSetting | { readonly name: SettingName; readonly value: undefined },
  doing: OfficeDoing,
): Outcome {
  const may = permit(book, doing, 'settings.edit');
  if (!may.ok) return may;
  if (!book.storeSettings.has(store)) return err({ code: 'unknown-store' });
  if (!STORE_SETTINGS.includes(name)) return err({ code: 'not-of-a-store', setting: name });
  const read = value === undefined ? ok(undefined) : checked(name, value);
  if (!read.ok) return read;
  const said = value === undefined ? 'as the organization' : settingWords(read.value);
  const change = { [settingKey(name)]: settingText(read.value) };
  return ok(audited(doing, 'setting.edit', `${store} ${name}`, { store, value: said }, change));
}

/**
 * Writes what a country's preset says differently from what is in force (rule O3); gives what to write into the organization
 * document. Stores keep what they have of their own, and nothing is written where nothing differs.
 */
export function applyPreset(book: Book, preset: CountryPreset, doing: OfficeDoing): Outcome {
  const may = permit(book, doing, 'settings.edit');
  if (!may.ok) return may;
  const changes = presetSettings(settingsOf(book.organizationSettings), preset);
  if (changes.length === 0) return err({ code: 'nothing-to-change' });
  const entries = changes.map(({ name, after }) => [settingKey(name), settingText(after)] as const);
  const details = Object.fromEntries(changes.map(({ name, after }) => [name, settingWords(after)]));
  return ok(audited(doing, 'setting.preset', preset.country, details, Object.fromEntries(entries)));
}

function checked(name: SettingName, value: unknown): Result<Settings[SettingName], SettingRefusal> {
  const read = v.safeParse(SETTING_SCHEMAS[name] as v.GenericSchema, value);
  if (read.success) return ok(read.output as Settings[SettingName]);
  return err({ code: 'bad-setting', setting: name, detail: read.issues[0].message });
}

function settingWords(value: unknown): string {
  return typeof value === 'string' ? value : canonicalJson(value as CanonicalValue);
}
