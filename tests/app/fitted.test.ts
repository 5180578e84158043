import { expect, test } from 'vitest';
import { fitted } from '../../app/lib/components/fitted.ts';

/** The width an amount takes at the size its container leaves it, in rem. */
function widthIn(container: number, text: string, beside: number): number {
  const [, divisor = ''] = /\/ ([\d.]+)\)$/.exec(fitted(text, '3rem', `${beside}rem`)) ?? [];
  const size = Math.min(3, (container - beside) / Number(divisor));
  // A digit of the typeface is 0.6 em wide in bold, the widest sign as much.
  return size * [...text].length * 0.6;
}

test.each(['£0.00', '£9,999,999.99', '-£10,000,026.19', '12.345.678,90 €'])(
  '%s has room beside what stands in its row',
  (text) => {
    expect(widthIn(24, text, 4)).toBeLessThanOrEqual(20);
    expect(widthIn(12, text, 0)).toBeLessThanOrEqual(12);
  },
);

test('is as large as it may be where there is room', () => {
  expect(fitted('£3.39', '3.25rem', '4rem')).toBe('font-size: min(3.25rem, (100cqi - 4rem) / 3.10)');
  expect(widthIn(60, '£3.39', 4)).toBeCloseTo(3 * 5 * 0.6);
});
