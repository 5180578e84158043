/** The calendar day of an instant in a time zone, `2026-11-21`: what a session opened now counts to (rule R1). */
export function businessDay(instant: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** The hour and minute of an instant for people: `08:58`. */
export function clockTime(instant: Date | string, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(typeof instant === 'string' ? new Date(instant) : instant);
}

/** The locale for dates in a person's language: the store's own where it speaks that language, `en-GB` before plain `en`. */
export function dateLocale(language: string, storeLocale: string): string {
  return storeLocale.startsWith(language) ? storeLocale : language === 'en' ? 'en-GB' : language;
}

/** A business day for people: `Saturday 21 November`. */
export function dayName(day: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  }).format(new Date(`${day}T12:00:00Z`));
}
