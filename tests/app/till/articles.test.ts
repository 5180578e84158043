import { describe, expect, it } from 'vitest';
import { catalogShard, type Product } from '#model/catalog/product.ts';
import { masterEntry, productEntries } from '#model/documents/catalog.ts';
import { openSaleEntries } from '#model/documents/basket.ts';
import { storeEntry } from '#model/documents/store.ts';
import type { Special } from '#model/pricing/special.ts';
import { netMeasure } from '../../../app/lib/till/measured.ts';
import { specialWords } from '../../../app/lib/till/special-words.ts';
import { figuresOf } from '../../../app/lib/till/figures.ts';
import { initialsOf } from '../../../app/lib/till/tile-face.ts';
import { variantMatrix } from '../../../app/lib/till/variant-matrix.ts';
import { approve, must, openTill, payCash, R2, S01, sessionKey, type TillBench } from './till-fixture.ts';

const SHARDS = 2;
const base = { active: true, department: 'home', taxes: ['vat'], barcodes: [] as string[] };
const CHEESE: Product = {
  ...base,
  id: 'cheese',
  sku: 'cheese',
  name: 'Cheese',
  price: '12.00',
  unit: 'kg',
  barcodes: ['2112345000008'],
};
const PHONE: Product = {
  ...base,
  id: 'phone',
  sku: 'phone',
  name: 'Phone',
  price: '99.00',
  tracks: 'serial',
  barcodes: ['09521234543213'],
};
const SHIRT: Product = {
  ...base,
  id: 'shirt',
  sku: 'shirt',
  name: 'Shirt',
  price: '14.00',
  optionNames: ['Size', 'Colour'],
};
const variant = (size: string, colour: string): Product => ({
  ...base,
  id: `shirt-${size}-${colour}`,
  sku: `shirt-${size}-${colour}`,
  name: `Shirt ${size} ${colour}`,
  price: '14.00',
  variantOf: 'shirt',
  options: { Size: size, Colour: colour },
  barcodes: [`SHIRT-${size}-${colour}`],
});
const VARIANTS = [variant('M', 'Blue'), variant('S', 'Blue'), variant('S', 'Red')];
const KIT: Product = {
  ...base,
  id: 'kit',
  sku: 'kit',
  name: 'Kit',
  price: '4.00',
  components: [{ product: 'lantern', quantity: '2' }],
};
const COUPON: Special = {
  id: 'ten',
  name: 'Ten off',
  priority: 0,
  stacks: true,
  scope: {},
  effect: { kind: 'off', percent: '10' },
  coupon: 'TEN10',
};

/** A till with Ana at work, in whose shop articles of every kind are sold. */
async function openShop(): Promise<TillBench> {
  const bench = await openTill();
  const { documents } = bench;
  for (const product of [CHEESE, PHONE, SHIRT, ...VARIANTS, KIT])
    documents.receive({ class: 'catalog', shard: catalogShard(product.id, SHARDS) }, productEntries(product));
  const special = masterEntry({ kind: 'special', id: COUPON.id, value: COUPON });
  documents.receive({ class: 'catalog', shard: 0 }, { [special.key]: special.text });
  const rules = storeEntry({
    kind: 'measure-codes',
    value: { rules: [{ pattern: '21IIIIINNDDDC', measure: 'weight' }] },
  });
  documents.receive({ class: 'store', store: S01 }, { [rules.key]: rules.text });
  return bench;
}

const linesOf = ({ till }: TillBench) => till.sale.basket.lines;

