import { expect, test } from 'vitest';
import { simulate } from './simulation.ts';
import { drawPlan } from './steps.ts';

test('[D2] after whatever can break, every replica holds every printed record, and a plan plays the same twice', async () => {
  const plan = drawPlan(1, 3, 40);
  const first = await simulate(plan);
  expect(first.faults).toEqual([]);
  expect(await simulate(plan)).toEqual(first);
}, 120_000);
