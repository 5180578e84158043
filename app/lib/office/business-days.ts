/** The ranges a manager picks with one click. */
export const QUICK_RANGES = ['today', 'yesterday', 'week', 'month', 'all'] as const;
/** One of the quick ranges. */
export type QuickRange = (typeof QUICK_RANGES)[number];

/** Inclusive business days; a side left out is open. */
export type DayRange = { readonly from?: string; readonly to?: string };

/** Is this a calendar day `2026-11-21` that exists. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The calendar day of an instant where a shop is. `timeZone` is an IANA name. */
export function dayIn(timeZone: string, instant: Date): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return parts.format(instant);
}

/** The day `days` after `day` (before it when negative). */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The days of a quick range, seen from `today`. Weeks begin on Monday; week and month end today. */
export function quickRange(range: QuickRange, today: string): DayRange {
  switch (range) {
    case 'today':
      return { from: today, to: today };
    case 'yesterday':
      return { from: addDays(today, -1), to: addDays(today, -1) };
    case 'week':
      return { from: addDays(today, -daysSinceMonday(today)), to: today };
    case 'month':
      return { from: `${today.slice(0, 8)}01`, to: today };
    case 'all':
      return {};
  }
}

/** Are both ranges the same days. */
export function sameRange(a: DayRange, b: DayRange): boolean {
  return a.from === b.from && a.to === b.to;
}

/** Does the range end before it starts, so that nothing can be in it. */
export function isBackwards(range: DayRange): boolean {
  return range.from !== undefined && range.to !== undefined && range.from > range.to;
}

function daysSinceMonday(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}
