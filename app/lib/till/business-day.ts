/** Formats that were made: one costs a hundred times what it formats, and every scan asks what day and hour it is. */
const made = new Map<string, Intl.DateTimeFormat>();

function formatOf(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${locale} ${JSON.stringify(options)}`;
  const known = made.get(name);
  if (known) return known;
  const format = new Intl.DateTimeFormat(locale, options);
  made.set(name, format);
  return format;
}

/** The last day that was asked for: a scan asks for it several times, and no zone changes its day within a minute. */
let asked = { minute: Number.NaN, timeZone: '', day: '' };

/** The calendar day of an instant in a time zone, `2026-11-21`: what a session opened now counts to (rule R1). */
export function businessDay(instant: Date, timeZone: string): string {
  const minute = Math.floor(instant.getTime() / 60_000);
  if (minute !== asked.minute || timeZone !== asked.timeZone)
    asked = { minute, timeZone, day: calendarDay(instant, timeZone) };
  return asked.day;
}

function calendarDay(instant: Date, timeZone: string): string {
  const day = { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const parts = formatOf('en', day).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** The hour and minute of an instant for people: `08:58`. */
export function clockTime(instant: Date | string, locale: string, timeZone: string): string {
  const time = { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return formatOf(locale, time).format(typeof instant === 'string' ? new Date(instant) : instant);
}

/** The locale for dates in a person's language: the store's own where it speaks that language, `en-GB` before plain `en`. */
export function dateLocale(language: string, storeLocale: string): string {
  return storeLocale.startsWith(language) ? storeLocale : language === 'en' ? 'en-GB' : language;
}

/** A business day for people: `Saturday 21 November`. */
export function dayName(day: string, locale: string): string {
  const name = { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long' } as const;
  return formatOf(locale, name).format(new Date(`${day}T12:00:00Z`));
}
