import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import type { PricingRules } from '#model/sale/pricing.ts';
import type { DeviceKey } from '../device/device-key.ts';
import type { Documents } from '../repo/documents.ts';
import type { TillConfig } from '../program-config.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Append } from './append.ts';
import { ArticleDesk } from './article-desk.ts';
import { BooksDesk } from './books-desk.svelte.ts';
import type { Bridge } from './bridge.ts';
import { BegunVoids } from './cards/begun-voids.svelte.ts';
import { CardDesk } from './cards/card-desk.svelte.ts';
import { CardVoids } from './cards/card-voids.svelte.ts';
import type { CardProvider } from './cards/card-provider.ts';
import { ClosingsDesk } from './closings-desk.svelte.ts';
import { businessDay } from './business-day.ts';
import { DrawerDesk } from './drawer-desk.svelte.ts';
import { ExceptionDesk } from './exception-desk.svelte.ts';
import { DocumentKeeper } from './document-keeper.ts';
import type { KeptNotes } from './kept-notes.ts';
import { LayawayDesk } from './layaway-desk.svelte.ts';
import { LedgerBook } from './ledger-book.svelte.ts';
import { AccountDesk } from './account-desk.svelte.ts';
import { CustomerDesk } from './customer-desk.svelte.ts';
import { Links, type AskRelay } from './links.svelte.ts';
import { OtherStockDesk } from './other-stock-desk.svelte.ts';
import { Papers } from './papers.ts';
import { MailDesk, type PostMail } from './mail-desk.svelte.ts';
import { ParkedDesk } from './parked-desk.svelte.ts';
import { PoleDesk } from './pole-desk.svelte.ts';
import type { PinCheck } from './pin-gate.svelte.ts';
import { PriceDesk } from './price-desk.ts';
import { PrintDesk } from './print-desk.svelte.ts';
import { ReceiptDesk } from './receipt-desk.ts';
import { RefundDesk } from './refund-desk.svelte.ts';
import { RegisterJournal } from './register-journal.svelte.ts';
import { SaleDesk } from './sale-desk.svelte.ts';
import type { Scale } from './scale.ts';
import { ScaleDesk } from './scale-desk.svelte.ts';
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

/** How long after an answer a scale is asked again while somebody weighs, in milliseconds. */
const SCALE_ASK_MS = 150;

/** What a till is made of; everything that touches the world is passed in. */
export type TillParts = {
  readonly config: TillConfig;
  readonly documents: Documents;
  /** What this terminal signs its records with (rule J8). */
  readonly deviceKey: DeviceKey;
  readonly shop: Shop;
  readonly surroundings: Surroundings;
  /** Settled when the relay has sent what it has of this register; nothing is written before. */
  readonly heard?: Promise<unknown>;
  /** Where what waits for somebody outside is kept. */
  readonly notes: KeptNotes;
  readonly checkPin: PinCheck;
  readonly bridge: Bridge;
  /** The scale beside the till, where it has one. */
  readonly scale?: Scale | undefined;
  readonly askRelay: AskRelay;
  /** Resolves when nobody is at work at the till: what may slow a sale down waits for it, where nobody waits for that. */
  readonly rested?: () => Promise<void>;
  /** Resolves when the person at the till makes a pause: what takes longer than a frame waits for it. */
  readonly paused?: () => Promise<void>;
  /** The terminal that takes cards by itself; without it approval codes are typed. */
  readonly cards?: CardProvider | undefined;
  /** Hands mails to this machine; without it receipts are not mailed. */
  readonly mail?: PostMail | undefined;
  /** Whether nothing done here counts (rule V1). */
  readonly training?: boolean;
};

/**
 * The desks of a till, wired: each is one part of the work, and one method of it is one act of a person. What they do together is
 * the till's.
 */
export abstract class TillDesks {
  readonly place: { readonly store: StoreId; readonly register: RegisterId };
  readonly config: TillParts['config'];
  protected readonly rested: () => Promise<void>;
  protected readonly paused: () => Promise<void>;
  readonly shop: Shop;
  readonly journal: RegisterJournal;
  readonly store: StoreJournals;
  readonly sale: SaleDesk;
  readonly cards: CardDesk;
  readonly cardVoids: CardVoids;
  readonly begunVoids: BegunVoids;
  readonly refunds: RefundDesk;
  readonly prices: PriceDesk;
  readonly customers: CustomerDesk;
  readonly articles: ArticleDesk;
  readonly parked: ParkedDesk;
  readonly stock: StockDesk;
  readonly otherStock: OtherStockDesk;
  readonly drawers: DrawerDesk;
  readonly keeper: DocumentKeeper;
  readonly session: SessionDesk;
  readonly books: BooksDesk;
  readonly closings: ClosingsDesk;
  readonly receipts: ReceiptDesk;
  readonly staff: StaffDesk;
  readonly signIn: SignIn;
  readonly printing: PrintDesk;
  readonly pole: PoleDesk;
  readonly links: Links;
  readonly scale: ScaleDesk;
  readonly papers: Papers;
  readonly ledgers: LedgerBook;
  readonly value: ValueDesk;
  readonly accounts: AccountDesk;
  readonly layaways: LayawayDesk;
  readonly trainings: TrainingDesk;
  readonly mails: MailDesk;
  readonly exceptions: ExceptionDesk;
  /** Whether nothing done here counts (rule V1). */
  readonly training: boolean;
  protected readonly documents: Documents;
  protected readonly surroundings: Surroundings;

