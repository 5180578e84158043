import type { Product } from '#model/catalog/product.ts';
import { customerOfReturn, type AttachRefusal } from '#model/customers/attach-customer.ts';
import type { RecordOf } from '#model/journal/record.ts';
import type { Minor } from '#model/money/money.ts';
import { parseQuantity, type QuantityRefusal } from '#model/money/quantity.ts';
import { err, ok, type Result } from '#model/result.ts';
import { refundLine, type RefundedSoFar } from '#model/sale/basket.ts';
import type { Payment } from '#model/sale/payment.ts';
import { refundTenders } from '#model/sale/refund-tenders.ts';
import { returnLine, withReason, type ReturnRefusal, type ReturnWish } from '#model/sale/return-line.ts';
import type { SaleLine, Tendered } from '#model/sale/sale-body.ts';
import type { CustomerBook } from './customer-book.svelte.ts';
import { quantityLeft, refundedSoFar } from './refunds.ts';
import type { SaleDesk, SaleRefusal } from './sale-desk.svelte.ts';
import { fitsSearch, type SaleSearch } from './sale-search.ts';
import type { LaterSale, SeenSales, StoreJournals } from './store-journals.svelte.ts';

/** A sold line as the refund screen offers it; `left` is what can still be taken back, as quantity text. */
export type RefundableLine = { readonly index: number; readonly line: SaleLine; readonly left: string };

/** Why nothing was taken back. */
export type RefundRefusal =
  | SaleRefusal
  | ReturnRefusal
  | AttachRefusal
  | { readonly code: 'receipt-not-found' | 'receipt-out-of-reach'; readonly receipt: string }
  | { readonly code: 'quantity-not-understood'; readonly why: QuantityRefusal };

/** The register people mean who type a bare count. */
type Place = { readonly store: string; readonly register: string };

/** What finding a receipt without its number needs to know: the customers, and the day a moment belongs to in this store. */
type Memory = {
  readonly customers: CustomerBook;
  readonly dayOf: (at: string) => string;
};

/** What somebody remembers: `customer` is typed as in any search for one. */
export type Remembered = Pick<SaleSearch, 'cardTail' | 'day' | 'amount'> & { readonly customer?: string };

/** Finds a receipt and puts what comes back into the open basket. Only what is left can come back (rule L7). */
export class RefundDesk {
  readonly #journals: StoreJournals;
  readonly #sale: SaleDesk;
  readonly #place: Place;
  readonly #memory: Memory;
  #found = $state.raw<RecordOf<'sale'> | undefined>();
  #later = $state.raw<readonly LaterSale[]>([]);

  constructor(journals: StoreJournals, sale: SaleDesk, place: Place, memory: Memory) {
    this.#memory = memory;
    this.#place = place;
    this.#journals = journals;
    this.#sale = sale;
  }

  /** The receipt that was found. */
  get found(): RecordOf<'sale'> | undefined {
    return this.#found;
  }

