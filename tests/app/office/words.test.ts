import { afterEach, describe, expect, test } from 'vitest';
import { csvName } from '$lib/office/download.ts';
import { exceptionWords } from '$lib/office/exception-words.ts';
import { failureSentence } from '$lib/office/failure-words.ts';
import { createFormats } from '$lib/office/formats.ts';
import { createNames } from '$lib/office/organization-names.ts';
import { REPORT_KINDS } from '$lib/office/report-query.ts';
import { reportTitle } from '$lib/office/report-sheets.ts';
import { periodText, placeText } from '$lib/office/report-words.ts';
import { overwriteGetLocale } from '$lib/paraglide/runtime.js';

const formats = createFormats({ currency: 'GBP', numberLocale: 'en-GB', dateLocale: 'en-GB' });
const names = createNames({
  name: 'Shop',
  currency: 'GBP',
  language: 'en',
  stores: [{ id: 'S01', name: 'Camden', timeZone: 'Europe/London', locale: 'en-GB' }],
  registers: [],
  people: [],
});

overwriteGetLocale(() => 'en');
afterEach(() => overwriteGetLocale(() => 'en'));

describe('a failure', () => {
  test('says what happened, what it means and from when the figures below are', () => {
    expect(failureSentence({ code: 'away', status: 502 }, '11:32')).toBe(
      'The reports program does not answer (HTTP 502). Sales go on and are kept; figures come back by themselves when it runs again. Figures below are from 11:32.',
    );
  });

  test('does not speak of figures when there are none', () => {
    expect(failureSentence({ code: 'unreachable' }, undefined)).not.toContain('below');
  });

  test("brings the program's own sentence, and is in the person's language", () => {
    overwriteGetLocale(() => 'es');
    const sentence = failureSentence(
      { code: 'missing', sentence: 'No session is open at S01-R1.' },
      undefined,
    );
    expect(sentence).toBe('No hay nada que mostrar: No session is open at S01-R1.');
  });
});

describe('exceptions', () => {
  // Every code the model and the reports program give.
  const CODES =
    'gap fork broken-link altered wrong-totals wrong-receipt-number wrong-register not-json unknown-version bad-shape ' +
    'unknown-key bad-document foreign-document wrong-session wrong-key wrong-sums wrong-shard close-mismatch ' +
    'already-open not-open sold-twice';

  test.each(CODES.split(' '))('%s has words of its own', (code) => {
    expect(exceptionWords(code).title).not.toBe(exceptionWords('no such code').title);
  });

  test('a code from a newer program is shown all the same', () => {
    expect(exceptionWords('no such code')).toEqual({
      title: 'Something needs a look',
      meaning: 'The reports program found something it does not count. What it says is below.',
    });
  });
});

describe('what a report is about', () => {
  test.each([
    [{}, 'All business days'],
    [{ from: '2026-11-01' }, 'Since 1 Nov 2026'],
    [{ to: '2026-11-21' }, 'Until 21 Nov 2026'],
    [{ from: '2026-11-01', to: '2026-11-21' }, '1 Nov 2026 to 21 Nov 2026'],
  ])('names the period %j', (range, text) => {
    expect(periodText(range, formats)).toBe(text);
  });

  test('names a single day in full', () => {
    expect(periodText({ from: '2026-11-21', to: '2026-11-21' }, formats)).toBe(formats.longDay('2026-11-21'));
  });

  test('names the place', () => {
    expect(placeText({}, names)).toBe('All stores');
    expect(placeText({ store: 'S01' }, names)).toBe('S01 · Camden');
    expect(placeText({ store: 'S01', register: 'R2' }, names)).toBe('Camden · R2');
  });

  test('has a title of its own for every report', () => {
    expect(new Set(REPORT_KINDS.map(reportTitle)).size).toBe(REPORT_KINDS.length);
  });
});

test.each([
  [{}, 'tillmesh-day.csv'],
  [{ from: '2026-11-21', to: '2026-11-21' }, 'tillmesh-day-2026-11-21.csv'],
  [
    { from: '2026-11-01', to: '2026-11-21', store: 'S01', register: 'R2' },
    'tillmesh-day-2026-11-01-to-2026-11-21-S01-R2.csv',
  ],
  [{ from: '2026-11-01' }, 'tillmesh-day-since-2026-11-01.csv'],
  [{ to: '2026-11-21' }, 'tillmesh-day-until-2026-11-21.csv'],
])('a downloaded file says what is in it: %j', (filter, name) => {
  expect(csvName({ kind: 'day', filter, search: '', page: 1 })).toBe(name);
});
