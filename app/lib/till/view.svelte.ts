import type { Product } from '#model/catalog/product.ts';
import { accountNumber, ledgerOfNumber } from '#model/ledger/account.ts';
import type { RecordOf } from '#model/journal/record.ts';
import type { Result } from '#model/result.ts';
import type { AccountDeskRefusal } from './account-desk.svelte.ts';
import type { LayawayDeskRefusal } from './layaway-desk.svelte.ts';
import type { ExceptionDeskRefusal } from './exception-desk.svelte.ts';
import type { CustomerDeskRefusal } from './customer-desk.svelte.ts';
import type { CardRefusal } from './cards/card-desk.svelte.ts';
import type { CardVoidRefusal } from './cards/card-voids.svelte.ts';
import type { ParkedRefusal } from './parked-desk.svelte.ts';
import type { SellingRefusal } from './article-desk.ts';
import { ArticleView } from './article-view.svelte.ts';
import type { PricingRefusal } from './price-desk.ts';
import type { RefundRefusal } from './refund-desk.svelte.ts';
import type { SaleRefusal } from './sale-desk.svelte.ts';
import type { Sound } from './sounds.ts';
import type { Till, TillRefusal } from './till.svelte.ts';
import type { ValueRefusal } from './value-desk.svelte.ts';
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
  | 'choose-drawer'
  | 'store-day'
  | 'closings'
  | 'sequence-check'
  | 'exceptions'
  | 'journal'
  | 'store-sales'
  | 'refund'
  | 'return'
  | 'discount'
  | 'price'
  | 'note'
  | 'parked'
  | 'customer'
  | 'void'
  | 'gift-card'
  | 'layaway'
  | 'customer-display'
  | 'training'
  | 'article'
  | 'article-info'
  | 'quick-add'
  | 'coupon'
  | 'camera'
  | 'shortcuts';

/** What the tiles of the selling screen show. */
export type SellTab = 'favourites' | 'departments' | 'specials';

/** Everything that can be refused at a till; the screen has a sentence for each. */
export type Trouble =
  | SaleRefusal
  | SellingRefusal
  | PricingRefusal
  | ParkedRefusal
  | CustomerDeskRefusal
  | ExceptionDeskRefusal
  | PaymentRefusal
  | CardRefusal
  | CardVoidRefusal
  | RefundRefusal
  | AccountDeskRefusal
  | ValueRefusal
  | LayawayDeskRefusal
  | TillRefusal
  | SignInRefusal
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
  /** The article that comes back without its receipt. */
  returning = $state.raw<Product | undefined>();
  /** A number to look up in the gift card or the layaway panel, scanned elsewhere. */
  number = $state('');
  readonly #takers: ((code: string) => boolean)[] = [];
  /** What lies before the tiles, and what is asked about an article. */
  tab = $state<SellTab | undefined>();
  readonly articles: ArticleView;
  #trouble = $state.raw<Trouble | undefined>();
  readonly #till: Till;
  readonly #play: (sound: Sound) => void;

  constructor(till: Till, play: (sound: Sound) => void) {
    this.#till = till;
    this.#play = play;
    this.articles = new ArticleView({
      till,
      show: (outcome, sound) => this.show(outcome, sound),
      open: (panel) => this.openPanel(panel),
      close: () => {
        this.panel = undefined;
      },
    });
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

  /** Shows the closings of the register to somebody who may see them. */
  async openClosings(): Promise<void> {
    if (this.show(await this.#till.closings.show())) this.panel = 'closings';
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
    this.returning = undefined;
    this.number = '';
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
    if (this.#takers.at(-1)?.(code)) return;
    this.query = '';
    if (this.panel === 'return' && !isReceiptNumber(code)) {
      this.#return(code);
      return;
    }
    if (this.panel === 'article' && this.articles.answerWithScan(code)) return;
    if (isReceiptNumber(code)) {
      this.findReceipt(code);
      return;
    }
    if (this.#openAccount(code)) return;
    this.panel = undefined;
    this.line = undefined;
    this.addCode(code);
  }

  /** Gives scans to whoever asks for a number until the function that comes back is called; a taker says whether a code was its own. */
  takeScans(taker: (code: string) => boolean): () => void {
    this.#takers.push(taker);
    return () => {
      this.#takers.splice(this.#takers.indexOf(taker), 1);
    };
  }

  /** A slip of ours says what it is: a layaway opens its panel, a card or credit shows its balance. */
  #openAccount(code: string): boolean {
    const number = accountNumber(code);
    const ledger = number === undefined ? undefined : ledgerOfNumber(number);
    if (ledger === undefined || this.#till.sale.paying) return false;
    this.openPanel(ledger === 'deposit' ? 'layaway' : 'gift-card');
    this.number = number ?? '';
    return true;
  }

  /** Opens the refund panel with a receipt. */
  findReceipt(receipt: string): void {
    this.#till.nextSale();
    this.receipt = this.#till.refunds.numberOf(receipt);
    this.openPanel('refund');
  }

  /** A scan while something comes back without its receipt says what it is; it sells nothing. */
  #return(code: string): void {
    const product = this.#till.shop.productWithCode(code);
    this.returning = product ?? this.returning;
    if (product) this.calm();
    else this.show({ ok: false, error: { code: 'unknown-barcode', barcode: code } });
  }

  /** Adds what a code means, or says that nobody knows it; a customer's card attaches the customer. */
  addCode(code: string): boolean {
    const customer = this.#till.customers.book.withCard(code);
    if (customer && !this.#till.articles.find(code).ok) return this.attach(customer.id);
    if (!this.#till.customers.book.isWhole && !this.#till.articles.find(code).ok) return this.#addLater(code);
    return this.articles.addCode(code);
  }

  /** In the first second of a till nobody knows yet whether a code is a customer's card. */
  #addLater(code: string): boolean {
    const { book } = this.#till.customers;
    const add = () => void (book.withCard(code) ? this.addCode(code) : this.articles.addCode(code));
    book.readAll().then(add, (cause: unknown) => {
      globalThis.reportError(cause);
      this.articles.addCode(code);
    });
    return true;
  }

  /** Sells the open basket to a customer; a finished sale makes way for the next. */
  attach(customer: string): boolean {
    this.#till.nextSale();
    return this.show(this.#till.customers.attach(customer), 'scan');
  }

  /** Adds a product, or asks what must be known first; a finished sale makes way for the next. */
  add(product: Product): boolean {
    return this.articles.add(product);
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
    // What can only be a code is not taken for the words of an article that is a little like it.
    const isCode = /^\d{8,}$|^\]/.test(typed) || this.#till.articles.isCoupon(typed);
    const product = exact ?? (isCode ? undefined : (hits[chosen] ?? hits[0]));
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