describe('a measured article', () => {
  it('[B7] sells its weight when its code says it', async () => {
    const bench = await openShop();
    bench.view.scan('2112345004501');
    expect(linesOf(bench)).toMatchObject([{ product: 'cheese', quantity: '0.45', unit: 'kg' }]);
    expect(bench.till.sale.priced.total).toBe(540);
  });

  it('[C6] asks for it when it is touched, and is sold with the answer', async () => {
    const bench = await openShop();
    const { view } = bench;
    expect(view.add(CHEESE)).toBe(true);
    expect([view.panel, view.articles.asked?.needs, linesOf(bench).length]).toEqual([
      'article',
      'measure',
      0,
    ]);
    view.articles.answer({ quantity: '0.25' });
    expect([view.panel, linesOf(bench)[0]?.quantity]).toEqual([undefined, '0.25']);
    expect(bench.sounds).toEqual(['scan']);
  });

  it('[B4] without rules of its own reads price codes as its country does', async () => {
    const bench = await openShop();
    const { documents, till } = bench;
    documents.receive({ class: 'store', store: S01 }, { 'measure-codes': undefined });
    expect(till.shop.measureRules(S01)).toEqual([{ pattern: '20IIIIIVNNDDC', measure: 'price' }]);
  });

  it.each([
    ['0.450', '', '0.45'],
    ['0,450', '0,02', '0.43'],
    ['0.45', '0', '0.45'],
    ['0.45', '0.45', undefined],
    ['', '', undefined],
    ['1', 'x', undefined],
  ])('weighs %s less a tare of "%s" as %s', (gross, tare, net) => {
    expect(netMeasure(gross, tare)?.quantity).toBe(net);
  });
});

describe('a tracked article', () => {
  it('[C7] takes the next scan as its serial number', async () => {
    const bench = await openShop();
    const { view } = bench;
    view.add(PHONE);
    view.scan('SN-4711');
    expect([view.panel, linesOf(bench)[0]?.serial]).toEqual([undefined, 'SN-4711']);
  });

  it('[B8] needs no question where its code says the serial number, also asked meanwhile', async () => {
    const bench = await openShop();
    bench.view.scan(']d2010952123454321321SN-1');
    bench.view.add(PHONE);
    bench.view.scan(']d2010952123454321321SN-2');
    expect(linesOf(bench).map(({ serial }) => serial)).toEqual(['SN-1', 'SN-2']);
  });

  it('[B8] past its expiry is refused and nothing is sold', async () => {
    const bench = await openShop();
    bench.view.scan(']d201095212345432131720010121SN-1');
    expect([bench.view.trouble, linesOf(bench).length]).toEqual([
      { code: 'expired', name: 'Phone', on: '2020-01-01' },
      0,
    ]);
  });
});

describe('variants', () => {
  it('[C8] are offered by their parent, and chosen in it', async () => {
    const bench = await openShop();
    const { view, till } = bench;
    const offered = till.shop.productsOf('home').map(({ id }) => id);
    expect([offered.includes('shirt'), offered.includes('shirt-M-Blue')]).toEqual([true, false]);
    view.add(SHIRT);
    expect(view.articles.asked?.needs).toBe('variant');
    view.articles.answer({}, VARIANTS[0]);
    expect(linesOf(bench)).toMatchObject([{ product: 'shirt-M-Blue', quantity: '1' }]);
  });

  it('[C8] go straight in when their own code is scanned', async () => {
    const bench = await openShop();
    bench.view.scan('SHIRT-S-Red');
    expect([bench.view.panel, linesOf(bench)[0]?.product]).toEqual([undefined, 'shirt-S-Red']);
  });

  it('[C8] stand in a matrix with their sizes in order and holes where there is none', () => {
    const matrix = variantMatrix(['Size', 'Colour'], VARIANTS);
    expect(matrix.columns).toEqual(['S', 'M']);
    expect(matrix.rows.map(({ name, cells }) => [name, ...cells.map(({ product }) => product?.id)])).toEqual([
      ['Blue', 'shirt-S-Blue', 'shirt-M-Blue'],
      ['Red', 'shirt-S-Red', undefined],
    ]);
    expect(variantMatrix(['Size'], [])).toEqual({ columns: [], rows: [] });
  });
});

