import * as v from 'valibot';
import { minorSchema, sumMinor, type Minor } from '../money/money.ts';
import { ROUNDING_MODES, roundToStep } from '../money/rounding.ts';
import type { TaxTotal } from '../tax/tax.ts';
import { tenderKindSchema, type TenderKind } from './sale-body.ts';

/**
 * How amounts paid in cash are rounded (rule Y6): to multiples of `step` minor units. `change` is the mode for change where it
 * differs (rule Y7). `tenders` are the kinds that are rounded; absent it is cash alone.
 */
export const cashRoundingSchema = v.strictObject({
  step: v.pipe(minorSchema, v.minValue(1)),
  mode: v.picklist(ROUNDING_MODES),
  change: v.optional(v.picklist(ROUNDING_MODES)),
  tenders: v.optional(v.array(tenderKindSchema)),
});

/** How amounts paid in cash are rounded. */
export type CashRounding = v.InferOutput<typeof cashRoundingSchema>;

/** Whether a kind of tender is rounded (rule Y6). */
export function isRounded(kind: TenderKind, rule: CashRounding | undefined): rule is CashRounding {
  return rule !== undefined && (rule.tenders ?? ['cash']).includes(kind);
}

/** What is paid for `amount` in a rounded tender; the opposite amount gives the opposite (rule Y6). */
export function cashAmount(amount: Minor, rule: CashRounding | undefined): Minor {
  return rule ? roundToStep(amount, rule.step, rule.mode).toNumber() : amount;
}

/**
 * The change for `given` against an exact amount `due`, both above zero (rule Y7): by the rule for change where there is one,
 * else what is left over the rounded amount.
 */
export function cashChange(given: Minor, due: Minor, rule: CashRounding | undefined): Minor {
  if (!rule) return given - due;
  const back = rule.change
    ? roundToStep(given - due, rule.step, rule.change)
    : roundToStep(given - cashAmount(due, rule), rule.step, 'half-down');
  return Math.max(0, back.toNumber());
}

/**
 * A document whose total itself is rounded, the difference taken up by its largest tax (rule Y8). The rows keep their order;
 * without any tax the total stays.
 */
export function absorbInLargestTax<Row extends Pick<TaxTotal, 'amount'>>(
  document: { readonly net: Minor; readonly taxes: readonly Row[] },
  rule: Pick<CashRounding, 'step' | 'mode'>,
): { readonly taxes: readonly Row[]; readonly tax: Minor; readonly total: Minor } {
  const tax = sumMinor(document.taxes.map((row) => row.amount));
  const total = document.net + tax;
  const difference = roundToStep(total, rule.step, rule.mode).toNumber() - total;
  const sizes = document.taxes.map((row) => Math.abs(row.amount));
  const largest = sizes.indexOf(Math.max(...sizes));
  const row = document.taxes[largest];
  if (!row) return { taxes: document.taxes, tax, total };
  return {
    taxes: document.taxes.with(largest, { ...row, amount: row.amount + difference }),
    tax: tax + difference,
    total: total + difference,
  };
}
