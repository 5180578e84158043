import { Exact, roundMinor, type Minor } from '../money/money.ts';
import { shareByWeight } from '../money/rounding.ts';
import { changedPrice, type PriceChange } from './price-rule.ts';
import { isOnOffer, usesOf, type Scope, type Special, type SpecialOccasion } from './special.ts';
import { rewardUnits, setsOf, type UnitRun } from './unit-runs.ts';

/** A line as specials see it: `amount` is what it comes to before them, in minor units, and above zero. */
export type OfferedLine = {
  readonly product: string;
  readonly department?: string;
  readonly quantity: string;
  readonly price: string;
  readonly amount: Minor;
  /** What else makes two lines different, such as their taxes. */
  readonly mark?: string;
};

/** What a special takes off a line: `amount` is above zero. */
export type LineOff = { readonly special: string; readonly name: string; readonly amount: Minor };

/** A line while specials are taken off one after another. */
type OpenLine = OfferedLine & {
  readonly index: number;
  left: Minor;
  readonly offs: LineOff[];
  /** The special that does not stack and took its share: no other may. */
  closedBy?: string;
};

/**
 * Takes specials off lines (rules X4 to X10), the higher priority first. Gives for each line what was taken off it; never more
 * than it came to. The order of the lines changes nothing but which of two equal lines is lowered. `unit` is how many minor
 * units make one of the major unit.
 */
export function takeSpecials(
  lines: readonly OfferedLine[],
  specials: readonly Special[],
  occasion: SpecialOccasion,
  unit: number,
): readonly (readonly LineOff[])[] {
  const onOffer = byPriority(specials.filter((special) => isOnOffer(special, occasion)));
  const open = reachedLines(lines, onOffer);
  const worth = lines.reduce((sum, line) => sum + line.amount, 0);
  for (const special of onOffer) {
    const uses = usesWithin(special, usesOf(special, occasion), worth);
    for (let use = 0; use < uses; use++) take(special, open, unit);
  }
  const offs = new Map(open.map((line) => [line.index, line.offs]));
  return lines.map((_, index) => offs.get(index) ?? NOTHING_OFF);
}

/** One array for all lines that nothing is taken off: most of a long basket, which is priced with every scan. */
const NOTHING_OFF: readonly LineOff[] = [];

/** The lines that a special is about, by what they are. */
function reachedLines(lines: readonly OfferedLine[], specials: readonly Special[]): readonly OpenLine[] {
  const isReached = (line: OfferedLine) =>
    specials.some(({ scope, effect }) => {
      const reward = effect.kind === 'buy-get' ? effect.reward : undefined;
      return isIn(scope, line) || (reward !== undefined && isIn(reward, line));
    });
  return lines
    .flatMap((line, index): OpenLine[] =>
      isReached(line) ? [{ ...line, index, left: line.amount, offs: [] }] : [],
    )
    .sort((a, b) => compareTexts(markOf(lines[a.index] ?? a), markOf(lines[b.index] ?? b)));
}

function byPriority(specials: readonly Special[]): Special[] {
  return specials.toSorted((a, b) => b.priority - a.priority || compareTexts(a.id, b.id));
}

/** A coupon with a minimum counts as often as the basket holds that minimum (rule X5). */
function usesWithin({ minimum = 0 }: Special, uses: number, worth: Minor): number {
  return minimum === 0 ? uses : Math.min(uses, Math.floor(worth / minimum));
}

function take(special: Special, lines: readonly OpenLine[], unit: number): void {
  const inScope = lines.filter((line) => isIn(special.scope, line));
  const rewards = lines.filter((line) => mayLower(special, line));
  const free = inScope.filter((line) => mayLower(special, line));
  for (const [line, amount] of capOff(wantedOff(special, { inScope, free, rewards, unit }), special.most)) {
    const off = Math.min(amount, line.left);
    if (off <= 0) continue;
    line.left -= off;
    if (!special.stacks) line.closedBy = special.id;
    line.offs.push({ special: special.id, name: special.name, amount: off });
  }
}

