import type { Decimal } from 'decimal.js';
import { Exact, currencyExponent, roundMinor, type Minor } from '../money/money.ts';
import { roundToStep, roundToSum, type RoundingMode } from '../money/rounding.ts';
import type { Loyalty } from '../loyalty/loyalty.ts';
import type { Special, SpecialOccasion } from '../pricing/special.ts';
import { takeSpecials, type OfferedLine } from '../pricing/specials.ts';
import { taxTotal, type TaxedTotals } from '../tax/tax.ts';
import {
  lineChain,
  taxDocument,
  type DocumentLine,
  type DocumentRules,
  type TaxRounding,
  type TaxedDocument,
} from '../tax/tax-document.ts';
import { taxKey } from '../tax/tax-rate.ts';
import type { Basket, BasketLine } from './basket.ts';
import type { BasketDiscount } from './discount.ts';
import type { CashRounding } from './cash-rounding.ts';
import type { SaleLine } from './sale-body.ts';

/**
 * What pricing a basket needs to know (rules M1 and T2); a country's preset gives all but the specials. `exactLines` rounds
 * line amounts with the receipt instead of one by one (rule T10).
 */
export type PricingRules = {
  readonly currency: string;
  readonly taxRounding: TaxRounding;
  readonly roundingMode?: RoundingMode;
  readonly exactLines?: boolean;
  readonly keepNet?: boolean;
  readonly cashRounding?: CashRounding;
  readonly specials?: readonly Special[];
  readonly occasion?: SpecialOccasion;
  /** How customers are rewarded (rule U8); without it nobody earns points. */
  readonly loyalty?: Loyalty;
};

/** What was taken off one line. */
export type LineOffs = NonNullable<SaleLine['discounts']>;

/**
 * A basket with its amounts: `amounts[i]` belongs to `lines[i]`, and so do `offs[i]`, what was taken off it, and
 * `taxAmounts[i]`, its shares of the tax table, one for each of its taxes, where lines say their taxes (rule L9).
 * `discount` is what discounts on the whole took off the total.
 */
export type PricedBasket = TaxedTotals & {
  readonly amounts: readonly Minor[];
  readonly offs: readonly LineOffs[];
  readonly taxAmounts?: readonly (readonly Minor[])[];
  readonly discount: Minor;
};

/** A line on its way to its amount: `amount` is exact where rounding waits for the receipt. */
type Reckoned = { readonly line: BasketLine; readonly amount: Decimal; readonly offs: LineOffs };

/** A line's own part of a basket's price: as a person priced it, as it is taxed, and as specials see it. */
type OwnPart = {
  readonly currency: string;
  readonly exactLines: boolean;
  readonly reckoned: Reckoned;
  readonly taxed: DocumentLine;
  /** Undefined for a line that no special may lower. */
  readonly offered: OfferedLine | undefined;
};

/** A line never changes, so what it comes to is reckoned once: a scan into a long basket costs one line and the sums. */
const OWN_PARTS = new WeakMap<BasketLine, OwnPart>();

/**
 * Prices a basket (rules L4, L10, L11 and X4): every line, what is taken off it, the tax table and the total. Pure, so the
 * screen and the record agree.
 */
export function priceBasket(basket: Basket, rules: PricingRules): PricedBasket {
  const parts = basket.lines.map((line) => ownPart(line, rules));
  const lines = withSpecials(parts, basket, rules);
  const taxed = lines.map((one, i) => (one === parts[i]?.reckoned ? parts[i].taxed : documentLine(one)));
  const unit = 10 ** currencyExponent(rules.currency);
  const taxRules: DocumentRules = {
    rounding: rules.taxRounding,
    unit,
    ...(rules.roundingMode ? { mode: rules.roundingMode } : {}),
    ...(rules.keepNet ? { keepNet: true } : {}),
  };
  const document = taxDocument(taxed, taxRules, basket.discounts ?? []);
  const totals = {
    taxes: document.rows.map(taxTotal),
    net: document.net.toNumber(),
    tax: document.tax.toNumber(),
    total: document.total.toNumber(),
    discount: document.discount.toNumber(),
  };
  // Else a part that comes back would round its own share of a tax, and the parts a cent beside the whole.
  const saysTaxes =
    (basket.discounts ?? []).length > 0 ||
    rules.exactLines ||
    rules.taxRounding !== 'receipt' ||
    document.rows.some(({ tax }) => !tax.included);
  const own = {
    ...totals,
    amounts: lines.map(({ amount }) => amount.toNumber()),
    offs: lines.map(({ offs }) => offs),
  };
  if (!saysTaxes) return own;
  const isRoundedByLine = rules.taxRounding === 'line' && !rules.exactLines;
  if (isRoundedByLine && (basket.discounts ?? []).length === 0)
    return { ...own, taxAmounts: taxed.map((line) => roundedTaxes(line, taxRules)) };
  return { ...totals, ...sharedByLine(lines, taxed, document, taxRules, basket) };
}

