import type { CardIntent, OpenSale } from '#model/documents/basket.ts';
import type { Entries } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { parseQuantity, type QuantityRefusal } from '#model/money/quantity.ts';
import { err, ok, type Result } from '#model/result.ts';
import {
  addLine,
  appendLine,
  changeQuantity,
  emptyBasket,
  priceBasket,
  productLine,
  removeLine,
  restoreLine,
  type Basket,
  type BasketLine,
  type BasketRefusal,
  type PricedBasket,
  type PricingRules,
} from '#model/sale/basket.ts';
import {
  addPayment,
  settle,
  type Payment,
  type PaymentRefusal,
  type Settlement,
} from '#model/sale/payment.ts';
import { withPricedLine, type PriceList } from '#model/sale/line-prices.ts';
import type { Product, TaxRate } from '#model/catalog/product.ts';
import type { Documents } from '../repo/documents.ts';
import type { Surroundings } from '../surroundings.ts';
import { KeptSale } from './kept-sale.svelte.ts';

/** What pricing needs, with the taxes a new line copies and what sets its price. */
export type SaleRules = PricingRules & {
  readonly taxes: ReadonlyMap<string, TaxRate>;
  readonly list: PriceList;
};

/** Why an act on the open sale was refused. */
export type SaleRefusal =
  | BasketRefusal
  | { readonly code: 'quantity-not-understood'; readonly why: QuantityRefusal }
  | { readonly code: 'payments-taken' | 'card-pending' }
  | { readonly code: 'sale-frozen' };

/** Why a payment was not taken. */
export type PayRefusal = PaymentRefusal | { readonly code: 'sale-frozen' | 'card-pending' };

/** What the last removal took, to be put back until `until` (milliseconds since 1970). */
type Removal = {
  readonly lines: readonly { index: number; line: BasketLine }[];
  readonly until: number;
  /** The basket as it was, where nothing was left of it: with its id and what was taken off the whole. */
  readonly emptied: Basket | undefined;
};

/** How long a removed line can be brought back, in milliseconds. */
export const UNDO_MS = 10_000;

/**
 * The open sale of this register: the basket, whether it is being paid and what was taken. Every act is kept in the
 * register's basket document, so a crash in the middle restores exactly: at once, but for a line that is added, which is painted first.
 */
export class SaleDesk {
  /** Set while the sale is being made a fact: nothing may move then. */
  frozen = $state(false);
  readonly #kept: KeptSale;
  readonly #surroundings: Surroundings;
  readonly #rules: () => SaleRules;
  #sale = $state.raw<OpenSale>({ basket: emptyBasket(''), paying: false, payments: [] });
  #touched = $state.raw<{ index: number; count: number }>({ index: -1, count: 0 });
  #removal = $state.raw<Removal | undefined>();
  readonly #priced = $derived.by(() => priceBasket(this.#sale.basket, this.#rules()));
  readonly #settlement = $derived.by(() =>
    settle(this.#priced.total, this.#sale.payments, this.#rules().cashRounding),
  );

  constructor(documents: Documents, surroundings: Surroundings, rules: () => SaleRules) {
    this.#kept = new KeptSale(documents, surroundings);
    this.#surroundings = surroundings;
    this.#rules = rules;
    this.#sale = this.#fresh();
  }

  /** Takes up the open sale of a session where it was left. An unreadable one is replaced; its document keeps the history. */
  async takeUp(key: DocumentKey): Promise<void> {
    this.#show(await this.#kept.open(key));
  }

  /** Takes the sale up again when its document came back from the relay and nothing was begun here, not even meanwhile. */
  async takeUpIfIdle(): Promise<void> {
    if (!this.#isIdle) return;
    const entries = await this.#kept.read();
    if (entries && this.#isIdle) this.#show(entries);
  }

  get #isIdle(): boolean {
    return this.basket.lines.length === 0 && this.payments.length === 0;
  }

  #show(entries: Entries): void {
    const read = this.#kept.take(entries);
    this.#sale = (read.ok ? read.value : undefined) ?? this.#fresh();
    this.#removal = undefined;
    if (!read.ok) void this.#kept.keep(this.#sale);
  }

  /** The open basket. */
  get basket(): Basket {
    return this.#sale.basket;
  }

  /** What was taken so far. */
  get payments(): readonly Payment[] {
    return this.#sale.payments;
  }

  /** The card payment that is not decided (rule V5). */
  get card(): CardIntent | undefined {
    return this.#sale.card;
  }

  /** Whether the payment screen is open. */
  get paying(): boolean {
    return this.#sale.paying;
  }

  /** What the basket is priced by now. */
  get rules(): SaleRules {
    return this.#rules();
  }

  /** Lines, taxes and total in amounts. */
  get priced(): PricedBasket {
    return this.#priced;
  }

