import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CatalogBook } from '#model/catalog/catalog-book.ts';
import {
  addPresetTaxes,
  removeTax,
  saveDepartment,
  saveTax,
  saveTender,
} from '#model/catalog/master-commands.ts';
import type { Product, Tender } from '#model/catalog/product.ts';
import {
  addProduct,
  editProduct,
  setProductActive,
  type ProductFields,
} from '#model/catalog/product-commands.ts';
import { readCatalogEntry, type CatalogEntry } from '#model/documents/catalog.ts';
import { isOnOffer, type Special } from '#model/pricing/special.ts';
import { saveSpecial, switchSpecial } from '#model/pricing/special-commands.ts';
import { COUNTRY_PRESETS, type CountryPreset } from '#model/settings/country-presets.ts';
import type { DocumentChange } from '#model/staff/office-actor.ts';
import { auditOf, byId, catalogBook, doing, LAMP as OFFICE_LAMP, valueOf } from './support/office.ts';
import { VAT } from './support/shop.ts';

const LAMP: Product = {
  ...OFFICE_LAMP,
  department: 'home',
  barcodes: ['5012345678900'],
  taxes: ['vat'],
};
const CUP: Product = { ...LAMP, id: 'cup', sku: 'CUP', name: 'Cup', barcodes: ['036000291452'] };
const CASH: Tender = { id: 'cash', name: 'Cash', kind: 'cash', order: 1 };
const HALF: Special = {
  id: 'half',
  name: 'Half price',
  priority: 0,
  stacks: false,
  scope: { departments: ['home'] },
  effect: { kind: 'off', percent: '50' },
};

const book = (change: Partial<CatalogBook> = {}) =>
  catalogBook({
    products: byId(LAMP, CUP),
    departments: new Map([['home', { name: 'Home' }]]),
    taxes: byId(VAT),
    tenders: byId(CASH),
    specials: byId(HALF),
    ...change,
  });

const fieldsOf = (
  { id: _id, active: _active, picture: _picture, ...fields }: Product,
  change: Partial<ProductFields> = {},
) => ({
  ...fields,
  department: fields.department,
  ...change,
});

/** What a change writes, read as the programs read it, without the audit entry. */
function entriesOf(change: DocumentChange): CatalogEntry[] {
  return Object.entries(change).flatMap(([key, text]) => {
    if (text === undefined) return [];
    const read = readCatalogEntry(key, text);
    if (!read.ok) throw new Error(`${key}: ${read.error.detail}`);
    return read.value.kind === 'audit' ? [] : [read.value];
  });
}

