import type { Minor } from '#model/money/money.ts';
import { cashAmount, cashChange, type CashRounding } from '#model/sale/cash-rounding.ts';
import { priceBasket } from '#model/sale/pricing.ts';
import { pricingOf } from '#model/settings/settings-of.ts';
import type { Settings } from '#model/settings/settings.ts';
import type { TaxRounding } from '#model/tax/tax-document.ts';

/** What is due, what is paid of it in cash, and the change for a round amount handed over. */
export type CashExample = {
  readonly due: Minor;
  readonly paid: Minor;
  readonly given: Minor;
  readonly change: Minor;
};

/** Nine amounts between two multiples of ten steps, as cash rounding treats them: 1.01 to 1.09 for a step of 0.05. */
export function cashExamples(rule: CashRounding | null): readonly CashExample[] {
  const step = rule?.step ?? 1;
  const unit = Math.max(1, Math.round(step / 10));
  const base = Math.max(100, step * 10);
  return Array.from({ length: 9 }, (_, i) => {
    const due = base + (i + 1) * unit;
    const given = base * 2;
    const known = rule ?? undefined;
    return { due, paid: cashAmount(due, known), given, change: cashChange(given, due, known) };
  });
}

/** What one small basket comes to, rounded in one of the ways. */
export type TaxExample = {
  readonly rounding: TaxRounding;
  readonly net: Minor;
  readonly tax: Minor;
  readonly total: Minor;
};

const ROUNDINGS: readonly TaxRounding[] = ['receipt', 'line', 'total'];

/** The prices and quantities of the example, chosen so that the ways of rounding differ. */
export const TAX_EXAMPLE_LINES = [
  { quantity: '1', price: '1.03' },
  { quantity: '1', price: '1.03' },
  { quantity: '0.335', price: '3.10' },
] as const;

/** The rate of the example's tax, percent. */
export const TAX_EXAMPLE_RATE = '20';

/** The example basket under each way of rounding, with the other settings as they are. */
export function taxExamples(settings: Settings, currency: string): readonly TaxExample[] {
  const tax = { id: 'tax', name: 'Tax', rate: TAX_EXAMPLE_RATE, included: settings.taxesIncluded };
  const lines = TAX_EXAMPLE_LINES.map((line, i) => ({
    product: String(i),
    sku: String(i),
    name: String(i),
    ...line,
    taxes: [tax],
  }));
  return ROUNDINGS.map((rounding) => {
    const rules = { ...pricingOf(settings), taxRounding: rounding, currency };
    const { net, tax: sum, total } = priceBasket({ id: 'example', lines }, rules);
    return { rounding, net, tax: sum, total };
  });
}