/** A line that another special lowered is lowered again only when both stack (rule X5). */
function mayLower({ id, stacks }: Special, line: OpenLine): boolean {
  if (line.left <= 0 || (line.closedBy !== undefined && line.closedBy !== id)) return false;
  return stacks || line.offs.every((off) => off.special === id);
}

type Offs = readonly (readonly [OpenLine, Minor])[];
type Reach = {
  readonly inScope: readonly OpenLine[];
  readonly free: readonly OpenLine[];
  readonly rewards: readonly OpenLine[];
  readonly unit: number;
};

function wantedOff({ effect, times }: Special, { inScope, free, rewards, unit }: Reach): Offs {
  switch (effect.kind) {
    case 'units': {
      const change = stepFor(effect, inScope);
      return change ? free.map((line) => [line, unitsOff(line, change, unit)] as const) : [];
    }
    case 'off':
      return shareOff(free, roundMinor(new Exact(leftOf(free)).times(effect.percent).div(100)));
    case 'off-amount':
      return shareOff(free, effect.amount);
    case 'set':
      return setOff(free, effect, times);
    case 'buy-get': {
      const reward = effect.reward;
      if (reward)
        return rewardOff(
          inScope,
          rewards.filter((line) => isIn(reward, line)),
          effect,
          times,
        );
      return cheapestOff(free, effect, times);
    }
  }
}

/** The step that the quantity of all lines in scope reaches (rule X7). */
function stepFor(
  effect: Extract<Special['effect'], { kind: 'units' }>,
  lines: readonly OpenLine[],
): PriceChange | undefined {
  if (!effect.steps) return effect.change;
  const quantity = lines.reduce((sum, line) => sum.plus(line.quantity), new Exact(0));
  const reached = effect.steps
    .filter((step) => quantity.gte(step.from))
    .toSorted((a, b) => new Exact(b.from).cmp(a.from));
  return reached[0]?.change ?? effect.change;
}

/** What a change of the unit price takes off what is left of a line. */
function unitsOff(line: OpenLine, change: PriceChange, unit: number): Minor {
  const quantity = new Exact(line.quantity);
  if (change.kind === 'percent') return roundMinor(new Exact(line.left).times(change.percent).div(100));
  if (change.kind === 'amount') return roundMinor(quantity.times(change.amount).times(unit));
  return line.left - roundMinor(quantity.times(changedPrice(line.price, change)).times(unit));
}

/** Every `quantity` units for a price, the dearest together, and only where that is less (rule X8). */
function setOff(
  lines: readonly OpenLine[],
  { quantity, price }: { readonly quantity: number; readonly price: Minor },
  times: number | undefined,
): Offs {
  const sets = setsOf(runsOf(lines), quantity, price, times);
  return shareByLine(lines, sets.weights, sets.off);
}

function cheapestOff(
  lines: readonly OpenLine[],
  { buy, get, percent }: { readonly buy: number; readonly get: number; readonly percent: string },
  times: number | undefined,
): Offs {
  const runs = runsOf(lines);
  const given = rewardUnits(runs, buy, get, times);
  return unitsAtPercent(lines, runs, given, percent);
}

function rewardOff(
  bought: readonly OpenLine[],
  rewards: readonly OpenLine[],
  { buy, get, percent }: { readonly buy: number; readonly get: number; readonly percent: string },
  times: number | undefined,
): Offs {
  const units = runsOf(bought.filter((line) => !rewards.includes(line))).reduce(
    (sum, run) => sum + run.units,
    0,
  );
  let earned = earnedUnits(units, { buy, get }, times);
  const runs = runsOf(rewards);
  const given = new Map<number, number>();
  for (const run of runs.toReversed()) {
    const taken = Math.min(run.units, earned);
    given.set(run.line, taken);
    earned -= taken;
  }
  return unitsAtPercent(rewards, runs, given, percent);
}

