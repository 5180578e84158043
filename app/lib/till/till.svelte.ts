import type { DocumentKey } from '#model/ids/document-id.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import type { SessionReport } from '#model/folds/session-report.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import type { Minor } from '#model/money/money.ts';
import type { Act } from '#model/register/actor.ts';
import {
  closeSession,
  completeSale,
  moveCash,
  openDrawer,
  openSession,
  readReport,
  reprintReceipt,
  type CommandRefusal,
} from '#model/register/commands.ts';
import { voidSale } from '#model/register/void-sale.ts';
import { isOpen, type RegisterState } from '#model/register/register-state.ts';
import type { PricingRules } from '#model/sale/pricing.ts';
import { assert, err, ok, type Result } from '#model/result.ts';
import type { DeviceKey } from '../device/device-key.ts';
import type { Documents, DocumentsEvent, Saved } from '../repo/documents.ts';
import type { TillConfig } from '../program-config.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Matter } from './approval-desk.svelte.ts';
import type { Bridge } from './bridge.ts';
import { businessDay, clockTime } from './business-day.ts';
import { Links, type AskRelay } from './links.svelte.ts';
import { Papers } from './papers.ts';
import { ParkedDesk } from './parked-desk.svelte.ts';
import type { PinCheck } from './pin-gate.svelte.ts';
import { PriceDesk } from './price-desk.ts';
import { PrintDesk } from './print-desk.svelte.ts';
import { RefundDesk } from './refund-desk.svelte.ts';
import { RegisterJournal, type AppendRefusal } from './register-journal.svelte.ts';
import { SaleDesk } from './sale-desk.svelte.ts';
import type { Shop } from './shop.svelte.ts';
import type { SignIn } from './sign-in.svelte.ts';
import { StaffDesk } from './staff-desk.svelte.ts';
import { StoreJournals } from './store-journals.svelte.ts';

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
  readonly askRelay: AskRelay;
};

/** A sale that was just finished, for the screen that shows the change. */
export type Finished = { readonly record: RecordOf<'sale'>; readonly saved: Saved };

/** A count of the drawer as a person made it. */
export type DrawerCount = {
  readonly counted: Minor;
  readonly denominations?: Record<string, number>;
  readonly reason?: string;
};

/** Why an act of the till was refused. */
export type TillRefusal =
  | AppendRefusal
  | { readonly code: 'nobody-signed-in' | 'basket-not-empty' }
  | { readonly code: 'sold-elsewhere'; readonly receipt: string };

/** The till: one register, worked by one person at a time. Wires the desks together; each act of a person is one method. */
export class Till {
  readonly place: { readonly store: StoreId; readonly register: RegisterId };
  readonly config: TillParts['config'];
  readonly shop: Shop;
  readonly journal: RegisterJournal;
  readonly store: StoreJournals;
  readonly sale: SaleDesk;
  readonly refunds: RefundDesk;
  readonly prices: PriceDesk;
  readonly parked: ParkedDesk;
  readonly staff: StaffDesk;
  readonly signIn: SignIn;
  readonly printing: PrintDesk;
  readonly links: Links;
  readonly papers: Papers;
  readonly #documents: Documents;
  readonly #surroundings: Surroundings;
  #refreshes = 0;
  #finished = $state.raw<Finished | undefined>();
  #closedReport = $state.raw<RecordOf<'closed'> | undefined>();
  #reportShown = $state(false);

