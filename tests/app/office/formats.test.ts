import { describe, expect, test } from 'vitest';
import { chooseLocales, createFormats } from '$lib/office/formats.ts';

const british = createFormats({ currency: 'GBP', numberLocale: 'en-GB', dateLocale: 'en-GB' });
const spanish = createFormats({ currency: 'EUR', numberLocale: 'es-ES', dateLocale: 'es-ES' });

/** Intl writes no-break spaces; a test is read with plain ones. */
function plain(text: string): string {
  return text.replaceAll(/[\u00A0\u202F]/g, ' ');
}

describe('amounts', () => {
  test('are written in the currency of the organization, negative ones with a minus', () => {
    expect(british.money(18_066_775)).toBe('£180,667.75');
    expect(british.money(-495)).toBe('-£4.95');
    expect(plain(spanish.money(1_806_677))).toBe('18.066,77 €');
  });

  test.each([
    ['JPY', 1234, '¥1,234'],
    ['KWD', 1234, 'KWD 1.234'],
  ])('have the decimals of %s', (currency, minor, written) => {
    const formats = createFormats({ currency, numberLocale: 'en-US', dateLocale: 'en-US' });
    expect(plain(formats.money(minor))).toBe(written);
  });

  test('unit prices keep up to four decimals', () => {
    expect(british.price('2.5')).toBe('£2.50');
    expect(british.price('0.0125')).toBe('£0.0125');
  });
});

test('counts, quantities, rates and shares are written by the locale', () => {
  expect(british.count(79304)).toBe('79,304');
  expect(british.quantity('-1234.345')).toBe('-1,234.345');
  expect(spanish.quantity('12345.5')).toBe('12.345,5');
  expect(british.percent('17.5')).toBe('17.5%');
  expect(british.share(0.0744)).toBe('7.4%');
  expect(british.change(0.1234)).toBe('+12.3%');
  expect(british.change(-0.338)).toBe('-33.8%');
});

describe('days and instants', () => {
  test('a business day is the same day on every computer', () => {
    expect(british.day('2010-12-05')).toBe('5 Dec 2010');
    expect(british.longDay('2010-12-05')).toMatch(/^Sunday,? 5 December 2010$/);
    expect(british.shortDay('2010-12-05')).toMatch(/^Sun,? 5 Dec$/);
    expect(spanish.day('2010-12-05')).toBe('5 dic 2010');
  });

  test('an instant is shown on the clock of its store', () => {
    const instant = '2026-07-01T23:30:05.000Z';
    expect(british.time(instant, 'Europe/London')).toBe('00:30');
    expect(british.clock(instant, 'America/Mexico_City')).toBe('17:30:05');
    expect(british.instant(instant, 'Europe/Madrid')).toBe('2 Jul 2026, 01:30');
  });
});

describe('the choice of locales', () => {
  test("numbers follow the store, also when the person's language is another", () => {
    expect(chooseLocales('es', 'en-GB')).toEqual({ numberLocale: 'en-GB', dateLocale: 'es' });
  });

  test('dates follow the store when it is in the language of the person', () => {
    expect(chooseLocales('es', 'es-MX')).toEqual({ numberLocale: 'es-MX', dateLocale: 'es-MX' });
  });

  test('without a usable store locale the language decides, with the day before the month', () => {
    expect(chooseLocales('en', undefined)).toEqual({ numberLocale: 'en-GB', dateLocale: 'en-GB' });
    expect(chooseLocales('es', 'not a locale')).toEqual({ numberLocale: 'es', dateLocale: 'es' });
  });
});
