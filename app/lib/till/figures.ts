import { assert } from '#model/result.ts';
import { formatMoney, type Minor } from '#model/money/money.ts';
import { clockTime } from './business-day.ts';
import type { Till } from './till.svelte.ts';

/** How this store writes amounts, times and quantities, in its own locale and time zone. */
export type Figures = {
  readonly currency: string;
  readonly locale: string;
  readonly timeZone: string;
  /** The sign between whole and parts. */
  readonly decimal: string;
  /** An amount of minor units: `£9.08`. */
  money(amount: Minor): string;
  /** A unit price in the major unit as decimal text: `£2.55`. */
  price(price: string): string;
  /** An instant: `08:58`. */
  time(instant: string | Date): string;
  /** An instant with its day: `21 Nov 2026, 08:58`. */
  moment(instant: string): string;
  /** A quantity: `0,345`. */
  quantity(quantity: string): string;
  /** A measured quantity with three decimals: `0,450`. */
  measure(quantity: string): string;
  /** A day given as `2026-11-21`: `21 Nov 2026`. */
  day(day: string): string;
};

/** The figures of a till's store. */
export function figuresOf(till: Till): Figures {
  const { organization } = till.shop;
  const store = till.shop.store(till.place.store);
  assert(organization && store, () => 'a till starts when its organization and store are known');
  const { currency } = organization;
  const { locale, timeZone } = store;
  const prices = new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 4 });
  const moments = new Intl.DateTimeFormat(locale, {
    timeZone,
    dateStyle: 'medium',
    timeStyle: 'short',
    hourCycle: 'h23',
  });
  const quantities = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
  const measures = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  return {
    currency,
    locale,
    timeZone,
    decimal: quantities.formatToParts(0.5).find(({ type }) => type === 'decimal')?.value ?? '.',
    money: (amount) => formatMoney(amount, currency, locale),
    price: (price) => prices.format(Number(price)),
    time: (instant) => clockTime(instant, locale, timeZone),
    moment: (instant) => moments.format(new Date(instant)),
    quantity: (quantity) => quantities.format(Number(quantity)),
    measure: (quantity) => measures.format(Number(quantity)),
    day: (day) => days.format(new Date(`${day}T00:00:00Z`)),
  };
}
