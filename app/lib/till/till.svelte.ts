import type { DocumentKey } from '#model/ids/document-id.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { completeSale } from '#model/register/commands.ts';
import { remindersOf, type Reminders } from '#model/register/reminders.ts';
import { isOpen } from '#model/register/register-state.ts';
import type { PricingRules } from '#model/sale/pricing.ts';
import type { RedeemRefusal } from '#model/ledger/redeem.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { DeviceKey } from '../device/device-key.ts';
import type { Documents, DocumentsEvent, Saved } from '../repo/documents.ts';
import type { TillConfig } from '../program-config.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Append } from './append.ts';
import { ArticleDesk } from './article-desk.ts';
import { BooksDesk } from './books-desk.svelte.ts';
import type { Bridge } from './bridge.ts';
import { CardDesk } from './cards/card-desk.svelte.ts';
import type { CardProvider } from './cards/card-provider.ts';
import { businessDay, clockTime } from './business-day.ts';
import { LayawayDesk } from './layaway-desk.svelte.ts';
import { LedgerBook } from './ledger-book.svelte.ts';
import { AccountDesk } from './account-desk.svelte.ts';
import { CustomerDesk } from './customer-desk.svelte.ts';
import { Links, type AskRelay } from './links.svelte.ts';
import { Papers } from './papers.ts';
import { MailDesk, type PostMail } from './mail-desk.svelte.ts';
import { ParkedDesk } from './parked-desk.svelte.ts';
import { PoleDesk } from './pole-desk.svelte.ts';
import type { PinCheck } from './pin-gate.svelte.ts';
import { PriceDesk } from './price-desk.ts';
import { PrintDesk } from './print-desk.svelte.ts';
import { ReceiptDesk } from './receipt-desk.ts';
import { RefundDesk } from './refund-desk.svelte.ts';
import { RegisterJournal, type AppendRefusal } from './register-journal.svelte.ts';
import { SaleDesk } from './sale-desk.svelte.ts';
import type { Scale } from './scale.ts';
import { priceListOf, sellingRules } from './selling-rules.ts';
import { SessionDesk } from './session-desk.svelte.ts';
import type { Shop } from './shop.svelte.ts';
import { StockDesk } from './stock-desk.svelte.ts';
import type { SignIn } from './sign-in.svelte.ts';
import { StaffDesk } from './staff-desk.svelte.ts';
import { StoreJournals } from './store-journals.svelte.ts';
import { ValueDesk } from './value-desk.svelte.ts';
import { TrainingDesk } from './training-desk.ts';

/** How often a card terminal is asked how a payment stands, in milliseconds. */
const CARD_ASK_MS = 500;

/** What a till is made of; everything that touches the world is passed in. */
export type TillParts = {
  readonly config: TillConfig;
  readonly documents: Documents;
  /** What this terminal signs its records with (rule J8). */
  readonly deviceKey: DeviceKey;
  readonly shop: Shop;
  readonly surroundings: Surroundings;
  readonly checkPin: PinCheck;
  readonly bridge: Bridge;
  /** The scale beside the till, where it has one. */
  readonly scale?: Scale;
  readonly askRelay: AskRelay;
  /** The terminal that takes cards by itself; without it approval codes are typed. */
  readonly cards?: CardProvider | undefined;
  /** Hands mails to this machine; without it receipts are not mailed. */
  readonly mail?: PostMail | undefined;
  /** Whether nothing done here counts (rule V1). */
  readonly training?: boolean;
};

/** A sale that was just finished, for the screen that shows the change. */
export type Finished = { readonly record: RecordOf<'sale'>; readonly saved: Saved };

/** Why an act of the till was refused. */
export type TillRefusal =
  | AppendRefusal
  | { readonly code: 'nobody-signed-in' | 'basket-not-empty' | 'card-pending' }
  | RedeemRefusal
  | { readonly code: 'sold-elsewhere'; readonly receipt: string };

