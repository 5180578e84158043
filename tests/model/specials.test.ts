import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { isOnOffer, specialSchema, type Special, type SpecialEffect } from '#model/pricing/special.ts';
import { earnedUnits, takeSpecials, type OfferedLine } from '#model/pricing/specials.ts';

const line = (product: string, quantity: string, price: string, department = 'food'): OfferedLine => ({
  product,
  department,
  quantity,
  price,
  amount: Math.round(Number(quantity) * Number(price) * 100),
});
const special = (effect: SpecialEffect, change: Partial<Special> = {}): Special => ({
  id: effect.kind,
  name: effect.kind,
  priority: 0,
  stacks: false,
  scope: {},
  effect,
  ...change,
});
const off = (percent: string): SpecialEffect => ({ kind: 'off', percent });
const offs = (lines: readonly OfferedLine[], specials: readonly Special[], occasion = {}) =>
  takeSpecials(lines, specials, occasion, 100).map((taken) =>
    taken.reduce((sum, { amount }) => sum + amount, 0),
  );

describe('which specials count', () => {
  test('[X4] only lines of its products or departments are lowered', () => {
    const lines = [line('apple', '1', '2'), line('saw', '1', '10', 'tools'), line('nail', '1', '1', 'tools')];
    const scope = { products: ['apple'], departments: ['tools'] };
    expect(offs(lines, [special(off('50'), { scope })])).toStrictEqual([100, 500, 50]);
    expect(offs(lines, [special(off('50'), { scope: { products: ['saw'] } })])).toStrictEqual([0, 500, 0]);
  });

  test('[X4] the higher priority first, each on what the former left', () => {
    const fixed = special({ kind: 'off-amount', amount: 500 }, { stacks: true, priority: 1 });
    const tenth = special(off('10'), { stacks: true });
    expect(offs([line('a', '1', '10')], [tenth, fixed])).toStrictEqual([550]);
    expect(offs([line('a', '1', '10')], [{ ...tenth, priority: 2 }, fixed])).toStrictEqual([600]);
  });

  test('[X5] two that do not both stack never lower one line', () => {
    const first = special(off('10'), { id: 'first', priority: 1 });
    const second = special(off('20'), { id: 'second', stacks: true });
    expect(offs([line('a', '1', '10')], [first, second])).toStrictEqual([100]);
    expect(offs([line('a', '1', '10')], [{ ...first, priority: -1 }, second])).toStrictEqual([200]);
    expect(offs([line('a', '1', '10')], [{ ...first, stacks: true }, second])).toStrictEqual([280]);
  });

  test('[X5] a coupon counts as often as it was given, and no oftener than the basket holds its minimum', () => {
    const coupon = special({ kind: 'off-amount', amount: 10_000 }, { coupon: 'CODE', minimum: 10_000 });
    const given = (count: number) => ({ coupons: Array.from({ length: count }, () => 'CODE') });
    // Published: two coupons of 100, at least 100 for each.
    const left = [
      [10, 1],
      [15, 2],
      [5, 2],
      [15, 1],
      [15, 3],
      [15, 0],
    ].map(
      ([quantity = 0, count = 0]) =>
        quantity * 1650 - (offs([line('a', String(quantity), '16.5')], [coupon], given(count))[0] ?? NaN),
    );
    expect(left).toStrictEqual([6500, 4750, 8250, 14_750, 4750, 24_750]);
  });

  test.each([
    [{ stores: ['S01'] }, { store: 'S01' }, true],
    [{ stores: ['S01'] }, {}, false],
    [{ tiers: ['club'] }, { tiers: ['staff', 'club'] }, true],
    [{ tiers: ['club'] }, { tiers: [] }, false],
    [{ firstDay: '2026-11-21', lastDay: '2026-11-21' }, { day: '2026-11-21' }, true],
    [{ firstDay: '2026-11-22' }, { day: '2026-11-21' }, false],
    [{ lastDay: '2026-11-20' }, { day: '2026-11-21' }, false],
    [{ weekdays: [6, 7] }, { day: '2026-11-21' }, true],
    [{ weekdays: [7] }, { day: '2026-11-22' }, true],
    [{ weekdays: [1] }, { day: '2026-11-21' }, false],
    [{ fromTime: '09:00', untilTime: '11:00' }, { time: '10:59' }, true],
    [{ fromTime: '09:00', untilTime: '11:00' }, { time: '11:00' }, false],
    [{ fromTime: '22:00', untilTime: '02:00' }, { time: '01:30' }, true],
    [{ fromTime: '22:00', untilTime: '02:00' }, { time: '12:00' }, false],
    [{ fromTime: '22:00' }, {}, false],
  ])('[X5] %j on %j: %s', (change, occasion, expected) => {
    expect(isOnOffer(special(off('10'), change), occasion)).toBe(expected);
  });
});

