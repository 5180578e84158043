import type { Tender } from '#model/catalog/product.ts';
import { accountNumber, ledgerOfNumber } from '#model/ledger/account.ts';
import {
  basketOfLayaway,
  layawayStanding,
  leastDeposit,
  putOnLayaway,
  takeOrder,
  type Layaway,
  type LayawayRefusal,
  type LayawayWish,
} from '#model/ledger/layaway.ts';
import { cancellationFee, layawayFeeLine } from '#model/ledger/layaway-fee.ts';
import { heldElsewhere } from '#model/ledger/holds.ts';
import { layawayDays } from '#model/ledger/value-settings.ts';
import type { Minor } from '#model/money/money.ts';
import { labelsOf } from '#model/receipt/labels.ts';
import { checkReason, type ReasonRefusal } from '#model/register/reason.ts';
import type { RegisterState } from '#model/register/register-state.ts';
import { err, ok, type Result } from '#model/result.ts';
import { emptyBasket, type Basket } from '#model/sale/basket.ts';
import type { Surroundings } from '../surroundings.ts';
import type { LedgerBook } from './ledger-book.svelte.ts';
import type { SaleDesk } from './sale-desk.svelte.ts';
import type { Shop } from './shop.svelte.ts';
import type { StaffDesk } from './staff-desk.svelte.ts';
import type { StoreJournals } from './store-journals.svelte.ts';
import type { ValueDesk, ValueRefusal } from './value-desk.svelte.ts';

/** What the desk works with; `today` is the business day of the store. */
export type LayawayDeskParts = {
  readonly book: LedgerBook;
  readonly value: ValueDesk;
  readonly sale: SaleDesk;
  readonly staff: StaffDesk;
  readonly shop: Shop;
  readonly journals: Pick<StoreJournals, 'receiptOfBasket'>;
  readonly surroundings: Surroundings;
  readonly state: () => RegisterState;
  readonly today: () => string;
};

/** Why an act on a layaway was refused. */
export type LayawayDeskRefusal =
  | LayawayRefusal
  | ValueRefusal
  | ReasonRefusal
  | { readonly code: 'basket-not-empty' | 'no-such-layaway' | 'layaway-fetched' }
  | { readonly code: 'layaway-at-register'; readonly register: string };

/** A layaway as the list shows it: what was paid, what is left, how it stands. */
export type ShownLayaway = {
  readonly layaway: Layaway;
  readonly paid: Minor;
  readonly left: Minor;
  readonly standing: 'unpaid' | 'open' | 'settled';
};

const DAY_MS = 86_400_000;

/** Goods kept for customers who pay deposits (rule G10). Every act ends in the open basket: nothing is paid but by a receipt. */
export class LayawayDesk {
  readonly #parts: LayawayDeskParts;

  constructor(parts: LayawayDeskParts) {
    this.#parts = parts;
  }

  /** What is not settled, the soonest due first; narrowed by a part of the name, phone, number or goods. */
  list(query = ''): readonly ShownLayaway[] {
    const words = query.trim().toLowerCase();
    return this.#parts.book.layaways
      .map((layaway) => this.shown(layaway))
      .filter(({ standing, layaway }) => standing !== 'settled' && textOf(layaway).includes(words));
  }

  /** A layaway with how it stands. */
  shown(layaway: Layaway): ShownLayaway {
    const { book } = this.#parts;
    const moves = book.depositsOf(layaway.number);
    const paid = moves.reduce((sum, { amount }) => sum + amount, 0);
    const left = Math.max(0, layaway.total - paid);
    return { layaway, paid, left, standing: layawayStanding(layaway, moves) };
  }

  /** The number of a layaway among what was typed or scanned; undefined for anything else. */
  numberOf(code: string): string | undefined {
    const number = accountNumber(code);
    return number !== undefined && ledgerOfNumber(number) === 'deposit' ? number : undefined;
  }

  /** The least first deposit on the open basket, in minor units. */
  get least(): Minor {
    const { sale, value } = this.#parts;
    return leastDeposit(sale.priced.total, value.settings);
  }

  /** Until when goods are kept that are put aside today. */
  get usualDue(): string {
    const { today, value } = this.#parts;
    const from = Date.parse(`${today()}T00:00:00Z`);
    return new Date(from + layawayDays(value.settings) * DAY_MS).toISOString().slice(0, 10);
  }

