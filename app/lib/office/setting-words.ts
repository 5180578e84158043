import { currencyExponent } from '#model/money/money.ts';
import type { LayawayFee } from '#model/ledger/layaway-fee.ts';
import type { RoundingMode } from '#model/money/rounding.ts';
import type { CashRounding } from '#model/sale/cash-rounding.ts';
import type { SettingName, Settings } from '#model/settings/settings.ts';
import type { TaxRounding } from '#model/tax/tax-document.ts';
import { drawerLines } from './drawer-lines.ts';
import { m } from '$lib/paraglide/messages.js';
import { tenderKindWords } from '$lib/tender-words.ts';

const LABELS: Record<SettingName, () => string> = {
  country: m.office_setting_country,
  taxRounding: m.office_setting_tax_rounding,
  roundingMode: m.office_setting_rounding_mode,
  exactLines: m.office_setting_exact_lines,
  keepNet: m.office_setting_keep_net,
  cashRounding: m.office_setting_cash_rounding,
  taxesIncluded: m.office_setting_taxes_included,
  language: m.office_setting_language,
  receiptHeader: m.office_setting_receipt_header,
  receiptFooter: m.office_setting_receipt_footer,
  afterSale: m.office_setting_after_sale,
  signOutMinutes: m.office_setting_sign_out_minutes,
  closeReminder: m.office_setting_close_reminder,
  drawerLimit: m.office_setting_drawer_limit,
  discountReasons: m.office_setting_discount_reasons,
  shelfCodes: m.office_setting_shelf_codes,
  drawers: m.office_setting_drawers,
  layawayFee: m.office_setting_layaway_fee,
  keepSessionsDays: m.office_setting_keep_sessions_days,
  returnReasons: m.office_setting_return_reasons,
  slides: m.office_setting_slides,
  slidePictures: m.office_setting_slide_pictures,
  loyalty: m.office_setting_loyalty,
  offlineRedeemLimit: m.office_setting_offline_limit,
  layawayPercent: m.office_setting_layaway_percent,
  layawayDays: m.office_setting_layaway_days,
};

const AFTER_SALES: Record<Settings['afterSale'], () => string> = {
  print: m.office_after_sale_print,
  ask: m.office_after_sale_ask,
  none: m.office_after_sale_none,
};

const MODES: Record<RoundingMode, () => string> = {
  'half-up': m.office_mode_half_up,
  'half-down': m.office_mode_half_down,
  'half-even': m.office_mode_half_even,
  up: m.office_mode_up,
  down: m.office_mode_down,
};

const TAX_ROUNDINGS: Record<TaxRounding, () => string> = {
  receipt: m.office_tax_rounding_receipt,
  line: m.office_tax_rounding_line,
  total: m.office_tax_rounding_total,
};

/** What a setting is called. */
export function settingLabel(name: SettingName): string {
  return LABELS[name]();
}

/** What a way of rounding is called. */
export function modeWords(mode: RoundingMode): string {
  return MODES[mode]();
}

/** When taxes are rounded, in words. */
export function taxRoundingWords(rounding: TaxRounding): string {
  return TAX_ROUNDINGS[rounding]();
}

/** What becomes of a receipt after the sale, in words. */
export function afterSaleWords(afterSale: Settings['afterSale']): string {
  return AFTER_SALES[afterSale]();
}

/** How a setting's value is written for people: amounts by `money`, countries by their name in `language`. */
export type SettingFormats = {
  readonly money: (amount: number) => string;
  readonly language: string;
};

/** A country by its name, in a language. */
export function countryName(country: string, language: string): string {
  return new Intl.DisplayNames([language], { type: 'region' }).of(country) ?? country;
}

/** Cash rounding in words: step, way, and the way for change where it differs. */
export function cashRoundingWords(rule: CashRounding | null, { money }: SettingFormats): string {
  if (!rule) return m.office_none();
  const { step, mode, change, tenders } = rule;
  const parts = [
    m.office_cash_to({ step: money(step) }),
    modeWords(mode),
    change && m.office_cash_change_by({ mode: modeWords(change) }),
    tenders?.map(tenderKindWords).join(', '),
  ];
  return parts.filter(Boolean).join(' · ');
}

function feeWords(fee: LayawayFee, { money }: SettingFormats): string {
  return fee.kind === 'percent' ? `${fee.percent} %` : money(fee.amount);
}

/** A setting's value in words. */
export function settingValueWords(
  name: SettingName,
  value: Settings[SettingName],
  formats: SettingFormats,
): string {
  if (name === 'cashRounding') return cashRoundingWords(value as Settings['cashRounding'], formats);
  if (value === null) return m.office_none();
  if (name === 'layawayFee') return feeWords(value as LayawayFee, formats);
  if (typeof value === 'boolean') return value ? m.office_yes() : m.office_no();
  if (name === 'drawers')
    return drawerLines(value as Settings['drawers']).replaceAll('\n', ' · ') || m.office_none();
  if (name === 'slidePictures') {
    const { length } = value as Settings['slidePictures'];
    return length === 0 ? m.office_none() : String(length);
  }
  if (Array.isArray(value)) return value.length === 0 ? m.office_none() : value.join(' · ');
  if (name === 'taxRounding') return taxRoundingWords(value as TaxRounding);
  if (name === 'afterSale') return afterSaleWords(value as Settings['afterSale']);
  if (name === 'roundingMode') return modeWords(value as RoundingMode);
  if (name === 'drawerLimit' || name === 'offlineRedeemLimit') return formats.money(value as number);
  if (name === 'loyalty') return m.office_yes();
  if (name === 'country' || name === 'shelfCodes') return countryName(value as string, formats.language);
  if (name === 'language') return value === 'es' ? 'Español' : 'English';
  return String(value);
}

/** An amount of minor units as a person types it. */
export function typedAmount(amount: number | null | undefined, currency: string): string {
  if (amount === null || amount === undefined) return '';
  const digits = currencyExponent(currency);
  return (amount / 10 ** digits).toFixed(digits);
}
