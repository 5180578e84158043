import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPicture, MAX_PICTURE_BYTES, pictureAddress, pictureOf } from '#model/catalog/picture.ts';
import type { Product } from '#model/catalog/product.ts';
import { masterEntry, productEntries, readCatalogEntry } from '#model/documents/catalog.ts';
import { readParkedEntry, parkedEntry } from '#model/documents/parked.ts';
import { paperText } from '#model/receipt/paper-text.ts';
import { salePaper } from '#model/receipt/sale-paper.ts';
import { actorOf, type Act } from '#model/register/actor.ts';
import { nameRepresentative, quickLine, type QuickWish } from '#model/register/line-commands.ts';
import { voidSale } from '#model/register/void-sale.ts';
import type { Result } from '#model/result.ts';
import { articleLine, needOf, type ArticleSaid } from '#model/sale/article-line.ts';
import { addLine, changeQuantity, productLine, refundLine, type Basket } from '#model/sale/basket.ts';
import { stockOnHand } from '#model/stock/stock-on-hand.ts';
import { actOf, open, play, salesOf, sellExactly } from './support/played-register.ts';
import { ORGANIZATION, STORE, STORE_ID, TAXES, VAT, basket, line, product } from './support/shop.ts';

const TODAY = '2026-11-21';
const cheese = product({ id: 'cheese', name: 'Cheddar', price: '12.00', unit: 'kg' });
const phone = product({ id: 'phone', name: 'Phone', price: '99.00', tracks: 'serial' });
const milk = product({ id: 'milk', name: 'Milk', price: '0.90', tracks: 'lot' });
const hamper = product({
  id: 'hamper',
  name: 'Hamper',
  price: '30.00',
  components: [
    { product: 'cheese', quantity: '0.5' },
    { product: 'milk', quantity: '2' },
  ],
});
const SELLING = { taxes: TAXES, currency: 'GBP', today: TODAY };
const person = (id: string, role: string) =>
  actorOf({ id, role, active: true, stores: [] }, STORE_ID, new Map());

function must<Value>(result: Result<Value, { readonly code: string }>): Value {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}
const codeOf = (result: Result<unknown, { readonly code: string }>) => (result.ok ? 'ok' : result.error.code);
const sell = (of: Product, said: ArticleSaid = {}) => articleLine(of, said, SELLING);

/** Sells a basket for cash on a register of its own. */
function sold(of: Basket) {
  const { state, records } = play([open(), sellExactly(of, 'cash')]);
  const [record] = salesOf(records);
  if (!record) throw new Error('nothing was sold');
  return { state, record };
}

describe('serial and lot numbers', () => {
  test('[C7] are asked for, and stand on a line of their own', () => {
    expect([
      needOf(phone),
      needOf(phone, { serial: ' ' }),
      needOf(phone, { serial: '1' }),
      needOf(milk),
    ]).toStrictEqual(['serial', 'serial', undefined, 'lot']);
    const first = must(sell(phone, { serial: ' SN-1 ' }));
    const added = must(
      addLine(must(addLine(basket([]), first)).basket, must(sell(phone, { serial: 'SN-2' }))),
    );
    expect(added.basket.lines.map(({ serial }) => serial)).toStrictEqual(['SN-1', 'SN-2']);
    expect(codeOf(changeQuantity(added.basket, 0, '2'))).toBe('quantity-out-of-range');
    const milks = must(addLine(basket([]), must(sell(milk, { lot: 'L1', quantity: '3' }))));
    expect(must(changeQuantity(milks.basket, 0, '5')).basket.lines[0]).toMatchObject({
      lot: 'L1',
      quantity: '5',
    });
  });

  test('[C7] what a scan tells of an article that is not tracked is left out', () => {
    expect(must(sell(product(), { serial: '1', lot: '2' }))).toStrictEqual(line());
    expect(must(sell(milk, { serial: '1', lot: '2' }))).not.toHaveProperty('serial');
  });

  test('[C7] the receipt names them', () => {
    const { record } = sold(basket([must(sell(phone, { serial: 'SN-1' })), must(sell(milk, { lot: 'L7' }))]));
    const paper = (language: 'en' | 'es') =>
      paperText(
        salePaper({ record, organization: ORGANIZATION, store: STORE, personName: 'Ana', language }),
        42,
      );
    expect(paper('en').join('\n')).toMatch(/Serial no\. SN-1[^]*Lot L7/);
    expect(paper('es').join('\n')).toMatch(/N\.º de serie SN-1[^]*Lote L7/);
  });
});

