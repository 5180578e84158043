import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { parsePlan, type Plan } from './steps.ts';
import { Workers, type Answer } from './workers.ts';

const USAGE = `Usage: npm run --silent simulate -- --seeds N [--seed S] [--tills 5] [--steps 600]
       npm run --silent simulate -- --replay FILE

Plays a shop with so many tills, from four on in two stores, a relay beside each and head office: the real model, documents, relays
and index over a simulated clock, network and disk, everything drawn from the seeds S to S+N-1. Sales, refunds, voids, gift cards,
store credit, layaways, parked baskets, cash, closings and changes of the staff meet crashes, torn and failing writes, lost and older disks, partitions, doubled and frozen connections, wrong
clocks, cloned, revoked and replaced devices and a newer app. Then faults off, and everything must heal.

  --seeds N       how many seeds (1)
  --seed S        the first seed (1)
  --tills T       tills (5)
  --steps K       steps of each seed (600)
  --replay FILE   plays a list of steps from a file, as a failing seed leaves one
  --out FOLDER    where failing seeds leave their shrunk steps (the current folder)
  --workers W     seeds played at once (as many as there are processors, at most 2)
  --verbose       how often what happened

A failing seed prints its number, what broke and the steps that are needed for it. Says what a seed took of a processor and ends with "N passed, N failed".
`;

const text = { type: 'string' as const };
const flag = { type: 'boolean' as const };

function readOptions() {
  try {
    return parseArgs({
      options: {
        seeds: text,
        seed: text,
        tills: text,
        steps: text,
        replay: text,
        out: text,
        workers: text,
        verbose: flag,
        help: flag,
      },
    }).values;
  } catch (cause) {
    return fail(cause instanceof Error ? cause.message : String(cause));
  }
}

function fail(why: string): never {
  process.stderr.write(`${why}\n\n${USAGE}`);
  process.exit(2);
}

function number(name: string, given: string | undefined, otherwise: number): number {
  const value = Number(given ?? otherwise);
  return Number.isSafeInteger(value) && value > 0 ? value : fail(`--${name} is a whole number above zero`);
}

function readPlan(path: string): Plan {
  try {
    return parsePlan(readFileSync(path, 'utf8'));
  } catch (cause) {
    return fail(`${path} holds no steps: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

const values = readOptions();
if (values.help === true) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const first = number('seed', values.seed, 1);
const size = { tills: number('tills', values.tills, 5), steps: number('steps', values.steps, 600) };
const replayed = values.replay === undefined ? undefined : readPlan(values.replay);
const seeds = replayed
  ? [replayed.seed]
  : Array.from({ length: number('seeds', values.seeds, 1) }, (_, i) => first + i);
const workers = new Workers(number('workers', values.workers, Math.min(2, cpus().length, seeds.length)));

let failed = 0;
let processor = 0;
function tell(seed: number, { faults, shrunk, counts, processor: taken }: Answer): void {
  processor += taken;
  if (values.verbose === true)
    console.log(`seed ${seed}: ${counts.map(([what, often]) => `${what} ${often}`).join(', ')}`);
  if (faults.length === 0) return;
  failed += 1;
  for (const fault of faults) console.log(`seed ${seed}: ${fault}`);
  if (!shrunk) return;
  for (const step of shrunk.steps)
    console.log(`seed ${seed}:   ${step.kind} till ${step.till % shrunk.tills} wait ${step.wait}`);
  const path = `${values.out ?? '.'}/seed-${seed}.json`;
  writeFileSync(path, JSON.stringify(shrunk));
  console.log(`seed ${seed}: ${shrunk.steps.length} steps, to play again with --replay ${path}`);
}

await Promise.all(
  seeds.map(async (seed) =>
    tell(seed, await workers.play(replayed ? { plan: replayed } : { seed, ...size })),
  ),
);
workers.stop();
console.log(`${(processor / 1_000 / seeds.length).toFixed(1)} s of a processor for a seed`);
console.log(`${seeds.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
