import type { Decimal } from 'decimal.js';
import { Exact } from '../money/money.ts';
import { roundToStep, type RoundingMode } from '../money/rounding.ts';
import { chainTaxes, chainTaxesRounded, type ChainShare, type TaxedChain } from './tax-chain.ts';
import { discountedDocument, type DocumentDiscount } from './tax-discount.ts';
import { taxKey, type TaxRate } from './tax-rate.ts';

/**
 * When rounding happens (rules T2 and T10): once per receipt and tax, on every line, or once on the receipt's total, from
 * which the rounded taxes are then taken off.
 */
export type TaxRounding = 'receipt' | 'line' | 'total';

/**
 * A line to tax: `amount` holds its included taxes and need not be rounded. `keptTaxes` are amounts fixed by an earlier receipt
 * that the line takes back, one for each of its taxes (rule L9). A line that `keepsPrice` gets no discount on the whole.
 */
export type DocumentLine = {
  readonly amount: Decimal;
  readonly quantity: Decimal;
  readonly taxes: readonly TaxRate[];
  readonly keptTaxes?: readonly Decimal.Value[];
  readonly keepsPrice?: boolean;
};

/**
 * How a document is taxed. `step` is the smallest unit of its amounts and 1 where amounts are whole minor units; `unit` is the
 * size of the major unit; `mode` is half-up where nothing is said (rule M6).
 */
export type DocumentRules = {
  readonly rounding: TaxRounding;
  readonly unit: Decimal.Value;
  readonly step?: Decimal.Value;
  readonly mode?: RoundingMode;
  /** Rounds the net instead of the tax inside a price; counts for line rounding only (rule T11). */
  readonly keepNet?: boolean;
};

/** One tax over all lines. */
export type DocumentRow = { readonly tax: TaxRate; readonly base: Decimal; readonly amount: Decimal };

/** A taxed document. `discount` is what the discounts on the whole took off its total. */
export type TaxedDocument = {
  readonly rows: readonly DocumentRow[];
  readonly net: Decimal;
  readonly tax: Decimal;
  readonly total: Decimal;
  readonly discount: Decimal;
  /** What the discounts were reckoned from: the total of what is sold, without fixed taxes. */
  readonly discountBase: Decimal;
  /** What is left of what may be discounted: 1 without discounts, 0 when all is taken off. */
  readonly left: Decimal;
};

/**
 * What one tax gathers over the lines. `amount`, `base` and `gross` are exact, or sums of rounded amounts when rounding is per
 * line; `offAmount` and `offBase` are the parts that a discount on the whole lowers.
 */
export type TaxGathering = {
  readonly tax: TaxRate;
  amount: Decimal;
  gross: Decimal;
  /** Taxes between the gross and the base: other included ones, less those the tax is charged on. */
  others: Decimal;
  offAmount: Decimal;
  offBase: Decimal;
};

/** Everything a document's lines add up to before the last rounding. */
export type Gathered = {
  readonly rows: readonly TaxGathering[];
  readonly gross: Decimal;
  readonly offGross: Decimal;
  readonly offNet: Decimal;
  /** The net of lines that keep their price. */
  readonly keptNet: Decimal;
};

const ZERO = new Exact(0);

/** Taxes a document of any number of lines, with discounts on the whole taken off one after another (rules T1 to T12). */
export function taxDocument(
  lines: readonly DocumentLine[],
  rules: DocumentRules,
  discounts: readonly DocumentDiscount[] = [],
): TaxedDocument {
  const grouped = rules.rounding === 'line' ? lines : groupedByTaxes(lines);
  return discountedDocument(gather(grouped, rules), rules, discounts);
}

/** The taxes of one line of a document under its rules: rounded when rounding is per line, else exact. */
export function lineChain(line: DocumentLine, rules: DocumentRules): TaxedChain {
  const { unit, step = 1, mode = 'half-up', keepNet = false } = rules;
  if (rules.rounding !== 'line') return withKeptTaxes(line, chainTaxes({ ...line, unit }));
  const amount = roundToStep(line.amount, step, mode);
  return withKeptTaxes(line, chainTaxesRounded({ ...line, amount, unit }, { step, mode, keepNet }));
}