describe('products', () => {
  test('[O6, C1] only the group that changed is written, with what changed in the audit', () => {
    const price = valueOf(editProduct(book(), 'lamp', fieldsOf(LAMP, { price: '11' }), doing()));
    expect(entriesOf(price)).toEqual([{ kind: 'price', id: 'lamp', value: { price: '11', taxes: ['vat'] } }]);
    expect(auditOf(price)).toMatchObject({ what: 'product.edit', details: { price: '11' } });
    const name = valueOf(editProduct(book(), 'lamp', fieldsOf(LAMP, { name: ' Big lamp ' }), doing()));
    expect(entriesOf(name)).toMatchObject([{ kind: 'info', value: { name: 'Big lamp', active: true } }]);
    const { department: _gone, ...left } = fieldsOf(LAMP);
    const none = valueOf(editProduct(book(), 'lamp', { ...left, department: undefined }, doing()));
    expect(entriesOf(none)[0]?.value).not.toHaveProperty('department');
  });

  test('[O6] a new one is on sale and is written whole', () => {
    const wanted = fieldsOf(LAMP, { sku: 'VASE', name: 'Vase', barcodes: [' 4006381333931 ', ''] });
    const made = entriesOf(valueOf(addProduct(book(), 'VASE', wanted, doing())));
    expect(made.map(({ kind }) => kind).toSorted()).toEqual(['info', 'price']);
    expect(made.find(({ kind }) => kind === 'info')?.value).toMatchObject({
      active: true,
      barcodes: ['4006381333931'],
    });
    expect(addProduct(book(), 'lamp', wanted, doing())).toMatchObject({ error: { code: 'product-known' } });
  });

  test.each([
    ['036000291452', 'the same digits'],
    ['0036000291452', 'the same UPC-A with a zero before it'],
    ['cup', 'the sku of another, in small letters'],
  ])('[O6, C2] code %s is another’s: %s', (code) => {
    expect(editProduct(book(), 'lamp', fieldsOf(LAMP, { barcodes: [code] }), doing())).toEqual({
      ok: false,
      error: { code: 'code-used', barcode: code, product: 'Cup' },
    });
  });

  test('[O6] a code it had before does not stand in the way of another change', () => {
    const twin = { ...LAMP, id: 'twin', sku: 'TWIN' };
    const twins = book({ products: byId(LAMP, twin) });
    expect(editProduct(twins, 'lamp', fieldsOf(LAMP, { price: '1' }), doing()).ok).toBe(true);
  });

  test('[O6, C6, C15] a unit and a tare are given, changed and taken off; who says nothing of them leaves them', () => {
    const weighed = { ...LAMP, unit: 'kg', tare: '0.015' } as const;
    const infoOf = (from: Product, change: Partial<ProductFields>) => {
      const made = valueOf(
        editProduct(book({ products: byId(from) }), 'lamp', fieldsOf(from, change), doing()),
      );
      return { ...entriesOf(made)[0]?.value, details: auditOf(made).details };
    };
    expect(infoOf(LAMP, { unit: 'kg', tare: '0.015' })).toMatchObject({
      unit: 'kg',
      tare: '0.015',
      details: { unit: 'kg', tare: '0.015' },
    });
    const gone = infoOf(weighed, { unit: undefined, tare: undefined });
    expect(gone).not.toHaveProperty('unit');
    expect(gone).not.toHaveProperty('tare');
    expect(gone.details).toEqual({ unit: '', tare: '' });
    const { unit: _unit, tare: _tare, ...silent } = fieldsOf(weighed);
    const named = editProduct(
      book({ products: byId(weighed) }),
      'lamp',
      { ...silent, name: 'Cheese' },
      doing(),
    );
    expect(entriesOf(valueOf(named))).toMatchObject([
      { value: { name: 'Cheese', unit: 'kg', tare: '0.015' } },
    ]);
    expect(auditOf(valueOf(named)).details).toEqual({ name: 'Cheese' });
  });

  test.each<[Partial<ProductFields>, string]>([
    [{ unit: 'kg', tare: 'some' }, 'tare-out-of-range'],
    [{ unit: 'kg', tare: '-0.1' }, 'tare-out-of-range'],
    [{ unit: 'kg', tare: '0.0001' }, 'tare-out-of-range'],
    [{ tare: '0.015' }, 'tare-not-weighed'],
    [{ unit: 'm', tare: '0.015' }, 'tare-not-weighed'],
    [{ price: '-1' }, 'price-out-of-range'],
    [{ price: '12345678' }, 'price-out-of-range'],
    [{ price: '' }, 'price-out-of-range'],
    [{ name: '  ' }, 'name-missing'],
    [{ sku: ' ' }, 'sku-missing'],
    [{ department: 'garden' }, 'unknown-department'],
    [{ taxes: ['gst'] }, 'unknown-tax'],
    [{ barcodes: ['x'.repeat(49)] }, 'bad-product'],
  ])('[O6] %o is refused as %s', (change, code) => {
    expect(editProduct(book(), 'lamp', fieldsOf(LAMP, change), doing())).toMatchObject({
      ok: false,
      error: { code },
    });
  });

  test('[O7] is taken off sale and put on sale again, never out', () => {
    const off = valueOf(setProductActive(book(), 'lamp', false, doing()));
    expect(entriesOf(off)).toMatchObject([{ kind: 'info', value: { active: false, name: 'Lamp' } }]);
    expect(Object.values(off)).not.toContain(undefined);
    const gone = book({ products: byId({ ...LAMP, active: false }) });
    expect(auditOf(valueOf(setProductActive(gone, 'lamp', true, doing()))).what).toBe('product.activate');
    expect(setProductActive(book(), 'vase', true, doing())).toMatchObject({
      error: { code: 'unknown-product' },
    });
  });

  test('[O6] whatever is typed gives entries that can be read, or a refusal', () => {
    const text = fc.string({ maxLength: 60 });
    const fields = fc.record({
      sku: text,
      name: text,
      price: fc.oneof(text, fc.constantFrom('1', '0.0001', '9999999.9999')),
      barcodes: fc.array(text, { maxLength: 4 }),
      taxes: fc.subarray(['vat', 'gst']),
      department: fc.constantFrom('home', undefined),
      unit: fc.constantFrom('kg', 'm', undefined),
      tare: fc.oneof(text, fc.constantFrom('0.015', undefined)),
    });
    fc.assert(
      fc.property(fields, (wanted) => {
        const made = editProduct(book(), 'lamp', wanted, doing());
        const written = made.ok ? entriesOf(made.value).map(({ kind }) => kind) : [];
        expect(['', 'info', 'price', 'info,price']).toContain(written.toSorted().join());
      }),
    );
  });
});