describe('variants and kits', () => {
  test('[C8] a parent is not sold itself, its variants are', () => {
    const shirt = product({ id: 'shirt', name: 'Shirt', optionNames: ['Size', 'Colour'] });
    const medium = product({ id: 'shirt-m', variantOf: 'shirt', options: { Size: 'M', Colour: 'Blue' } });
    expect([needOf(shirt), needOf(medium)]).toStrictEqual(['variant', undefined]);
    expect(codeOf(productLine(shirt, '1', TAXES))).toBe('variant-not-chosen');
    const entries = productEntries(medium);
    expect(readCatalogEntry('product:shirt-m:info', entries['product:shirt-m:info'] ?? '')).toMatchObject({
      ok: true,
      value: { value: { variantOf: 'shirt', options: { Size: 'M', Colour: 'Blue' } } },
    });
  });

  test('[C9] [K5] a kit is one line at its price and takes its components from stock', () => {
    const two = must(addLine(basket([]), must(sell(hamper, { quantity: '2' }))));
    const { record } = sold(two.basket);
    expect(record.body.lines).toHaveLength(1);
    expect(record.body.lines[0]).toMatchObject({
      product: 'hamper',
      amount: 6000,
      components: hamper.components,
    });
    expect([...stockOnHand([], [record.body])]).toStrictEqual([
      ['cheese', '-1'],
      ['milk', '-4'],
    ]);
    const back = must(refundLine(record.body, 0, '1', { quantity: '0', amount: 0 }));
    expect(back).toMatchObject({ quantity: '-1', components: hamper.components });
  });

  test('[K5] selling kits and taking all of them back leaves stock as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 999 }), (kits, each) => {
        const kit = { ...hamper, components: [{ product: 'nut', quantity: (each / 1000).toFixed(3) }] };
        const { state, record } = sold(basket([must(sell(kit, { quantity: String(kits) }))]));
        const undone = must(
          voidSale(
            state,
            { sale: record, later: [], reason: 'wrong', basket: 'b2' },
            actOf(3, { actor: person('sam', 'supervisor') }),
          ),
        );
        expect([...stockOnHand([], [record.body, undone.body])]).toStrictEqual([['nut', '0']]);
      }),
      { numRuns: 20 },
    );
  });
});

