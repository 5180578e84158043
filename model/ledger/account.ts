import * as v from 'valibot';
import { sha256Text } from '../journal/canonical.ts';

/** The ledgers of value (rule G1), in the order reports show them. */
export const LEDGERS = ['gift-card', 'store-credit', 'deposit', 'account', 'points'] as const;

/** A ledger of value. */
export type Ledger = (typeof LEDGERS)[number];

/** A ledger's name at an edge. */
export const ledgerSchema = v.picklist(LEDGERS);

/** The id of an account: a card's number, a layaway's number, a customer's id. */
export const accountIdSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/** Which account of which ledger (rule G1). */
export const accountRefSchema = v.strictObject({ ledger: ledgerSchema, id: accountIdSchema });

/** Which account of which ledger. */
export type AccountRef = v.InferOutput<typeof accountRefSchema>;

/** Whether an account may owe the shop: only a customer's own, up to a credit limit; any other below zero is overspent (rule G5). */
export function mayOwe(ledger: Ledger): boolean {
  return ledger === 'account';
}

/** Whether a kind of tender, or anything else, is one of the ledgers: such a tender pays out of an account (rule G1). */
export function isLedger(kind: string): kind is Ledger {
  return (LEDGERS as readonly string[]).includes(kind);
}

/** The first letter of the numbers this program issues (rule G6). */
const PREFIXES = { 'gift-card': 'G', 'store-credit': 'C', deposit: 'L' } as const;

/** The ledgers whose accounts get a number from the till. */
export type IssuedLedger = keyof typeof PREFIXES;

/**
 * The number of a new account (rule G6), drawn from the id of the basket it is made with: a restart in the middle gives the same one
 * again, and two tills never the same. Thirteen characters, as printed.
 */
export function issuedNumber(ledger: IssuedLedger, basket: string): string {
  let value = 0n;
  for (const character of sha256Text(`${ledger}:${basket}`))
    value = (value * 131n + BigInt(character.charCodeAt(0))) % 100_000_000_000n;
  const digits = String(value).padStart(11, '0');
  return `${PREFIXES[ledger]}${digits}${checkDigit(digits)}`;
}

/** Which ledger issued a number; undefined for any other text (rule G6). */
export function ledgerOfNumber(number: string): IssuedLedger | undefined {
  const [, prefix, digits = '', check] = /^([GCL])(\d{11})(\d)$/.exec(number) ?? [];
  if (prefix === undefined || checkDigit(digits) !== check) return undefined;
  return prefix === 'G' ? 'gift-card' : prefix === 'C' ? 'store-credit' : 'deposit';
}

/**
 * The number of a card or slip from what was typed or scanned (rule G6): capitals and digits, without the blanks and hyphens it is
 * printed with. Undefined where it cannot be one: too short, too long, other characters, a wrong check digit on a number of ours.
 */
export function accountNumber(text: string): string | undefined {
  const number = text.replaceAll(/[\s-]/g, '').toUpperCase();
  if (!/^[0-9A-Z]{8,19}$/.test(number)) return undefined;
  return /^[GCL]\d{12}$/.test(number) && ledgerOfNumber(number) === undefined ? undefined : number;
}

/** A number as papers show it to whoever finds one: the last four characters only. */
export function maskedNumber(number: string): string {
  return `**** ${number.slice(-4)}`;
}

/** The last digit by Luhn's rule (ISO/IEC 7812-1, annex B). */
function checkDigit(digits: string): string {
  let sum = 0;
  [...digits].toReversed().forEach((digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  });
  return String((10 - (sum % 10)) % 10);
}
