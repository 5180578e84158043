import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeProfile } from '../support/browser.ts';
import { CrashRun } from './crash-run.ts';
import { AT_PRINTER, STEPS, VICTIMS, isMessageOf, pairOf, planOf, planText, tableText } from './plan.ts';

let folder: string;
let run: CrashRun;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillmesh-crash-'));
  run = await CrashRun.begin(join(folder, 'shop'));
}, 180_000);
afterAll(async () => {
  await run.end();
  await removeProfile(folder);
});

/** One crash of each kind that is told apart by what is on which disk; `npm run crash` plays as many as one likes. */
const CRASHES = [
  { seed: 1, victim: 'browser', step: 'record-leaves' },
  { seed: 2, victim: 'relay', step: 'relay-answers' },
  { seed: 3, victim: 'bridge', step: 'paper-at-printer' },
  { seed: 4, victim: 'power', step: 'paper-taken' },
] as const;

describe('a till that is killed in the middle of a sale', { timeout: 180_000 }, () => {
  for (const { seed, victim, step } of CRASHES) {
    test(`[P2] ${victim} at ${step}: nothing is missing, nothing comes twice, nobody repairs`, async () => {
      const sold = run.receipts;
      await run.round(planOf(seed, { victim, step }));
      expect(run.receipts).toBe(sold + 2);
    });
  }
});

test('a seed always draws the same crash, and every kind of crash is drawn', () => {
  const plans = Array.from({ length: 2_000 }, (_, seed) => planOf(seed));
  expect(JSON.stringify(Array.from({ length: 2_000 }, (_, seed) => planOf(seed)))).toBe(
    JSON.stringify(plans),
  );
  expect(new Set(plans.map(({ victim, step }) => `${victim} ${step}`)).size).toBe(
    VICTIMS.length * STEPS.length,
  );
  expect(planText(planOf(7))).toContain('seed 7');
});

test('one after the other, every victim is hit at every step', () => {
  const pairs = Array.from({ length: VICTIMS.length * STEPS.length }, (_, seed) => pairOf(seed));
  expect(new Set(pairs.map(({ victim, step }) => `${victim} ${step}`)).size).toBe(pairs.length);
  const [head = '', ...rows] = tableText([...pairs, { victim: 'bridge', step: 'taking' }]).split('\n');
  expect(head.trim().split(/ +/)).toEqual(VICTIMS);
  const ones = VICTIMS.map(() => '1').join(' ');
  expect(rows.map((row) => row.replaceAll(/ +/g, ' '))).toEqual(
    STEPS.map((step) => `${step} ${step === 'taking' ? ones.replace('1 1 1', '1 1 2') : ones}`),
  );
});

test('a message is known by where it goes and what it says', () => {
  const print = {
    from: 'near',
    first: 'GET /',
    last: 'POST /bridge/v1/jobs',
    text: 'POST /bridge/v1/jobs',
    bytes: 900,
  } as const;
  const known = STEPS.filter((step) => !AT_PRINTER.has(step) && isMessageOf(step, print));
  expect(known).toEqual(['paper-leaves']);
});