describe('articles the catalog does not know', () => {
  const wish: QuickWish = {
    id: 'q1',
    barcode: ' 999 ',
    name: ' Odd mug ',
    price: '4,50',
    taxes: [VAT],
    department: 'home',
  };
  const byAna: Act = actOf(1, { actor: person('ana', 'cashier') });
  const bySam: Act = actOf(1, { actor: person('sam', 'supervisor') });

  test('[C10] are sold by who may, or with an approval, and the line says who', () => {
    expect(quickLine(wish, byAna)).toStrictEqual({
      ok: false,
      error: { code: 'approval-needed', permission: 'catalog.quick-add' },
    });
    const line = must(quickLine(wish, bySam));
    expect(line).toStrictEqual({
      product: 'quick-q1',
      sku: '999',
      name: 'Odd mug',
      department: 'home',
      quantity: '1',
      price: '4.50',
      taxes: [VAT],
      quick: { barcode: '999', by: 'sam' },
    });
    const approved = must(quickLine(wish, { ...byAna, approval: person('sam', 'supervisor') }));
    expect(approved.quick).toStrictEqual({ barcode: '999', by: 'ana', approvedBy: 'sam' });
  });

  test.each([
    [{ name: ' ' }, 'name-missing'],
    [{ name: 'x'.repeat(201) }, 'name-missing'],
    [{ barcode: '' }, 'barcode-too-long'],
    [{ barcode: '1'.repeat(49) }, 'barcode-too-long'],
    [{ price: '-1' }, 'price-not-understood'],
    [{ price: '' }, 'price-not-understood'],
    [{ price: '1000001' }, 'amount-out-of-range'],
  ])('[C10] %j is refused: %s', (change, code) => {
    expect(codeOf(quickLine({ ...wish, ...change }, bySam))).toBe(code);
  });

  test('[C10] a second one raises the quantity, and what comes back is no new article', () => {
    const line = must(quickLine(wish, bySam));
    const twice = must(addLine(must(addLine(basket([]), line)).basket, line)).basket;
    expect(twice.lines).toStrictEqual([{ ...line, quantity: '2' }]);
    const { record } = sold(twice);
    expect(record.body.lines[0]?.quick).toStrictEqual({ barcode: '999', by: 'sam' });
    expect(must(refundLine(record.body, 0, '1', { quantity: '0', amount: 0 }))).not.toHaveProperty('quick');
  });
});

test('[C11] a representative is named on a line, which then merges with none, and counts what comes back', () => {
  const named = must(nameRepresentative(basket([line()]), 0, 'luis'));
  expect(named.lines[0]?.representative).toBe('luis');
  expect(must(addLine(named, line())).basket.lines).toHaveLength(2);
  const { record } = sold(named);
  expect(must(refundLine(record.body, 0, '1', { quantity: '0', amount: 0 })).representative).toBe('luis');
  expect(must(nameRepresentative(named, 0, undefined))).toStrictEqual(basket([line()]));
  expect(codeOf(nameRepresentative(named, 5, 'luis'))).toBe('no-such-line');
});

test('[C6] [C9] what a line says survives being parked', () => {
  const full = basket([
    must(sell(cheese, { quantity: '0.45' })),
    must(sell(phone, { serial: 'SN-1' })),
    must(sell(hamper)),
  ]);
  const { key, text } = parkedEntry({
    basket: full,
    amount: 13_440,
    at: '2026-11-21T09:00:00.000Z',
    by: 'ana',
    register: 'R1',
  });
  expect(readParkedEntry(key, text)).toMatchObject({ ok: true, value: { basket: full } });
});

describe('pictures', () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3);

  test('[C12] are known by what they hold, and a changed one is not shown', () => {
    const made = must(pictureOf(png));
    expect(made.picture).toStrictEqual({ type: 'image/png', data: Buffer.from(png).toString('base64') });
    expect(isPicture(made.id, made.picture)).toBe(true);
    expect(isPicture(made.id, { ...made.picture, data: 'AAAA' })).toBe(false);
    expect(pictureAddress(made.picture)).toBe(`data:image/png;base64,${made.picture.data}`);
    const { key, text } = masterEntry({ kind: 'picture', id: made.id, value: made.picture });
    expect(readCatalogEntry(key, text)).toStrictEqual({
      ok: true,
      value: { kind: 'picture', id: made.id, value: made.picture },
    });
  });

  test('[C12] a file that is too large or no picture is refused', () => {
    const large = new Uint8Array(MAX_PICTURE_BYTES + 1);
    large.set(png);
    expect([codeOf(pictureOf(large)), codeOf(pictureOf(Uint8Array.of(60, 115, 118, 103)))]).toStrictEqual([
      'picture-too-large',
      'picture-not-understood',
    ]);
    const webp = Uint8Array.from(Buffer.from('RIFF0000WEBPVP8 '));
    expect([
      must(pictureOf(webp)).picture.type,
      must(pictureOf(Uint8Array.of(255, 216, 255, 1))).picture.type,
    ]).toEqual(['image/webp', 'image/jpeg']);
  });
});