  /** What is due, and what goes back. */
  get settlement(): Settlement {
    return this.#settlement;
  }

  /** The line the last act touched; `count` rises with every touch, so a repeated one flashes again. */
  get touched(): { readonly index: number; readonly count: number } {
    return this.#touched;
  }

  /** Until when the last removal can be undone, in milliseconds since 1970; 0 when there is none. */
  get undoUntil(): number {
    return this.#removal?.until ?? 0;
  }

  /** The name of the line that was removed last; undefined when it was several. */
  get removedName(): string | undefined {
    const lines = this.#removal?.lines ?? [];
    return lines.length === 1 ? lines[0]?.line.name : undefined;
  }

  /** Why the open sale could not be kept on the disk; undefined when it is kept. */
  get trouble(): string | undefined {
    return this.#kept.trouble;
  }

  /** Adds a product, or raises the line it already has. */
  addProduct(product: Product, quantity = '1'): Result<number, SaleRefusal> {
    const refusal = this.#closedToEdits();
    if (refusal) return err(refusal);
    const line = productLine(product, quantity, this.#rules().taxes);
    return line.ok ? this.addLine(line.value) : line;
  }

  /** Adds a line, also one that takes something back. */
  addLine(line: BasketLine): Result<number, SaleRefusal> {
    const refusal = this.#closedToEdits();
    if (refusal) return err(refusal);
    const added = addLine(this.basket, line);
    if (!added.ok) return added;
    const { basket, index } = added.value;
    this.#sale = {
      ...this.#sale,
      basket: withPricedLine(basket, index, this.#rules().list),
      paying: false,
    };
    this.#kept.keepSoon(this.#sale);
    this.#touch(added.value.index);
    return ok(added.value.index);
  }

  /** Adds a line as one of its own, as what comes back without its receipt is (rule L8). */
  appendLine(line: BasketLine): Result<number, SaleRefusal> {
    const refusal = this.#closedToEdits();
    if (refusal) return err(refusal);
    const added = appendLine(this.basket, line);
    if (!added.ok) return added;
    this.#change({ ...this.#sale, basket: added.value.basket, paying: false });
    this.#touch(added.value.index);
    return ok(added.value.index);
  }

  /** Sets a line's quantity as typed. */
  setQuantity(index: number, typed: string): Result<number, SaleRefusal> {
    const refusal = this.#closedToEdits();
    if (refusal) return err(refusal);
    const quantity = parseQuantity(typed);
    if (!quantity.ok) return err({ code: 'quantity-not-understood', why: quantity.error });
    const changed = changeQuantity(this.basket, index, quantity.value);
    if (!changed.ok) return changed;
    this.#change({ ...this.#sale, basket: withPricedLine(changed.value.basket, index, this.#rules().list) });
    this.#touch(index);
    return ok(index);
  }

  /** Takes a line out; it can be brought back for ten seconds. */
  remove(index: number): Result<true, SaleRefusal> {
    const refusal = this.#closedToEdits();
    if (refusal) return err(refusal);
    const line = this.basket.lines[index];
    const removed = removeLine(this.basket, index);
    if (!removed.ok || !line) return removed.ok ? err({ code: 'no-such-line' }) : removed;
    const { customer, terms } = this.basket;
    this.#leave(removed.value, [{ index, line }]);
    // Whoever stands there with one wrong article is still there without it.
    if (removed.value.lines.length === 0 && customer !== undefined)
      this.#change({ ...this.#sale, basket: { ...this.basket, customer, ...(terms ? { terms } : {}) } });
    return ok(true);
  }

  /** Takes every line out; they can be brought back for ten seconds. */
  clear(): Result<true, SaleRefusal> {
    const refusal = this.#closedToEdits();
    if (refusal) return err(refusal);
    const lines = this.basket.lines.map((line, index) => ({ index, line }));
    this.#leave({ ...this.basket, lines: [] }, lines);
    return ok(true);
  }

  /** Brings back what the last removal took, if that is not too long ago. */
  undoRemove(): boolean {
    const removal = this.#removal;
    this.#removal = undefined;
    if (!removal || this.#surroundings.now().getTime() > removal.until || this.#closedToEdits()) return false;
    const isEmpty = this.basket.lines.length === 0;
    let basket = (isEmpty ? removal.emptied : undefined) ?? this.basket;
    if (basket === this.basket)
      for (const { index, line } of removal.lines) basket = restoreLine(basket, index, line);
    this.#change({ ...this.#sale, basket });
    this.#touch(removal.lines[0]?.index ?? -1);
    return true;
  }

  /** Changes the open basket by a command of the model; nothing changes when it refuses. */
  changeBasket<Refusal>(
    make: (basket: Basket, rules: SaleRules) => Result<Basket, Refusal>,
  ): Result<true, Refusal | SaleRefusal> {
    const refusal = this.#closedToEdits();
    if (refusal) return err(refusal);
    const changed = make(this.basket, this.#rules());
    if (!changed.ok) return changed;
    this.#removal = undefined;
    this.#change({ ...this.#sale, basket: changed.value });
    return ok(true);
  }

  /** Opens the payment screen. */
  startPaying(): Result<true, SaleRefusal> {
    if (this.frozen) return err({ code: 'sale-frozen' });
    if (this.basket.lines.length === 0) return err({ code: 'no-such-line' });
    this.#change({ ...this.#sale, paying: true });
    return ok(true);
  }

  /** Goes back to the basket; not while payments are taken. */
  stopPaying(): Result<true, SaleRefusal> {
    const refusal = this.#closedToEdits();
    if (refusal) return err(refusal);
    this.#change({ ...this.#sale, paying: false });
    return ok(true);
  }

  /** Takes a payment. */
  pay(payment: Payment): Result<true, PayRefusal> {
    const added = this.mayPay(payment);
    if (!added.ok) return added;
    this.#change({ ...this.#sale, payments: added.value });
    return ok(true);
  }

  /** The payments with one more, if the sale takes it now. */
  mayPay(payment: Payment): Result<readonly Payment[], PayRefusal> {
    const refusal = this.#closedToPayments();
    if (refusal) return err(refusal);
    return addPayment(this.priced.total, this.payments, payment, this.#rules().cashRounding);
  }

  /** Keeps what a card terminal is about to be asked; without it on the disk nobody may be asked (rule V5). */
  async intendCard(
    card: CardIntent,
  ): Promise<Result<true, { readonly code: 'sale-frozen' | 'card-pending' | 'card-not-kept' }>> {
    const refusal = this.#closedToPayments();
    if (refusal) return err(refusal);
    this.#sale = { ...this.#sale, card };
    await this.#kept.keep(this.#sale);
    if (this.trouble === undefined) return ok(true);
    this.settleCard(undefined);
    return err({ code: 'card-not-kept' });
  }

  /** Ends what the terminal was asked: with the payment it made, or with none, in one change. */
  settleCard(payment: Payment | undefined): void {
    const { card, ...sale } = this.#sale;
    if (!card) return;
    const { takesBack } = card;
    if (!payment) this.#change(sale);
    else if (takesBack === undefined) this.#change({ ...sale, payments: [...sale.payments, payment] });
    else this.#change({ ...sale, payments: sale.payments.toSpliced(takesBack, 1) });
  }

  /** Gives a payment back before the sale is completed. */
  takeBackPayment(index: number): void {
    if (this.#closedToPayments()) return;
    this.#change({ ...this.#sale, payments: this.payments.toSpliced(index, 1) });
  }

  /** Opens a basket that was on hold, in place of the empty one; resolves when it is on the disk (rule H4). */
  async open(basket: Basket): Promise<Result<true, SaleRefusal>> {
    const refusal = this.#closedToEdits();
    if (refusal) return err(refusal);
    this.#removal = undefined;
    this.#sale = { basket, paying: false, payments: [] };
    await this.#kept.keep(this.#sale);
    return ok(true);
  }

  /** Starts the next sale with an empty basket and a new id. */
  startNext(): void {
    this.frozen = false;
    this.#removal = undefined;
    this.#touched = { index: -1, count: 0 };
    this.#change(this.#fresh());
  }

  #fresh(): OpenSale {
    return { basket: emptyBasket(this.#surroundings.newId()), paying: false, payments: [] };
  }

  #closedToPayments(): { readonly code: 'sale-frozen' | 'card-pending' } | undefined {
    if (this.frozen) return { code: 'sale-frozen' };
    return this.card ? { code: 'card-pending' } : undefined;
  }

  #closedToEdits(): SaleRefusal | undefined {
    const refusal = this.#closedToPayments();
    if (refusal) return refusal;
    return this.payments.length > 0 ? { code: 'payments-taken' } : undefined;
  }

  #touch(index: number): void {
    this.#touched = { index, count: this.#touched.count + 1 };
  }

  /** What is left of the basket. Where that is nothing, the next lines are another sale: discounts and id are not theirs. */
  #leave(basket: Basket, lines: Removal['lines']): void {
    const emptied = basket.lines.length === 0 ? this.basket : undefined;
    const next = emptied ? this.#fresh() : { ...this.#sale, basket };
    this.#change(next);
    this.#removal = { lines, emptied, until: this.#surroundings.now().getTime() + UNDO_MS };
  }

  #change(sale: OpenSale): void {
    this.#sale = sale;
    void this.#kept.keep(sale);
  }
}
