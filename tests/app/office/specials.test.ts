import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Product } from '#model/catalog/product.ts';
import type { PriceChange } from '#model/pricing/price-rule.ts';
import { isOnOffer, type Scope, type Special } from '#model/pricing/special.ts';
import { occasionFor, standingOn } from '#model/pricing/special-standing.ts';
import { DEFAULT_SETTINGS } from '#model/settings/settings.ts';
import { createFormats } from '../../../app/lib/office/formats.ts';
import { SpecialForm } from '../../../app/lib/office/special-form.svelte.ts';
import { trialLines, tryOut } from '../../../app/lib/office/special-trial.ts';
import { specialWords, type SpecialNames } from '../../../app/lib/office/special-words.ts';

const BASE: Special = {
  id: 'toys',
  name: 'Toys',
  priority: 0,
  stacks: false,
  scope: { departments: ['toys'] },
  effect: { kind: 'off', percent: '10' },
};
const TODAY = '2026-11-21';
const NAMES: SpecialNames = {
  formats: createFormats({ currency: 'GBP', numberLocale: 'en-GB', dateLocale: 'en-GB' }),
  product: (id) => `article ${id}`,
  department: (id) => `department ${id}`,
  store: (id) => `store ${id}`,
  tier: (id) => `tier ${id}`,
  weekday: (day) => `day ${day}`,
};
const article = (id: string, price: string): Product => ({
  id,
  sku: id,
  name: id,
  department: 'toys',
  barcodes: [],
  active: true,
  price,
  taxes: [],
});
const SHOP = { currency: 'GBP', settings: DEFAULT_SETTINGS, taxes: new Map(), store: 'S01', day: TODAY };

/** Specials as an office may have written them, of every kind and with every limit. */
const scopes = fc.constantFrom<Scope>({}, { departments: ['toys'] }, { products: ['bear', 'ball'] });
const changes = fc.constantFrom<PriceChange>(
  { kind: 'percent', percent: '12.5' },
  { kind: 'amount', amount: '0.25' },
  { kind: 'price', price: '3' },
);
const effects: fc.Arbitrary<Special['effect']> = fc.oneof(
  changes.map((change) => ({ kind: 'units' as const, change })),
  changes.map((change) => ({ kind: 'units' as const, change, steps: [{ from: '3', change }] })),
  fc.constant({ kind: 'off' as const, percent: '50' }),
  fc.integer({ min: 0, max: 99_999 }).map((amount) => ({ kind: 'off-amount' as const, amount })),
  fc.record({
    kind: fc.constant('set' as const),
    quantity: fc.integer({ min: 1, max: 9 }),
    price: fc.nat(9999),
  }),
  fc.record({
    kind: fc.constant('buy-get' as const),
    buy: fc.integer({ min: 1, max: 5 }),
    get: fc.integer({ min: 1, max: 5 }),
    percent: fc.constant('100'),
  }),
  scopes.map((reward) => ({ kind: 'buy-get' as const, buy: 1, get: 1, percent: '50', reward })),
);
const specials: fc.Arbitrary<Special> = fc
  .record(
    {
      id: fc.constant('one'),
      name: fc.constant('Special'),
      priority: fc.integer({ min: -9, max: 9 }),
      stacks: fc.boolean(),
      scope: scopes,
      effect: effects,
      coupon: fc.constant('SAVE'),
      tiers: fc.constant<string[]>(['gold', 'silver']),
      stores: fc.constant<string[]>(['S02']),
      minimum: fc.integer({ min: 1, max: 9999 }),
      most: fc.integer({ min: 1, max: 9999 }),
      times: fc.integer({ min: 1, max: 9 }),
      firstDay: fc.constant('2026-11-25'),
      lastDay: fc.constant('2026-12-24'),
      weekdays: fc.subarray([1, 3, 5, 6], { minLength: 1 }),
      fromTime: fc.constant('22:00'),
      untilTime: fc.constant('02:00'),
      off: fc.constant(true),
    },
    { requiredKeys: ['id', 'name', 'priority', 'stacks', 'scope', 'effect'] },
  )
  .map((special) => special as Special);

