import type { SessionReport } from '../folds/session-report.ts';
import { MAX_TYPED_MINOR, sumMinor, type Minor } from '../money/money.ts';
import { assert, err, ok, type Result } from '../result.ts';
import type { CommandRefusal } from './commands.ts';
import { checkReason } from './reason.ts';

/** Pieces of cash by minor-unit value; together they make what was counted (rule R8). */
export type Denominations = Readonly<Record<string, number>>;

/** One of several drawers as a session opens with it (rule R14). */
export type OpenedDrawer = {
  readonly name: string;
  readonly float: Minor;
  readonly denominations?: Record<string, number>;
};

/** A drawer as somebody counted it; `earlier` is what was counted before, when it was counted again (rule R9). */
export type CountedDrawer = {
  readonly counted: Minor;
  readonly denominations?: Denominations;
  readonly earlier?: readonly Minor[];
};

/** The count of a session's cash: of its one drawer, or of each of several in `drawers`, which make `counted` together (rule R14). */
export type SessionCount = CountedDrawer & {
  readonly drawers?: readonly CountedDrawer[];
  readonly reason?: string;
};

type Outcome = {
  readonly expected: Minor;
  readonly counted: Minor;
  readonly difference: Minor;
  readonly denominations?: Record<string, number>;
  readonly earlier?: Minor[];
};
type WithReason = Outcome & { readonly reason?: string };

/** How many earlier counts a closing keeps: the latest ones. */
const MAX_EARLIER = 20;

/** What a count of a drawer that should hold `expected` comes to; a difference needs a reason (rules R6 and R10). */
export function countedDrawer(
  expected: Minor,
  args: CountedDrawer & { readonly reason?: string },
): Result<WithReason, CommandRefusal> {
  const outcome = compared(expected, args);
  if (!outcome.ok) return outcome;
  const reason = checkedReason(args.reason, outcome.value.difference, outcome.value.difference !== 0);
  return reason.ok ? ok({ ...outcome.value, ...reason.value }) : reason;
}

/** What the count of a session comes to: with several drawers each by itself, and what they come to together (rules R6 and R14). */
export function countedSession(
  { drawer, drawers }: Pick<SessionReport, 'drawer' | 'drawers'>,
  args: SessionCount,
): Result<WithReason & { readonly drawers?: Outcome[] }, CommandRefusal> {
  if (!drawers) return countedDrawer(drawer.expected, args);
  const given = args.drawers ?? [];
  assert(given.length === drawers.length, () => `${given.length} of ${drawers.length} drawers were counted`);
  const outcomes: Outcome[] = [];
  for (const [index, count] of given.entries()) {
    const one = compared(drawers[index]?.expected ?? 0, count);
    if (!one.ok) return one;
    outcomes.push(one.value);
  }
  const counted = sumMinor(outcomes.map((one) => one.counted));
  assert(counted === args.counted, () => `drawers of ${counted} were counted as ${args.counted}`);
  const difference = counted - drawer.expected;
  const isOff = outcomes.some((one) => one.difference !== 0);
  const reason = checkedReason(args.reason, difference, isOff);
  if (!reason.ok) return reason;
  return ok({ expected: drawer.expected, counted, difference, ...reason.value, drawers: outcomes });
}

function compared(expected: Minor, args: CountedDrawer): Result<Outcome, CommandRefusal> {
  const { counted, denominations, earlier = [] } = args;
  const refusal = checkCount(counted, denominations);
  if (refusal) return err(refusal);
  return ok({
    expected,
    counted,
    difference: counted - expected,
    ...(denominations === undefined ? {} : { denominations: { ...denominations } }),
    ...(earlier.length === 0 ? {} : { earlier: earlier.slice(-MAX_EARLIER) }),
  });
}

function checkedReason(
  typed: string | undefined,
  difference: Minor,
  isNeeded: boolean,
): Result<{ readonly reason?: string }, CommandRefusal> {
  const reason = typed?.trim() ?? '';
  if (reason === '') return isNeeded ? err({ code: 'difference-needs-reason', difference }) : ok({});
  const tooLong = checkReason(reason);
  return tooLong ? err(tooLong) : ok({ reason });
}

/** Pieces that do not make the amount come from a program, not from a person. */
export function checkCount(amount: Minor, denominations?: Denominations): CommandRefusal | undefined {
  const refusal = checkAmount(amount);
  if (refusal || denominations === undefined) return refusal;
  const sum = Object.entries(denominations).reduce(
    (total, [value, count]) => total + Number(value) * count,
    0,
  );
  assert(sum === amount, () => `pieces of ${sum} were counted as ${amount}`);
  return undefined;
}

/** Checks the floats of several drawers, which make the session's float together (rule R14). */
export function checkFloats(
  float: Minor,
  drawers: readonly OpenedDrawer[] | undefined,
): CommandRefusal | undefined {
  if (drawers === undefined || drawers.length < 2) return undefined;
  const sum = sumMinor(drawers.map((drawer) => drawer.float));
  assert(sum === float, () => `floats of ${sum} were given as ${float}`);
  return drawers.map((one) => checkCount(one.float, one.denominations)).find((refusal) => refusal);
}

/** Checks an amount somebody counted or typed; undefined when it can be recorded. */
export function checkAmount(amount: Minor): CommandRefusal | undefined {
  if (amount < 0) return { code: 'amount-negative' };
  if (amount > MAX_TYPED_MINOR) return { code: 'amount-absurd' };
  return undefined;
}
