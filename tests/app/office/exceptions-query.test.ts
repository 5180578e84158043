import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EXCEPTION_STATES,
  exceptionsHref,
  exceptionsSheet,
  figuresSheet,
  readExceptionsQuery,
} from '../../../app/lib/office/exceptions-query.ts';
import { createNames } from '../../../app/lib/office/organization-names.ts';
import { sheetCsv } from '../../../app/lib/office/sheet.ts';

const read = (href: string) => readExceptionsQuery(new URL(href, 'http://office').searchParams);
const NAMES = createNames({
  name: 'Shop',
  currency: 'GBP',
  language: 'en',
  stores: [],
  registers: [],
  people: [],
});

describe('the address of the exceptions', () => {
  test('says the same as the filter, whatever it is', () => {
    const some = fc.record(
      {
        store: fc.integer({ min: 1, max: 99 }).map((n) => `S${String(n).padStart(2, '0')}`),
        code: fc.constantFrom('double-refund', 'gap'),
        state: fc.constantFrom(...EXCEPTION_STATES),
      },
      { requiredKeys: ['state'] },
    );
    fc.assert(
      fc.property(some, (query) => {
        expect(read(exceptionsHref(query))).toEqual(query);
      }),
    );
  });

  test('leaves out what is not understood and lists open ones', () => {
    expect(read('/office/exceptions?store=x&code=DROP&state=gone')).toEqual({ state: 'open' });
    expect(exceptionsHref({ state: 'open' })).toBe('/office/exceptions');
  });
});

describe('exceptions as tables', () => {
  const figures = [
    { code: 'double-refund', open: 2, amount: 678, resolved: 1, lost: 339 },
    { code: 'gap', open: 1, amount: 0, resolved: 0, lost: 0 },
  ];

  test('[F9] count what is open and what was lost by kind, and lead to those of the kind', () => {
    const { rows, total } = figuresSheet(figures, { store: 'S01', state: 'all' });
    expect(rows.map(({ href }) => href)).toEqual([
      '/office/exceptions?store=S01&code=double-refund&state=all',
      '/office/exceptions?store=S01&code=gap&state=all',
    ]);
    expect(total).toEqual({ open: 3, amount: 678, resolved: 1, lost: 339 });
  });

  test('[F10] write a file with the receipts, how it was resolved and what was lost, harmless for a spreadsheet', () => {
    const { columns, rows } = exceptionsSheet(
      [
        {
          id: 'a',
          code: 'double-refund',
          store: 'S01',
          detail: 'more came back',
          documentId: 'd',
          seenAt: '2026-11-21T12:00:00.000Z',
          at: '2026-11-21T10:00:00.000Z',
          receipts: ['S01-R1-000001', 'S01-R2-000001'],
          amount: 339,
          resolution: {
            outcome: 'loss',
            reason: '=cmd()',
            at: '2026-11-21T13:00:00.000Z',
            by: 'mia',
            amount: 300,
          },
        },
      ],
      NAMES,
    );
    const csv = sheetCsv(columns, rows, 'GBP');
    expect(csv).toContain('S01-R1-000001 S01-R2-000001,3.39,');
    expect(csv).toContain(",3.00,'=cmd(),mia,");
  });
});
