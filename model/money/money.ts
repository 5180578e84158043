import { Decimal } from 'decimal.js';
import * as v from 'valibot';
import { assert, err, ok, type Result } from '../result.ts';

/**
 * Money is a whole number of the currency's minor unit (rule M1): 12.34 pounds is 1234. Never a float of the major unit.
 * Safe integers only, so sums are exact up to 90 trillion pounds.
 */
export type Minor = number;

/** Exact arithmetic for rates, quantities and unit prices; 40 digits so that no tax ever depends on the precision. */
export const Exact = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_UP });

/** A money amount at an edge: a safe integer of minor units. */
export const minorSchema = v.pipe(v.number(), v.safeInteger('money is a whole number of minor units'));

/** ISO 4217 code at an edge. */
export const currencySchema = v.pipe(
  v.string(),
  v.regex(/^[A-Z]{3}$/, 'a currency is three capital letters'),
);

/** Every ISO 4217 currency whose minor unit is not a hundredth. */
const EXPONENTS = new Map<string, number>([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'
    .split(' ')
    .map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
  ...'CLF UYW'.split(' ').map((code) => [code, 4] as const),
]);

/** Decimal places of a currency's minor unit (ISO 4217): GBP 2, JPY 0, KWD 3. */
export function currencyExponent(currency: string): number {
  return EXPONENTS.get(currency) ?? 2;
}

/** Rounds an exact amount of minor units half away from zero, so that a refund mirrors its sale (rule M2). */
export function roundMinor(amount: Decimal): Minor {
  // 20 places first: a sum of recurring decimals that is exactly one half must not fall to the wrong side.
  const rounded = new Exact(amount)
    .toDecimalPlaces(20, Decimal.ROUND_HALF_UP)
    .toDecimalPlaces(0, Decimal.ROUND_HALF_UP)
    .toNumber();
  assert(Number.isSafeInteger(rounded), () => `amount out of range: ${amount.toString()}`);
  return rounded === 0 ? 0 : rounded;
}

/** Sums amounts of minor units. Throws when the sum leaves the safe integers. */
export function sumMinor(amounts: Iterable<Minor>): Minor {
  let sum = 0;
  for (const amount of amounts) {
    sum += amount;
    assert(Number.isSafeInteger(sum), () => `sum out of range: ${sum}`);
  }
  return sum;
}

/** Writes an amount as a plain decimal of the major unit with a dot: 1234 → `12.34`. For files and reports, not for people. */
export function minorToDecimal(amount: Minor, currency: string): string {
  return new Exact(amount)
    .div(new Exact(10).pow(currencyExponent(currency)))
    .toFixed(currencyExponent(currency));
}

/** Why a typed amount was not accepted. */
export type AmountRefusal = 'not-a-number' | 'too-many-decimals' | 'too-large';

/** The largest amount a person may type: 9,999,999.99 of a two-decimal currency. Guards against a barcode in a money field. */
export const MAX_TYPED_MINOR: Minor = 999_999_999;

/** The largest amount that may be given where `due` is owed, of either sign (rule Y4): what is owed is no barcode, however much it is. */
export function mostGiven(due: Minor): Minor {
  return Math.min(Math.max(MAX_TYPED_MINOR, 2 * Math.abs(due)), Number.MAX_SAFE_INTEGER);
}

/**
 * Reads an amount of the major unit as a person or a file writes it (`12.34`, `12,34`, `-5`) into minor units (rule M3).
 * Refuses thousands separators, more decimals than the currency has, and absurd sizes: above `most` minor units.
 */
export function parseAmount(
  text: string,
  currency: string,
  most: Minor = MAX_TYPED_MINOR,
): Result<Minor, AmountRefusal> {
  const clean = text.trim().replace(',', '.');
  if (!/^-?\d{1,12}(?:\.\d*)?$|^-?\.\d+$/.test(clean)) return err('not-a-number');
  const amount = new Exact(clean).times(new Exact(10).pow(currencyExponent(currency)));
  if (!amount.isInteger()) return err('too-many-decimals');
  if (amount.abs().gt(most)) return err('too-large');
  return ok(amount.toNumber() === 0 ? 0 : amount.toNumber());
}

const moneyFormats = new Map<string, Intl.NumberFormat>();

/** Formats an amount for people by locale: `£12.34`, `12,34 €`. Negative amounts carry a minus. */
export function formatMoney(amount: Minor, currency: string, locale: string): string {
  // As text: a number would lose cents beyond 2⁵³ minor units.
  return moneyFormat(currency, locale).format(minorToDecimal(amount, currency) as Intl.StringNumericLiteral);
}

/** Making a format costs a hundred times more than using it, and a screen formats hundreds of amounts. */
function moneyFormat(currency: string, locale: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  const known = moneyFormats.get(key);
  if (known) return known;
  const digits = currencyExponent(currency);
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  moneyFormats.set(key, format);
  return format;
}
