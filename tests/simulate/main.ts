import { parseArgs } from 'node:util';
import { simulate } from './simulation.ts';

const USAGE = `Usage: npm run --silent simulate -- --seeds N [--seed S] [--tills 5] [--steps 600]

Simulated so far: crashes of tills, relays and head office with torn writes, partitions, resets, delays. Not yet: frozen
peers, full, wiped and rolled-back disks, clock skew, cloned and revoked devices, refunds, versions side by side, shrinking.
Tills run on Automerge core, not on the app's Repo. Oracles run at the end of a seed, not after each step.
`;
const number = { type: 'string' as const };
const help = { type: 'boolean' as const };
const { values } = parseArgs({
  options: { seeds: number, seed: number, tills: number, steps: number, help },
});
if (values.help === true) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const [seeds, first, tills, steps] = [
  values.seeds ?? 1,
  values.seed ?? 1,
  values.tills ?? 5,
  values.steps ?? 600,
].map(Number);
if (![seeds, first, tills, steps].every((value) => Number.isSafeInteger(value) && (value ?? 0) > 0)) {
  process.stderr.write(USAGE);
  process.exit(2);
}
let failed = 0;
for (let seed = first ?? 1; seed < (first ?? 1) + (seeds ?? 1); seed++) {
  const { faults } = await simulate(seed, tills ?? 5, steps ?? 600);
  if (faults.length > 0) failed += 1;
  for (const fault of faults.slice(0, 5)) console.log(`seed ${seed}: ${fault}`);
}
console.log(`${(seeds ?? 1) - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
