import { expect, test } from 'vitest';
import { labelEvery, layOutBars } from '$lib/office/day-bars.ts';
import { nextRow } from '$lib/office/row-keys.ts';

test('the largest value fills the height and zero is the floor', () => {
  const { bars, zero } = layOutBars(
    [
      { key: 'a', value: 50 },
      { key: 'b', value: 100 },
    ],
    200,
    80,
  );
  expect(zero).toBe(80);
  expect(bars.map(({ y, height }) => [y, height])).toEqual([
    [40, 40],
    [0, 80],
  ]);
});

test('a day below zero hangs from the line of zero', () => {
  const { bars, zero } = layOutBars(
    [
      { key: 'a', value: 75 },
      { key: 'b', value: -25 },
    ],
    200,
    100,
  );
  expect(zero).toBe(75);
  expect(bars[1]).toMatchObject({ y: 75, height: 25 });
});

test('bars stand in the middle of their days and never overlap, few or many', () => {
  for (const count of [1, 4, 31, 400]) {
    const points = Array.from({ length: count }, (_, index) => ({ key: String(index), value: 1 }));
    const { bars, step } = layOutBars(points, 800, 100);
    expect(bars).toHaveLength(count);
    for (const [index, bar] of bars.entries()) {
      expect(bar.x + bar.width / 2).toBeCloseTo((index + 0.5) * step);
      expect(bar.width).toBeLessThanOrEqual(step);
    }
  }
});

test('days without any sales have no height and no division by zero', () => {
  expect(layOutBars([{ key: 'a', value: 0 }], 100, 50).bars[0]).toMatchObject({ y: 0, height: 0 });
  expect(layOutBars([], 100, 50)).toMatchObject({ bars: [], step: 100 });
});

test('labels are left out where they would run into each other', () => {
  expect(labelEvery(80, 72)).toBe(1);
  expect(labelEvery(10, 72)).toBe(8);
  expect(labelEvery(0, 72)).toBe(144);
});

test.each([
  ['ArrowDown', -1, 0],
  ['ArrowDown', 2, 2],
  ['ArrowUp', 2, 1],
  ['ArrowUp', 0, 0],
  ['Home', 2, 0],
  ['End', 0, 2],
  ['Enter', 1, undefined],
])('the key %s from row %i of three leads to %s', (key, here, next) => {
  expect(nextRow(key, here, 3)).toBe(next);
});

test('no key leads anywhere in an empty table', () => {
  expect(nextRow('ArrowDown', -1, 0)).toBeUndefined();
});