  /** Puts the open basket on layaway; its first deposit is then the open sale. */
  async put(wish: LayawayWish): Promise<Result<true, LayawayDeskRefusal>> {
    const { sale, value } = this.#parts;
    if (sale.payments.length > 0) return err({ code: 'payments-taken' });
    const { basket, rules } = sale;
    const { settings } = value;
    return this.#keep(wish.deposit, (state, act) =>
      putOnLayaway(state, { basket, rules, settings, wish }, act),
    );
  }

  /** Takes a deposit on an order in words, where no basket is open. */
  async order(text: string, wish: LayawayWish): Promise<Result<true, LayawayDeskRefusal>> {
    const { sale } = this.#parts;
    if (sale.basket.lines.length > 0) return err({ code: 'basket-not-empty' });
    const basket = sale.basket.id;
    return this.#keep(wish.deposit, (state, act) => takeOrder(state, { text, basket, wish }, act));
  }

  async #keep(
    deposit: Minor,
    make: (...args: [RegisterState, Parameters<typeof takeOrder>[2]]) => Result<Layaway, LayawayRefusal>,
  ): Promise<Result<true, LayawayDeskRefusal>> {
    const { staff, book, sale, state } = this.#parts;
    const before = sale.basket;
    const made = await staff.act<Layaway, LayawayRefusal>(async (act) => make(state(), act));
    if (!made.ok) return made;
    try {
      await book.keepLayaway(made.value);
    } catch {
      return err({ code: 'not-kept' });
    }
    if (sale.basket !== before) return err({ code: 'basket-not-empty' });
    return this.#openPayment(made.value.number, deposit);
  }

  /** Opens a sale of one more deposit, where no other sale is open. */
  async payIn(number: string, amount: Minor): Promise<Result<true, LayawayDeskRefusal>> {
    const found = this.#usable(number);
    if (!found.ok) return found;
    const { left, layaway } = found.value;
    if (amount <= 0) return err({ code: 'amount-zero' });
    if (layaway.total > 0 && amount > left) return err({ code: 'deposit-too-large', most: left });
    return this.#openPayment(number, amount);
  }

  async #openPayment(number: string, amount: Minor): Promise<Result<true, LayawayDeskRefusal>> {
    const { value } = this.#parts;
    return this.#open({ lines: [value.lineOf({ ledger: 'deposit', id: number }, amount)] });
  }

  /** Opens the goods as a sale at the agreed prices, with the deposit as its first payment; an order opens by its deposit alone. */
  async fetch(number: string): Promise<Result<true, LayawayDeskRefusal>> {
    const found = this.#usable(number);
    if (!found.ok) return found;
    const { layaway, paid } = found.value;
    if (layaway.lines.length === 0) return err({ code: 'no-such-layaway' });
    if (this.#parts.journals.receiptOfBasket(layaway.basket) !== undefined)
      return err({ code: 'layaway-fetched' });
    const register = this.#openAt(layaway);
    if (register !== undefined) return err({ code: 'layaway-at-register', register });
    const opened = await this.#open(basketOfLayaway(layaway));
    if (!opened.ok || paid <= 0) return opened;
    const { sale, value } = this.#parts;
    const amount = Math.min(paid, sale.priced.total);
    return amount === 0 ? ok(true) : value.pay(this.tender, { ledger: 'deposit', id: number }, amount);
  }

  /** The other register that has the goods in its open sale, as far as it is known here. */
  #openAt({ number, basket }: Layaway): string | undefined {
    const { book, state, surroundings } = this.#parts;
    const { store, register } = state().head;
    const hold = book.holdOf(number, basket);
    return heldElsewhere(hold, `${store}-${register}`, surroundings.now().getTime());
  }

  /** What the store keeps of a deposit of `paid` minor units when the layaway is cancelled (rule G11). */
  feeOf(paid: Minor): Minor {
    return cancellationFee(paid, this.#parts.shop.settings.layawayFee);
  }

  /** Opens the sale that gives the deposit back less the store's fee, with the reason on its line (rules G10 and G11). */
  async cancel(number: string, reason: string): Promise<Result<true, LayawayDeskRefusal>> {
    const found = this.#usable(number);
    if (!found.ok) return found;
    const refusal = checkReason(reason);
    if (refusal) return err(refusal);
    const { value, shop, sale } = this.#parts;
    const { paid } = found.value;
    if (paid <= 0) return err({ code: 'account-empty', account: number });
    const back = value.lineOf({ ledger: 'deposit', id: number }, -paid, reason.trim());
    const fee = this.feeOf(paid);
    const { layawayFee } = labelsOf(shop.organization?.language ?? 'en');
    const charged = fee === 0 ? [] : [layawayFeeLine(fee, layawayFee, sale.rules.currency)];
    return this.#open({ lines: [back, ...charged] });
  }

  /** Takes a layaway nobody paid on back into the open basket, or forgets an order nobody paid on. */
  async takeBack(number: string): Promise<Result<true, LayawayDeskRefusal>> {
    const found = this.#usable(number);
    if (!found.ok) return found;
    const { layaway, standing } = found.value;
    if (standing !== 'unpaid') return err({ code: 'no-such-layaway' });
    if (layaway.lines.length > 0) {
      const opened = await this.#open(basketOfLayaway(layaway), false);
      if (!opened.ok) return opened;
    }
    await this.#parts.book.dropLayaway(number);
    return ok(true);
  }

  /** Whether the open sale may be paid with a deposit: the goods are of a layaway, or something is on order. */
  get mayPay(): boolean {
    const { id } = this.#parts.sale.basket;
    return this.list().some(
      ({ layaway, standing }) => standing === 'open' && (layaway.basket === id || layaway.lines.length === 0),
    );
  }

  /** The tender that deposits pay with: the shop's own, else one by its usual name. */
  get tender(): Tender {
    const { shop } = this.#parts;
    const own = shop.tenders.find(({ kind }) => kind === 'deposit');
    const name = labelsOf(shop.organization?.language ?? 'en').deposit;
    return own ?? { id: 'deposit', name, kind: 'deposit', order: 90 };
  }

  #usable(number: string): Result<ShownLayaway, LayawayDeskRefusal> {
    const { book, sale } = this.#parts;
    if (sale.basket.lines.length > 0) return err({ code: 'basket-not-empty' });
    const layaway = book.layaway(number);
    return layaway ? ok(this.shown(layaway)) : err({ code: 'no-such-layaway' });
  }

  async #open(
    made: Basket | { readonly lines: Basket['lines'] },
    paying = true,
  ): Promise<Result<true, LayawayDeskRefusal>> {
    const { sale, surroundings } = this.#parts;
    const basket = 'id' in made ? made : { ...emptyBasket(surroundings.newId()), ...made };
    const opened = await sale.open(basket);
    if (!opened.ok) return opened;
    return paying ? sale.startPaying() : opened;
  }
}

function textOf({ name, phone = '', number, text = '', lines }: Layaway): string {
  return [name, phone, number, text, ...lines.map((line) => line.name)].join('\n').toLowerCase();
}