describe('what specials take off', () => {
  test('[X6] an amount off several lines is shared to the cent and never more than they come to', () => {
    const lines = [line('a', '1', '18'), line('b', '1', '15')];
    expect(offs(lines, [special({ kind: 'off-amount', amount: 500 })])).toStrictEqual([273, 227]);
    expect(offs(lines, [special({ kind: 'off-amount', amount: 24_900 })])).toStrictEqual([1800, 1500]);
  });

  test('[X7] steps count by the quantity of all lines in scope', () => {
    const step = (from: string, percent: string) => ({ from, change: { kind: 'percent' as const, percent } });
    const steps = special({ kind: 'units', steps: [step('3', '10'), step('6', '20')] });
    const lines = (quantity: string) => [line('a', quantity, '1'), line('b', '2', '2')];
    expect(offs(lines('0.5'), [steps])).toStrictEqual([0, 0]);
    expect(offs(lines('1'), [steps])).toStrictEqual([10, 40]);
    expect(offs(lines('4'), [steps])).toStrictEqual([80, 80]);
  });

  test('[X7] a price or an amount per unit', () => {
    const to = (change: Extract<SpecialEffect, { kind: 'units' }>['change']) =>
      special({ kind: 'units', change });
    expect(offs([line('a', '3', '2.99')], [to({ kind: 'price', price: '2.5' })])).toStrictEqual([147]);
    expect(offs([line('a', '0.345', '10')], [to({ kind: 'amount', amount: '1' })])).toStrictEqual([35]);
    expect(offs([line('a', '1', '2')], [to({ kind: 'price', price: '3' })])).toStrictEqual([0]);
  });

  test('[X8] any three for five: the dearest together, and only where that is less', () => {
    const three = special({ kind: 'set', quantity: 3, price: 500 });
    const lines = [line('a', '2', '1'), line('b', '2', '3'), line('c', '1', '2'), line('d', '0.5', '9')];
    expect(offs(lines, [three])).toStrictEqual([0, 225, 75, 0]);
    expect(offs([line('a', '3', '1')], [three])).toStrictEqual([0]);
    expect(offs([line('a', '7', '2')], [three])).toStrictEqual([200]);
    expect(offs([line('a', '7', '2')], [{ ...three, times: 1 }])).toStrictEqual([100]);
  });

  test('[X9] of every three the cheapest is free', () => {
    const free = special({ kind: 'buy-get', buy: 2, get: 1, percent: '100' });
    expect(offs([line('a', '1', '5'), line('b', '1', '3'), line('c', '1', '4')], [free])).toStrictEqual([
      0, 300, 0,
    ]);
    expect(offs([line('a', '7', '5')], [free])).toStrictEqual([1000]);
    expect(offs([line('a', '2', '5')], [free])).toStrictEqual([0]);
    const half = special({ kind: 'buy-get', buy: 1, get: 1, percent: '50' });
    expect(offs([line('a', '2', '4'), line('b', '2', '2')], [half])).toStrictEqual([200, 100]);
  });

  test('[X9] what was bought earns units of something else, the cheapest of them', () => {
    const reward = special(
      { kind: 'buy-get', buy: 2, get: 1, percent: '100', reward: { departments: ['sweets'] } },
      { scope: { products: ['a'] } },
    );
    const lines = [line('a', '5', '3'), line('b', '2', '2', 'sweets'), line('c', '1', '1', 'sweets')];
    expect(offs(lines, [reward])).toStrictEqual([0, 200, 100]);
    // Published: buy 3 get 1.
    expect([3, 2, 75, 6].map((bought) => earnedUnits(bought, { buy: 3, get: 1 }))).toStrictEqual([
      1, 0, 25, 2,
    ]);
  });

  test('[X10] a special takes off no more than its most, shared as it would have been', () => {
    const capped = special(off('50'), { most: 300 });
    expect(offs([line('a', '1', '8'), line('b', '1', '4')], [capped])).toStrictEqual([200, 100]);
    expect(offs([line('a', '1', '4')], [capped])).toStrictEqual([200]);
  });
});

