import { describe, expect, test } from 'vitest';
import { createFormats } from '$lib/office/formats.ts';
import {
  cellText,
  isNegative,
  nextSort,
  sheetCsv,
  sortRows,
  type Column,
  type Sheet,
} from '$lib/office/sheet.ts';

const formats = createFormats({ currency: 'GBP', numberLocale: 'en-GB', dateLocale: 'en-GB' });
const name: Column = { key: 'name', label: 'Name', kind: 'text' };
const gross: Column = { key: 'gross', label: 'Gross', kind: 'money' };
const units: Column = { key: 'units', label: 'Units', kind: 'quantity' };
const sheet: Sheet = {
  columns: [name, units, gross],
  rows: [
    { id: 'a', cells: { name: 'lamp 10', units: '9', gross: 250 } },
    { id: 'b', cells: { name: 'Lamp 9', units: '10.5', gross: -100 } },
    { id: 'c', cells: { name: 'candle', units: '-2' } },
  ],
  order: { key: 'gross', descending: true },
};

function idsSortedBy(key: string, descending: boolean): string[] {
  return sortRows(sheet, { key, descending }).map((row) => row.id);
}

describe('sorting', () => {
  test('without a wish follows the report itself', () => {
    expect(sortRows(sheet, undefined).map((row) => row.id)).toEqual(['a', 'b', 'c']);
  });

  test('compares figures as figures and words as people do', () => {
    expect(idsSortedBy('units', false)).toEqual(['c', 'a', 'b']);
    expect(idsSortedBy('name', false)).toEqual(['c', 'b', 'a']);
    expect(idsSortedBy('name', true)).toEqual(['a', 'b', 'c']);
  });

  test('puts rows without a value last, whichever way', () => {
    expect(idsSortedBy('gross', false)).toEqual(['b', 'a', 'c']);
    expect(idsSortedBy('gross', true)).toEqual(['a', 'b', 'c']);
  });

  test('by a column that the report does not have leaves the rows as they came', () => {
    expect(idsSortedBy('colour', true)).toEqual(['a', 'b', 'c']);
  });

  test('a first click asks for the largest figure or the first word, a second turns it round', () => {
    expect(nextSort(gross, undefined)).toEqual({ key: 'gross', descending: true });
    expect(nextSort(name, { key: 'gross', descending: true })).toEqual({ key: 'name', descending: false });
    expect(nextSort(name, { key: 'name', descending: false })).toEqual({ key: 'name', descending: true });
  });
});

describe('cells', () => {
  test('are written by their kind', () => {
    expect(cellText('money', 123456, formats)).toBe('£1,234.56');
    expect(cellText('count', 1234, formats)).toBe('1,234');
    expect(cellText('quantity', '0.345', formats)).toBe('0.345');
    expect(cellText('percent', '17.5', formats)).toBe('17.5%');
    expect(cellText('day', '2026-11-21', formats)).toBe('21 Nov 2026');
    expect(cellText('instant', '2026-07-01T10:00:00.000Z', formats, 'Europe/London')).toBe(
      '1 Jul 2026, 11:00',
    );
  });

  test('without a value show a dash, and zero is a value', () => {
    expect(cellText('money', undefined, formats)).toBe('–');
    expect(cellText('money', 0, formats)).toBe('£0.00');
  });

  test('are negative only when they are figures below zero', () => {
    expect(isNegative('money', -1)).toBe(true);
    expect(isNegative('quantity', '-0.5')).toBe(true);
    expect(isNegative('money', 0)).toBe(false);
    expect(isNegative('text', '-1')).toBe(false);
    expect(isNegative('money', undefined)).toBe(false);
  });
});

test('the file has plain decimals, the currency in the heading and no formula', () => {
  const rows = [
    { id: 'a', cells: { name: '=EVIL()', units: '1.5', gross: -123456 } },
    { id: 'b', cells: { name: 'Lamp, white', units: '2' } },
  ];
  expect(sheetCsv(sheet.columns, rows, 'GBP')).toBe(
    '\uFEFFName,Units,Gross (GBP)\r\n\'=EVIL(),1.5,-1234.56\r\n"Lamp, white",2,\r\n',
  );
});
