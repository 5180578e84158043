import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OversoldFold } from '#model/folds/oversold-fold.ts';
import { oversold } from '#model/folds/sale-exceptions.ts';
import { exceptionId } from '#model/folds/shop-exception.ts';
import type { RecordOf } from '#model/journal/record.ts';
import { newRegister } from '#model/register/register-state.ts';
import { registerId } from '#model/ids/register-id.ts';
import { addSold } from '#model/stock/stock-fold.ts';
import type { StockEntry } from '#model/stock/stock-entry.ts';
import { open, play, salesOf, sellExactly, stampOf } from './support/played-register.ts';
import { ORG, STORE_ID, basket, line } from './support/shop.ts';

type Sale = RecordOf<'sale'>;

const PRODUCTS = ['apple', 'bread', 'cake'] as const;
const product = fc.constantFrom(...PRODUCTS);

/** Sales of two registers that were made at the same minutes, one article each. */
function salesBy(register: number, sold: readonly (readonly [string, number])[]): readonly Sale[] {
  const steps = sold.map(([id, quantity], n) =>
    sellExactly(basket([line({ id }, String(quantity))], `b-${register}-${n}`), 'cash'),
  );
  const fresh = { state: newRegister(ORG, STORE_ID, registerId(register)), records: [] };
  return salesOf(play([open(), ...steps], fresh).records);
}

const shop = fc
  .record({
    first: fc.array(fc.tuple(product, fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 8 }),
    second: fc.array(fc.tuple(product, fc.integer({ min: 1, max: 4 })), { maxLength: 8 }),
    entries: fc.array(
      fc.record({
        id: fc.constantFrom('e1', 'e2', 'e3', 'e4', 'e5', 'e6'),
        product,
        quantity: fc.integer({ min: -3, max: 9 }).map(String),
        minute: fc.integer({ min: 0, max: 12 }),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ first, second, entries }) => ({
    sales: [...salesBy(1, first), ...salesBy(2, second)],
    entries: entries.map(({ minute, ...entry }): StockEntry => ({
      ...entry,
      kind: 'adjustment',
      at: stampOf(minute).at,
      by: 'ann',
      reason: '',
    })),
  }));

const bySale = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1);

describe('[F4] overselling, one fact after the other', () => {
  test('[F1] [F4] is what all facts together give, in whatever order and however often they came, looked at at any time', () => {
    const seen = new Set<number>();
    fc.assert(
      fc.property(shop, fc.infiniteStream(fc.nat()), ({ sales, entries }, dice) => {
        const told = oversold(sales, new Map([[STORE_ID, entries]]));
        const fold = new OversoldFold();
        const facts = [...sales, ...entries, ...sales, ...entries]
          .map((fact) => ({ fact, place: dice.next().value }))
          .toSorted((a, b) => a.place - b.place);
        for (const { fact, place } of facts) {
          if ('hash' in fact) fold.takeSale(fact);
          else fold.takeEntry(fact);
          if (place % 3 === 0) fold.find();
        }
        seen.add(told.length);
        expect(fold.find().toSorted(bySale)).toEqual(told.toSorted(bySale));
      }),
      { seed: 11 },
    );
    expect(seen.size).toBeGreaterThan(3);
  });

  test('[F13] lists no other sale where it only knows what earlier ones sold, and every one that came later', () => {
    let lost = 0;
    let kept = 0;
    fc.assert(
      fc.property(shop, fc.integer({ min: 0, max: 10 }), ({ sales, entries }, minute) => {
        const until = stampOf(minute).at;
        const told = oversold(sales, new Map([[STORE_ID, entries]]));
        const fold = new OversoldFold();
        const gone = sales.filter(({ at }) => at <= until);
        fold.takeSold(
          addSold(
            [],
            gone.map(({ body }) => body),
          ),
          until,
        );
        for (const entry of entries) fold.takeEntry(entry);
        for (const sale of sales) if (sale.at > until) fold.takeSale(sale);
        const later = told.filter(({ at }) => at > until);
        lost += told.length - later.length;
        kept += later.length;
        expect(fold.find().toSorted(bySale)).toEqual(later.toSorted(bySale));
      }),
      { seed: 12 },
    );
    expect([lost > 0, kept > 0]).toEqual([true, true]);
  });

  test('[F4] [E10] leaves out a sale whose signature does not count, and takes it back when it does', () => {
    const [first, second] = salesBy(1, [
      ['apple', 2],
      ['apple', 2],
    ]);
    if (!first || !second) throw new Error('nothing was sold');
    const fold = new OversoldFold();
    const stock: StockEntry = {
      id: 'e1',
      product: 'apple',
      quantity: '3',
      kind: 'receipt',
      at: stampOf(0).at,
      by: 'ann',
      reason: '',
    };
    fold.takeEntry(stock);
    for (const sale of [first, second]) fold.takeSale(sale);
    const ids = (without?: ReadonlySet<string>) => fold.find(without).map(({ id }) => id);
    expect(ids()).toEqual([exceptionId([second.hash])]);
    expect(ids(new Set([first.hash]))).toEqual([]);
    expect(ids(new Set([second.hash]))).toEqual([]);
    expect(ids()).toEqual([exceptionId([second.hash])]);
  });
});
