import { describe, expect, test } from 'vitest';
import { layawaysAt, layawaysIn } from './layaway-acts.ts';
import { simulate } from './simulation.ts';
import type { Plan, StepKind } from './steps.ts';

/** Two tills, the second step of each pair at the other till; long waits, so that each hears of the other. */
function day(...kinds: readonly StepKind[]): Plan {
  const steps = kinds.map((kind, i) => ({ kind, till: i, other: 0, wait: 6_000, draw: 2_000 + i }));
  return { seed: 6, tills: 2, steps };
}

const OPENING = ['sell', 'sell', 'sell', 'sell'] as const;

describe('goods that are kept for a customer', { timeout: 120_000 }, () => {
  test('[G10] are paid on, picked up once and settled everywhere', async () => {
    const seen: unknown[] = [];
    const { faults } = await simulate(day(...OPENING, 'layaway', 'layaway', 'pay-in', 'pick-up', 'cancel'), {
      beforeJudging: ({ shop, office }) => {
        seen.push(shop.tills.map(({ run }) => layawaysAt(run).length));
        const entries = [...office.values()].flatMap((one) => [...one.entries]);
        seen.push(layawaysIn(entries.map(([key, [text = '']]) => [key, text])).length);
      },
    });
    expect(faults).toEqual([]);
    expect(seen).toEqual([[0, 0], 2]);
  });
});
