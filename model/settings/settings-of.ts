import type { Organization, Store } from '../documents/organization.ts';
import type { ValueSettings } from '../ledger/value-settings.ts';
import type { PricingRules } from '../sale/pricing.ts';
import {
  DEFAULT_SETTINGS,
  SETTING_NAMES,
  STORE_SETTINGS,
  type SettingName,
  type Settings,
  type SettingValues,
  type WrittenSettings,
} from './settings.ts';

/**
 * What a place says about its settings: `founded` is what its own entry has said since the foundation, `written` what was set
 * since then and counts before it.
 */
export type SettingsPlace = { readonly founded: SettingValues; readonly written: WrittenSettings };

/** Where a setting's value comes from. */
export type SettingSource = 'store' | 'organization' | 'default';

/** What the organization's entry says that is a setting (rules O1 and O10). */
export function foundedByOrganization(
  organization: Pick<
    Organization,
    'currency' | 'language' | 'taxRounding' | 'cashRounding' | 'loyalty' | 'value'
  >,
): SettingValues {
  const { currency, language, taxRounding, cashRounding, loyalty, value = {} } = organization;
  const { layawayPercent, layawayDays } = value;
  const offlineRedeemLimit = value.offlineRedeemLimit?.[currency];
  return {
    language,
    taxRounding,
    ...(cashRounding ? { cashRounding } : {}),
    ...(loyalty ? { loyalty } : {}),
    ...(offlineRedeemLimit === undefined ? {} : { offlineRedeemLimit }),
    ...(layawayPercent === undefined ? {} : { layawayPercent }),
    ...(layawayDays === undefined ? {} : { layawayDays }),
  };
}

/** What a store's entry says that is a setting (rules O1 and O10). */
export function foundedByStore(
  store: Pick<Store, 'header' | 'footer' | 'signOutMinutes' | 'closeReminder' | 'drawerLimit' | 'slides'>,
): SettingValues {
  const { header, footer, signOutMinutes, closeReminder, drawerLimit, slides } = store;
  return {
    ...(header.length > 0 ? { receiptHeader: header } : {}),
    ...(footer.length > 0 ? { receiptFooter: footer } : {}),
    ...(signOutMinutes === undefined ? {} : { signOutMinutes }),
    ...(closeReminder === undefined ? {} : { closeReminder }),
    ...(drawerLimit === undefined ? {} : { drawerLimit }),
    ...(slides === undefined ? {} : { slides }),
  };
}

/** A store with what its till is to remind of as the settings in force say it (rules R8 and R13). */
export function storeInForce(
  store: Store,
  { closeReminder, drawerLimit }: Pick<Settings, 'closeReminder' | 'drawerLimit'>,
): Store {
  const { closeReminder: _time, drawerLimit: _limit, ...rest } = store;
  return {
    ...rest,
    ...(closeReminder === null ? {} : { closeReminder }),
    ...(drawerLimit === null ? {} : { drawerLimit }),
  };
}

/** A store's own value of a setting, undefined where it takes the organization's (rule O1). */
export function ownValue<Name extends SettingName>(
  store: SettingsPlace | undefined,
  name: Name,
): Settings[Name] | undefined {
  if (!store || !STORE_SETTINGS.includes(name)) return undefined;
  // An entry without a value hides what the foundation said.
  return Object.hasOwn(store.written, name) ? store.written[name] : store.founded[name];
}

/** `null` is a value: it says "none". */
function saidBy<Name extends SettingName>(place: SettingsPlace, name: Name): Settings[Name] | undefined {
  const written = place.written[name];
  return written === undefined ? place.founded[name] : written;
}

/** Where a setting's value comes from. */
export function sourceOf(
  name: SettingName,
  organization: SettingsPlace,
  store: SettingsPlace | undefined,
): SettingSource {
  if (ownValue(store, name) !== undefined) return 'store';
  return saidBy(organization, name) === undefined ? 'default' : 'organization';
}

/** The settings in force: a store's own, else the organization's, else the defaults (rule O1). */
export function settingsOf(organization: SettingsPlace, store?: SettingsPlace): Settings {
  const value = <Name extends SettingName>(name: Name): Settings[Name] => {
    const own = ownValue(store, name);
    const said = own === undefined ? saidBy(organization, name) : own;
    return said === undefined ? DEFAULT_SETTINGS[name] : said;
  };
  return Object.fromEntries(SETTING_NAMES.map((name) => [name, value(name)])) as Settings;
}

/** What the settings in force say about accounts of value, in the shape of the rules G9 and G10. */
export function valueSettingsOf(
  { offlineRedeemLimit, layawayPercent, layawayDays }: Settings,
  currency: string,
): ValueSettings {
  return { offlineRedeemLimit: { [currency]: offlineRedeemLimit }, layawayPercent, layawayDays };
}

/** The part of pricing that settings decide (rule O4). */
export function pricingOf(
  settings: Settings,
): Pick<
  PricingRules,
  'taxRounding' | 'roundingMode' | 'exactLines' | 'keepNet' | 'cashRounding' | 'loyalty'
> {
  const { taxRounding, roundingMode, exactLines, keepNet, cashRounding, loyalty } = settings;
  return {
    taxRounding,
    roundingMode,
    exactLines,
    keepNet,
    ...(cashRounding ? { cashRounding } : {}),
    ...(loyalty ? { loyalty } : {}),
  };
}
