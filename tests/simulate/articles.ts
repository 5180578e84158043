import type { BasketLine, PricingRules } from '#model/sale/basket.ts';
import type { StockEntry } from '#model/stock/stock-entry.ts';
import type { TaxRate } from '#model/tax/tax.ts';

/** How the simulated shop prices. */
export const RULES: PricingRules = { currency: 'GBP', taxRounding: 'receipt' };

const VAT: TaxRate = { id: 'vat', name: 'VAT', rate: '20', included: true };
const LEVY: TaxRate = { id: 'levy', name: 'Levy', rate: '2.5', included: false };

/** How many of each article the shop has when it opens: few enough to be oversold. */
export const BOOKED_IN = 60;

/** The articles on sale, numbered from 0. */
export const ARTICLES = 6;

/** A basket line of an article. */
export function lineOf(article: number, quantity: number): BasketLine {
  return {
    product: `P${article}`,
    sku: `SKU-${article}`,
    name: `Article ${article}`,
    quantity: String(quantity),
    price: `${article + 1}.${17 * (article + 1)}`.slice(0, 4),
    taxes: article % 3 === 2 ? [VAT, LEVY] : [VAT],
  };
}

/** What the stock book holds of the articles that are counted; the last one is not. */
export const STOCK: readonly StockEntry[] = Array.from({ length: ARTICLES - 1 }, (_, article) => ({
  id: `delivery-${article}`,
  product: `P${article}`,
  kind: 'receipt' as const,
  quantity: String(BOOKED_IN),
  at: '2026-01-05T07:00:00.000Z',
  by: 'office',
  reason: 'first delivery',
}));
