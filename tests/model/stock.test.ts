import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { receiptNumber } from '#model/ids/register-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import type { SaleBody } from '#model/sale/sale-body.ts';
import { readStockEntry, stockEntryKey, type StockEntry } from '#model/stock/stock-entry.ts';
import { countDifference, stockOnHand } from '#model/stock/stock-on-hand.ts';
import { addQuantity, negateQuantity } from '#model/money/quantity.ts';
import { open, play, salesOf, sellExactly } from './support/played-register.ts';
import { REGISTER_ID, STORE_ID, basket, line } from './support/shop.ts';

function entry(
  id: string,
  product: string,
  quantity: string,
  kind: StockEntry['kind'] = 'receipt',
): StockEntry {
  return { id, product, quantity, kind, at: '2026-11-21T08:00:00.000Z', by: 'ann', reason: '' };
}

const [SOLD] = salesOf(
  play([open(), sellExactly(basket([line({}, '3'), line({ id: 'bread' }, '0.5')]), 'cash')]).records,
);

function sale(count: number, quantities: readonly [string, string][]): SaleBody {
  if (!SOLD) throw new Error('no sale');
  const [sample] = SOLD.body.lines;
  if (!sample) throw new Error('no line');
  const lines = quantities.map(([product, quantity]) => ({ ...sample, product, quantity }));
  return { ...SOLD.body, receipt: receiptNumber(STORE_ID, REGISTER_ID, count), lines };
}

const product = fc.constantFrom('apple', 'bread', '__proto__');
const quantity = fc.integer({ min: -99_999, max: 99_999 }).map((whole) => String(whole / 1000));
const entries = fc
  .uniqueArray(fc.tuple(fc.nat(50), product, quantity), { selector: ([id]) => id })
  .map((all) => all.map(([id, of, change]) => entry(String(id), of, change)));
const sales = fc
  .uniqueArray(
    fc.tuple(fc.integer({ min: 1, max: 50 }), fc.array(fc.tuple(product, quantity), { minLength: 1 })),
    {
      selector: ([count]) => count,
    },
  )
  .map((all) => all.map(([count, quantities]) => sale(count, quantities)));

const sorted = (stock: Map<string, string>) => [...stock].sort(([a], [b]) => (a < b ? -1 : 1));

/** The same facts in another order, some of them twice. */
function delivered<Fact>(facts: readonly Fact[]): fc.Arbitrary<Fact[]> {
  if (facts.length === 0) return fc.constant([]);
  return fc
    .tuple(fc.constant(facts), fc.array(fc.constantFrom(...facts), { maxLength: 5 }))
    .chain(([all, again]) =>
      fc.shuffledSubarray([...all, ...again], { minLength: all.length + again.length }),
    );
}

describe('stock on hand', () => {
  test('[K1] an entry reads back, and says which kind of change it was', () => {
    const counted = { ...entry('e-1', 'apple', '-2', 'count'), counted: '10' };
    expect(readStockEntry(stockEntryKey(counted), canonicalJson(counted))).toStrictEqual({
      ok: true,
      value: counted,
    });
    for (const wrong of [{ quantity: '1e3' }, { quantity: '-0' }, { kind: 'gift' }, { at: 'today' }]) {
      const read = readStockEntry('entry:e-1', canonicalJson({ ...counted, ...wrong }));
      expect(read.ok ? 'accepted' : read.error.code).toBe('bad-shape');
    }
  });

  test('[K2] is what came in minus what was sold; what was taken back is there again', () => {
    const stock = stockOnHand(
      [entry('1', 'apple', '100'), entry('2', 'apple', '-1.5', 'adjustment')],
      [
        sale(1, [
          ['apple', '3'],
          ['bread', '0.345'],
        ]),
        sale(2, [['apple', '-1']]),
      ],
    );
    expect(sorted(stock)).toStrictEqual([
      ['apple', '96.5'],
      ['bread', '-0.345'],
    ]);
  });

  test('[K2] agrees with decimal arithmetic', () => {
    fc.assert(
      fc.property(entries, sales, (booked, sold) => {
        const expected = new Map<string, string>();
        const add = (of: string, change: string) =>
          expected.set(of, addQuantity(expected.get(of) ?? '0', change));
        for (const one of booked) add(one.product, one.quantity);
        for (const one of sold.flatMap((receipt) => receipt.lines))
          add(one.product, negateQuantity(one.quantity));
        expect(sorted(stockOnHand(booked, sold))).toStrictEqual(sorted(expected));
      }),
    );
  });

  test('[K2] any order and any number of deliveries give the same stock', () => {
    const twoWays = fc
      .tuple(entries, sales)
      .chain(([booked, sold]) => fc.tuple(fc.constant({ booked, sold }), delivered(booked), delivered(sold)));
    fc.assert(
      fc.property(twoWays, ([{ booked, sold }, bookedAgain, soldAgain]) => {
        expect(sorted(stockOnHand(bookedAgain, soldAgain))).toStrictEqual(sorted(stockOnHand(booked, sold)));
      }),
    );
  });

  test('[K2] even two different facts under one id count once, the same one on every replica', () => {
    const fork = [entry('1', 'apple', '5'), entry('1', 'apple', '7')];
    expect(stockOnHand(fork, [])).toStrictEqual(stockOnHand(fork.toReversed(), []));
    const cloned = [sale(1, [['apple', '1']]), sale(1, [['apple', '2']])];
    expect(stockOnHand([], cloned)).toStrictEqual(stockOnHand([], cloned.toReversed()));
    expect(stockOnHand([], cloned).get('apple')).toBe('-1');
  });

  test('[K3] a count sets the book to what was counted, and a sale that arrives late still counts', () => {
    const before = [entry('1', 'apple', '100')];
    const expected = stockOnHand(before, [sale(1, [['apple', '4']])]).get('apple') ?? '0';
    const count = { ...entry('2', 'apple', countDifference('90', expected), 'count'), counted: '90' };
    expect(count.quantity).toBe('-6');
    expect(stockOnHand([...before, count], [sale(1, [['apple', '4']])]).get('apple')).toBe('90');
    const late = sale(2, [['apple', '1']]);
    expect(stockOnHand([...before, count], [late, sale(1, [['apple', '4']])]).get('apple')).toBe('89');
  });

  test('[K4] what was never booked in goes below zero and is shown', () => {
    expect(stockOnHand([], [sale(1, [['bread', '2']])]).get('bread')).toBe('-2');
  });
});