/** The taxes of a line that are whole already, so that nothing is left to share. */
function roundedTaxes(line: DocumentLine, rules: DocumentRules): Minor[] {
  return lineChain(line, rules).shares.map(({ tax, amount }) =>
    tax.reverseCharge || amount.isZero() ? 0 : amount.toNumber(),
  );
}

function ownPart(line: BasketLine, { currency, exactLines = false }: PricingRules): OwnPart {
  const known = OWN_PARTS.get(line);
  if (known?.currency === currency && known.exactLines === exactLines) return known;
  const one = reckoned(line, currency, exactLines);
  const part = { currency, exactLines, reckoned: one, taxed: documentLine(one), offered: offeredLine(one) };
  OWN_PARTS.set(line, part);
  return part;
}

/** A line that a person lowered, or whose amount was agreed with its customer, keeps that: specials are for the listed price (rule G10). */
function offeredLine({ line, amount, offs }: Reckoned): OfferedLine | undefined {
  if (!isSold(line) || line.amount !== undefined || offs.length > 0) return undefined;
  return {
    product: line.product,
    ...(line.department === undefined ? {} : { department: line.department }),
    quantity: line.quantity,
    price: line.price,
    amount: roundMinor(amount),
    mark: line.taxes.map(taxKey).join(' '),
  };
}

/** Whether prices may be lowered: not of what comes back, nor of value put into an account (rule G3). */
function isSold({ refundOf, account, quantity }: BasketLine): boolean {
  return refundOf === undefined && account === undefined && !quantity.startsWith('-');
}

/** A line's amount less what a person took off it (rules L4 and L10). */
function reckoned(line: BasketLine, currency: string, exactLines: boolean): Reckoned {
  const unit = new Exact(10).pow(currencyExponent(currency));
  const exact =
    line.amount === undefined
      ? new Exact(line.quantity).times(line.price).times(unit)
      : new Exact(line.amount);
  const amount = exactLines ? exact : roundToStep(exact, 1);
  const { discount } = line;
  if (!discount || !isSold(line)) return { line, amount, offs: [] };
  const wanted =
    discount.kind === 'percent' ? amount.times(discount.percent).div(100) : new Exact(discount.amount);
  const off = Exact.min(exactLines ? wanted : roundToStep(wanted, 1), amount);
  return { line, amount: amount.minus(off), offs: namedOff(discount, roundMinor(off)) };
}

function namedOff(off: Pick<BasketDiscount, 'name' | 'by' | 'approvedBy'>, amount: Minor): LineOffs {
  if (amount <= 0) return [];
  const { name, by, approvedBy } = off;
  return [
    {
      name,
      amount,
      ...(by === undefined ? {} : { by }),
      ...(approvedBy === undefined ? {} : { approvedBy }),
    },
  ];
}

/** Discounts on the whole as one name on each line; by the leave of the first that needed one. */
function namedTogether(
  discounts: readonly BasketDiscount[],
): Pick<BasketDiscount, 'name' | 'by' | 'approvedBy'> {
  const name = discounts.map((discount) => discount.name).join(', ');
  const granted = discounts.find(({ approvedBy }) => approvedBy) ?? discounts.find(({ by }) => by);
  return { name: name.slice(0, 200), by: granted?.by, approvedBy: granted?.approvedBy };
}

function withSpecials(parts: readonly OwnPart[], basket: Basket, rules: PricingRules): readonly Reckoned[] {
  const lines = parts.map((part) => part.reckoned);
  const { specials = [], occasion = {}, currency } = rules;
  const offered = parts.flatMap((part) => part.offered ?? []);
  if (specials.length === 0 || offered.length === 0) return lines;
  const offs = takeSpecials(
    offered,
    specials,
    {
      ...occasion,
      coupons: [...(occasion.coupons ?? []), ...(basket.coupons ?? [])],
      tiers: [...(occasion.tiers ?? []), ...(basket.terms?.tier === undefined ? [] : [basket.terms.tier])],
    },
    10 ** currencyExponent(currency),
  );
  let next = 0;
  return parts.map(({ reckoned: one, offered: isOffered }) => {
    const taken = isOffered ? (offs[next++] ?? []) : [];
    if (taken.length === 0) return one;
    const off = taken.reduce((sum, { amount }) => sum + amount, 0);
    // Specials take whole minor units, which may be a part of one more than an exact line comes to.
    return { ...one, amount: Exact.max(0, one.amount.minus(off)), offs: [...one.offs, ...taken] };
  });
}

