import { expect, test } from 'vitest';
import { simulate } from './simulation.ts';

test('[D2] after crashes, partitions and resets every replica holds every printed record, and a seed plays the same twice', async () => {
  const first = await simulate(1, 3, 60);
  expect(first.faults).toEqual([]);
  expect(await simulate(1, 3, 60)).toEqual(first);
});