describe('who may edit the catalog', () => {
  test.each(['ana', 'max', 'nobody'])('[O6, S11] %s may not', (by) => {
    const acts = [
      addProduct(book(), 'x', fieldsOf(LAMP), doing(by)),
      editProduct(book(), 'lamp', fieldsOf(LAMP), doing(by)),
      setProductActive(book(), 'lamp', false, doing(by)),
      saveDepartment(book(), 'home', { name: 'Home' }, doing(by)),
      saveTax(book(), VAT, doing(by)),
      saveTax(book(), { ...VAT, rate: 'x' }, doing(by)),
      removeTax(book(), 'vat', doing(by)),
      saveTender(book(), CASH, doing(by)),
      saveSpecial(book(), HALF, doing(by)),
      switchSpecial(book(), 'half', false, doing(by)),
    ];
    for (const act of acts)
      expect(act).toMatchObject({ error: { code: 'not-permitted', permission: 'catalog.edit' } });
  });
});

describe('departments, taxes and tenders', () => {
  test('[O6] are added and changed under their id', () => {
    const added = valueOf(saveDepartment(book(), 'garden', { name: ' Garden ' }, doing()));
    expect(entriesOf(added)).toEqual([{ kind: 'department', id: 'garden', value: { name: 'Garden' } }]);
    expect(auditOf(added).what).toBe('department.add');
    const changed = valueOf(saveTax(book(), { ...VAT, rate: '21' }, doing()));
    expect(auditOf(changed)).toMatchObject({ what: 'tax.edit', details: { rate: '21' } });
    expect(saveDepartment(book(), 'x', { name: ' ' }, doing())).toMatchObject({
      error: { code: 'name-missing' },
    });
    expect(saveTax(book(), { ...VAT, rate: '20%' }, doing())).toMatchObject({
      error: { code: 'rate-not-understood' },
    });
    expect(saveTender(book(), { ...CASH, id: 'no id' }, doing())).toMatchObject({
      error: { code: 'bad-master' },
    });
  });

  test('[O7] a tax goes only while no product names it', () => {
    expect(removeTax(book(), 'vat', doing())).toMatchObject({ error: { code: 'tax-in-use', count: 2 } });
    const free = book({ taxes: byId(VAT, { ...VAT, id: 'old' }) });
    expect(valueOf(removeTax(free, 'old', doing()))).toMatchObject({ 'tax:old': undefined });
    expect(removeTax(book(), 'gst', doing())).toMatchObject({ error: { code: 'unknown-tax' } });
  });

  test('[O7] one tender stays offered', () => {
    expect(saveTender(book(), { ...CASH, active: false }, doing())).toMatchObject({
      error: { code: 'last-tender' },
    });
    const card: Tender = { id: 'card', name: 'Card', kind: 'card', order: 2 };
    const two = book({ tenders: byId(CASH, card) });
    expect(saveTender(two, { ...CASH, active: false }, doing()).ok).toBe(true);
  });

  test('[O3] a country’s taxes are added once', () => {
    const preset = COUNTRY_PRESETS.get('CH') as CountryPreset;
    const added = valueOf(addPresetTaxes(book(), preset, doing()));
    expect(entriesOf(added).map(({ id }) => id)).toEqual(preset.taxes.map(({ id }) => id));
    const after = book({ taxes: byId(VAT, ...preset.taxes) });
    expect(addPresetTaxes(after, preset, doing())).toMatchObject({ error: { code: 'nothing-to-change' } });
  });
});

