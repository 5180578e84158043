import { REGION_MEASURE_RULES } from '../catalog/measure-regions.ts';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import type { TaxRate } from '../tax/tax-rate.ts';
import type { CountryPreset } from './country-presets.ts';
import type { SettingName, Settings } from './settings.ts';

/** A setting a preset would change. */
export type SettingChange = {
  readonly [Name in SettingName]: {
    readonly name: Name;
    readonly before: Settings[Name];
    readonly after: Settings[Name];
  };
}[SettingName];

/** What a preset says of the settings (rules O3 and X11). Paper, people and tills are no matter of a country. */
export function settingsOfPreset(preset: CountryPreset) {
  const { country, taxRounding, roundingMode, exactLines, taxesIncluded, cashRounding } = preset;
  return {
    country,
    taxRounding,
    roundingMode,
    exactLines,
    keepNet: false,
    taxesIncluded,
    cashRounding: cashRounding ?? null,
    shelfCodes: REGION_MEASURE_RULES.has(country) ? country : null,
  } satisfies Partial<Settings>;
}

/** What a preset would change of the settings in force, to be shown before it is applied (rule O3). */
export function presetSettings(now: Settings, preset: CountryPreset): readonly SettingChange[] {
  return Object.entries(settingsOfPreset(preset))
    .map(([name, after]) => ({ name, before: now[name as SettingName], after }) as SettingChange)
    .filter(({ before, after }) => !isSame(before, after));
}

/** The taxes of a preset that a catalog lacks; one that is there under its id stays as it is (rule O3). */
export function presetTaxes(known: ReadonlyMap<string, TaxRate>, preset: CountryPreset): readonly TaxRate[] {
  return preset.taxes.filter(({ id }) => !known.has(id));
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a as CanonicalValue) === canonicalJson(b as CanonicalValue);
}