const effects: fc.Arbitrary<SpecialEffect> = fc.oneof(
  fc.integer({ min: 0, max: 100 }).map((percent) => off(String(percent))),
  fc.nat(5000).map((amount): SpecialEffect => ({ kind: 'off-amount', amount })),
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.nat(2000))
    .map(([quantity, price]): SpecialEffect => ({ kind: 'set', quantity, price })),
  fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }), fc.boolean())
    .map(([buy, get, rewards]): SpecialEffect => {
      const reward = rewards ? { reward: { products: ['b'] } } : {};
      return { kind: 'buy-get', buy, get, percent: '100', ...reward };
    }),
  fc.nat(900).map((cents): SpecialEffect => ({
    kind: 'units',
    change: { kind: 'price', price: (cents / 100).toFixed(2) },
  })),
);
const specials = fc
  .array(
    fc.record({
      effect: effects,
      priority: fc.nat(3),
      stacks: fc.boolean(),
      scope: fc.constantFrom<Special['scope']>({}, { products: ['a'] }, { departments: ['tools'] }),
    }),
    { maxLength: 5 },
  )
  .map((all) => all.map((one, i): Special => ({ ...one, id: `special-${i}`, name: 'special' })));
const offered = fc.array(
  fc
    .record({
      product: fc.constantFrom('a', 'b', 'c'),
      quantity: fc.oneof(fc.integer({ min: 1, max: 12 }).map(String), fc.constantFrom('0.345', '1.5')),
      cents: fc.integer({ min: 1, max: 2000 }),
      department: fc.constantFrom('food', 'tools'),
    })
    .map(({ product, quantity, cents, department }) =>
      line(product, quantity, (cents / 100).toFixed(2), department),
    )
    .filter(({ amount }) => amount > 0),
  { minLength: 1, maxLength: 8 },
);

const TOOLS = { departments: ['tools'] };

describe('any specials', () => {
  test('[X10] never take more off a line than it comes to', () => {
    fc.assert(
      fc.property(offered, specials, (lines, all) => {
        expect(all.every((one) => v.is(specialSchema, one))).toBe(true);
        const taken = takeSpecials(lines, all, {}, 100);
        expect(taken.flat().every(({ amount }) => amount > 0)).toBe(true);
        expect(offs(lines, all).every((amount, i) => amount <= (lines[i]?.amount ?? NaN))).toBe(true);
      }),
    );
  });

  test('[X4] give the same whatever the order of the lines and of the specials', () => {
    const byLine = (lines: readonly OfferedLine[], all: readonly Special[]) => {
      const amounts = offs(lines, all);
      return lines.map((one, i) => JSON.stringify([one, amounts[i]])).sort();
    };
    fc.assert(
      fc.property(offered, specials, (lines, all) => {
        expect(byLine(lines.toReversed(), all.toReversed())).toStrictEqual(byLine(lines, all));
      }),
    );
  });

  test('[X4] come to the same whatever else is in the basket that they are not about', () => {
    const scoped = specials.map((all) =>
      all.map((one) => ({
        ...one,
        scope: (one.scope.departments ?? one.scope.products) ? one.scope : TOOLS,
      })),
    );
    const others = fc.array(fc.constantFrom(line('x', '3', '2.00'), line('y', '0.5', '9.99')));
    fc.assert(
      fc.property(offered, others, scoped, (lines, more, all) => {
        const amounts = offs([...more, ...lines], all);
        expect(amounts).toStrictEqual([...more.map(() => 0), ...offs(lines, all)]);
      }),
    );
  });
});
