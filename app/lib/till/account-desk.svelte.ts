import type { Tender } from '#model/catalog/product.ts';
import type { Customer } from '#model/customers/customer.ts';
import { accountAvailable, payOnAccount, type OnAccountRefusal } from '#model/customers/on-account.ts';
import type { AccountRef } from '#model/ledger/account.ts';
import { balanceOf, type BookedMove } from '#model/ledger/ledger.ts';
import { valueLine } from '#model/ledger/value-line.ts';
import {
  payableInPoints,
  pointsFor,
  pointsHeld,
  tierOfPoints,
  type Loyalty,
  type PointsRefusal,
} from '#model/loyalty/loyalty.ts';
import type { Minor } from '#model/money/money.ts';
import { err, type Result } from '#model/result.ts';
import type { Basket } from '#model/sale/basket.ts';
import type { PaymentRefusal } from '#model/sale/payment.ts';
import type { Surroundings } from '../surroundings.ts';
import type { CustomerBook } from './customer-book.svelte.ts';
import type { SaleDesk, SaleRefusal } from './sale-desk.svelte.ts';
import type { Shop } from './shop.svelte.ts';
import type { StaffDesk } from './staff-desk.svelte.ts';

/** Where the moves of accounts are known: at once as far as they are here, and once their document is read. */
export type AccountMoves = {
  movesNow(account: AccountRef): readonly BookedMove[];
  movesOf(account: AccountRef): Promise<readonly BookedMove[]>;
};

/** What the desk works with. */
export type AccountDeskParts = {
  readonly moves: AccountMoves;
  readonly book: CustomerBook;
  readonly sale: SaleDesk;
  readonly staff: StaffDesk;
  readonly shop: Shop;
  readonly surroundings: Surroundings;
};

/** Why nothing went on account or was paid in points. */
export type AccountDeskRefusal =
  | OnAccountRefusal
  | PointsRefusal
  | PaymentRefusal
  | SaleRefusal
  | { readonly code: 'nobody-signed-in' | 'no-debt' };

/** What customers owe and the points they hold, at this till: showing, paying with them, paying debts (rules U7, U10 and U11). */
export class AccountDesk {
  readonly #parts: AccountDeskParts;

  constructor(parts: AccountDeskParts) {
    this.#parts = parts;
  }

  /** How customers are rewarded; undefined where they are not. */
  get loyalty(): Loyalty | undefined {
    return this.#parts.shop.settings.loyalty ?? undefined;
  }

  /** Reads what is known of a customer's accounts; before that, nothing may be there. */
  async prepare(customer: string): Promise<void> {
    await this.#parts.moves.movesOf({ ledger: 'account', id: customer });
  }

  /** What is on a customer's account, in minor units: below zero what they owe. What the open sale takes is not off yet. */
  balance(customer: string): Minor {
    const account = { ledger: 'account', id: customer } as const;
    return balanceOf(this.#parts.moves.movesNow(account), account);
  }

  /** The points a customer holds now (rule U11), by what reached this till. */
  points(customer: string): number {
    const moves = this.#parts.moves.movesNow({ ledger: 'points', id: customer });
    return pointsHeld(moves, this.loyalty ?? {}, this.#parts.surroundings.now().toISOString());
  }

  /** The points the customer of a basket holds; undefined where nobody is rewarded. */
  heldFor({ customer }: Basket): number | undefined {
    return customer === undefined || !this.loyalty ? undefined : this.points(customer);
  }

  /** The tier that comes with a customer's points. */
  tierOf(customer: string): string | undefined {
    return this.loyalty && tierOfPoints(this.loyalty, this.points(customer));
  }

  /** What the customer of the open sale can still pay by account or points, in minor units; undefined without one. */
  payable(kind: 'account' | 'points'): Minor | undefined {
    const { customer, id } = this.#customer();
    if (id === undefined) return undefined;
    if (kind === 'account')
      return customer && accountAvailable(customer, this.balance(id) - this.#used('given', 'account'));
    const { due } = this.#parts.sale.settlement;
    return (
      this.loyalty && payableInPoints(due, this.points(id) - this.#used('points', 'points'), this.loyalty)
    );
  }

  /** Puts an amount of minor units on the customer's account, below zero money back (rule U7). */
  async payOnAccount(tender: Tender, amount: Minor): Promise<Result<true, AccountDeskRefusal>> {
    const { sale, staff } = this.#parts;
    const { id = '' } = this.#customer();
    if (id !== '') await this.prepare(id);
    const allowed = await staff.act<{ readonly approvedBy?: string }, OnAccountRefusal>(
      async (act) => {
        const balance = this.balance(id) - this.#used('given', 'account');
        return payOnAccount({ customer: this.#customer().customer, amount, balance }, act);
      },
      { amount },
    );
    if (!allowed.ok) return allowed;
    // While somebody came to approve it, the sale may have gone to another customer.
    if (this.#customer().id !== id) return err({ code: 'account-needs-customer' });
    return sale.pay({
      tender: tender.id,
      name: tender.name,
      kind: 'account',
      given: amount,
      account: id,
      ...allowed.value,
    });
  }

  /** Pays an amount of minor units with the customer's points, below zero gives points back (rule U10). */
  async payWithPoints(tender: Tender, amount: Minor): Promise<Result<true, AccountDeskRefusal>> {
    const { id } = this.#customer();
    const { loyalty } = this;
    if (id === undefined || !loyalty) return err({ code: 'account-needs-customer' });
    await this.#parts.moves.movesOf({ ledger: 'points', id });
    const points = pointsFor(amount, this.points(id) - this.#used('points', 'points'), loyalty);
    if (!points.ok) return points;
    const payment = { tender: tender.id, name: tender.name, kind: 'points' as const, given: amount };
    return this.#parts.sale.pay({ ...payment, account: id, points: points.value });
  }

  /** Puts a line into the sale that pays the customer's debt, all of it or `amount` minor units of it (rule U7). */
  async payDebt(name: string, amount?: Minor): Promise<Result<number, AccountDeskRefusal>> {
    const { sale } = this.#parts;
    const { id } = this.#customer();
    if (id === undefined) return err({ code: 'account-needs-customer' });
    await this.prepare(id);
    const account = { ledger: 'account', id } as const;
    const paying = sale.basket.lines.some(
      (line) => line.account?.ledger === 'account' && line.account.id === id,
    );
    const owed = paying ? 0 : -this.balance(id);
    if (owed <= 0) return err({ code: 'no-debt' });
    const part = Math.min(amount ?? owed, owed);
    return sale.addLine(valueLine({ account, amount: part, name, currency: sale.rules.currency }));
  }

  #customer(): { readonly id: string | undefined; readonly customer: Customer | undefined } {
    const id = this.#parts.sale.basket.customer;
    return { id, customer: id === undefined ? undefined : this.#parts.book.customer(id) };
  }

  /** What payments of the open sale take already, in minor units or points. */
  #used(what: 'given' | 'points', kind: 'account' | 'points'): number {
    return this.#parts.sale.payments
      .filter((payment) => payment.kind === kind)
      .reduce((sum, payment) => sum + (payment[what] ?? 0), 0);
  }
}
