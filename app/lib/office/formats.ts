import { currencyExponent, type Minor } from '#model/money/money.ts';

/** Writes figures for people. Amounts are minor units, quantities and rates decimal text, days `YYYY-MM-DD`, instants ISO UTC. */
export type Formats = {
  readonly currency: string;
  readonly money: (amount: Minor) => string;
  /** A unit price in the major unit as decimal text, up to four decimals. */
  readonly price: (price: string) => string;
  readonly count: (count: number) => string;
  readonly quantity: (quantity: string) => string;
  readonly percent: (rate: string) => string;
  /** A share from 0 to 1 with one decimal. */
  readonly share: (share: number) => string;
  /** A share with one decimal and a sign, for comparisons. */
  readonly change: (share: number) => string;
  /** `5 Dec 2010` */
  readonly day: (day: string) => string;
  /** `Sunday 5 December 2010` */
  readonly longDay: (day: string) => string;
  /** `Sun 5 Dec` */
  readonly shortDay: (day: string) => string;
  /** `11:32`, on the shop's clock */
  readonly time: (instant: string, timeZone: string) => string;
  /** `11:32:05`, on the shop's clock */
  readonly clock: (instant: string, timeZone: string) => string;
  /** `5 Dec 2010, 11:32`, on the shop's clock */
  readonly instant: (instant: string, timeZone: string) => string;
};

/** What decides how figures are written. Numbers follow the stores' locale, the words in dates the person's language. */
export type FormatChoice = {
  readonly currency: string;
  readonly numberLocale: string;
  readonly dateLocale: string;
};

/** Which locales to write with: the first store's for numbers, and for dates too when it is in the person's language. */
export function chooseLocales(
  language: string,
  storeLocale: string | undefined,
): Pick<FormatChoice, 'numberLocale' | 'dateLocale'> {
  // Day before month: an office that reads 05/12 must not be left guessing.
  const own = language === 'en' ? 'en-GB' : language;
  const known = storeLocale !== undefined && isLocale(storeLocale) ? storeLocale : own;
  return { numberLocale: known, dateLocale: known.split('-')[0] === language ? known : own };
}

/** Makes the writers once; `Intl` formatters are slow to build and a report has thousands of cells. */
export function createFormats({ currency, numberLocale, dateLocale }: FormatChoice): Formats {
  const digits = currencyExponent(currency);
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const money = new Intl.NumberFormat(numberLocale, { style: 'currency', currency, ...fraction });
  const price = new Intl.NumberFormat(numberLocale, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: 4,
  });
  const number = new Intl.NumberFormat(numberLocale, { maximumFractionDigits: 4 });
  const share = new Intl.NumberFormat(numberLocale, { style: 'percent', maximumFractionDigits: 1 });
  const change = new Intl.NumberFormat(numberLocale, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  });
  return {
    currency,
    money: (amount) => money.format(amount / 10 ** digits),
    price: (text) => price.format(Number(text)),
    count: (count) => number.format(count),
    quantity: (quantity) => number.format(Number(quantity)),
    percent: (rate) => `${number.format(Number(rate))}%`,
    share: (part) => share.format(part),
    change: (part) => change.format(part),
    ...createDayFormats(dateLocale),
    ...createClockFormats(dateLocale),
  };
}

function createDayFormats(locale: string): Pick<Formats, 'day' | 'longDay' | 'shortDay'> {
  const write = (options: Intl.DateTimeFormatOptions): ((day: string) => string) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options });
    // A business day is a name, not an instant: noon in UTC keeps it the same day everywhere.
    return (day) => format.format(new Date(`${day}T12:00:00Z`));
  };
  return {
    day: write({ day: 'numeric', month: 'short', year: 'numeric' }),
    longDay: write({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    shortDay: write({ weekday: 'short', day: 'numeric', month: 'short' }),
  };
}

function createClockFormats(locale: string): Pick<Formats, 'time' | 'clock' | 'instant'> {
  const write = (options: Intl.DateTimeFormatOptions): ((instant: string, timeZone: string) => string) => {
    const byZone = new Map<string, Intl.DateTimeFormat>();
    return (instant, timeZone) => {
      const format = byZone.get(timeZone) ?? new Intl.DateTimeFormat(locale, { timeZone, ...options });
      byZone.set(timeZone, format);
      return format.format(new Date(instant));
    };
  };
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return {
    time: write(clock),
    clock: write({ ...clock, second: '2-digit' }),
    instant: write({ day: 'numeric', month: 'short', year: 'numeric', ...clock }),
  };
}

function isLocale(locale: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale).length > 0;
  } catch (cause) {
    if (cause instanceof RangeError) return false;
    throw cause;
  }
}