  constructor(parts: TillParts) {
    const { config, documents, shop, surroundings } = parts;
    const { store, register, organization } = config;
    this.place = { store, register };
    this.config = config;
    this.shop = shop;
    this.#documents = documents;
    this.#surroundings = surroundings;
    const own = { organization, store, register };
    this.journal = new RegisterJournal(documents, own, parts.deviceKey, surroundings);
    this.links = new Links(parts.askRelay, surroundings);
    this.store = new StoreJournals(documents, store, register, this.links);
    this.sale = new SaleDesk(documents, surroundings, () => ({ ...this.#rules(), taxes: shop.taxes }));
    this.refunds = new RefundDesk(this.store, this.sale, this.place);
    this.staff = new StaffDesk({
      checkPin: parts.checkPin,
      surroundings,
      shop,
      store,
      isSaving: () => this.journal.writing || this.journal.unsaved !== undefined,
      onSignOut: () => {
        this.leaveShownReport();
        this.nextSale();
      },
    });
    this.signIn = this.staff.signIn;
    this.prices = new PriceDesk(this.sale, this.staff);
    this.parked = new ParkedDesk({
      documents,
      store,
      sale: this.sale,
      staff: this.staff,
      journals: this.store,
      state: () => this.journal.state,
      today: () => businessDay(surroundings.now(), this.#storeDetails().timeZone),
    });
    this.printing = new PrintDesk(parts.bridge, surroundings, config.printer);
    this.papers = new Papers(shop, store);
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
      await this.#takeUpSale();
    } catch (cause) {
      stops.forEach((stop) => stop());
      throw cause;
    }
    this.#printLastSaleAgain();
    return () => stops.forEach((stop) => stop());
  }

  /** Whether the register is open for selling. */
  get open(): boolean {
    return isOpen(this.journal.state);
  }

  /** The sale that was just finished; undefined once the next has begun. */
  get finished(): Finished | undefined {
    return this.#finished;
  }

  /** The session that was just closed, while its Z report is shown. */
  get justClosed(): RecordOf<'closed'> | undefined {
    return this.#closedReport;
  }

  /** The X report while it is shown to somebody who may see it; it follows the session. */
  get shownReport(): SessionReport | undefined {
    return this.#reportShown && this.open ? this.journal.state.report : undefined;
  }

  /** Why the open basket could not be put on the disk; undefined when all is well. */
  get saveFailed(): string | undefined {
    return this.sale.trouble;
  }

  /** Opens the next session with `float` in the drawer, for today in the store's time zone. */
  openSession(float: Minor): Promise<Result<JournalRecord, TillRefusal>> {
    const { currency } = this.#rules();
    const day = businessDay(this.#surroundings.now(), this.#storeDetails().timeZone);
    return this.#append((state, act) => openSession(state, { day, currency, float }, act), { amount: float });
  }

  /** Makes the open sale a fact. However often it is called, one basket becomes one receipt. */
  async completeSale(): Promise<Result<RecordOf<'sale'>, TillRefusal>> {
    const { basket, payments } = this.sale;
    const earlier = this.journal.saleOfBasket(basket.id);
    if (earlier) {
      this.sale.startNext();
      return ok(earlier);
    }
    if (this.sale.frozen) return err({ code: this.journal.unsaved ? 'record-unsaved' : 'busy' });
    const elsewhere = this.store.receiptOfBasket(basket.id);
    if (elsewhere !== undefined) return err({ code: 'sold-elsewhere', receipt: elsewhere });
    this.sale.frozen = true;
    const rules = this.#rules();
    const done = await this.#append((state, act) => completeSale(state, { basket, payments, rules }, act), {
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

  /** Leaves the Z report; the register is closed. */
  leaveReport(): void {
    this.#closedReport = undefined;
  }

  /** Puts cash in or takes it out. */
  moveCash(
    direction: 'in' | 'out',
    amount: Minor,
    reason: string,
  ): Promise<Result<JournalRecord, TillRefusal>> {
    return this.#append((state, act) => moveCash(state, { direction, amount, reason }, act), {
      amount: direction === 'out' ? -amount : amount,
      reason,
    });
  }

  /** Opens the drawer without a sale. */
  openDrawer(reason: string): Promise<Result<JournalRecord, TillRefusal>> {
    return this.#append((state, act) => openDrawer(state, reason, act), { reason });
  }

  /** Prints a receipt once more, counted and marked as a copy. */
  reprint(sale: RecordOf<'sale'>): Promise<Result<JournalRecord, TillRefusal>> {
    const { receipt } = sale.body;
    const copies = this.journal.records.filter(
      (record) => record.kind === 'reprint' && record.body.receipt === receipt,
    );
    return this.#append((state, act) =>
      reprintReceipt(state, { receipt: sale.body.receipt, copy: copies.length + 1 }, act),
    );
  }

  /** Voids a sale of this session: a receipt of its own that takes all of it back (rule H6). */
  async voidSale(sale: RecordOf<'sale'>, reason: string): Promise<Result<RecordOf<'sale'>, TillRefusal>> {
    const later = await this.store.salesSince(sale.at);
    const basket = this.#surroundings.newId();
    return this.#append((state, act) => voidSale(state, { sale, later, reason, basket }, act), {
      amount: -sale.body.total,
      reason,
    });
  }

  /** Closes the session with what was counted; not while a sale is open. */
  async closeSession(count: DrawerCount): Promise<Result<RecordOf<'closed'>, TillRefusal>> {
    if (this.sale.basket.lines.length > 0) return err({ code: 'basket-not-empty' });
    const { counted, reason } = count;
    const amount = counted - (this.journal.state.report?.drawer.expected ?? 0);
    return this.#append((state, act) => closeSession(state, count, act), { amount, reason });
  }