  /** The lines of the found receipt that were sold, with what is left of each; empty without one. */
  get lines(): readonly RefundableLine[] {
    const before = this.#before();
    return (this.#found?.body.lines ?? [])
      .map((line, index) => ({ index, line, left: quantityLeft(line.quantity, before(index)) }))
      .filter(({ line }) => line.refundOf === undefined);
  }

  /** The whole receipt number people mean by what they typed. */
  numberOf(typed: string): string {
    return wholeReceiptNumber(typed, this.#place);
  }

  /** Looks a receipt up by its number, typed in any case, without leading zeros, or as the bare count of this register. */
  async find(typed: string): Promise<Result<RecordOf<'sale'>, RefundRefusal>> {
    const receipt = this.numberOf(typed);
    const looked = await this.#journals.findReceipt(receipt);
    const found = looked.ok ? looked.value : undefined;
    this.#found = found;
    if (!looked.ok) return err({ code: 'receipt-out-of-reach', receipt });
    if (!found) return err({ code: 'receipt-not-found', receipt });
    this.#later = await this.#journals.salesSince(found.at);
    return ok(found);
  }

  /** Receipts that fit what somebody remembers, newest first, in the store's latest `sessions` sessions (rule U12). */
  search({ customer, ...search }: Remembered, sessions: number): Promise<SeenSales> {
    const { customers, dayOf } = this.#memory;
    const meant =
      customer === undefined ? {} : { customers: new Set(customers.search(customer).map(({ id }) => id)) };
    const whole = { ...search, ...meant };
    return this.#journals.salesWhere(({ at, body }) => fitsSearch(body, dayOf(at), whole), sessions);
  }

  /** Puts `quantity` of a sold line into the basket as coming back; `reason` may be empty (rule L12). */
  async takeBack(index: number, quantity: string, reason = ''): Promise<Result<true, RefundRefusal>> {
    const sale = this.#found;
    if (!sale) return err({ code: 'no-such-line' });
    const parsed = parseQuantity(quantity);
    if (!parsed.ok) return err({ code: 'quantity-not-understood', why: parsed.error });
    // Another till may have taken the same line back a moment ago.
    this.#later = await this.#journals.salesSince(sale.at);
    const line = refundLine(sale.body, index, parsed.value, this.#before()(index));
    if (!line.ok) return line;
    const said = withReason(line.value, reason);
    if (!said.ok) return said;
    const customer = this.#memory.customers.customer(sale.body.customer ?? '');
    const kept = this.#sale.changeBasket<AttachRefusal>((basket, { list }) =>
      customerOfReturn(basket, sale.body, customer, list),
    );
    if (!kept.ok) return kept;
    const added = this.#sale.addLine(said.value);
    return added.ok ? ok(true) : added;
  }

  /** Puts an article into the basket as coming back without its receipt (rule L12). */
  takeBackUnseen(product: Product, wish: ReturnWish): Result<true, RefundRefusal> {
    const quantity = parseQuantity(wish.quantity);
    if (!quantity.ok) return err({ code: 'quantity-not-understood', why: quantity.error });
    const line = returnLine(product, { ...wish, quantity: quantity.value }, this.#sale.rules.taxes);
    if (!line.ok) return line;
    const added = this.#sale.appendLine(line.value);
    return added.ok ? ok(true) : added;
  }

  /**
   * How `amount` goes back the way the receipts in the open basket were paid (rule Y9). Nothing is offered when one of them
   * is not known here, or when something comes back without a receipt.
   */
  async waysBack(amount: Minor): Promise<readonly Payment[]> {
    const back = this.#sale.basket.lines.filter(({ quantity }) => quantity.startsWith('-'));
    const receipts = new Set(back.map(({ refundOf }) => refundOf?.receipt));
    const tenders: Tendered[] = [];
    for (const receipt of receipts) {
      const looked = receipt === undefined ? undefined : await this.#journals.findReceipt(receipt);
      if (!looked?.ok || !looked.value) return [];
      tenders.push(...looked.value.body.tenders);
    }
    return refundTenders(tenders, amount);
  }

  /** Forgets the receipt. */
  leave(): void {
    this.#found = undefined;
    this.#later = [];
  }

  #before(): (line: number) => RefundedSoFar {
    return refundedSoFar(this.#found?.body.receipt ?? '', this.#later, this.#sale.basket.lines);
  }
}

/** `s1-r2-123` → `S01-R2-000123`, `123` → the same of this register; other text stays as it is. */
function wholeReceiptNumber(typed: string, own: Place): string {
  const bare = /^(?:T-)?(\d{1,9})$/i.exec(typed.trim())?.[1];
  if (bare !== undefined) return `${own.store}-${own.register}-${bare.padStart(6, '0')}`;
  const parts = /^S(\d{1,4})-?R(\d{1,3})-(\d{1,9})$/.exec(typed.trim().toUpperCase());
  const [, store = '', register = '', count = ''] = parts ?? [];
  if (!parts) return typed.trim().toUpperCase();
  return `S${store.padStart(2, '0')}-R${Number(register)}-${count.padStart(6, '0')}`;
}
