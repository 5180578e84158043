import { assert } from '../result.ts';
import type { Minor } from '../money/money.ts';
import type { PerpetualTotals } from '../journal/record.ts';

/** A receipt as perpetual totals see it: `training` marks one that is not meant and never counts (rule Z6). */
export type CountedReceipt = { readonly total: Minor; readonly training?: boolean };

/** Perpetual totals of a register that never made a receipt. */
export const NO_TOTALS: PerpetualTotals = { receipts: 0, signed: 0, absolute: 0 };

/**
 * Perpetual totals after one more receipt (rules J5 and Z6): voids and refunds count with their sign, training not at all.
 */
export function addToTotals(totals: PerpetualTotals, { total, training }: CountedReceipt): PerpetualTotals {
  if (training) return totals;
  const next = {
    receipts: totals.receipts + 1,
    signed: totals.signed + total,
    absolute: totals.absolute + Math.abs(total),
  };
  assert(Number.isSafeInteger(next.absolute), () => `perpetual total out of range: ${next.absolute}`);
  return next;
}

/** The totals of one closing: what its period came to, and the perpetual totals after it (rule Z6). */
export type ClosingTotals = { readonly period: Minor; readonly perpetual: PerpetualTotals };

/** Closes one period after another; a period without receipts closes with nothing (rule Z6). */
export function closingTotals(periods: readonly (readonly CountedReceipt[])[]): ClosingTotals[] {
  let perpetual = NO_TOTALS;
  return periods.map((receipts) => {
    const before = perpetual.signed;
    perpetual = receipts.reduce(addToTotals, perpetual);
    return { period: perpetual.signed - before, perpetual };
  });
}