/** The till: one register, worked by one person at a time. Wires the desks together; each act of a person is one method. */
export class Till {
  readonly place: { readonly store: StoreId; readonly register: RegisterId };
  readonly config: TillParts['config'];
  readonly shop: Shop;
  readonly journal: RegisterJournal;
  readonly store: StoreJournals;
  readonly sale: SaleDesk;
  readonly cards: CardDesk;
  readonly refunds: RefundDesk;
  readonly prices: PriceDesk;
  readonly customers: CustomerDesk;
  readonly articles: ArticleDesk;
  readonly parked: ParkedDesk;
  readonly stock: StockDesk;
  readonly session: SessionDesk;
  readonly books: BooksDesk;
  readonly receipts: ReceiptDesk;
  readonly staff: StaffDesk;
  readonly signIn: SignIn;
  readonly printing: PrintDesk;
  readonly pole: PoleDesk;
  readonly links: Links;
  readonly scale: Scale | undefined;
  readonly papers: Papers;
  readonly ledgers: LedgerBook;
  readonly value: ValueDesk;
  readonly accounts: AccountDesk;
  readonly layaways: LayawayDesk;
  readonly trainings: TrainingDesk;
  readonly mails: MailDesk;
  /** Whether nothing done here counts (rule V1). */
  readonly training: boolean;
  readonly #documents: Documents;
  readonly #surroundings: Surroundings;
  #refreshes = 0;
  #looked = $state(0);
  #finished = $state.raw<Finished | undefined>();

