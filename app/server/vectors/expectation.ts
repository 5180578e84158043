import { Exact } from '#model/money/money.ts';
import { Unrounded, isObject, type JsonObject } from './vector.ts';

/** Names under which an example says what others got wrong. */
const WRONG = /^(?:buggy|wrong|forbidden)(?:_|$)/;
/** Figures of other products and remarks: not what must come out. */
const ASIDE = /^(?:_|note|remark|why|source|odoo|erpnext|nexopos|shopify|square|lightspeed|other_)/;

/** Which of an example's expectations were not met, by name; empty when all were. */
export function unmet(expected: JsonObject, got: JsonObject): string[] {
  return Object.keys(expected).filter((name) => {
    if (WRONG.test(name)) return comesOut(name, expected, got);
    return !ASIDE.test(name) && !isSame(expected[name], got[name]);
  });
}

/** Whether anything is expected at all that can be compared. */
export function expectsAnything(expected: JsonObject): boolean {
  return Object.keys(expected).some((name) => !ASIDE.test(name));
}

/** Whether a figure that is known to be wrong came out: under its own name, or under any that the example asks for. */
function comesOut(name: string, expected: JsonObject, got: JsonObject): boolean {
  const own = name.replace(WRONG, '');
  const asked = Object.keys(expected).filter((other) => !WRONG.test(other) && !ASIDE.test(other));
  const names = own in got ? [own] : asked;
  return names.some((other) => isSame(expected[name], got[other]));
}

/** Compares an expected value with what came out; an object may hold only part of the result. */
function isSame(expected: unknown, got: unknown): boolean {
  if (expected === null) return got === null || got === undefined;
  if (Array.isArray(expected))
    return (
      Array.isArray(got) &&
      got.length === expected.length &&
      expected.every((item, i) => isSame(item, got[i]))
    );
  if (got instanceof Unrounded) return isDecimal(expected) && isNear(expected, got.value);
  if (isDecimal(expected) && (got instanceof Exact || typeof got === 'number'))
    return new Exact(expected).eq(got);
  if (isObject(expected))
    return isObject(got) && Object.keys(expected).every((name) => isSame(expected[name], got[name]));
  return expected === got;
}

function isNear(expected: number | string, got: InstanceType<typeof Exact>): boolean {
  const places = Math.max(6, new Exact(expected).decimalPlaces());
  return got.toDecimalPlaces(places).eq(expected);
}

function isDecimal(value: unknown): value is number | string {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value));
}

/** A result as one line of text. */
export function shown(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    item instanceof Unrounded ? item.value.toDecimalPlaces(6).toNumber() : item,
  );
}
