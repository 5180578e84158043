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
  readonly amount: Decimal;
  readonly gross: Decimal;
  /** Taxes between the gross and the base: other included ones, less those the tax is charged on. */
  readonly others: Decimal;
  readonly offAmount: Decimal;
  readonly offBase: Decimal;
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
  const known = CHAINS.get(line);
  if (known && isSameRules(known.rules, rules)) return known.chain;
  const chain = madeLineChain(line, rules);
  CHAINS.set(line, { rules, chain });
  return chain;
}

/** Lines are never changed, so their taxes are reckoned once for the rules of their shop. */
const CHAINS = new WeakMap<DocumentLine, { readonly rules: DocumentRules; readonly chain: TaxedChain }>();

function madeLineChain(line: DocumentLine, rules: DocumentRules): TaxedChain {
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
    const own = ownGathering(line, rules);
    for (const row of own.rows) addRow(rows, row);
    gross = gross.plus(own.gross);
    offGross = offGross.plus(own.offGross);
    offNet = offNet.plus(own.offNet);
    keptNet = keptNet.plus(own.keptNet);
  }
  return { rows: sorted(rows), gross, offGross, offNet, keptNet };
}

/** Lines and groups of lines are never changed, so what one adds is reckoned once for the rules of its shop. */
const OWN_GATHERINGS = new WeakMap<DocumentLine, { readonly rules: DocumentRules; readonly own: Gathered }>();

function ownGathering(line: DocumentLine, rules: DocumentRules): Gathered {
  const known = OWN_GATHERINGS.get(line);
  if (known && isSameRules(known.rules, rules)) return known.own;
  const own = gatheringOf(line, rules);
  OWN_GATHERINGS.set(line, { rules, own });
  return own;
}

function isSameRules(a: DocumentRules, b: DocumentRules): boolean {
  return (
    a.rounding === b.rounding &&
    a.unit === b.unit &&
    a.step === b.step &&
    a.mode === b.mode &&
    a.keepNet === b.keepNet
  );
}

/** What one line adds to its document. */
function gatheringOf(line: DocumentLine, rules: DocumentRules): Gathered {
  const chain = lineChain(line, rules);
  const gross =
    rules.rounding === 'line' ? roundToStep(line.amount, rules.step ?? 1, rules.mode) : line.amount;
  const rows = chain.shares.map((share) => gatheredShare(share, chain, gross, line.keepsPrice));
  const net = gross.minus(insideAmount(chain));
  if (line.keepsPrice) return { rows, gross, offGross: ZERO, offNet: ZERO, keptNet: net };
  return { rows, gross, offGross: gross.minus(fixedInside(chain)), offNet: net, keptNet: ZERO };
}

function gatheredShare(
  share: ChainShare,
  chain: TaxedChain,
  gross: Decimal,
  keepsPrice = false,
): TaxGathering {
  // A reverse charge is shown with its base and owed by nobody here.
  const amount = share.tax.reverseCharge ? ZERO : share.amount;
  const net = gross.minus(insideAmount(chain));
  const ownInside = share.tax.included ? amount : ZERO;
  const others = gross.minus(ownInside).minus(net).minus(share.base.minus(chain.net));
  const isLowered = !keepsPrice && !share.tax.reverseCharge;
  return {
    tax: share.tax,
    amount,
    gross,
    others,
    offAmount: isLowered ? amount.minus(share.fixed) : ZERO,
    offBase: keepsPrice ? ZERO : share.base.minus(share.fixedBase),
  };
}

function addRow(rows: Map<string, TaxGathering>, row: TaxGathering): void {
  const key = taxKey(row.tax);
  const known = rows.get(key);
  rows.set(
    key,
    known
      ? {
          tax: known.tax,
          amount: known.amount.plus(row.amount),
          gross: known.gross.plus(row.gross),
          others: known.others.plus(row.others),
          offAmount: known.offAmount.plus(row.offAmount),
          offBase: known.offBase.plus(row.offBase),
        }
      : row,
  );
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

function sorted(rows: ReadonlyMap<string, TaxGathering>): TaxGathering[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
}

/** Lines under exactly the same taxes as one, so that a large basket costs few divisions; all taxes are linear. */
function groupedByTaxes(lines: readonly DocumentLine[]): DocumentLine[] {
  const groups = new Map<string, DocumentLine[]>();
  const apart: DocumentLine[] = [];
  for (const line of lines) {
    if (line.keptTaxes) apart.push(line);
    else addToGroup(groups, line);
  }
  return [...[...groups.values()].flatMap(together), ...apart];
}

function addToGroup(groups: Map<string, DocumentLine[]>, line: DocumentLine): void {
  const key = `${line.keepsPrice ? '-' : ''}${chainKey(line.taxes)}`;
  const group = groups.get(key);
  if (group) group.push(line);
  else groups.set(key, [line]);
}

/** Lines of the same taxes as one. */
function together([first, ...more]: readonly DocumentLine[]): DocumentLine[] {
  if (!first || more.length === 0) return first ? [first] : [];
  const amount = more.reduce((sum, line) => sum.plus(line.amount), first.amount);
  const quantity = more.reduce((sum, line) => sum.plus(line.quantity), first.quantity);
  return [{ ...first, amount, quantity }];
}

/** The order of taxes counts only where one is charged on another. */
function chainKey(taxes: readonly TaxRate[]): string {
  const known = CHAIN_KEYS.get(taxes);
  if (known !== undefined) return known;
  const key = madeChainKey(taxes);
  CHAIN_KEYS.set(taxes, key);
  return key;
}

const CHAIN_KEYS = new WeakMap<readonly TaxRate[], string>();

function madeChainKey(taxes: readonly TaxRate[]): string {
  const keys = taxes.map(taxKey);
  const isPlain = taxes.every((tax) => !tax.compounds && tax.kind !== 'division');
  return (isPlain ? keys.sort() : keys).join('\n');
}
