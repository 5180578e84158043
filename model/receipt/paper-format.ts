import { currencyExponent, formatMoney, minorToDecimal, type Minor } from '../money/money.ts';

/** What decides how numbers and times look on a paper: the store's locale and time zone, the organization's currency. */
export type PaperSetting = {
  readonly currency: string;
  readonly locale: string;
  readonly timeZone: string;
};

/** Writes amounts, quantities, rates and times as one store's papers show them (rule P5). */
export type PaperFormat = {
  /** An amount without currency sign: `1,234.50`. */
  readonly amount: (minor: Minor) => string;
  /** An amount with currency sign, for totals: `£1,234.50`. */
  readonly money: (minor: Minor) => string;
  /** A unit price from decimal text, with up to 4 decimals: `0.0125`. */
  readonly price: (decimal: string) => string;
  /** A quantity from decimal text: `0.345`. */
  readonly quantity: (decimal: string) => string;
  /** A measured quantity from decimal text, with three decimals: `0.450`. */
  readonly measure: (decimal: string) => string;
  /** A tax rate from decimal text: `17.5%`. */
  readonly rate: (decimal: string) => string;
  /** A moment given as UTC text, in the store's time zone: `21/11/2026, 14:05`. */
  readonly moment: (utc: string) => string;
  /** A calendar day given as `2026-11-21`: `21/11/2026`. */
  readonly day: (day: string) => string;
};

const DATE = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;

/** Making the formats costs more than all the rest of a receipt, and a shop has few of them. */
const formats = new Map<string, PaperFormat>();

/** The format of a store's papers. Locale and time zone must be ones `storeSchema` accepts. */
export function paperFormat(setting: PaperSetting): PaperFormat {
  const key = `${setting.locale} ${setting.currency} ${setting.timeZone}`;
  const known = formats.get(key);
  if (known) return known;
  const made = makeFormat(setting);
  formats.set(key, made);
  return made;
}

function makeFormat({ currency, locale, timeZone }: PaperSetting): PaperFormat {
  const exponent = currencyExponent(currency);
  const decimals = (least: number, most: number) => {
    const format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: least,
      maximumFractionDigits: most,
    });
    // As text, because a number would lose cents of sums beyond 2⁵³ and thousandths of a quantity.
    return (decimal: string) => plainSpaces(format.format(decimal as Intl.StringNumericLiteral));
  };
  const amount = decimals(exponent, exponent);
  const quantity = decimals(0, 3);
  const measure = decimals(3, 3);
  const rate = decimals(0, 4);
  const moment = new Intl.DateTimeFormat(locale, { ...DATE, hour: '2-digit', minute: '2-digit', timeZone });
  const date = new Intl.DateTimeFormat(locale, { ...DATE, timeZone: 'UTC' });
  return {
    amount: (minor) => amount(minorToDecimal(minor, currency)),
    money: (minor) => plainSpaces(formatMoney(minor, currency, locale)),
    price: decimals(exponent, Math.max(exponent, 4)),
    quantity,
    measure,
    rate: (decimal) => `${rate(decimal)}%`,
    moment: (utc) => plainSpaces(moment.format(new Date(utc))),
    day: (day) => plainSpaces(date.format(new Date(`${day}T00:00:00Z`))),
  };
}

/** Intl puts no-break and narrow spaces into numbers and times; printers know one space only. */
function plainSpaces(text: string): string {
  return text.replace(/\p{Zs}/gu, ' ');
}
