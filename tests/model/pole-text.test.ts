import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '#model/receipt/display-width.ts';
import { poleLine } from '#model/receipt/pole-text.ts';

describe('a line of a pole display', () => {
  test.each([
    ['White Metal Lantern', '£3.39', 20, 'White Metal La £3.39'],
    ['TOTAL', '£1,234.56', 20, 'TOTAL      £1,234.56'],
    ['Camden', '', 20, 'Camden              '],
    ['Lantern', '1234567890', 8, '12345678'],
    ['Tee 茶茶', '5', 8, 'Tee 茶 5'],
  ])('[P8] of %s and %s on %i columns keeps the amount', (left, right, columns, line) => {
    expect(poleLine({ left, right }, columns)).toBe(line);
  });

  test('[P8] always fills its columns, with the amount at the right edge', () => {
    const amount = fc.stringMatching(/^-?£\d{1,6}\.\d\d$/);
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        amount,
        fc.integer({ min: 16, max: 40 }),
        (left, right, columns) => {
          const line = poleLine({ left, right }, columns);
          expect(displayWidth(line)).toBe(columns);
          expect(line.endsWith(right)).toBe(true);
        },
      ),
    );
  });
});
