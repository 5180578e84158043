import { minorToDecimal, type Minor } from '../money/money.ts';
import type { BasketLine } from '../sale/basket.ts';
import type { AccountRef } from './account.ts';

/**
 * The basket line that puts `amount` minor units into an account, or with an amount below zero takes it out (rule G3): one piece, no
 * taxes, and no article of the catalog. `name` is what papers call it.
 */
export function valueLine(args: {
  readonly account: AccountRef;
  readonly amount: Minor;
  readonly name: string;
  readonly currency: string;
  readonly note?: string;
}): BasketLine {
  const { account, amount, name, currency, note } = args;
  return {
    product: account.ledger,
    sku: account.id,
    name,
    quantity: amount < 0 ? '-1' : '1',
    price: minorToDecimal(Math.abs(amount), currency),
    taxes: [],
    account,
    ...(note === undefined ? {} : { note }),
  };
}