  constructor(parts: TillParts) {
    const { config, documents, shop, surroundings, notes } = parts;
    const { store, register, organization } = config;
    this.place = { store, register };
    this.config = config;
    this.shop = shop;
    this.training = parts.training ?? false;
    this.scale = new ScaleDesk({
      scale: parts.scale,
      pause: () => new Promise((resolve) => setTimeout(resolve, SCALE_ASK_MS)),
    });
    this.documents = documents;
    this.surroundings = surroundings;
    const own = { organization, store, register };
    this.journal = new RegisterJournal(documents, own, parts.deviceKey, surroundings, parts.heard);
    this.rested = parts.rested ?? (() => Promise.resolve());
    this.paused = parts.paused ?? (() => Promise.resolve());
    this.links = new Links(parts.askRelay, surroundings);
    this.store = new StoreJournals(documents, store, register, this.links);
    this.sale = new SaleDesk(documents, surroundings, () => ({
      ...this.rules(),
      taxes: shop.taxes,
      list: priceListOf(shop, store),
    }));
    this.cards = new CardDesk({
      provider: parts.cards,
      sale: this.sale,
      surroundings,
      currency: () => this.rules().currency,
      pause: () => new Promise((resolve) => setTimeout(resolve, CARD_ASK_MS)),
    });
    this.cardVoids = new CardVoids({
      provider: parts.cards,
      currency: () => this.rules().currency,
      pause: () => new Promise((resolve) => setTimeout(resolve, CARD_ASK_MS)),
    });
    this.begunVoids = new BegunVoids({
      notes,
      records: () => this.journal.records,
      givenBack: (sale) => this.cardVoids.givenBack(sale),
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
        this.closings.leave();
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
      today: () => this.today(),
      newId: () => surroundings.newId(),
    });
    this.parked = new ParkedDesk({
      documents,
      store,
      sale: this.sale,
      staff: this.staff,
      journals: this.store,
      state: () => this.journal.state,
      today: () => this.today(),
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
      today: () => this.today(),
    });
    this.stock = new StockDesk({
      documents,
      store,
      register,
      journals: this.store,
      openLines: () => [this.sale.basket, ...this.parked.baskets.map(({ basket }) => basket)],
    });
    this.exceptions = new ExceptionDesk({
      documents,
      store,
      journals: this.store,
      ledgers: this.ledgers,
      links: this.links,
      stock: this.stock,
      staff: this.staff,
      newId: () => surroundings.newId(),
      dayOf: (at) => businessDay(new Date(at), shop.storeOfTill(store).timeZone),
      today: () => this.today(),
      paused: this.paused,
    });
    this.otherStock = new OtherStockDesk({
      documents,
      store,
      stores: () => shop.stores,
      now: () => surroundings.now(),
    });
    this.keeper = new DocumentKeeper({
      documents,
      place: this.place,
      journals: this.store,
      stock: this.stock,
      isDoubted: (record) => this.links.isDoubted(store, record),
      keeping: () => ({ today: this.today(), days: shop.settings.keepSessionsDays }),
      isQuiet: () => this.isQuiet(),
    });
    this.printing = new PrintDesk(parts.bridge, surroundings, notes, config.printer);
    this.pole = new PoleDesk(parts.bridge, config.display);
    const customerName = (id: string) => this.customers.book.customer(id)?.profile.name;
    this.papers = new Papers(shop, store, customerName, this.training);
    const { journal, sale, staff, papers, printing } = this;
    const { append } = this;
    this.drawers = new DrawerDesk({ journal, shop, signIn: this.signIn, surroundings, register });
    const { drawers } = this;
    this.trainings = new TrainingDesk(append, sale);
    this.mails = new MailDesk(parts.mail, papers, surroundings, notes);
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
      today: () => this.today(),
    });
    this.closings = new ClosingsDesk({
      books: this.books,
      journal,
      journals: this.store,
      staff,
      papers,
      printing,
      surroundings,
      register,
      today: () => this.today(),
    });
    this.session = new SessionDesk({
      append,
      journal,
      sale,
      staff,
      papers,
      printing,
      drawers,
      surroundings,
      opening: () => ({ day: this.today(), currency: this.rules().currency }),
      closeDue: (day) => this.books.closeDue(day),
    });
    this.receipts = new ReceiptDesk({
      append,
      journal,
      store: this.store,
      papers,
      printing,
      newId: () => surroundings.newId(),
      drawer: () => drawers.current,
      staff,
      cardVoids: this.cardVoids,
      begunVoids: this.begunVoids,
      shortOf: (moves, basket) => this.value.shortOf(moves, basket),
    });
  }

  /** Leaves the finished sale; the next one begins. */
  abstract nextSale(): void;

  /** Whether nobody is in the middle of anything: what nobody waits for may be done now. */
  protected isQuiet(): boolean {
    const { sale, journal } = this;
    return (
      sale.basket.lines.length === 0 && !sale.frozen && !journal.writing && journal.unsaved === undefined
    );
  }

  // The journal tells the time: it knows what its last record said (rule R7).
  protected readonly append: Append = (make, matter = {}) =>
    this.staff.act((act) => this.journal.append((state, at) => make(state, { ...act, at })), matter);

  /** What a basket is priced by now. */
  protected rules(): PricingRules {
    return sellingRules(this.shop, this.place.store, this.surroundings.now());
  }

  /** The store's business day. */
  protected today(): string {
    return businessDay(this.surroundings.now(), this.shop.storeOfTill(this.place.store).timeZone);
  }
}
