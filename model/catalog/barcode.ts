import { assert, err, ok, type Result } from '../result.ts';

/** The GS1 mod-10 check digit of the digits before it, weights 3 and 1 from the right (GS1 General Specifications §7.9). */
export function gs1CheckDigit(body: string): number {
  let sum = 0;
  for (let i = 0; i < body.length; i++)
    sum += (body.charCodeAt(body.length - 1 - i) - 48) * (i % 2 === 0 ? 3 : 1);
  return (10 - (sum % 10)) % 10;
}

/** Why a code is no GTIN. */
export type GtinRefusal = 'not-digits' | 'wrong-length' | 'wrong-check-digit';

/**
 * Reads an EAN-8, UPC-A, EAN-13 or GTIN-14 and gives it as 14 digits, so that a UPC-A and the same code with a leading
 * zero are one (rule C2).
 */
export function normaliseGtin(code: string): Result<string, GtinRefusal> {
  if (!/^\d+$/.test(code)) return err('not-digits');
  if (![8, 12, 13, 14].includes(code.length)) return err('wrong-length');
  if (gs1CheckDigit(code.slice(0, -1)) !== Number(code.at(-1))) return err('wrong-check-digit');
  return ok(code.padStart(14, '0'));
}

/** Lengths of a GTIN by the names its barcodes go under. */
const GTIN_LENGTHS: Readonly<Record<string, number>> = {
  'GTIN-8': 8,
  'EAN-8': 8,
  'GTIN-12': 12,
  'UPC-A': 12,
  'GTIN-13': 13,
  'EAN-13': 13,
  'GTIN-14': 14,
  'ITF-14': 14,
};

/** Reads a code that must be of one kind, such as `EAN-13` (rule C2); a kind that is no GTIN is answered with `wrong-length`. */
export function readGtin(code: string, kind: string): Result<string, GtinRefusal> {
  if (/^\d+$/.test(code) && code.length !== GTIN_LENGTHS[kind]) return err('wrong-length');
  return normaliseGtin(code);
}

/** Writes a GTIN with another number of digits, such as a UPC-A as `GTIN-14` (rule C2); refused where digits would be lost. */
export function gtinAs(code: string, kind: string): Result<string, GtinRefusal> {
  const length = GTIN_LENGTHS[kind];
  const read = normaliseGtin(code);
  if (!read.ok) return read;
  if (length === undefined || /[1-9]/.test(read.value.slice(0, 14 - length))) return err('wrong-length');
  return ok(read.value.slice(14 - length));
}

/**
 * Expands a UPC-E to the UPC-A it stands for (rule B1): number system, six digits and check digit; without check digit (7) or
 * with the six digits alone (6) these are supplied. GS1 General Specifications §7.10.
 */
export function expandUpcE(code: string): Result<string, GtinRefusal> {
  if (!/^\d+$/.test(code)) return err('not-digits');
  if (![6, 7, 8].includes(code.length)) return err('wrong-length');
  const digits = code.length === 6 ? `0${code}` : code.slice(0, 7);
  if (!/^[01]/.test(digits)) return err('wrong-length');
  const [d1 = '', d2 = '', d3 = '', d4 = '', d5 = '', last = ''] = digits.slice(1);
  const body =
    digits.slice(0, 1) +
    (last <= '2'
      ? `${d1}${d2}${last}0000${d3}${d4}${d5}`
      : last === '3'
        ? `${d1}${d2}${d3}00000${d4}${d5}`
        : last === '4'
          ? `${d1}${d2}${d3}${d4}00000${d5}`
          : `${d1}${d2}${d3}${d4}${d5}0000${last}`);
  const full = `${body}${gs1CheckDigit(body)}`;
  return code.length === 8 && full.at(-1) !== code.at(-1) ? err('wrong-check-digit') : ok(full);
}

/** The key under which a code is looked up: 14 digits for a GTIN, otherwise the trimmed text in capitals (rule C2). */
export function lookupKey(code: string): string {
  const clean = code.trim();
  const gtin = normaliseGtin(clean);
  return gtin.ok ? gtin.value : clean.toUpperCase();
}

/**
 * A valid EAN-13 for in-store use made from a number below 10¹⁰: prefix 20, which GS1 leaves to the shop (rule C3).
 * For seeded and imported products that came without a code.
 */
export function inStoreEan13(number: number): string {
  assert(Number.isInteger(number) && number >= 0 && number < 1e10, () => `no in-store number: ${number}`);
  const body = `20${String(number).padStart(10, '0')}`;
  return `${body}${gs1CheckDigit(body)}`;
}
