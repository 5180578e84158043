import type { Product } from '#model/catalog/product.ts';
import type { RecordOf } from '#model/journal/record.ts';
import type { Result } from '#model/result.ts';
import type { ParkedRefusal } from './parked-desk.svelte.ts';
import type { PricingRefusal } from './price-desk.ts';
import type { RefundRefusal } from './refund-desk.svelte.ts';
import type { SaleRefusal } from './sale-desk.svelte.ts';
import type { Sound } from './sounds.ts';
import type { Till, TillRefusal } from './till.svelte.ts';
import type { PaymentRefusal } from '#model/sale/payment.ts';
import type { SignInRefusal } from './sign-in.svelte.ts';
import type { AmountRefusal } from '#model/money/money.ts';

/** What lies over the selling screen. */
export type Panel =
  | 'register-menu'
  | 'x-report'
  | 'paid-in'
  | 'paid-out'
  | 'open-drawer'
  | 'safe-drop'
  | 'handover'
  | 'store-day'
  | 'sequence-check'
  | 'journal'
  | 'store-sales'
  | 'refund'
  | 'discount'
  | 'price'
  | 'note'
  | 'parked'
  | 'void'
  | 'shortcuts';

/** Everything that can be refused at a till; the screen has a sentence for each. */
export type Trouble =
  | SaleRefusal
  | PricingRefusal
  | ParkedRefusal
  | PaymentRefusal
  | RefundRefusal
  | TillRefusal
  | SignInRefusal
  | { readonly code: 'unknown-barcode'; readonly barcode: string }
  | { readonly code: 'amount-not-understood'; readonly why: AmountRefusal }
  | { readonly code: 'scan-not-now' };

/** What one person sees at the till now: which panel lies open, what was typed, what went wrong last. No facts. */
export class TillView {
  panel = $state<Panel | undefined>();
  /** The line whose sheet is open. */
  line = $state<number | undefined>();
  /** The line whose price, discount or note is open; undefined for the whole basket. */
  spoken = $state<number | undefined>();
  /** The sale that is about to be voided. */
  voiding = $state.raw<RecordOf<'sale'> | undefined>();
  /** Whether the drawer is being counted to close the session. */
  closing = $state(false);
  query = $state('');
  /** The department whose articles are shown, and the first letter they are narrowed to. */
  department = $state<string | undefined>();
  letter = $state<string | undefined>();
  /** A receipt to look for in the refund panel, scanned or chosen in the journal. */
  receipt = $state('');
  #trouble = $state.raw<Trouble | undefined>();
  readonly #till: Till;
  readonly #play: (sound: Sound) => void;

  constructor(till: Till, play: (sound: Sound) => void) {
    this.#till = till;
    this.#play = play;
  }

  /** What went wrong last, until the next act succeeds. */
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** Shows the outcome of an act: a refusal with a sound, or nothing. Says whether it went well. */
  show<Value>(outcome: Result<Value, Trouble>, sound?: Sound): outcome is { ok: true; value: Value } {
    this.#trouble = outcome.ok ? undefined : outcome.error;
    if (!outcome.ok) this.#play('error');
    else if (sound) this.#play(sound);
    return outcome.ok;
  }

  /** Forgets what went wrong. */
  calm(): void {
    this.#trouble = undefined;
  }

  /** Opens a panel, and closes what else lies open. */
  openPanel(panel: Panel): void {
    this.#trouble = undefined;
    this.line = undefined;
    this.panel = panel;
  }

  /** Opens what a person may do to the price of a line, or of the whole basket. */
  openPrice(panel: 'discount' | 'price' | 'note', line?: number): void {
    this.openPanel(panel);
    this.spoken = line;
  }

  /** Opens the list of parked baskets, with those that came since the day turned. */
  openParked(): void {
    this.openPanel('parked');
    this.#till.parked.lookAgain().catch((cause: unknown) => globalThis.reportError(cause));
  }

  /** Asks before a sale is voided. */
  openVoid(sale: RecordOf<'sale'>): void {
    this.openPanel('void');
    this.voiding = sale;
  }

  /** Shows the X report to somebody who may see it. */
  async openReport(): Promise<void> {
    if (this.show(await this.#till.session.showReport())) this.panel = 'x-report';
  }

  /** Shows the store's day to somebody who may see it. */
  async openStoreDay(): Promise<void> {
    if (this.show(await this.#till.books.showDay())) this.panel = 'store-day';
  }

  /** Checks the sequences of the store's registers and shows what came of it. */
  async openCheck(): Promise<void> {
    this.openPanel('sequence-check');
    await this.#till.books.check();
  }

  /** Goes to closing the session; not while a sale is open. */
  startClosing(): void {
    if (this.#till.sale.basket.lines.length > 0) {
      this.show({ ok: false, error: { code: 'basket-not-empty' } });
      return;
    }
    this.#till.nextSale();
    this.panel = undefined;
    this.closing = true;
  }

  /** Puts away what belongs to the person who was here. */
  leave(): void {
    this.calm();
    this.panel = undefined;
    this.line = undefined;
    this.closing = false;
    this.query = '';
    this.receipt = '';
  }

  /** Opens the sheet of a line. */
  openLine(index: number): void {
    this.#trouble = undefined;
    this.line = index;
  }

  /** A code came from the scanner, wherever the focus was. */
  scan(code: string): void {
    const till = this.#till;
    const busy =
      !till.signIn.person ||
      !till.open ||
      this.closing ||
      till.journal.unsaved ||
      till.journal.writing ||
      till.staff.approvals.request;
    if (busy) {
      this.show({ ok: false, error: { code: 'scan-not-now' } });
      return;
    }
    this.query = '';
    if (isReceiptNumber(code)) {
      this.findReceipt(code);
      return;
    }
    this.panel = undefined;
    this.line = undefined;
    this.addCode(code);
  }

  /** Opens the refund panel with a receipt. */
  findReceipt(receipt: string): void {
    this.#till.nextSale();
    this.receipt = this.#till.refunds.numberOf(receipt);
    this.openPanel('refund');
  }

  /** Adds the product with this code, or says that there is none. */
  addCode(code: string): boolean {
    const product = this.#till.shop.productWithCode(code);
    if (product) return this.add(product);
    return this.show({ ok: false, error: { code: 'unknown-barcode', barcode: code } });
  }

  /** Adds a product; a finished sale makes way for the next. */
  add(product: Product): boolean {
    this.#till.nextSale();
    return this.show(this.#till.sale.addProduct(product), 'scan');
  }

  /** Enter in the search field: the exact code, else the chosen or first hit. */
  enter(hits: readonly Product[], chosen: number): void {
    const typed = this.query.trim();
    if (typed === '') return;
    if (isReceiptNumber(typed)) {
      this.query = '';
      this.findReceipt(typed);
      return;
    }
    const exact = this.#till.shop.productWithCode(typed);
    const product = exact ?? hits[chosen] ?? hits[0];
    const added = product ? this.add(product) : this.addCode(typed);
    if (added) this.query = '';
  }

  /** Completes the sale, with the sound of it. */
  async complete(): Promise<void> {
    const done = await this.#till.completeSale();
    if (!done.ok && done.error.code === 'busy') return;
    this.show(done, 'done');
  }
}

function isReceiptNumber(text: string): boolean {
  return /^S\d{1,4}-R\d{1,3}-\d{1,9}$/i.test(text.trim());
}
