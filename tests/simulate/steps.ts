import * as v from 'valibot';
import { seeded } from '../support/journal-fixture.ts';

/** What can happen in a simulated shop, and how often of a thousand steps. */
export const WEIGHTS = {
  // Acts at a till.
  sell: 260,
  discount: 45,
  refund: 70,
  void: 25,
  park: 45,
  resume: 50,
  cash: 35,
  drawer: 10,
  reprint: 10,
  close: 22,
  'gift-card': 25,
  spend: 40,
  layaway: 25,
  'pay-in': 15,
  'pick-up': 20,
  cancel: 8,
  // Two tills that are apart do the same.
  'refund-apart': 7,
  'resume-apart': 7,
  'spend-apart': 9,
  'pick-up-apart': 8,
  // Head office.
  staff: 20,
  delivery: 12,
  replace: 4,
  revoke: 1,
  // Nobody comes for longer than a card is held.
  lull: 2,
  // Machines.
  'crash-till': 24,
  'crash-relay': 14,
  'crash-hq': 7,
  boot: 60,
  freeze: 10,
  thaw: 30,
  skew: 14,
  upgrade: 2,
  downgrade: 2,
  clone: 1,
  forge: 6,
  // Wires.
  cut: 16,
  isolate: 7,
  join: 40,
  reset: 12,
  duplicate: 8,
  weather: 10,
  // Disks.
  disk: 20,
  mend: 40,
  image: 14,
  rollback: 5,
  'rollback-page': 1,
  wipe: 5,
} as const;

/** How long a lull is, in milliseconds: longer than a hold counts (rule G8). */
export const LULL_MS = 16 * 60_000;

/** The name of something that can happen. */
export type StepKind = keyof typeof WEIGHTS;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const stepSchema = v.strictObject({
  kind: v.picklist(Object.keys(WEIGHTS) as StepKind[]),
  /** The till it happens at, and another one; counted from 0 and taken modulo how many there are. */
  till: whole,
  other: whole,
  /** How long the world goes on afterwards, in milliseconds. */
  wait: whole,
  /** The seed of everything else about it, so that steps can be taken out without changing the others. */
  draw: whole,
});

/** One thing that happens. */
export type Step = v.InferOutput<typeof stepSchema>;

const planSchema = v.strictObject({
  seed: whole,
  tills: v.pipe(whole, v.minValue(1), v.maxValue(20)),
  steps: v.array(stepSchema),
});

/** A whole simulation: the same plan plays the same, and so does what is left when steps are taken out. */
export type Plan = v.InferOutput<typeof planSchema>;

/** Reads a plan that was written to a file; throws with what is wrong with it. */
export function parsePlan(text: string): Plan {
  return v.parse(v.pipe(v.string(), v.parseJson(), planSchema), text);
}

/** Draws so many steps from a seed. */
export function drawPlan(seed: number, tills: number, count: number): Plan {
  const random = seeded(Math.imul(seed, 2_654_435_761) ^ 0x51ed);
  const below = (end: number) => Math.floor(random() * end);
  const kinds = Object.entries(WEIGHTS) as [StepKind, number][];
  const sum = kinds.reduce((all, [, weight]) => all + weight, 0);
  const steps = Array.from({ length: count }, () => {
    let dice = below(sum);
    const kind = kinds.find(([, weight]) => (dice -= weight) < 0)?.[0] ?? 'sell';
    return { kind, till: below(1000), other: below(1000), wait: 50 + below(850), draw: below(2 ** 31) };
  });
  return { seed, tills, steps };
}
