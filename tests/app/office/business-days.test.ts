import { expect, test } from 'vitest';
import { addDays, dayIn, isBackwards, isDay, quickRange, sameRange } from '$lib/office/business-days.ts';

test.each([
  ['2026-11-21', true],
  ['2024-02-29', true],
  ['2026-02-29', false],
  ['2026-13-01', false],
  ['21.11.2026', false],
  ['', false],
])('tells whether %s is a day', (text, isOne) => {
  expect(isDay(text)).toBe(isOne);
});

test('today is the day on the clock of the shop, not of the office', () => {
  const instant = new Date('2026-11-20T23:30:00Z');
  expect(dayIn('Europe/London', instant)).toBe('2026-11-20');
  expect(dayIn('Europe/Madrid', instant)).toBe('2026-11-21');
  expect(dayIn('America/Mexico_City', instant)).toBe('2026-11-20');
});

test('steps over months, years and the change of the clocks', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  expect(addDays('2024-03-01', -1)).toBe('2024-02-29');
  expect(addDays('2026-10-24', 2)).toBe('2026-10-26');
});

test.each([
  ['today', { from: '2026-11-21', to: '2026-11-21' }],
  ['yesterday', { from: '2026-11-20', to: '2026-11-20' }],
  ['week', { from: '2026-11-16', to: '2026-11-21' }],
  ['month', { from: '2026-11-01', to: '2026-11-21' }],
  ['all', {}],
] as const)('knows the days of "%s" on a Saturday', (range, days) => {
  expect(quickRange(range, '2026-11-21')).toEqual(days);
});

test('a week begins on Monday, also seen from Sunday and from Monday', () => {
  expect(quickRange('week', '2026-11-22')).toEqual({ from: '2026-11-16', to: '2026-11-22' });
  expect(quickRange('week', '2026-11-23')).toEqual({ from: '2026-11-23', to: '2026-11-23' });
});

test('compares ranges by their days alone', () => {
  expect(sameRange({ from: '2026-11-01' }, { from: '2026-11-01' })).toBe(true);
  expect(sameRange({ from: '2026-11-01' }, { from: '2026-11-01', to: '2026-11-02' })).toBe(false);
});

test('a range that ends before it starts is backwards; an open one never is', () => {
  expect(isBackwards({ from: '2026-11-02', to: '2026-11-01' })).toBe(true);
  expect(isBackwards({ from: '2026-11-02', to: '2026-11-02' })).toBe(false);
  expect(isBackwards({ from: '2026-11-02' })).toBe(false);
});
