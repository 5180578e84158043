import { parseAmount } from '#model/money/money.ts';
import type { LayawayFee } from '#model/ledger/layaway-fee.ts';
import { typedAmount } from './setting-words.ts';

/** A fee as a person types it: `5.00`, or `10 %`; nothing where there is none. */
export function feeText(fee: LayawayFee | null, currency: string): string {
  if (fee === null) return '';
  return fee.kind === 'percent' ? `${fee.percent} %` : typedAmount(fee.amount, currency);
}

/** The fee somebody typed; undefined where it is neither an amount above zero nor 1 to 100 percent. */
export function readFee(text: string, currency: string): LayawayFee | null | undefined {
  const clean = text.trim();
  if (clean === '') return null;
  const [, digits] = /^(\d{1,3})\s*%$/.exec(clean) ?? [];
  if (digits !== undefined) {
    const percent = Number(digits);
    return percent >= 1 && percent <= 100 ? { kind: 'percent', percent } : undefined;
  }
  const amount = parseAmount(clean, currency);
  return amount.ok && amount.value > 0 ? { kind: 'amount', amount: amount.value } : undefined;
}
