import * as v from 'valibot';
import { Exact } from '../money/money.ts';
import { assert, err, ok, type Result } from '../result.ts';
import { gs1CheckDigit, type GtinRefusal } from './barcode.ts';

/**
 * How a code of a store holds a price, a weight or a count (rule B3). `pattern` has a letter for each digit: digits stand for
 * themselves, `I` is the article, `N` the measure with `D` its decimals (`P` is a price with two), `V` the check digit of the
 * measure, `X` anything, `C` the check digit of the code. A pattern of 12 is a UPC-A.
 */
export const measureRuleSchema = v.strictObject({
  pattern: v.pipe(
    v.string(),
    v.regex(/^[\dX]*I*X*V?X*(?:N*D*|P*)V?C$/, 'a pattern looks like 20IIIIIVNNDDC'),
    v.check((pattern) => [8, 12, 13].includes(pattern.length), 'a pattern has 8, 12 or 13 places'),
  ),
  measure: v.picklist(['price', 'weight', 'count']),
});

/** The rules of one store, the first that fits is taken; none reads no code with a measure (rule B3). */
export const measureCodesSchema = v.strictObject({
  rules: v.pipe(v.array(measureRuleSchema), v.maxLength(40)),
});

/** The rules of one store. */
export type MeasureCodes = v.InferOutput<typeof measureCodesSchema>;

/** How a code of a store holds a price, a weight or a count. */
export type MeasureRule = v.InferOutput<typeof measureRuleSchema>;

/**
 * A code read by a rule: the article it names, the measure as decimal text in the major unit, in kilograms or in pieces, and
 * the code under which the article is in the catalog: the same with the measure zero.
 */
export type MeasuredCode = {
  readonly item: string;
  readonly measure: MeasureRule['measure'];
  readonly value: string;
  readonly lookup: string;
};

/** Why a code is none of the store's; `wrong-measure-digit` says what the check digit of the measure should be. */
export type MeasureRefusal =
  | { readonly code: GtinRefusal }
  | { readonly code: 'no-rule' }
  | {
      readonly code: 'wrong-measure-digit';
      readonly measure: string;
      readonly expected: number;
      readonly got: number;
    };

/**
 * Reads a code by the first of the store's rules that fits (rule B3). Prefixes 02 and 20 to 29 mean nothing without such rules:
 * GS1 leaves them to countries and shops (General Specifications §2.1.11 to §2.1.14).
 */
export function readMeasureCode(
  code: string,
  rules: readonly MeasureRule[],
): Result<MeasuredCode, MeasureRefusal> {
  if (!/^\d+$/.test(code)) return err({ code: 'not-digits' });
  // A 14-digit form of a store's code is the same code with a zero before it.
  const plain = code.length === 14 && code.startsWith('0') ? code.slice(1) : code;
  if (![8, 12, 13].includes(plain.length)) return err({ code: 'wrong-length' });
  if (gs1CheckDigit(plain.slice(0, -1)) !== Number(plain.at(-1))) return err({ code: 'wrong-check-digit' });
  const rule = rules.find(({ pattern }) => fits(plain, pattern));
  return rule ? readBy(rule, plain) : err({ code: 'no-rule' });
}

function fits(code: string, pattern: string): boolean {
  return (
    code.length === pattern.length && [...pattern].every((place, i) => !/\d/.test(place) || place === code[i])
  );
}

function readBy({ pattern, measure }: MeasureRule, code: string): Result<MeasuredCode, MeasureRefusal> {
  const digits = digitsAt(code, pattern, /[NDP]/);
  const verifier = digitsAt(code, pattern, /V/);
  if (verifier !== '') {
    const expected = measureCheckDigit(digits);
    if (expected !== Number(verifier))
      return err({ code: 'wrong-measure-digit', measure: digits, expected, got: Number(verifier) });
  }
  const decimals = pattern.includes('P') ? 2 : [...pattern].filter((place) => place === 'D').length;
  const value = new Exact(digits === '' ? 0 : digits).div(new Exact(10).pow(decimals)).toFixed(decimals);
  return ok({ item: digitsAt(code, pattern, /I/), measure, value, lookup: withoutMeasure(code, pattern) });
}

function digitsAt(code: string, pattern: string, places: RegExp): string {
  return [...code].filter((_, i) => places.test(pattern[i] ?? '')).join('');
}

function withoutMeasure(code: string, pattern: string): string {
  const zeros = '0'.repeat(digitsAt(code, pattern, /[NDP]/).length);
  const body = Array.from(code.slice(0, -1))
    .map((digit, i) =>
      /[NDP]/.test(pattern[i] ?? '') ? '0' : pattern[i] === 'V' ? measureCheckDigit(zeros) : digit,
    )
    .join('');
  return `${body}${gs1CheckDigit(body)}`;
}

/** What a digit weighs at its place: `2-` is twice itself less its tens, `5+` five times itself plus its tens, and so on. */
const WEIGHTS = {
  '2-': (digit: number) => (digit * 2 - Math.floor((digit * 2) / 10)) % 10,
  '3': (digit: number) => (digit * 3) % 10,
  '5+': (digit: number) => (digit * 5 + Math.floor((digit * 5) / 10)) % 10,
  '5-': (digit: number) => (((digit * 5 - Math.floor((digit * 5) / 10)) % 10) + 10) % 10,
} as const;

/** The check digit of a price or weight of 4 or 5 digits (rule B2; GS1 General Specifications §7.9.2 to §7.9.4). */
export function measureCheckDigit(digits: string): number {
  assert(/^(?:\d{4}|\d{5})$/.test(digits), () => `no measure of 4 or 5 digits: ${digits}`);
  const four = ['2-', '2-', '3', '5-'] as const;
  const five = ['5+', '2-', '5-', '5+', '2-'] as const;
  const sum = [...digits].reduce(
    (total, digit, i) => total + WEIGHTS[(digits.length === 4 ? four : five)[i] ?? '3'](Number(digit)),
    0,
  );
  if (digits.length === 4) return (sum * 3) % 10;
  const rest = (10 - (sum % 10)) % 10;
  return [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].find((digit) => WEIGHTS['5-'](digit) === rest) ?? 0;
}
