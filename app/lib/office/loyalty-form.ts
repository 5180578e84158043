import type { Loyalty } from '#model/loyalty/loyalty.ts';
import { parseAmount } from '#model/money/money.ts';
import { err, ok, type Result } from '#model/result.ts';
import { typedAmount } from './setting-words.ts';

/** How customers are rewarded, as a person types it; amounts in the major unit. */
export type LoyaltyForm = {
  readonly on: boolean;
  readonly earnPer: string;
  readonly redeemValue: string;
  readonly expiryDays: string;
  readonly tiers: readonly { readonly tier: string; readonly from: string }[];
};

/** Which field is not understood. */
export type LoyaltyFault = 'earnPer' | 'redeemValue' | 'expiryDays' | 'tiers';

/** What a shop begins with: a point for each of the major unit, a hundredth of it back. */
export function loyaltyForm(loyalty: Loyalty | null, currency: string): LoyaltyForm {
  const { earnPer = 100, redeemValue = 1, expiryDays, tiers = [] } = loyalty ?? {};
  return {
    on: loyalty !== null,
    earnPer: typedAmount(earnPer, currency),
    redeemValue: typedAmount(redeemValue, currency),
    expiryDays: expiryDays === undefined ? '' : String(expiryDays),
    tiers: tiers.map(({ tier, from }) => ({ tier, from: String(from) })),
  };
}

/** What is typed as a setting, null for none. Rows of tiers that name none are left out. */
export function readLoyalty(form: LoyaltyForm, currency: string): Result<Loyalty | null, LoyaltyFault> {
  if (!form.on) return ok(null);
  const earnPer = amountOf(form.earnPer, currency);
  if (earnPer === undefined) return err('earnPer');
  const redeemValue = amountOf(form.redeemValue, currency);
  if (redeemValue === undefined) return err('redeemValue');
  const days = form.expiryDays.trim();
  const expiryDays = days === '' ? undefined : wholeNumber(days, 3650);
  if (days !== '' && expiryDays === undefined) return err('expiryDays');
  const tiers = form.tiers
    .filter(({ tier }) => tier !== '')
    .map(({ tier, from }) => ({ tier, from: wholeNumber(from, 1_000_000_000) ?? 0 }));
  if (tiers.some(({ from }) => from === 0)) return err('tiers');
  return ok({
    earnPer,
    redeemValue,
    ...(tiers.length === 0 ? {} : { tiers }),
    ...(expiryDays === undefined ? {} : { expiryDays }),
  });
}

/** A whole number from 1 to `most` as a person types it; undefined for anything else. */
export function wholeNumber(text: string, most: number): number | undefined {
  const number = /^\d{1,10}$/.test(text.trim()) ? Number(text) : 0;
  return number >= 1 && number <= most ? number : undefined;
}

function amountOf(text: string, currency: string): number | undefined {
  const amount = parseAmount(text, currency);
  return amount.ok && amount.value > 0 ? amount.value : undefined;
}