/** How many units are given for what was bought: `get` for every `buy` (rule X9). */
export function earnedUnits(
  bought: number,
  { buy, get }: { readonly buy: number; readonly get: number },
  times = Infinity,
): number {
  return Math.min(Math.floor(bought / buy), times) * get;
}

function unitsAtPercent(
  lines: readonly OpenLine[],
  runs: readonly UnitRun[],
  given: ReadonlyMap<number, number>,
  percent: string,
): Offs {
  return runs.flatMap((run) => {
    const line = lines.find(({ index }) => index === run.line);
    const units = given.get(run.line) ?? 0;
    if (!line || units === 0) return [];
    const worth = new Exact(line.left).times(units).div(run.units);
    return [[line, roundMinor(worth.times(percent).div(100))] as const];
  });
}

/** Whole units of lines, the dearest first; a line of a weight has none. */
function runsOf(lines: readonly OpenLine[]): UnitRun[] {
  return lines
    .filter((line) => /^\d+$/.test(line.quantity))
    .map((line) => ({
      line: line.index,
      units: Number(line.quantity),
      worth: new Exact(line.left).div(line.quantity),
    }))
    .sort((a, b) => b.worth.cmp(a.worth));
}

function shareByLine(lines: readonly OpenLine[], weights: ReadonlyMap<number, Minor>, off: Minor): Offs {
  const sharing = lines.filter((line) => (weights.get(line.index) ?? 0) > 0);
  const shares = shareByWeight(
    off,
    sharing.map((line) => weights.get(line.index) ?? 0),
  );
  return sharing.map((line, i) => [line, shares[i] ?? 0] as const);
}

/** An amount off several lines together, never more than they come to, shared to the cent (rules M7 and X6). */
function shareOff(lines: readonly OpenLine[], amount: Minor): Offs {
  const off = Math.min(amount, leftOf(lines));
  const shares = shareByWeight(
    off,
    lines.map((line) => line.left),
  );
  return lines.map((line, i) => [line, shares[i] ?? 0] as const);
}

/** The most a special takes off, shared as what it would have taken (rule X10). */
function capOff(offs: Offs, most: Minor | undefined): Offs {
  const wanted = offs.map(([line, amount]) => Math.max(0, Math.min(amount, line.left)));
  const sum = wanted.reduce((total, amount) => total + amount, 0);
  if (most === undefined || sum <= most) return offs;
  const shares = shareByWeight(most, wanted);
  return offs.map(([line], i) => [line, shares[i] ?? 0] as const);
}

function leftOf(lines: readonly OpenLine[]): Minor {
  return lines.reduce((sum, line) => sum + line.left, 0);
}

function isIn(scope: Scope, line: OfferedLine): boolean {
  if (!scope.products && !scope.departments) return true;
  const { products, departments } = membersOf(scope);
  return products.has(line.product) || (line.department !== undefined && departments.has(line.department));
}

type Members = { readonly products: ReadonlySet<string>; readonly departments: ReadonlySet<string> };

/** A special may name a thousand articles, and each line of a basket asks with every scan. */
const MEMBERS = new WeakMap<Scope, Members>();

function membersOf(scope: Scope): Members {
  const known = MEMBERS.get(scope);
  if (known) return known;
  const members = { products: new Set(scope.products), departments: new Set(scope.departments) };
  MEMBERS.set(scope, members);
  return members;
}

/** Lines are gone through by what they are, so that a cent left over goes to the same article whatever was scanned first. */
function markOf(line: OfferedLine): string {
  const known = MARKS.get(line);
  if (known !== undefined) return known;
  const mark = `${line.product}\n${line.price}\n${line.quantity}\n${line.amount}\n${line.mark ?? ''}`;
  MARKS.set(line, mark);
  return mark;
}

/** Lines are never changed, so what one is, is put into words once. */
const MARKS = new WeakMap<OfferedLine, string>();

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
