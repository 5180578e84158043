import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { removeProfile } from '../support/browser.ts';
import { CrashRun } from './crash-run.ts';
import { foundCrashShop } from './crash-shop.ts';
import { STEPS, VICTIMS, pairOf, planOf, planText, tableText, type Plan } from './plan.ts';

const USAGE = `Usage: npm run --silent crash -- --rounds N [--seed S] [--victim V] [--step P] [--each]
           [--minutes M] [--shop DIR] [--keep]

Kills a real till in the middle of sales, one crash a round, as the seeds S to S+N-1 draw it, and looks afterwards at the relay's
disk, the printer's papers, the till's journal and head office's reports: nothing is missing, nothing comes twice, and nobody
had to repair anything. A round that fails prints its seed and its step; the next one gets a new shop.

  --rounds N   how many crashes (10)
  --seed S     the first seed (1)
  --victim V   only ${VICTIMS.join(', ')}
  --step P     only ${STEPS.join(', ')}
  --each       every victim at every step in turn, instead of as the seed draws them
  --minutes M  begins no round later than this
  --shop DIR   keeps the founded shop there, for the next time
  --keep       leaves the data of a failed round where it is

Ends with how often each program was killed at each step, and with "N passed, N failed".
`;

/** What is fixed of a crash. */
type Only = Parameters<typeof planOf>[1];

const text = { type: 'string' as const };

function readOptions() {
  try {
    const flag = { type: 'boolean' as const };
    return parseArgs({
      options: {
        rounds: text,
        seed: text,
        victim: text,
        step: text,
        minutes: text,
        shop: text,
        each: flag,
        keep: flag,
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

function oneOf<Name extends string>(what: string, names: readonly Name[], given: string | undefined) {
  if (given === undefined) return undefined;
  return names.find((name) => name === given) ?? fail(`There is no ${what} "${given}".`);
}

/** The shop that is being played with; whoever stops the command stops it as well. */
let run: CrashRun | undefined;
const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    stopped.abort();
    void (run?.end() ?? Promise.resolve());
  });

/** What the rounds so far came to. */
const passed: Plan[] = [];
let failed = 0;
let secondStarts = 0;

async function playRound(plan: Plan, begin: () => Promise<CrashRun>): Promise<void> {
  const began = performance.now();
  try {
    run ??= await begin();
    await run.round(plan);
    passed.push(plan);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    process.stderr.write(`ok   ${planText(plan)} (${seconds} s)\n`);
  } catch (cause) {
    if (stopped.signal.aborted) return;
    failed += 1;
    console.log(`FAIL ${planText(plan)}\n  ${cause instanceof Error ? cause.message : String(cause)}`);
    for (const line of run?.shop.log.slice(-15) ?? []) console.log(`    ${line}`);
    await endRun();
  }
}

async function endRun(): Promise<void> {
  secondStarts += run?.secondStarts ?? 0;
  await run?.end();
  run = undefined;
}

async function playRounds(rounds: number, first: number, only: (seed: number) => Only): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tillmesh-crash-'));
  const end = performance.now() + number('minutes', options.minutes, 24 * 60) * 60_000;
  const founded = options.shop ?? join(folder, 'founded');
  await foundCrashShop(founded);
  let shops = 0;
  const begin = () => CrashRun.begin(join(folder, `shop-${++shops}`), founded);
  for (let seed = first; seed < first + rounds && performance.now() < end && !stopped.signal.aborted; seed++)
    await playRound(planOf(seed, only(seed)), begin);
  await endRun();
  if (failed > 0 && options.keep) console.log(`The data is in ${folder}.`);
  else await removeProfile(folder);
  if (secondStarts > 0) console.log(`machines started again by their service manager: ${secondStarts} times`);
  console.log(`${tableText(passed)}\n${passed.length} passed, ${failed} failed`);
}

const options = readOptions();
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const victim = oneOf('victim', VICTIMS, options.victim);
const step = oneOf('step', STEPS, options.step);
const chosen: Only = {
  ...(victim === undefined ? {} : { victim }),
  ...(step === undefined ? {} : { step }),
};
await playRounds(number('rounds', options.rounds, 10), number('seed', options.seed, 1), (seed) =>
  options.each ? { ...pairOf(seed), ...chosen } : chosen,
);
process.exit(stopped.signal.aborted ? 130 : Math.min(failed, 1));