  constructor(parts: TillParts) {
    const { config, documents, shop, surroundings } = parts;
    const { store, register, organization } = config;
    this.place = { store, register };
    this.config = config;
    this.shop = shop;
    this.training = parts.training ?? false;
    this.scale = parts.scale;
    this.#documents = documents;
    this.#surroundings = surroundings;
    const own = { organization, store, register };
    this.journal = new RegisterJournal(documents, own, parts.deviceKey, surroundings);
    this.links = new Links(parts.askRelay, surroundings);
    this.store = new StoreJournals(documents, store, register, this.links);
    this.sale = new SaleDesk(documents, surroundings, () => ({
      ...this.#rules(),
      taxes: shop.taxes,
      list: priceListOf(shop, store),
    }));
    this.cards = new CardDesk({
      provider: parts.cards,
      sale: this.sale,
      surroundings,
      currency: () => this.#rules().currency,
      pause: () => new Promise((resolve) => setTimeout(resolve, CARD_ASK_MS)),
    });
    this.staff = new StaffDesk({
      checkPin: parts.checkPin,
      surroundings,
      shop,
      store,
      isSaving: () => this.journal.writing || this.journal.unsaved !== undefined,
      onSignOut: () => {
        this.session.leaveReport();
        this.books.leave();
        this.nextSale();
      },
    });
    this.signIn = this.staff.signIn;
    this.prices = new PriceDesk(this.sale, this.staff);
    this.customers = new CustomerDesk({
      documents,
      sale: this.sale,
      staff: this.staff,
      journals: this.store,
      newId: () => surroundings.newId(),
      tierOf: (customer) => this.accounts.tierOf(customer),
    });
    this.refunds = new RefundDesk(this.store, this.sale, this.place, {
      customers: this.customers.book,
      dayOf: (at) => businessDay(new Date(at), shop.storeOfTill(store).timeZone),
    });
    this.articles = new ArticleDesk({
      shop,
      sale: this.sale,
      staff: this.staff,
      measureRules: () => shop.measureRules(store),
      today: () => this.#today(),
      newId: () => surroundings.newId(),
    });
    this.parked = new ParkedDesk({
      documents,
      store,
      sale: this.sale,
      staff: this.staff,
      journals: this.store,
      state: () => this.journal.state,
      today: () => this.#today(),
    });
    this.ledgers = new LedgerBook(documents, () => surroundings.now().getTime());
    this.value = new ValueDesk({
      book: this.ledgers,
      sale: this.sale,
      staff: this.staff,
      shop,
      links: this.links,
      surroundings,
      place: this.place,
    });
    this.accounts = new AccountDesk({
      moves: this.ledgers,
      book: this.customers.book,
      sale: this.sale,
      staff: this.staff,
      shop,
      surroundings,
    });
    this.layaways = new LayawayDesk({
      book: this.ledgers,
      value: this.value,
      sale: this.sale,
      staff: this.staff,
      shop,
      journals: this.store,
      surroundings,
      state: () => this.journal.state,
      today: () => this.#today(),
    });
    this.stock = new StockDesk({
      documents,
      store,
      openLines: () => [this.sale.basket, ...this.parked.baskets.map(({ basket }) => basket)],
    });
    this.printing = new PrintDesk(parts.bridge, surroundings, config.printer);
    this.pole = new PoleDesk(parts.bridge, config.display);
    const customerName = (id: string) => this.customers.book.customer(id)?.profile.name;
    this.papers = new Papers(shop, store, customerName, this.training);
    const { journal, sale, staff, papers, printing } = this;
    const append = this.#append;
    this.trainings = new TrainingDesk(append, sale);
    this.mails = new MailDesk(parts.mail, papers, surroundings);
    this.books = new BooksDesk({
      append,
      journal,
      journals: this.store,
      shop,
      staff,
      papers,
      printing,
      surroundings,
      place: this.place,
      today: () => this.#today(),
    });
    this.session = new SessionDesk({
      append,
      journal,
      sale,
      staff,
      papers,
      printing,
      surroundings,
      opening: () => ({ day: this.#today(), currency: this.#rules().currency }),
      closeDue: (day) => this.books.closeDue(day),
    });
    this.receipts = new ReceiptDesk({
      append,
      journal,
      store: this.store,
      papers,
      printing,
      newId: () => surroundings.newId(),
      shortOf: (moves, basket) => this.value.shortOf(moves, basket),
    });
    this.journal.onWritten = (record, saved) => this.#afterWriting(record, saved);
  }

  /** Reads everything stored here, takes up what was left open, and follows the documents. */
  async start(): Promise<() => void> {
    const stops = [this.#documents.watch((event) => this.#hear(event))];
    this.staff.review();
    try {
      stops.push(await this.journal.follow());
      stops.push(await this.store.follow());
      stops.push(await this.parked.follow());
      stops.push(await this.ledgers.follow());
      // What became a record before a crash, and not yet what tills tell each other (rule G7).
      await this.ledgers.book(this.journal.records);
      stops.push(await this.customers.book.follow());
      await this.#takeUpSale();
      stops.push(this.stock.follow());
    } catch (cause) {
      stops.forEach((stop) => stop());
      throw cause;
    }
    this.#printLastSaleAgain();
    return () => stops.forEach((stop) => stop());
  }

  /** What to remind of; looked at again with every {@link refresh}. */
  get reminders(): Reminders {
    void this.#looked;
    const store = this.shop.storeOfTill(this.place.store);
    const now = this.#surroundings.now();
    const time = clockTime(now, 'en-GB', store.timeZone);
    return remindersOf(this.journal.state, store, { day: this.#today(), time });
  }

  /** Whether the register is open for selling. */
  get open(): boolean {
    return isOpen(this.journal.state);
  }

  /** The sale that was just finished; undefined once the next has begun. */
  get finished(): Finished | undefined {
    return this.#finished;
  }

  /** Why the open basket could not be put on the disk; undefined when all is well. */
  get saveFailed(): string | undefined {
    return this.sale.trouble;
  }

  /** Makes the open sale a fact. However often it is called, one basket becomes one receipt. */
  async completeSale(): Promise<Result<RecordOf<'sale'>, TillRefusal>> {
    const { basket, payments } = this.sale;
    const earlier = this.journal.saleOfBasket(basket.id);
    if (earlier) {
      this.sale.startNext();
      return ok(earlier);
    }
    if (this.sale.card) return err({ code: 'card-pending' });
    if (this.sale.frozen) return err({ code: this.journal.unsaved ? 'record-unsaved' : 'busy' });
    const elsewhere = this.store.receiptOfBasket(basket.id);
    if (elsewhere !== undefined) return err({ code: 'sold-elsewhere', receipt: elsewhere });
    this.sale.frozen = true;
    const short = this.value.used ? await this.value.shortfall() : undefined;
    if (short) {
      this.sale.frozen = false;
      return err(short);
    }
    const rules = this.#rules();
    const pointsHeld = this.accounts.heldFor(basket);
    const sale = { basket, payments, rules, pointsHeld };
    const done = await this.#append((state, act) => completeSale(state, sale, act), {
      amount: this.sale.priced.total,
    });
    // What could not be saved stays frozen: the record is made, and the sale must not move away from it.
    if (!done.ok && done.error.code !== 'not-saved') this.sale.frozen = false;
    return done;
  }

  /** Tries the record again that could not be saved anywhere. */
  retry(): Promise<Result<JournalRecord, AppendRefusal>> {
    return this.journal.retry();
  }

  /** Leaves the finished sale; the next one begins. */
  nextSale(): void {
    this.#finished = undefined;
  }

  /** Asks relay and bridge how they are; called every two seconds and when the link turned. */
  async refresh(): Promise<void> {
    this.#looked++;
    await Promise.all([
      this.links.refresh(),
      this.printing.refresh(),
      this.pole.refresh(),
      this.mails.refresh(),
    ]);
    const saved = this.journal.lastSaved;
    // A moment after the start the link is up, if it can be; before that the answer would only be a false alarm.
    const unknown = saved === undefined && ++this.#refreshes > 1;
    if (unknown || saved?.here === 'failed' || (saved && saved.relay !== 'saved'))
      await this.journal.confirmCopies();
  }

  // The journal tells the time: it knows what its last record said (rule R7).
  readonly #append: Append = (make, matter = {}) =>
    this.staff.act((act) => this.journal.append((state, at) => make(state, { ...act, at })), matter);

  /** What follows from a record, and only from the record: so a retry or a restart does the same. */
  #afterWriting(record: JournalRecord, saved: Saved): void {
    if (record.kind === 'sale') this.#finish(record, saved);
    else if (record.kind === 'opened') this.#background(this.#takeUpSale());
    else if (record.kind === 'closed') this.session.finish(record);
    else if (record.kind === 'reprint') this.#background(this.receipts.printCopy(record));
    else if (record.kind === 'period') this.printing.print(this.papers.periodJob(record));
    else if (record.kind === 'cash' || record.kind === 'drawer' || record.kind === 'handover')
      this.printing.openDrawer(this.papers.jobId(record, 'drawer'));
  }

  #finish(record: RecordOf<'sale'>, saved: Saved): void {
    if (this.sale.basket.id === record.body.basket) this.sale.startNext();
    this.#finished = { record, saved };
    this.printing.print(this.papers.saleJob(record));
    this.#background(this.#book(record));
  }

  /** Tells the other tills what a receipt moved, and prints the slips of its accounts. */
  async #book(record: RecordOf<'sale'>): Promise<void> {
    await this.ledgers.book([record]);
    for (const { account, balance } of this.value.balancesAfter(record)) {
      const layaway = account.ledger === 'deposit' ? this.ledgers.layaway(account.id) : undefined;
      const job = this.papers.valueJob(record, account, balance, layaway);
      if (job) this.printing.print(job);
    }
  }