describe('the form of a special', () => {
  test('gives back what it was filled with, whatever kind and limits', () => {
    fc.assert(
      fc.property(specials, (special) => {
        expect(new SpecialForm('GBP', special).special('one')).toEqual(special);
      }),
    );
  });

  test('gives no special while a number is none', () => {
    const form = new SpecialForm('GBP', undefined);
    expect(form.special('new')).toBeUndefined();
    form.value = '101';
    expect(form.special('new')).toBeUndefined();
    form.value = '12,5';
    expect(form.special('new')).toMatchObject({ effect: { kind: 'off', percent: '12.5' }, scope: {} });
    form.times = 'often';
    expect(form.special('new')).toBeUndefined();
  });
});

describe('how a special stands', () => {
  test.each([
    [{}, 'on'],
    [{ firstDay: '2026-11-22' }, 'coming'],
    [{ lastDay: '2026-11-20' }, 'over'],
    [{ firstDay: TODAY, lastDay: TODAY }, 'on'],
    [{ off: true, firstDay: '2026-11-22' }, 'off'],
  ] as const)('[X5, O7] with %o today it is %s', (change, standing) => {
    expect(standingOn({ ...BASE, ...change }, TODAY)).toBe(standing);
  });

  test('[X5] it is tried on an occasion it counts on', () => {
    fc.assert(
      fc.property(specials, (special) => {
        const occasion = occasionFor(special, TODAY, 'S01');
        expect(occasion).toBeDefined();
        expect(isOnOffer({ ...special, off: false }, occasion ?? {})).toBe(true);
      }),
    );
    const never = { ...BASE, firstDay: '2026-11-23', lastDay: '2026-11-23', weekdays: [7] };
    expect(occasionFor(never, TODAY, 'S01')).toBeUndefined();
  });
});

describe('a special on a basket', () => {
  const products = [article('ball', '10'), article('bear', '4')];

  test('comes to what a till would ask for', () => {
    const lines = trialLines(BASE, products);
    expect(lines.map(({ product, quantity }) => [product.id, quantity])).toEqual([
      ['ball', 1],
      ['bear', 1],
    ]);
    expect(tryOut(BASE, lines, SHOP)).toMatchObject({ total: 1260 });
    expect(tryOut({ ...BASE, off: true, coupon: 'SAVE' }, lines, SHOP)).toMatchObject({ total: 1260 });
  });

  test('begins with as much as the special asks for', () => {
    const mix: Special = {
      ...BASE,
      scope: { products: ['ball'] },
      effect: { kind: 'buy-get', buy: 3, get: 1, percent: '100', reward: { products: ['bear'] } },
    };
    const lines = trialLines(mix, products);
    expect(lines.map(({ product, quantity }) => [product.id, quantity])).toEqual([
      ['ball', 3],
      ['bear', 1],
    ]);
    expect(tryOut(mix, lines, SHOP)?.total).toBe(3000);
    const gone = { ...BASE, lastDay: '2026-11-20', firstDay: '2026-11-20', weekdays: [7] };
    expect(tryOut(gone, lines, SHOP)).toBeUndefined();
  });
});

describe('a special in words', () => {
  test.each<[Partial<Special>, string]>([
    [{}, '10% off department toys.'],
    [{ effect: { kind: 'set', quantity: 3, price: 500 } }, 'department toys: every 3 for £5.00.'],
    [
      { effect: { kind: 'buy-get', buy: 2, get: 1, percent: '100' } },
      'department toys: of every 3, the cheapest 1 at 100% off.',
    ],
    [
      { scope: {}, effect: { kind: 'off-amount', amount: 250 }, coupon: 'SAVE', minimum: 2000 },
      '£2.50 off all articles together; with the coupon SAVE; from a basket of £20.00.',
    ],
    [
      {
        scope: { products: ['a', 'b', 'c', 'd'] },
        effect: { kind: 'units', steps: [{ from: '3', change: { kind: 'price', price: '1.5' } }] },
        weekdays: [6, 7],
        fromTime: '17:00',
        stores: ['S01'],
        tiers: ['gold'],
      },
      'article a, article b, article c and 1 more: from 3 on at £1.50 for each; day 6, day 7; 17:00 to 24:00; in store S01; for customers of tier gold.',
    ],
  ])('%o', (change, words) => {
    expect(specialWords({ ...BASE, ...change }, NAMES)).toBe(words);
  });
});