function documentLine({ line, amount }: Reckoned): DocumentLine {
  return {
    amount,
    quantity: new Exact(line.quantity),
    taxes: line.taxes,
    ...(line.taxAmounts ? { keptTaxes: line.taxAmounts } : {}),
    ...(isSold(line) ? {} : { keepsPrice: true }),
  };
}

/**
 * Shares a receipt that is reckoned as a whole among its lines (rules M7, L9 and L11): amounts that add up to the total without
 * tax on top, and taxes that add up to each row.
 */
function sharedByLine(
  lines: readonly Reckoned[],
  taxed: readonly DocumentLine[],
  document: TaxedDocument,
  rules: DocumentRules,
  basket: Basket,
): Pick<PricedBasket, 'amounts' | 'offs' | 'taxAmounts'> {
  const chains = taxed.map((line) => lineChain(line, rules));
  const gone = new Exact(1).minus(document.left);
  const onTop = document.rows.filter(({ tax }) => !tax.included);
  const sum = onTop.reduce((rest, row) => rest.minus(row.amount), document.total);
  const exact = taxed.map(({ amount, keepsPrice }, i) => {
    if (keepsPrice) return amount;
    const fixed = (chains[i]?.shares ?? []).filter(({ tax }) => tax.included && !tax.reverseCharge);
    const off = fixed.reduce((rest, share) => rest.minus(share.fixed), amount).times(gone);
    return amount.minus(off);
  });
  const amounts = sharedAmong(exact, sum.toNumber(), taxed);
  const taxAmounts: Minor[][] = taxed.map(({ taxes }) => taxes.map(() => 0));
  for (const row of document.rows) shareRow(row, { taxed, chains, gone, into: taxAmounts });
  const together = namedTogether(basket.discounts ?? []);
  const offs = lines.map(({ amount, offs: before }, i) => [
    ...before,
    ...(together.name === '' ? [] : namedOff(together, roundMinor(amount) - (amounts[i] ?? 0))),
  ]);
  return { amounts, offs, taxAmounts };
}

/** Lines that come back keep their amounts; the others share what is left of the sum. */
function sharedAmong(exact: readonly Decimal[], sum: Minor, taxed: readonly DocumentLine[]): Minor[] {
  const sold = exact.flatMap((_, i) => (taxed[i]?.keepsPrice ? [] : [i]));
  if (sold.length === 0) return roundToSum(exact, sum);
  const back = exact.reduce(
    (total, amount, i) => (taxed[i]?.keepsPrice ? total + roundMinor(amount) : total),
    0,
  );
  const shares = roundToSum(
    sold.map((i) => exact[i] ?? 0),
    sum - back,
  );
  const byIndex = new Map(sold.map((i, place) => [i, shares[place] ?? 0]));
  return exact.map((amount, i) => byIndex.get(i) ?? roundMinor(amount));
}

function shareRow(
  row: TaxedDocument['rows'][number],
  from: {
    readonly taxed: readonly DocumentLine[];
    readonly chains: readonly ReturnType<typeof lineChain>[];
    readonly gone: Decimal;
    readonly into: Minor[][];
  },
): void {
  const key = taxKey(row.tax);
  const places = from.chains.flatMap(({ shares }, line) =>
    shares.flatMap((share, tax) => (taxKey(share.tax) === key ? [{ line, tax, share }] : [])),
  );
  const exact = places.map(({ line, share }) => {
    if (share.tax.reverseCharge) return new Exact(0);
    if (from.taxed[line]?.keepsPrice) return share.amount;
    return share.amount.minus(share.amount.minus(share.fixed).times(from.gone));
  });
  const shares = sharedAmong(
    exact,
    row.amount.toNumber(),
    places.map(({ line }) => from.taxed[line]).filter((line) => line !== undefined),
  );
  places.forEach(({ line, tax }, i) => {
    const taxes = from.into[line];
    if (taxes) taxes[tax] = shares[i] ?? 0;
  });
}
