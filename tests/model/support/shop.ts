import type { Product, TaxRate } from '#model/catalog/product.ts';
import type { Organization, Store } from '#model/documents/organization.ts';
import { registerId, storeId } from '#model/ids/register-id.ts';
import { emptyBasket, productLine, type Basket, type BasketLine } from '#model/sale/basket.ts';
import type { Payment } from '#model/sale/payment.ts';

export const ORG = '0123456789ab';
export const STORE_ID = storeId(1);
export const REGISTER_ID = registerId(2);

export const VAT: TaxRate = { id: 'vat', name: 'VAT', rate: '20', included: true };
export const REDUCED: TaxRate = { id: 'reduced', name: 'Reduced VAT', rate: '5', included: true };
export const GST: TaxRate = { id: 'gst', name: 'GST', rate: '5', included: false };
export const QST: TaxRate = { id: 'qst', name: 'QST', rate: '9.975', included: false };
export const TAXES: ReadonlyMap<string, TaxRate> = new Map(
  [VAT, REDUCED, GST, QST].map((tax) => [tax.id, tax]),
);

export const ORGANIZATION: Organization = {
  tag: ORG,
  name: 'Corner Shops Ltd',
  currency: 'GBP',
  language: 'en',
  taxRounding: 'receipt',
  catalogShards: 8,
  foundedAt: '2026-01-01T00:00:00.000Z',
};

export const STORE: Store = {
  id: STORE_ID,
  name: 'Corner Shop High Street',
  timeZone: 'Europe/London',
  locale: 'en-GB',
  header: ['12 High Street, Leeds', 'VAT no. GB 123 4567 89'],
  footer: ['Thank you for shopping with us'],
};

export const TIENDA: Store = {
  id: STORE_ID,
  name: 'La Tienda de la Esquina',
  timeZone: 'Europe/Madrid',
  locale: 'es-ES',
  header: ['Calle Mayor 12, Zaragoza'],
  footer: ['Gracias por su compra'],
};

/** A product with what matters to the test; the rest is ordinary. */
export function product(change: Partial<Product> = {}): Product {
  return {
    id: 'apple',
    sku: 'A-1',
    name: 'Apple juice 1 l',
    department: 'drinks',
    barcodes: ['4006381333931'],
    active: true,
    price: '1.20',
    taxes: ['vat'],
    ...change,
  };
}

/** The line of a product the catalog holds. */
export function line(change: Partial<Product> = {}, quantity = '1'): BasketLine {
  const made = productLine(product(change), quantity, TAXES);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}

/** A basket of lines. */
export function basket(lines: readonly BasketLine[], id = 'basket-1'): Basket {
  return { ...emptyBasket(id), lines };
}

export function cash(given: number): Payment {
  return { tender: 'cash', name: 'Cash', kind: 'cash', given };
}

export function card(given: number): Payment {
  return { tender: 'card', name: 'Card', kind: 'card', given, reference: 'APPROVED 4711' };
}
