import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gramsOf, inUnit, SCALE_UNITS } from '#model/catalog/scale-status.ts';
import { paperText } from '#model/receipt/paper-text.ts';
import { salePaper } from '#model/receipt/sale-paper.ts';
import type { Product } from '#model/catalog/product.ts';
import { articleLine, type ArticleSaid } from '#model/sale/article-line.ts';
import { changeQuantity, type BasketLine } from '#model/sale/basket.ts';
import { detailsBack } from '#model/sale/line-details.ts';
import { saleLineSchema } from '#model/sale/sale-body.ts';
import { chainOf, firstFault, recordOf, relinked, verdictOnRecords } from '../support/exported-journal.ts';
import { open, play, salesOf, sellExactly } from './support/played-register.ts';
import { ORGANIZATION, STORE, TAXES, basket, product } from './support/shop.ts';
import * as v from 'valibot';

const CHEESE = product({ id: 'cheese', name: 'Cheddar', price: '12.00', unit: 'kg', tare: '0.008' });
const CLOTH = product({ id: 'cloth', name: 'Cloth', price: '4.00', unit: 'm' });
const FROM_SCALE = { quantity: '0.432', weighed: { from: 'scale', tare: '0.02' } } as const;

function lineOf(of: Product, said: ArticleSaid): BasketLine {
  const line = articleLine(of, said, { taxes: TAXES, currency: 'GBP' });
  if (!line.ok) throw new Error(line.error.code);
  return line.value;
}

describe('a weight from a scale', () => {
  test('[C14] is converted exactly, and comes back as it was shown', () => {
    const shown = fc
      .integer({ min: 1, max: 99_999_999 })
      .map((thousandths) => (thousandths / 1000).toFixed(3));
    fc.assert(
      fc.property(shown, fc.constantFrom(...SCALE_UNITS), (weight, unit) => {
        expect(Number(inUnit(gramsOf(weight, unit), unit))).toBe(Number(weight));
      }),
      { seed: 20261121, numRuns: 2000 },
    );
  });

  test('[C14] is rounded once where the article is sold in another unit', () => {
    expect(gramsOf('1', 'lb')).toBe('453.59237');
    expect(gramsOf('1', 'oz')).toBe('28.349523125');
    expect([inUnit('453.59237', 'kg'), inUnit('452', 'lb'), inUnit('452', 'm')]).toEqual([
      '0.454',
      '0.996',
      undefined,
    ]);
  });
});

describe('a weighed line', () => {
  test('[C15] says where its weight came from, and its tare', () => {
    expect(lineOf(CHEESE, FROM_SCALE).weighed).toEqual({ from: 'scale', tare: '0.02' });
    expect(lineOf(CHEESE, { quantity: '0.4', weighed: { from: 'hand' } }).weighed).toEqual({ from: 'hand' });
    expect(lineOf(CLOTH, { quantity: '2', weighed: { from: 'hand' } }).weighed).toBe(undefined);
    const label = { measure: { kind: 'weight', kilograms: '0.45' }, weighed: { from: 'scale' } } as const;
    expect(lineOf(CHEESE, label).weighed).toBe(undefined);
  });

  test('[C15] that is changed in the basket is one by hand without tare', () => {
    const changed = changeQuantity(basket([lineOf(CHEESE, FROM_SCALE)]), 0, '0.5');
    expect(changed.ok && changed.value.basket.lines[0]).toMatchObject({
      quantity: '0.5',
      weighed: { from: 'hand' },
    });
    const piece = lineOf(product({ id: 'mug' }), {});
    const more = changeQuantity(basket([piece]), 0, '2');
    expect(more.ok && more.value.basket.lines[0]).toEqual({ ...piece, quantity: '2' });
    expect(detailsBack(lineOf(CHEESE, FROM_SCALE))).toEqual({ unit: 'kg' });
  });

  test('[C15] is printed with its tare, and as typed where it was', () => {
    const byHand = lineOf(CHEESE, { quantity: '0.5', weighed: { from: 'hand' } });
    const { records } = play([open(), sellExactly(basket([lineOf(CHEESE, FROM_SCALE), byHand]), 'cash')]);
    const [record] = salesOf(records);
    if (!record) throw new Error('nothing was sold');
    expect(record.body.lines.map(({ weighed }) => weighed)).toEqual([FROM_SCALE.weighed, { from: 'hand' }]);
    const paper = (language: 'en' | 'es') =>
      paperText(
        salePaper({ record, organization: ORGANIZATION, store: STORE, personName: 'Ana', language }),
        42,
      );
    expect(paper('en').filter((line) => /Tare|typed/.test(line))).toEqual([
      '  Tare 0.020 kg',
      '  Weight typed',
    ]);
    expect(paper('es').filter((line) => /Tara|tecleado/.test(line))).toEqual([
      '  Tara 0.020 kg',
      '  Peso tecleado',
    ]);
  });

  test.each([
    [{ from: 'label' }],
    [{ from: 'scale', tare: '0' }],
    [{ from: 'scale', tare: '-1' }],
    [{ from: 'hand', by: 'ana' }],
    ['scale'],
  ])('[C15] with %o is no line of a record, for the program and for the verifier', async (weighed) => {
    const records = chainOf();
    const sale = recordOf(records, 'sale');
    const [line] = sale.body.lines;
    expect(v.is(saleLineSchema, { ...line, weighed })).toBe(false);
    const wrong = {
      ...sale,
      body: { ...sale.body, lines: [{ ...line, weighed }, ...sale.body.lines.slice(1)] },
    };
    const changed = records.map((record) => (record === sale ? (wrong as typeof sale) : record));
    expect(firstFault(await verdictOnRecords(relinked(changed)))).toMatch(/bad-shape$/);
  });

  test('[C15] the verifier takes a line with a weight from a scale', async () => {
    const records = chainOf();
    const sale = recordOf(records, 'sale');
    const lines = sale.body.lines.map((line) => ({
      ...line,
      weighed: { from: 'scale' as const, tare: '0.02' },
    }));
    const changed = records.map((record) =>
      record === sale ? { ...sale, body: { ...sale.body, lines } } : record,
    );
    expect(firstFault(await verdictOnRecords(relinked(changed)))).toBe(
      firstFault(await verdictOnRecords(relinked(records))),
    );
  });
});
