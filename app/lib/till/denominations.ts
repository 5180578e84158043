import { currencyExponent, type Minor } from '#model/money/money.ts';

/** What a drawer holds in one currency, in minor units, large to small. */
type Denominations = { readonly notes: readonly Minor[]; readonly coins: readonly Minor[] };

const KNOWN: Record<string, Denominations> = {
  GBP: { notes: [5000, 2000, 1000, 500], coins: [200, 100, 50, 20, 10, 5, 2, 1] },
  EUR: { notes: [20000, 10000, 5000, 2000, 1000, 500], coins: [200, 100, 50, 20, 10, 5, 2, 1] },
  USD: { notes: [10000, 5000, 2000, 1000, 500, 100], coins: [50, 25, 10, 5, 1] },
  MXN: { notes: [100000, 50000, 20000, 10000, 5000, 2000], coins: [1000, 500, 200, 100, 50] },
  JPY: { notes: [10000, 5000, 1000], coins: [500, 100, 50, 10, 5, 1] },
};

/** The notes and coins of a currency; for one we do not know, the usual 1-2-5 steps. */
export function denominationsOf(currency: string): Denominations {
  const known = KNOWN[currency];
  if (known) return known;
  const unit = 10 ** currencyExponent(currency);
  return {
    notes: [100, 50, 20, 10, 5].map((size) => size * unit),
    coins: [...new Set([2 * unit, unit, unit / 2, unit / 5, unit / 10])].filter(Number.isInteger),
  };
}

/** Notes and the largest coin: what a customer is likely to hand over (rule Y5). */
export function handedOver(currency: string): readonly Minor[] {
  const { notes, coins } = denominationsOf(currency);
  return [...notes, ...coins.slice(0, 1)];
}

/** What a drawer counted by denomination holds: counts by minor-unit value, as texts typed by a person. */
export function countedTotal(counts: Readonly<Record<string, number>>): Minor {
  return Object.entries(counts).reduce((sum, [value, count]) => sum + Number(value) * count, 0);
}