  /** Shows the X report of the session to somebody who may see it. */
  async showReport(): Promise<Result<SessionReport, TillRefusal>> {
    const read = await this.staff.act(async (act) => readReport(this.journal.state, act));
    this.#reportShown = read.ok;
    return read;
  }

  /** Leaves the X report. */
  leaveShownReport(): void {
    this.#reportShown = false;
  }

  /** Prints the X report that is shown, as it is now. */
  printReport(): void {
    const report = this.shownReport;
    const { head } = this.journal.state;
    if (!report) return;
    const at = this.#surroundings.now().toISOString();
    const paper = this.papers.report(report, head.totals, at);
    const id = `${report.store}-${report.register}-${report.session}`;
    this.printing.print({ jobId: `${id}:x:${at.replaceAll(/\D/g, '')}`, kind: 'x-report', paper });
  }

  /** Asks relay and bridge how they are; called every two seconds and when the link turned. */
  async refresh(): Promise<void> {
    await Promise.all([this.links.refresh(), this.printing.refresh()]);
    const saved = this.journal.lastSaved;
    // A moment after the start the link is up, if it can be; before that the answer would only be a false alarm.
    const unknown = saved === undefined && ++this.#refreshes > 1;
    if (unknown || saved?.here === 'failed' || (saved && saved.relay !== 'saved'))
      await this.journal.confirmCopies();
  }

  #append<Kind extends JournalRecord>(
    make: (state: RegisterState, act: Act) => Result<Kind, CommandRefusal>,
    matter: Matter = {},
  ): Promise<Result<Kind, TillRefusal>> {
    // The journal tells the time: it knows what its last record said (rule R7).
    return this.staff.act((act) => this.journal.append((state, at) => make(state, { ...act, at })), matter);
  }

  /** What follows from a record, and only from the record: so a retry or a restart does the same. */
  #afterWriting(record: JournalRecord, saved: Saved): void {
    if (record.kind === 'sale') this.#finish(record, saved);
    else if (record.kind === 'opened') this.#background(this.#takeUpSale());
    else if (record.kind === 'closed') this.#finishSession(record);
    else if (record.kind === 'reprint') this.#background(this.#printCopy(record));
    else if (record.kind !== 'clock') this.printing.openDrawer(this.#jobId(record, 'drawer'));
  }

  #finish(record: RecordOf<'sale'>, saved: Saved): void {
    if (this.sale.basket.id === record.body.basket) this.sale.startNext();
    this.#finished = { record, saved };
    this.printing.print(this.papers.saleJob(record));
  }

  #finishSession(record: RecordOf<'closed'>): void {
    this.#closedReport = record;
    const { report, head } = this.journal.state;
    if (!report) return;
    const paper = this.papers.report(report, head.totals, record.at);
    this.printing.print({ jobId: this.#jobId(record, 'z'), kind: 'z-report', paper });
  }

  async #printCopy({ body }: RecordOf<'reprint'>): Promise<void> {
    const sale = await this.store.findReceipt(body.receipt);
    if (sale) this.printing.print(this.papers.copyJob(sale, body.copy));
  }

  #jobId(record: JournalRecord, kind: string): string {
    return `${record.store}-${record.register}-${record.seq}:${kind}:1`;
  }

  async #takeUpSale(): Promise<void> {
    const { session } = this.journal.state;
    if (session === 0) return;
    await this.sale.takeUp({ class: 'basket', ...this.place, session });
    // The record was made, and then the power went before the basket was cleared.
    if (this.journal.saleOfBasket(this.sale.basket.id)) this.sale.startNext();
    this.sale.frozen = this.journal.unsaved?.kind === 'sale';
  }

  /** The last paper may not have reached the bridge before a crash; its id makes a second offer harmless. */
  #printLastSaleAgain(): void {
    const last = this.open ? this.journal.records.findLast((record) => record.kind === 'sale') : undefined;
    if (last) this.printing.print(this.papers.saleJob(last));
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
    const { organization } = this.shop;
    assert(organization, () => 'a till starts when its organization is known');
    const { currency, taxRounding, cashRounding } = organization;
    const now = this.#surroundings.now();
    const { timeZone } = this.#storeDetails();
    return {
      currency,
      taxRounding,
      ...(cashRounding ? { cashRounding } : {}),
      specials: this.shop.specials,
      occasion: {
        store: this.place.store,
        day: businessDay(now, timeZone),
        time: clockTime(now, 'en-GB', timeZone),
      },
    };
  }

  #storeDetails(): { readonly timeZone: string } {
    const store = this.shop.store(this.place.store);
    assert(store, () => `the organization has no store ${this.place.store}`);
    return store;
  }
}
