import fc from 'fast-check';
import type { TaxRate } from '#model/catalog/product.ts';
import type { BasketLine } from '#model/sale/basket.ts';
import type { TaxedAmount } from '#model/tax/tax.ts';
import { GST, QST, REDUCED, VAT, line } from './shop.ts';
import { close, drawer, drop, handover, open, pay, sellExactly, type Step } from './played-register.ts';
import { basket } from './shop.ts';

/** Decimal text with up to `places` decimals, no needless zeros. */
export function decimal(most: number, places: number): fc.Arbitrary<string> {
  return fc
    .integer({ min: 0, max: most * 10 ** places })
    .map((whole) => String(whole / 10 ** places))
    .filter((text) => !text.includes('e'));
}

/** Any text of any script; far quicker to set up than fast-check's own unit `binary`. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0x7f }),
      fc.integer({ min: 0x80, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff),
    ),
    { maxLength: 20 },
  )
  .map((codes) => String.fromCodePoint(...codes));

export const minor = fc.integer({ min: -1_000_000, max: 1_000_000 });

/** Sets of taxes as shops have them: none, one inside, two on top, some of both, and one whose rate just changed. */
export const taxSet: fc.Arbitrary<readonly TaxRate[]> = fc.constantFrom(
  [],
  [VAT],
  [REDUCED],
  [VAT, REDUCED],
  [GST, QST],
  [GST],
  [VAT, GST],
  [{ ...VAT, rate: '17.5' }],
);

export const taxedAmounts: fc.Arbitrary<TaxedAmount[]> = fc.array(
  fc.record({ amount: minor, taxes: taxSet }),
  { maxLength: 12 },
);

/** A line as a till would sell it. */
export const basketLine: fc.Arbitrary<BasketLine> = fc
  .record({
    id: fc.constantFrom('apple', 'bread', 'milk', 'nails'),
    quantity: fc.oneof(
      fc.integer({ min: 1, max: 20 }).map(String),
      decimal(5, 3).filter((text) => Number(text) > 0),
    ),
    price: decimal(300, 4),
    taxes: taxSet,
    department: fc.constantFrom('drinks', 'food', 'tools', 'constructor', '__proto__'),
  })
  .map(({ id, quantity, price, taxes, department }) => ({
    ...line({ id, price, department }, quantity),
    taxes: [...taxes],
  }));

export const basketLines = fc.array(basketLine, { minLength: 1, maxLength: 8 });

/** What a shift may consist of, without opening and closing. */
export const shiftStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: basketLines.map((lines) => sellExactly(basket(lines), 'cash')) },
  { weight: 2, arbitrary: basketLines.map((lines) => sellExactly(basket(lines), 'card')) },
  fc.integer({ min: 1, max: 50_000 }).map((amount) => pay('in', amount)),
  fc.integer({ min: 1, max: 50 }).map((amount) => pay('out', amount)),
  fc.integer({ min: 1, max: 50 }).map((amount) => drop(amount)),
  fc.integer({ min: -50, max: 50 }).map((over) => handover(over)),
  fc.constant(drawer),
);

/** A whole shift; sales are below 10^9 in all, so nothing leaves what may be counted. */
export const shift: fc.Arbitrary<Step[]> = fc
  .array(shiftStep, { maxLength: 8 })
  .chain((steps) => fc.integer({ min: -500, max: 500 }).map((over) => [open(), ...steps, close(over)]));
