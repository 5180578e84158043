import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readSalesFile } from '../../../app/server/import-sales/sales-file.ts';
import { localToUtc } from '../../../app/server/import-sales/local-time.ts';

const HEADER =
  'receipt,at,store,register,cashier,sku,name,department,quantity,unit_price,tax_percent,tax_included,tender,customer';
const ROW = {
  receipt: '1',
  at: '2010-12-01T08:26:00',
  store: 'S01',
  register: 'R1',
  cashier: 'c1',
  sku: '71053',
  name: 'WHITE METAL LANTERN',
  department: 'Giftware',
  quantity: '6',
  unit_price: '3.39',
  tax_percent: '17.5',
  tax_included: '1',
  tender: 'card',
  customer: '17850',
};
const line = (changes: Partial<typeof ROW> = {}) => Object.values({ ...ROW, ...changes }).join(',');
const file = (...lines: string[]) => [HEADER, ...lines].join('\n');

describe('a sales file', () => {
  test('groups its rows into receipts, in the order of the file', () => {
    const read = readSalesFile(file(line(), line({ receipt: '2', sku: 'POST' }), line({ sku: '21' })));
    expect(read.ok && read.value.map(({ receipt, lines }) => [receipt, lines.map(({ sku }) => sku)])).toEqual(
      [
        ['1', ['71053', '21']],
        ['2', ['POST']],
      ],
    );
  });

  test('brings numbers into one form and keeps names with commas and quotes', () => {
    const read = readSalesFile(file(line({ unit_price: '2.50', quantity: '-3', name: '"BOX, ""RED"""' })));
    expect(read.ok && read.value[0]?.lines).toEqual([
      {
        sku: '71053',
        name: 'BOX, "RED"',
        department: 'Giftware',
        quantity: '-3',
        price: '2.5',
        taxPercent: '17.5',
        taxIncluded: true,
      },
    ]);
  });

  test.each([
    [{ quantity: '0' }, 'quantity', 'a quantity of zero sells nothing'],
    [{ quantity: 'two' }, 'quantity', '"two" is not a quantity'],
    [{ quantity: '1000000' }, 'quantity', 'a quantity has at most 5 digits'],
    [{ unit_price: '-1' }, 'unit_price', 'a unit price has at most'],
    [{ unit_price: '' }, 'unit_price', '"" is not a price'],
    [{ at: '2010-02-30T08:00:00' }, 'at', 'does not exist in the calendar'],
    [{ at: '01/12/2010' }, 'at', 'is not a time like'],
    [{ store: '1' }, 'store', 'a store id is'],
    [{ register: 'till' }, 'register', 'a register id is'],
    [{ tax_included: 'yes' }, 'tax_included', 'tax_included is 1'],
    [{ sku: ' ' }, 'sku', 'the sku is missing'],
  ])('with %j names line, column and cause', (changes, column, cause) => {
    const read = readSalesFile(file(line(), line({ receipt: '2', ...changes }), line({ receipt: '3' })));
    expect(read).toMatchObject({ ok: false, error: { line: 3, column } });
    expect(!read.ok && read.error.cause).toContain(cause);
  });

  test('whose receipt disagrees with itself says in which column', () => {
    expect(readSalesFile(file(line(), line({ tender: 'cash' })))).toMatchObject({
      ok: false,
      error: { line: 3, column: 'tender', cause: 'receipt 1 has "cash" here and "card" in an earlier row' },
    });
  });

  test('whose receipt took minutes to ring has the time of its last row; one over two days is refused', () => {
    const read = readSalesFile(file(line(), line({ at: '2010-12-01T08:28:00' })));
    expect(read.ok && read.value.map(({ at }) => at)).toEqual(['2010-12-01T08:28:00']);
    expect(readSalesFile(file(line(), line({ at: '2010-12-02T08:28:00' })))).toMatchObject({
      ok: false,
      error: { line: 3, column: 'at' },
    });
  });

  test('without a column, without rows, or with a broken row is refused', () => {
    expect(readSalesFile('receipt,at\n1,2')).toMatchObject({
      ok: false,
      error: { line: 1, column: 'store' },
    });
    expect(readSalesFile(HEADER)).toMatchObject({ ok: false, error: { cause: 'the file has no rows' } });
    expect(readSalesFile(file(line(), '1,2'))).toMatchObject({ ok: false, error: { line: 3 } });
  });

  test('the copy of real rows that comes with the tests is read whole', () => {
    const read = readSalesFile(readFileSync('tests/fixtures/import/sales.csv', 'utf8'));
    expect(read.ok && read.value.length).toBeGreaterThan(20);
  });
});

describe('a local time', () => {
  test.each([
    ['2010-12-01T08:26:00', 'Europe/London', '2010-12-01T08:26:00.000Z'],
    ['2010-07-01T08:26:00', 'Europe/London', '2010-07-01T07:26:00.000Z'],
    ['2026-11-21T23:30:00', 'America/New_York', '2026-11-22T04:30:00.000Z'],
    ['2026-03-29T00:59:59', 'Europe/London', '2026-03-29T00:59:59.000Z'],
    ['2026-03-29T02:00:00', 'Europe/London', '2026-03-29T01:00:00.000Z'],
  ])('%s in %s is %s', (local, zone, utc) => expect(localToUtc(local, zone)).toBe(utc));
});
