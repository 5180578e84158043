import { Dice } from '../simulate/dice.ts';
import type { Article, Wish } from './cashier.ts';
import type { Passing } from './tripwire.ts';

/** What is killed: one program, what starts the till's programs, a whole machine, or the till's power with its browser. */
export const VICTIMS = [
  'browser',
  'relay',
  'bridge',
  'indexer',
  'office-relay',
  'office',
  'supervisor',
  'power',
] as const;

/** What is killed. */
export type Victim = (typeof VICTIMS)[number];

/** What the cashier does when it happens: a moment after they began. */
const ACTS = ['ringing', 'to-payment', 'taking', 'completing', 'done', 'next-sale'] as const;

/** A message that is on its way when it happens, from the completing of the sale on. */
const MESSAGES = {
  'record-leaves': ({ from, first }) => from === 'near' && first.startsWith('GET /sync'),
  'relay-answers': ({ from, first }) => from === 'far' && first.startsWith('GET /sync'),
  'paper-leaves': ({ from, text }) => from === 'near' && text.startsWith('POST /bridge/v1/jobs'),
  'paper-taken': ({ from, last }) => from === 'far' && last.startsWith('POST /bridge/v1/jobs'),
  'paper-at-printer': ({ from, bytes }) => from === 'near' && bytes > 100,
  'printer-confirms': ({ from, text }) => from === 'far' && text.startsWith('\x37\x22'),
} as const satisfies Record<string, (passing: Passing) => boolean>;

/** A message that is on its way when it happens. */
export type Message = keyof typeof MESSAGES;
/** A step of a sale that a crash can hit (design §5). */
export type Step = (typeof ACTS)[number] | Message;

/** All steps in the order of a sale. */
export const STEPS: readonly Step[] = [...ACTS.slice(0, 4), ...messages(), ...ACTS.slice(4)];

/** Messages between bridge and printer; the others go between browser and till. */
export const AT_PRINTER: ReadonlySet<Step> = new Set<Step>(['paper-at-printer', 'printer-confirms']);

/** One crash. */
export type Plan = {
  readonly seed: number;
  readonly victim: Victim;
  readonly step: Step;
  /** How many such messages pass before it happens. */
  readonly skip: number;
  /** Whether the message it happens at still arrives. */
  readonly arrives: boolean;
  /** How long after the step's begin it happens, in milliseconds. */
  readonly delay: number;
  /** Whether the printer loses its power as well, and what is in its buffer. */
  readonly printerToo: boolean;
  readonly wish: Wish;
  readonly after: Wish;
};

/** Articles of the demo's list that no special touches. */
export const ARTICLES: readonly Article[] = [
  { sku: '10002', code: '2000000000015' },
  { sku: '10120', code: '2000000000022' },
  { sku: '10123C', code: '2000000000039' },
  { sku: '10124G', code: '2000000000046' },
  { sku: '10125', code: '2000000000053' },
  { sku: '10133', code: '2000000000060' },
];

/** The crash of a seed; `only` fixes what is killed or when. */
export function planOf(seed: number, only: { readonly victim?: Victim; readonly step?: Step } = {}): Plan {
  const dice = new Dice(seed * 7919 + 13);
  const victim = dice.pick(VICTIMS) ?? 'browser';
  const step = dice.pick(STEPS) ?? 'completing';
  const isMessage = step in MESSAGES;
  return {
    seed,
    victim: only.victim ?? victim,
    step: only.step ?? step,
    skip: dice.between(0, step === 'record-leaves' || step === 'relay-answers' ? 3 : 0),
    arrives: dice.chance(0.5),
    delay: dice.chance(0.3) ? 0 : dice.between(0, isMessage ? 150 : 120),
    printerToo: dice.chance(0.3),
    wish: wishOf(dice),
    after: wishOf(dice),
  };
}

/** The victim and the step of a seed where every victim is to be hit at every step, one pair after the other. */
export function pairOf(seed: number): { readonly victim: Victim; readonly step: Step } {
  const victim = VICTIMS[seed % VICTIMS.length] ?? 'browser';
  return { victim, step: STEPS[Math.floor(seed / VICTIMS.length) % STEPS.length] ?? 'completing' };
}

/** How often each victim was hit at each step, as a table in text. */
export function tableText(plans: readonly Pick<Plan, 'victim' | 'step'>[]): string {
  const width = Math.max(...STEPS.map((step) => step.length)) + 2;
  const row = (name: string, cells: readonly string[]) =>
    name.padEnd(width) + cells.map((cell, n) => cell.padStart((VICTIMS[n]?.length ?? 4) + 2)).join('');
  const count = (step: Step, victim: Victim) =>
    plans.filter((plan) => plan.step === step && plan.victim === victim).length;
  const rows = STEPS.map((step) =>
    row(
      step,
      VICTIMS.map((victim) => String(count(step, victim))),
    ),
  );
  return [row('', VICTIMS), ...rows].join('\n');
}

/** Whether this is the kind of message a step waits for. */
export function isMessageOf(step: Step, passing: Passing): boolean {
  return step in MESSAGES && MESSAGES[step as Message](passing);
}

/** A plan in words, to be found again. */
export function planText({ seed, victim, step, skip, arrives, delay, printerToo }: Plan): string {
  const message = step in MESSAGES ? ` (${skip} before it, it ${arrives ? 'arrives' : 'is lost'})` : '';
  return `seed ${seed}: ${victim} killed at ${step}${message}, ${delay} ms in${printerToo && victim === 'power' ? ', printer too' : ''}`;
}

function messages(): Message[] {
  return Object.keys(MESSAGES) as Message[];
}

function wishOf(dice: Dice): Wish {
  const count = dice.between(1, 3);
  const first = dice.between(0, ARTICLES.length - 1);
  const articles = Array.from({ length: count }, (_, n) => ARTICLES[(first + n) % ARTICLES.length]);
  return {
    articles: articles.filter((article) => article !== undefined),
    pays: dice.chance(0.7) ? 'cash' : 'card',
  };
}