describe('specials', () => {
  test('[O7] are switched off and on again, and off they count nowhere', () => {
    const off = valueOf(switchSpecial(book(), 'half', false, doing()));
    const [entry] = entriesOf(off);
    expect(entry).toMatchObject({ kind: 'special', value: { ...HALF, off: true } });
    const special = { ...HALF, off: true };
    expect(isOnOffer(special, {})).toBe(false);
    expect(isOnOffer(HALF, {})).toBe(true);
    const on = valueOf(switchSpecial(book({ specials: byId(special) }), 'half', true, doing()));
    expect(entriesOf(on)[0]?.value).toEqual(HALF);
    expect(switchSpecial(book(), 'gone', true, doing())).toMatchObject({
      error: { code: 'unknown-special' },
    });
  });

  test.each<[Partial<Special>, string]>([
    [{ name: ' ' }, 'name-missing'],
    [{ firstDay: '2026-12-02', lastDay: '2026-12-01' }, 'days-backwards'],
    [{ scope: { products: [] } }, 'scope-empty'],
    [{ scope: { products: ['vase'] } }, 'unknown-product'],
    [{ scope: { departments: ['garden'] } }, 'unknown-department'],
    [{ effect: { kind: 'units' } }, 'effect-empty'],
    [{ effect: { kind: 'off', percent: '101' } }, 'bad-special'],
    [
      { effect: { kind: 'buy-get', buy: 1, get: 1, percent: '100', reward: { products: ['vase'] } } },
      'unknown-product',
    ],
  ])('[O6] %o is refused as %s', (change, code) => {
    expect(saveSpecial(book(), { ...HALF, ...change }, doing())).toMatchObject({
      ok: false,
      error: { code },
    });
  });

  test('[O6] of every kind the model has can be written and read back', () => {
    const effects: Special['effect'][] = [
      { kind: 'units', change: { kind: 'percent', percent: '10' } },
      { kind: 'units', steps: [{ from: '3', change: { kind: 'price', price: '1.50' } }] },
      { kind: 'buy-get', buy: 2, get: 1, percent: '100' },
      { kind: 'buy-get', buy: 1, get: 1, percent: '50', reward: { products: ['cup'] } },
      { kind: 'set', quantity: 3, price: 500 },
      { kind: 'off', percent: '25' },
      { kind: 'off-amount', amount: 300 },
    ];
    for (const effect of effects) {
      const special = { ...HALF, id: 'new', effect, scope: {} };
      const made = valueOf(saveSpecial(book(), special, doing()));
      expect(entriesOf(made)).toEqual([{ kind: 'special', id: 'new', value: special }]);
      expect(auditOf(made).what).toBe('special.add');
    }
  });
});
