import type { Decimal } from 'decimal.js';
import { Exact } from '../money/money.ts';
import { roundToStep } from '../money/rounding.ts';
import type { DocumentRow, DocumentRules, Gathered, TaxGathering, TaxedDocument } from './tax-document.ts';

/**
 * A discount on a whole document (rule T12): a percentage, or an amount off the total or off the net. Amounts are in the unit
 * of the document's amounts.
 */
export type DocumentDiscount =
  | { readonly kind: 'percent'; readonly percent: Decimal.Value }
  | { readonly kind: 'amount'; readonly amount: Decimal.Value; readonly on: 'total' | 'net' };

/** What is left after the discounts so far: `left` of everything that may be discounted, and the total that makes. */
type Standing = { readonly left: Decimal; readonly off: Decimal; readonly net?: Decimal };

const ONE = new Exact(1);

/** Rounds what was gathered and takes discounts off one after another, never below zero (rules T10 and T12). */
export function discountedDocument(
  gathered: Gathered,
  rules: DocumentRules,
  discounts: readonly DocumentDiscount[],
): TaxedDocument {
  const round = (amount: Decimal) => roundToStep(amount, rules.step ?? 1, rules.mode);
  const before = documentAt(gathered, rules, ONE);
  const discountBase = discountableTotal(gathered, rules);
  let standing: Standing = { left: ONE, off: new Exact(0) };
  for (const discount of discounts)
    standing = afterDiscount(standing, discount, { gathered, before, discountBase, round });
  if (standing.off.isZero() && standing.left.eq(1))
    return { ...before, discount: new Exact(0), discountBase, left: ONE };
  const rows = rowsAt(gathered, rules, standing.left);
  const tax = sumOf(rows);
  const total = standing.net ? standing.net.plus(tax) : before.total.minus(standing.off);
  return {
    rows,
    tax,
    total,
    net: total.minus(tax),
    discount: before.total.minus(total),
    discountBase,
    left: standing.left,
  };
}

type DiscountFrom = {
  readonly gathered: Gathered;
  readonly before: Pick<TaxedDocument, 'net' | 'total'>;
  readonly discountBase: Decimal;
  readonly round: (amount: Decimal) => Decimal;
};

function afterDiscount(standing: Standing, discount: DocumentDiscount, from: DiscountFrom): Standing {
  const rest = from.discountBase.minus(standing.off);
  if (!rest.isPositive() || rest.isZero()) return standing;
  if (discount.kind === 'percent') {
    const percent = Exact.max(0, Exact.min(100, discount.percent));
    const off = from.round(rest.times(percent).div(100));
    return { left: standing.left.times(ONE.minus(percent.div(100))), off: standing.off.plus(off) };
  }
  const amount = Exact.max(0, new Exact(discount.amount));
  if (discount.on === 'net') return afterNetDiscount(standing, amount, from);
  const off = Exact.min(amount, rest);
  return { left: standing.left.times(ONE.minus(off.div(rest))), off: standing.off.plus(off) };
}

/** An amount off the net: the net is kept to the cent and the taxes follow it. */
function afterNetDiscount(standing: Standing, amount: Decimal, from: DiscountFrom): Standing {
  const exact = from.gathered.offNet;
  if (amount.isZero() || !exact.isPositive() || exact.isZero()) return standing;
  const kept = from.round(from.gathered.keptNet);
  const whole =
    standing.net ??
    (standing.left.eq(1) ? from.before.net : from.round(exact.times(standing.left)).plus(kept));
  const net = Exact.max(0, whole.minus(kept).minus(amount));
  const left = Exact.min(standing.left, net.div(exact));
  const off = from.discountBase.times(ONE.minus(left));
  return { left, off: from.round(off), net: net.plus(kept) };
}

/** The total of what may be discounted, without what fixed taxes add to it. */
function discountableTotal({ rows, offGross }: Gathered, rules: DocumentRules): Decimal {
  const round = (amount: Decimal) => roundToStep(amount, rules.step ?? 1, rules.mode);
  const onTop = rows.filter(({ tax }) => !tax.included).map((row) => row.offAmount);
  if (rules.rounding === 'total') return round(onTop.reduce((sum, one) => sum.plus(one), offGross));
  return onTop.reduce((sum, one) => sum.plus(round(one)), round(offGross));
}

/** The document with `left` of what may be discounted. */
function documentAt(
  gathered: Gathered,
  rules: DocumentRules,
  left: Decimal,
): Pick<TaxedDocument, 'rows' | 'net' | 'tax' | 'total'> {
  const rows = rowsAt(gathered, rules, left);
  const tax = sumOf(rows);
  const isOnTop = ({ tax: { included } }: { readonly tax: { readonly included: boolean } }) => !included;
  const round = (amount: Decimal) => roundToStep(amount, rules.step ?? 1, rules.mode);
  const total =
    rules.rounding === 'total'
      ? round(gathered.gross.plus(sumOf(gathered.rows.filter(isOnTop))))
      : round(gathered.gross).plus(sumOf(rows.filter(isOnTop)));
  return { rows, tax, total, net: total.minus(tax) };
}

function rowsAt({ rows }: Gathered, rules: DocumentRules, left: Decimal): DocumentRow[] {
  return rows.map((row) => rowAt(row, rules, ONE.minus(left)));
}

/** A row of the tax table (rule T6): the base is the gross without the included taxes, as they are shown. */
function rowAt(row: TaxGathering, rules: DocumentRules, gone: Decimal): DocumentRow {
  const round = (amount: Decimal) => roundToStep(amount, rules.step ?? 1, rules.mode);
  const amount = round(row.amount.minus(row.offAmount.times(gone)));
  if (!gone.isZero()) {
    const exact = row.gross.minus(row.others).minus(row.tax.included ? row.amount : 0);
    return { tax: row.tax, amount, base: round(exact.minus(row.offBase.times(gone))) };
  }
  const gross = round(row.gross);
  return {
    tax: row.tax,
    amount,
    base: gross.minus(row.tax.included ? amount : 0).minus(round(row.others)),
  };
}

function sumOf(rows: readonly { readonly amount: Decimal }[]): Decimal {
  return rows.reduce((sum, row) => sum.plus(row.amount), new Exact(0));
}
