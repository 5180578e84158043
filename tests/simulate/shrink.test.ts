import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shrink } from './shrink.ts';
import { WEIGHTS, drawPlan, parsePlan } from './steps.ts';

test('a failing row shrinks to the steps that make it fail', async () => {
  const items = fc.uniqueArray(fc.nat(200), { minLength: 4, maxLength: 60 });
  const failing = items.chain((all) =>
    fc.tuple(fc.constant(all), fc.subarray(all, { minLength: 1, maxLength: 4 })),
  );
  await fc.assert(
    fc.asyncProperty(failing, async ([all, guilty]) => {
      const fails = async (some: readonly number[]) => guilty.every((item) => some.includes(item));
      expect(await shrink(all, fails, 10_000)).toEqual(all.filter((item) => guilty.includes(item)));
    }),
  );
});

test('a row that fails whatever is in it shrinks to nothing, and the search ends after so many tries', async () => {
  expect(await shrink([1, 2, 3], async () => true)).toEqual([]);
  let tried = 0;
  const never = async () => {
    tried += 1;
    return false;
  };
  expect(
    await shrink(
      Array.from({ length: 500 }, (_, i) => i),
      never,
      20,
    ),
  ).toHaveLength(500);
  expect(tried).toBe(20);
});

test('a plan is drawn from its seed, holds every kind of step in the end, and reads back from a file', () => {
  const plan = drawPlan(7, 5, 6_000);
  expect(drawPlan(7, 5, 6_000)).toEqual(plan);
  expect(drawPlan(8, 5, 6_000)).not.toEqual(plan);
  expect(new Set(plan.steps.map(({ kind }) => kind))).toEqual(new Set(Object.keys(WEIGHTS)));
  expect(parsePlan(JSON.stringify(plan))).toEqual(plan);
  expect(() => parsePlan('{"seed":1,"tills":3,"steps":[{"kind":"dance"}]}')).toThrow('received "dance"');
});