describe('a code nobody knows', () => {
  it('[C10] is sold under a name of its own once somebody approved it, and again by a second scan', async () => {
    const bench = await openShop();
    const { view, till } = bench;
    view.scan('4012345678901');
    expect(view.trouble).toEqual({ code: 'unknown-barcode', barcode: '4012345678901' });
    view.articles.openQuickAdd('4012345678901');
    const adding = till.articles.quickAdd({
      barcode: view.articles.unknown,
      name: 'Odd mug',
      price: '4.50',
      tax: 'vat',
      department: 'home',
    });
    await approve(bench);
    must(await adding);
    view.scan('4012345678901');
    expect(linesOf(bench)).toMatchObject([
      {
        name: 'Odd mug',
        quantity: '2',
        price: '4.50',
        quick: { barcode: '4012345678901', by: 'ana', approvedBy: 'mia' },
      },
    ]);
    must(till.sale.startPaying());
    payCash(bench, 900);
    const sale = must(await till.completeSale());
    expect(sale.body.lines[0]?.quick?.approvedBy).toBe('mia');
  });
});

describe('coupons', () => {
  it('[C13] are taken by scan, shown with what they took off, and taken off again', async () => {
    const bench = await openShop();
    const { view, till } = bench;
    view.scan('5012345678900');
    view.scan('ten10');
    expect(till.articles.coupons).toEqual([{ coupon: 'TEN10', name: 'Ten off', given: 1, off: 34 }]);
    expect(till.sale.priced.total).toBe(305);
    must(till.articles.removeCoupon('TEN10'));
    expect([till.articles.coupons, till.sale.priced.total]).toEqual([[], 339]);
    expect(till.articles.addCoupon('NOPE')).toEqual({
      ok: false,
      error: { code: 'unknown-coupon', coupon: 'NOPE' },
    });
  });

  it.each<[Partial<Special>, string, string, string[]]>([
    [{}, '10 % off', 'everything', ['with coupon TEN10']],
    [
      { effect: { kind: 'off-amount', amount: 250 }, minimum: 2000 },
      '£2.50 off',
      'everything',
      ['with coupon TEN10', 'from £20.00'],
    ],
    [
      { effect: { kind: 'set', quantity: 3, price: 500 }, scope: { departments: ['home'] } },
      '3 for £5.00',
      'Home',
      ['with coupon TEN10'],
    ],
    [
      { effect: { kind: 'buy-get', buy: 2, get: 1, percent: '100' }, scope: { products: ['kit'] } },
      '3 for the price of 2',
      'Kit',
      ['with coupon TEN10'],
    ],
    [
      { effect: { kind: 'buy-get', buy: 2, get: 1, percent: '50' }, untilTime: '18:00' },
      'buy 2, get 1 at 50 % off',
      'everything',
      ['with coupon TEN10', 'until 18:00'],
    ],
    [
      { effect: { kind: 'units', change: { kind: 'percent', percent: '5' } }, lastDay: '2026-12-24' },
      '5 % off',
      'everything',
      ['with coupon TEN10', 'until 24 Dec 2026'],
    ],
    [
      { effect: { kind: 'units', steps: [{ from: '6', change: { kind: 'percent', percent: '5' } }] } },
      'cheaper from 6',
      'everything',
      ['with coupon TEN10'],
    ],
    [{ effect: { kind: 'units' } }, 'lower price', 'everything', ['with coupon TEN10']],
  ])('says %j in words', async (change, what, of, terms) => {
    const { till } = await openShop();
    expect(specialWords({ ...COUPON, ...change }, till.shop, figuresOf(till))).toEqual({ what, of, terms });
  });

  it('lists what counts now', async () => {
    const { till } = await openShop();
    expect(till.articles.specialsNow.map(({ id }) => id)).toEqual(['ten']);
  });
});

describe('who sold a line', () => {
  it('[C11] is on the record', async () => {
    const bench = await openShop();
    const { view, till } = bench;
    view.scan('5012345678900');
    must(till.articles.nameRepresentative(0, 'luis'));
    must(till.sale.startPaying());
    payCash(bench, 339);
    const sale = must(await till.completeSale());
    expect([sale.by, sale.body.lines[0]?.representative]).toEqual(['ana', 'luis']);
  });
});

