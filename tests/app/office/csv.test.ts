import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guardText, writeCsv } from '$lib/office/csv.ts';

test('separates cells by commas and rows by CRLF, behind a byte order mark', () => {
  expect(
    writeCsv([
      ['a', 'b'],
      ['1', '2'],
    ]),
  ).toBe('\uFEFFa,b\r\n1,2\r\n');
});

test.each([
  ['a comma', 'Lamp, white', '"Lamp, white"'],
  ['a quote', '3" candle', '"3"" candle"'],
  ['a line break', 'two\nlines', '"two\nlines"'],
  ['a space at the edge', ' lamp', '" lamp"'],
])('quotes a cell with %s', (_what, cell, written) => {
  expect(writeCsv([[cell]])).toBe(`\uFEFF${written}\r\n`);
});

test('leaves plain cells without quotes', () => {
  expect(writeCsv([['-12.50', 'Camden · R1', 'Crème brûlée']])).toBe(
    '\uFEFF-12.50,Camden · R1,Crème brûlée\r\n',
  );
});

test('any text comes back as it was from another CSV reader', () => {
  const cell = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(rows, (table) => {
      const read = parse(writeCsv(table), { bom: true, record_delimiter: '\r\n' });
      expect(read).toEqual(table);
    }),
  );
});

test.each(['=1+1', '+44 20', '-lamp', '@SUM(A1)', '\tx'])('takes the force out of %j', (text) => {
  expect(guardText(text)).toBe(`'${text}`);
});

test('leaves harmless text alone', () => {
  expect(guardText('T-light = nice')).toBe('T-light = nice');
});
