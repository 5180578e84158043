import type { Minor } from '#model/money/money.ts';
import {
  discountBasket,
  discountLine,
  noteLine,
  overridePrice,
  type DiscountWish,
  type PriceRefusal,
} from '#model/register/basket-commands.ts';
import { historyActor, type Act } from '#model/register/actor.ts';
import type { Result } from '#model/result.ts';
import { priceBasket, type Basket } from '#model/sale/basket.ts';
import type { SaleDesk, SaleRefusal, SaleRules } from './sale-desk.svelte.ts';
import type { StaffDesk } from './staff-desk.svelte.ts';

/** Why a price was not changed by hand. */
export type PricingRefusal = PriceRefusal | SaleRefusal | { readonly code: 'nobody-signed-in' };

type Change = (basket: Basket, rules: SaleRules, act: Act) => Result<Basket, PriceRefusal>;

/** What a person does to the prices of the open basket; each act asks for an approval where the model wants one. */
export class PriceDesk {
  readonly #sale: SaleDesk;
  readonly #staff: StaffDesk;

  constructor(sale: SaleDesk, staff: StaffDesk) {
    this.#sale = sale;
    this.#staff = staff;
  }

  /** Takes something off a line, or nothing any more (rule H1). */
  discountLine(index: number, wish: DiscountWish | undefined): Promise<Result<true, PricingRefusal>> {
    return this.#act(
      this.#onSameLine(index, (basket, rules, act) => discountLine(basket, index, wish, rules, act)),
      wish?.reason,
    );
  }

  /** Takes something off the whole basket, or nothing any more (rule H1). */
  discountBasket(wish: DiscountWish | undefined): Promise<Result<true, PricingRefusal>> {
    return this.#act((basket, rules, act) => discountBasket(basket, wish, rules, act), wish?.reason);
  }

  /** Sets the unit price of a line (rule H2). */
  overridePrice(index: number, price: string, reason: string): Promise<Result<true, PricingRefusal>> {
    return this.#act(
      this.#onSameLine(index, (basket, _, act) => overridePrice(basket, index, { price, reason }, act)),
      reason,
    );
  }

  /** Writes a note on a line (rule H3). */
  noteLine(index: number, text: string): Result<true, PricingRefusal> {
    return this.#sale.changeBasket((basket) => noteLine(basket, index, text));
  }

  /** While somebody came to approve it, the line must not have become another one. */
  #onSameLine(index: number, change: Change): Change {
    const product = this.#sale.basket.lines[index]?.product;
    return (basket, rules, act) =>
      basket.lines[index]?.product === product
        ? change(basket, rules, act)
        : { ok: false, error: { code: 'no-such-line' } };
  }

  #act(change: Change, reason: string | undefined): Promise<Result<true, PricingRefusal>> {
    return this.#staff.act<true, PriceRefusal | SaleRefusal>(
      async (act) => this.#sale.changeBasket((basket, rules) => change(basket, rules, act)),
      { amount: this.#difference(change), reason },
    );
  }

  /** What the total would change by, for whoever approves it. */
  #difference(change: Change): Minor | undefined {
    const { basket, rules, priced } = this.#sale;
    const changed = change(basket, rules, { at: '', actor: historyActor('') });
    return changed.ok ? priceBasket(changed.value, rules).total - priced.total : undefined;
  }
}
