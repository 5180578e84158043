import { expect, test } from 'vitest';
import { findExceptions } from '#model/folds/exceptions.ts';
import { ORACLES } from './oracles.ts';
import { simulate } from './simulation.ts';
import type { Plan, StepKind } from './steps.ts';

/** Four tills in two stores; long waits, so that each hears of the other. */
function day(...kinds: readonly StepKind[]): Plan {
  const steps = kinds.map((kind, i) => ({ kind, till: i, other: 0, wait: 6_000, draw: 1000 + i }));
  return { seed: 5, tills: 4, steps };
}

const SPENT_APART: readonly StepKind[] = ['gift-card', 'spend-apart', 'join', 'spend-apart', 'join'];

test('[G5] a relay that holds every move of an overspent card and does not tell of it is found, whatever head office tells', async () => {
  const said: string[] = [];
  const { faults } = await simulate(
    day('sell', 'sell', 'sell', 'sell', ...SPENT_APART, 'spend-apart', 'join'),
    {
      beforeJudging: (evidence) => {
        // What is told from ledgers is told by relays; head office alone tells from its records.
        const tell: typeof findExceptions = (facts) =>
          findExceptions(facts).filter(({ kind }) => facts.moves === undefined || kind !== 'overspent');
        said.push(...ORACLES.exceptionsAreTold({ ...evidence, tell }));
      },
    },
  );
  expect(faults).toEqual([]);
  const relays = said.map(
    (sentence) => /^(relay \d) does not tell that G\d{12} is overspent$/.exec(sentence)?.[1],
  );
  expect(relays).toEqual(['relay 1', 'relay 2', 'relay 3', 'relay 4']);
});
