import { describe, expect, test } from 'vitest';
import type { CatalogBook } from '#model/catalog/catalog-book.ts';
import { saveTaxMapping } from '#model/catalog/mapping-commands.ts';
import { removeTax } from '#model/catalog/master-commands.ts';
import { readCatalogEntry } from '#model/documents/catalog.ts';
import type { TaxMapping } from '#model/tax/tax-mapping.ts';
import type { TaxRate } from '#model/tax/tax-rate.ts';
import { auditOf, byId, catalogBook, doing, valueOf } from './support/office.ts';
import { VAT } from './support/shop.ts';

const ZERO: TaxRate = { id: 'zero', name: 'Zero rate', rate: '0', included: true };
const EXPORT: TaxMapping = { id: 'export', name: 'Export', replaces: { vat: ['zero'] } };

const book = (change: Partial<CatalogBook> = {}) =>
  catalogBook({ taxes: byId(VAT, ZERO), taxMappings: byId(EXPORT), ...change });

describe('a mapping of taxes', () => {
  test('[O11, T13] is written under its id, with its audit entry', () => {
    const embassy: TaxMapping = { id: 'embassy', name: ' Embassies ', exempt: true, replaces: {} };
    const change = valueOf(saveTaxMapping(book(), embassy, doing()));
    const key = 'tax-mapping:embassy';
    expect(readCatalogEntry(key, change[key] ?? '')).toEqual({
      ok: true,
      value: { kind: 'tax-mapping', id: 'embassy', value: { ...embassy, name: 'Embassies' } },
    });
    expect(auditOf(change)).toMatchObject({
      what: 'tax-mapping.add',
      subject: 'embassy',
      details: { name: 'Embassies', replaces: 'all taxes away' },
    });
  });

  test('[O11] changed keeps its id, and the audit says what is charged instead', () => {
    const change = valueOf(saveTaxMapping(book(), { ...EXPORT, replaces: { vat: [] } }, doing()));
    expect(auditOf(change)).toMatchObject({
      what: 'tax-mapping.edit',
      details: { name: 'Export', replaces: 'vat > none' },
    });
  });

  test.each([
    [{ name: ' ' }, 'name-missing'],
    [{ id: 'other', name: 'EXPORT' }, 'mapping-known'],
    [{ replaces: {} }, 'mapping-empty'],
    [{ replaces: { gst: [] } }, 'unknown-tax'],
    [{ replaces: { vat: ['gst'] } }, 'unknown-tax'],
    [{ name: 'x'.repeat(101) }, 'bad-master'],
    [{}, 'nothing-to-change'],
  ])('[O11] with %j is refused: %s', (change, code) => {
    const made = saveTaxMapping(book(), { ...EXPORT, ...change }, doing());
    expect(made).toMatchObject({ ok: false, error: { code } });
  });

  test('[O11] is for who may edit the catalog', () => {
    const made = saveTaxMapping(book(), { ...EXPORT, name: 'Abroad' }, doing('nobody'));
    expect(made).toMatchObject({ ok: false, error: { code: 'not-permitted' } });
  });

  test('[O11] keeps the tax it charges, and not the one it takes away', () => {
    expect(removeTax(book(), 'zero', doing())).toEqual({
      ok: false,
      error: { code: 'tax-mapped', mapping: 'Export' },
    });
    expect(removeTax(book(), 'vat', doing()).ok).toBe(true);
    expect(removeTax(book({ taxMappings: new Map() }), 'zero', doing()).ok).toBe(true);
  });
});