  async #takeUpSale(): Promise<void> {
    const { session } = this.journal.state;
    if (session === 0) return;
    await this.sale.takeUp({ class: 'basket', ...this.place, session });
    // The record was made, and then the power went before the basket was cleared.
    if (this.journal.saleOfBasket(this.sale.basket.id)) this.sale.startNext();
    this.sale.frozen = this.journal.unsaved?.kind === 'sale';
    this.#background(this.cards.takeUp());
  }

  /** The last paper may not have reached the bridge before a crash; its id makes a second offer harmless. */
  #printLastSaleAgain(): void {
    const last = this.open ? this.journal.records.findLast((record) => record.kind === 'sale') : undefined;
    if (!last) return;
    this.printing.print(this.papers.saleJob(last));
    this.#background(this.#book(last));
  }

  #hear(event: DocumentsEvent): void {
    if (event.type === 'link') this.#background(this.refresh());
    else if (event.type === 'changed' && event.key.class === 'staff') this.staff.review();
    else if (event.type === 'changed' && event.remote && this.#isOwnBasket(event.key)) {
      this.#background(this.sale.takeUpIfIdle());
    }
  }

  #isOwnBasket(key: DocumentKey): boolean {
    return (
      key.class === 'basket' &&
      key.store === this.place.store &&
      key.register === this.place.register &&
      key.session === this.journal.state.session
    );
  }

  #background(work: Promise<unknown>): void {
    work.catch((cause: unknown) => globalThis.reportError(cause));
  }

  #rules(): PricingRules {
    return sellingRules(this.shop, this.place.store, this.#surroundings.now());
  }

  #today(): string {
    return businessDay(this.#surroundings.now(), this.shop.storeOfTill(this.place.store).timeZone);
  }
}