describe('stock', () => {
  const stock = (id: string, product: string, quantity: string) =>
    JSON.stringify({
      at: '2026-11-01T08:00:00.000Z',
      by: 'mia',
      id,
      kind: 'receipt',
      product,
      quantity,
      reason: '',
    });
  const book = { class: 'stock-book', store: S01, month: 682 } as const;

  it('[K6] is what the book says less what was sold and what open baskets hold, kits by their components', async () => {
    const bench = await openShop();
    const { documents, view, till } = bench;
    expect(till.stock.here({ id: 'lantern' })).toBeUndefined();
    documents.receive(book, { 'entry:a': stock('a', 'lantern', '10') });
    await expect.poll(() => till.stock.here({ id: 'lantern' })?.onHand).toBe('10');
    view.scan('5012345678900');
    view.add(KIT);
    expect(till.stock.here({ id: 'lantern' })).toEqual({ onHand: '10', reserved: '3', available: '7' });
    must(till.sale.startPaying());
    payCash(bench, 739);
    must(await till.completeSale());
    await expect
      .poll(() => till.stock.here({ id: 'lantern' }))
      .toEqual({ onHand: '7', reserved: '0', available: '7' });
    expect(till.stock.here({ id: 'kit' })).toBeUndefined();
  });

  it('[K6] counts parked baskets, says when little is left, and what was wrong in the book', async () => {
    const bench = await openShop();
    const { documents, view, till } = bench;
    documents.receive(book, { 'entry:a': stock('a', 'lantern', '2'), 'entry:b': '{}' });
    await expect.poll(() => till.stock.here({ id: 'lantern' })?.onHand).toBe('2');
    const lantern = { ...KIT, id: 'lantern' };
    expect(till.stock.lowStock(lantern)).toBeUndefined();
    view.scan('5012345678900');
    must(await till.parked.park('later'));
    expect(till.stock.here({ id: 'lantern' })?.reserved).toBe('1');
    expect(till.stock.lowStock({ ...lantern, lowStock: '1' })).toBe('1');
    view.scan('5012345678900');
    expect(till.stock.lowStock(lantern)).toBe('0');
    expect([...till.stock.faults.keys()]).toEqual(['entry:b']);
  });

  it('[K6] counts the baskets of the other tills, and none twice once it became a sale', async () => {
    const bench = await openShop();
    const { documents, till } = bench;
    const other = await openTill({ register: R2 });
    const line = { id: 'lantern' };
    const inBasket = (session: number) => ({ class: 'basket', store: S01, register: R2, session }) as const;
    documents.receive(book, { 'entry:a': stock('a', 'lantern', '10') });
    other.view.scan('5012345678900');
    other.view.scan('5012345678900');
    documents.receive(sessionKey(1, R2), await other.documents.open(sessionKey(1, R2)));
    documents.receive(inBasket(1), await other.documents.open(inBasket(1)));
    await expect.poll(() => till.stock.here(line)).toEqual({ onHand: '10', reserved: '2', available: '8' });
    must(other.till.sale.startPaying());
    payCash(other, 1000);
    must(await other.till.completeSale());
    // The record is here, the basket document has not followed yet.
    documents.receive(sessionKey(1, R2), await other.documents.open(sessionKey(1, R2)));
    await expect.poll(() => till.stock.here(line)).toEqual({ onHand: '8', reserved: '0', available: '8' });
    documents.receive(inBasket(1), { basket: undefined, 'line:000': '{"not":"a line"}' });
    documents.receive(
      inBasket(2),
      openSaleEntries({ basket: other.till.sale.basket, paying: false, payments: [] }),
    );
    expect(till.stock.here(line)).toEqual({ onHand: '8', reserved: '0', available: '8' });
  });
});

it.each([
  ['White metal lantern', 'WM'],
  ['Café', 'CA'],
  ['3 tier stand', '3T'],
  ['', ''],
])('a tile without a picture shows %s as %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});
