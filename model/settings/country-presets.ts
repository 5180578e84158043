import type { RoundingMode } from '../money/rounding.ts';
import type { CashRounding } from '../sale/cash-rounding.ts';
import type { TaxRate } from '../tax/tax-rate.ts';
import type { TaxRounding } from '../tax/tax-document.ts';

/**
 * What an organization of a country starts with (rule X11); every value is a setting it may change. `taxes` are the rates in
 * force for shops, the ordinary one first. `regime` names the tax in the country's words.
 */
export type CountryPreset = {
  readonly country: string;
  readonly name: string;
  readonly currency: string;
  readonly regime: string;
  readonly taxesIncluded: boolean;
  readonly taxRounding: TaxRounding;
  readonly roundingMode: RoundingMode;
  readonly exactLines: boolean;
  readonly cashRounding?: CashRounding;
  readonly taxes: readonly TaxRate[];
};

/** Rates of one tax, `name rate name rate`, with ids from its own name. */
function rates(tax: string, included: boolean, ...percents: string[]): TaxRate[] {
  return percents.map((rate, i) => ({
    id: i === 0 ? tax.toLowerCase() : `${tax.toLowerCase()}-${rate}`,
    name: tax,
    rate,
    included,
  }));
}

const ORDINARY = {
  taxesIncluded: true,
  taxRounding: 'receipt',
  roundingMode: 'half-up',
  exactLines: false,
} as const;

const PRESETS: readonly CountryPreset[] = [
  {
    ...ORDINARY,
    country: 'GB',
    name: 'United Kingdom',
    currency: 'GBP',
    regime: 'VAT',
    taxes: rates('VAT', true, '20', '5', '0'),
  },
  // Rates differ by state, county and city: the shop enters its own.
  {
    ...ORDINARY,
    country: 'US',
    name: 'United States',
    currency: 'USD',
    regime: 'Sales tax',
    taxesIncluded: false,
    taxes: [],
  },
  {
    ...ORDINARY,
    country: 'CA',
    name: 'Canada',
    currency: 'CAD',
    regime: 'GST/HST',
    taxesIncluded: false,
    cashRounding: { step: 5, mode: 'half-up' },
    taxes: [...rates('GST', false, '5'), ...rates('QST', false, '9.975'), ...rates('HST', false, '13')],
  },
  {
    ...ORDINARY,
    country: 'CH',
    name: 'Switzerland',
    currency: 'CHF',
    regime: 'MWST',
    cashRounding: { step: 5, mode: 'half-up' },
    taxes: rates('MWST', true, '8.1', '2.6', '3.8'),
  },
  {
    ...ORDINARY,
    country: 'SE',
    name: 'Sweden',
    currency: 'SEK',
    regime: 'Moms',
    cashRounding: { step: 100, mode: 'half-up', change: 'half-down' },
    taxes: rates('Moms', true, '25', '12', '6'),
  },
  {
    ...ORDINARY,
    country: 'DK',
    name: 'Denmark',
    currency: 'DKK',
    regime: 'Moms',
    cashRounding: { step: 50, mode: 'half-up', change: 'half-down' },
    taxes: rates('Moms', true, '25'),
  },
  {
    ...ORDINARY,
    country: 'NO',
    name: 'Norway',
    currency: 'NOK',
    regime: 'MVA',
    cashRounding: { step: 100, mode: 'half-up' },
    taxes: rates('MVA', true, '25', '15', '12'),
  },
  {
    ...ORDINARY,
    country: 'NZ',
    name: 'New Zealand',
    currency: 'NZD',
    regime: 'GST',
    // Half a cent or less is dropped (Goods and Services Tax Act s 24(6)); for 5 cents in cash most shops round down.
    roundingMode: 'half-down',
    cashRounding: { step: 10, mode: 'half-down' },
    taxes: rates('GST', true, '15'),
  },
  {
    ...ORDINARY,
    country: 'AU',
    name: 'Australia',
    currency: 'AUD',
    regime: 'GST',
    cashRounding: { step: 5, mode: 'half-up' },
    taxes: rates('GST', true, '10', '0'),
  },
  {
    ...ORDINARY,
    country: 'FR',
    name: 'France',
    currency: 'EUR',
    regime: 'TVA',
    taxes: rates('TVA', true, '20', '10', '5.5', '2.1'),
  },
  {
    ...ORDINARY,
    country: 'DE',
    name: 'Germany',
    currency: 'EUR',
    regime: 'MwSt',
    taxes: rates('MwSt', true, '19', '7'),
  },
  {
    ...ORDINARY,
    country: 'ES',
    name: 'Spain',
    currency: 'EUR',
    regime: 'IVA',
    taxes: rates('IVA', true, '21', '10', '4'),
  },
  {
    ...ORDINARY,
    country: 'PT',
    name: 'Portugal',
    currency: 'EUR',
    regime: 'IVA',
    taxRounding: 'total',
    exactLines: true,
    taxes: rates('IVA', true, '23', '13', '6'),
  },
  {
    ...ORDINARY,
    country: 'MX',
    name: 'Mexico',
    currency: 'MXN',
    regime: 'IVA',
    taxRounding: 'line',
    taxes: rates('IVA', true, '16', '8', '0'),
  },
  {
    ...ORDINARY,
    country: 'FI',
    name: 'Finland',
    currency: 'EUR',
    regime: 'ALV',
    cashRounding: { step: 5, mode: 'half-up' },
    taxes: rates('ALV', true, '25.5', '13.5', '10'),
  },
];

/** Presets by ISO 3166 country (rule X11). */
export const COUNTRY_PRESETS: ReadonlyMap<string, CountryPreset> = new Map(
  PRESETS.map((preset) => [preset.country, preset]),
);