/** A line that takes back what a receipt charged gives back those very taxes (rule L9). */
function withKeptTaxes({ keptTaxes }: DocumentLine, chain: TaxedChain): TaxedChain {
  if (!keptTaxes) return chain;
  const shares = chain.shares.map((share, i) => ({ ...share, amount: new Exact(keptTaxes[i] ?? 0) }));
  return { ...chain, shares };
}

function gather(lines: readonly DocumentLine[], rules: DocumentRules): Gathered {
  const rows = new Map<string, TaxGathering>();
  let gross: Decimal = ZERO;
  let offGross: Decimal = ZERO;
  let offNet: Decimal = ZERO;
  let keptNet: Decimal = ZERO;
  for (const line of lines) {
    const chain = lineChain(line, rules);
    const amount =
      rules.rounding === 'line' ? roundToStep(line.amount, rules.step ?? 1, rules.mode) : line.amount;
    for (const share of chain.shares) addShare(rowOf(rows, share.tax), share, chain, amount, line.keepsPrice);
    gross = gross.plus(amount);
    const net = amount.minus(insideAmount(chain));
    if (line.keepsPrice) {
      keptNet = keptNet.plus(net);
      continue;
    }
    offGross = offGross.plus(amount).minus(fixedInside(chain));
    offNet = offNet.plus(net);
  }
  return { rows: sorted(rows), gross, offGross, offNet, keptNet };
}

function addShare(
  row: TaxGathering,
  share: ChainShare,
  chain: TaxedChain,
  gross: Decimal,
  keepsPrice = false,
): void {
  // A reverse charge is shown with its base and owed by nobody here.
  const amount = share.tax.reverseCharge ? ZERO : share.amount;
  const net = gross.minus(insideAmount(chain));
  const ownInside = share.tax.included ? amount : ZERO;
  row.amount = row.amount.plus(amount);
  row.gross = row.gross.plus(gross);
  row.others = row.others.plus(gross.minus(ownInside).minus(net).minus(share.base.minus(chain.net)));
  if (keepsPrice) return;
  row.offAmount = row.offAmount.plus(share.tax.reverseCharge ? ZERO : amount.minus(share.fixed));
  row.offBase = row.offBase.plus(share.base.minus(share.fixedBase));
}

/** The taxes inside a line's price. */
function insideAmount({ shares }: TaxedChain): Decimal {
  return shares.reduce(
    (sum, { tax, amount }) => (tax.included && !tax.reverseCharge ? sum.plus(amount) : sum),
    ZERO,
  );
}

/** The part of a price that fixed taxes make up. */
function fixedInside({ shares }: TaxedChain): Decimal {
  return shares.reduce(
    (sum, { tax, fixed }) => (tax.included && !tax.reverseCharge ? sum.plus(fixed) : sum),
    ZERO,
  );
}

function rowOf(rows: Map<string, TaxGathering>, tax: TaxRate): TaxGathering {
  const key = taxKey(tax);
  const known = rows.get(key);
  if (known) return known;
  const row = { tax, amount: ZERO, gross: ZERO, others: ZERO, offAmount: ZERO, offBase: ZERO };
  rows.set(key, row);
  return row;
}

function sorted(rows: ReadonlyMap<string, TaxGathering>): TaxGathering[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
}

/** Lines under exactly the same taxes as one, so that a large basket costs few divisions; all taxes are linear. */
function groupedByTaxes(lines: readonly DocumentLine[]): DocumentLine[] {
  const groups = new Map<string, DocumentLine>();
  const apart: DocumentLine[] = [];
  for (const line of lines) {
    if (line.keptTaxes) apart.push(line);
    else addToGroup(groups, line);
  }
  return [...groups.values(), ...apart];
}

function addToGroup(groups: Map<string, DocumentLine>, line: DocumentLine): void {
  const key = `${line.keepsPrice ? '-' : ''}${chainKey(line.taxes)}`;
  const group = groups.get(key);
  groups.set(
    key,
    group
      ? {
          ...group,
          amount: group.amount.plus(line.amount),
          quantity: group.quantity.plus(line.quantity),
        }
      : line,
  );
}

/** The order of taxes counts only where one is charged on another. */
function chainKey(taxes: readonly TaxRate[]): string {
  const keys = taxes.map(taxKey);
  const isPlain = taxes.every((tax) => !tax.compounds && tax.kind !== 'division');
  return (isPlain ? keys.sort() : keys).join('\n');
}
