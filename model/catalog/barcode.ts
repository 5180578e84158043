import { assert, err, ok, type Result } from '../result.ts';

/** The GS1 mod-10 check digit of the digits before it, weights 3 and 1 from the right (GS1 General Specifications §7.9). */
export function gs1CheckDigit(body: string): number {
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum += Number(body[body.length - 1 - i]) * (i % 2 === 0 ? 3 : 1);
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
