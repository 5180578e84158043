import { Exact } from '#model/money/money.ts';
import type { RoundingMode } from '#model/money/rounding.ts';

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A published example: what goes in and what must come out. */
export type Vector = {
  readonly id: string;
  readonly category: string;
  readonly title: string;
  readonly inputs: JsonObject;
  readonly expected: JsonObject;
};

/** What came out of the product, under the names the example uses; `skip` says why the product does not offer it. */
export type Outcome = Readonly<Record<string, unknown>> | { readonly skip: string };

/** Runs the examples of one family. `others` finds the inputs of another example by its id. */
export type Family = (
  vector: Vector,
  others: (id: string) => JsonObject | undefined,
) => Outcome | Promise<Outcome>;

/** An example that cannot be understood; its message is a sentence for people. */
export class VectorFault extends Error {
  override readonly name = 'VectorFault';
}

/** An exact result that is compared to six decimals, because its example was published unrounded. */
export class Unrounded {
  readonly value: InstanceType<typeof Exact>;

  constructor(value: InstanceType<typeof Exact>) {
    this.value = value;
  }
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as an object. */
export function asObject(value: unknown, name: string): JsonObject {
  if (!isObject(value)) throw new VectorFault(`${name} should be an object.`);
  return value;
}

/** A value as a list. */
export function asList(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new VectorFault(`${name} should be a list.`);
  return value;
}

/** A value as text. */
export function asText(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new VectorFault(`${name} should be a text.`);
  return value;
}

/** A number, or a decimal text, as an exact decimal. */
export function asDecimal(value: unknown, name: string): InstanceType<typeof Exact> {
  const isDecimal = typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value);
  if ((typeof value !== 'number' || !Number.isFinite(value)) && !isDecimal)
    throw new VectorFault(`${name} should be a number, and is ${JSON.stringify(value)}.`);
  return new Exact(value as number | string);
}

/** A whole number. */
export function asWhole(value: unknown, name: string): number {
  const whole = asDecimal(value, name);
  if (!whole.isInteger()) throw new VectorFault(`${name} should be a whole number.`);
  return whole.toNumber();
}

/** How often the product repeats anything for one example: more is a slip of the pen that would hold up all others. */
const MOST_REPEATS = 10_000;

/** A whole number that says how often something is done: from 0 to 10,000. */
export function asCount(value: unknown, name: string): number {
  const count = asWhole(value, name);
  if (count < 0 || count > MOST_REPEATS)
    throw new VectorFault(`${name} should be from 0 to ${MOST_REPEATS}, and is ${JSON.stringify(value)}.`);
  return count;
}

/** A list of numbers as exact decimals; a single one is a list of one. */
export function asDecimals(value: unknown, name: string): InstanceType<typeof Exact>[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((item, i) => asDecimal(item, `${name}[${i}]`));
}

/** The first of several names that an object has. */
export function firstOf(object: JsonObject, ...names: readonly string[]): unknown {
  const name = names.find((one) => object[one] !== undefined);
  return name === undefined ? undefined : object[name];
}

const MODES: Readonly<Record<string, RoundingMode>> = {
  halfup: 'half-up',
  halfdown: 'half-down',
  halfeven: 'half-even',
  bankers: 'half-even',
  up: 'up',
  ceiling: 'up',
  down: 'down',
  floor: 'down',
  truncate: 'down',
};

/** A rounding mode however it is spelled (`HALF-UP`, `ROUND_HALF_UP`), or undefined where none is given. */
export function modeOf(value: unknown): RoundingMode | undefined {
  if (value === undefined || value === null) return undefined;
  const name = asText(value, 'the rounding mode')
    .toLowerCase()
    .replace(/^round/, '')
    .replaceAll(/[^a-z]/g, '')
    .replace(/^round/, '');
  const mode = MODES[name];
  if (!mode) throw new VectorFault(`The rounding mode "${String(value)}" is not known.`);
  return mode;
}
