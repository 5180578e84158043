import type { DocumentKey } from '#model/ids/document-id.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { completeSale } from '#model/register/commands.ts';
import { remindersOf, type Reminders } from '#model/register/reminders.ts';
import { isOpen } from '#model/register/register-state.ts';
import type { RedeemRefusal } from '#model/ledger/redeem.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { DocumentsEvent, Saved } from '../repo/documents.ts';
import { clockTime } from './business-day.ts';
import { type AppendRefusal } from './register-journal.svelte.ts';
import { TillDesks, type TillParts } from './till-desks.ts';

/** A sale that was just finished, for the screen that shows the change. */
export type Finished = { readonly record: RecordOf<'sale'>; readonly saved: Saved };

/** Why an act of the till was refused. */
export type TillRefusal =
  | AppendRefusal
  | { readonly code: 'nobody-signed-in' | 'basket-not-empty' | 'card-pending' }
  | RedeemRefusal
  | { readonly code: 'sold-elsewhere'; readonly receipt: string };

/** The till: one register, worked by one person at a time. Says what the desks do together and what follows from a record. */
export class Till extends TillDesks {
  #refreshes = 0;
  #looked = $state(0);
  #finished = $state.raw<Finished | undefined>();
  #read: Promise<void> = Promise.resolve();
  #handedOver: Promise<unknown> = Promise.resolve();
  readonly #terminal: string;

  constructor(parts: TillParts) {
    super(parts);
    this.#terminal = parts.deviceKey.id;
    this.journal.onWritten = (record, saved) => this.#afterWriting(record, saved);
  }

  /** Reads everything stored here, takes up what was left open, and follows the documents. */
  async start(): Promise<() => void> {
    const stops = [this.documents.watch((event) => this.#hear(event))];
    this.staff.review();
    stops.push(this.ledgers.follow(), this.customers.book.follow());
    const following = [
      ...[this.journal, this.store, this.parked, this.exceptions].map(async (one) => {
        stops.push(await one.follow());
      }),
      ...[this.printing, this.mails, this.begunVoids].map((one) => one.start()),
    ];
    const failed = (await Promise.allSettled(following)).find(({ status }) => status === 'rejected');
    try {
      if (failed?.status === 'rejected') throw failed.reason;
      await this.#takeUpSale();
    } catch (cause) {
      stops.forEach((stop) => stop());
      throw cause;
    }
    stops.push(this.stock.follow());
    this.#background(this.#offerPapersAgain());
    this.#read = this.#readBeside();
    return () => stops.forEach((stop) => stop());
  }

  /** Resolves when everything a till reads beside the selling is read as well. */
  async settled(): Promise<void> {
    await this.#read;
    await this.stock.counted();
  }

  /** What selling does not wait for, though a person may: customers, and what cards and layaways hold. */
  async #readBeside(): Promise<void> {
    try {
      await this.rested();
      // What became a record before a crash, and not yet what tills tell each other (rule G7).
      await this.ledgers.book(this.journal.records);
      await this.ledgers.readAll(this.rested);
      await this.customers.book.readAll(this.rested);
      await this.exceptions.readAll(this.rested);
    } catch (cause) {
      globalThis.reportError(cause);
    }
  }

  /** What to remind of; looked at again with every {@link refresh}. */
  get reminders(): Reminders {
    void this.#looked;
    const store = this.shop.storeOfTill(this.place.store);
    const now = this.surroundings.now();
    const time = clockTime(now, 'en-GB', store.timeZone);
    return remindersOf(this.journal.state, store, { day: this.today(), time });
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
    const rules = this.rules();
    const pointsHeld = this.accounts.heldFor(basket);
    const sale = { basket, payments, rules, pointsHeld, drawer: this.drawers.current };
    const done = await this.append((state, act) => completeSale(state, sale, act), {
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

  override nextSale(): void {
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
      this.begunVoids.look(),
    ]);
    const saved = this.journal.lastSaved;
    // A moment after the start the link is up, if it can be; before that the answer would only be a false alarm.
    const unknown = saved === undefined && ++this.#refreshes > 1;
    if (unknown || saved?.here === 'failed' || (saved && saved.relay !== 'saved'))
      await this.journal.confirmCopies();
    // Last: a session that cannot be read now must not keep a sale from its second copy.
    await this.paused();
    await this.exceptions.look();
  }

  /** What follows from a record, and only from the record: so a retry or a restart does the same. */
  #afterWriting(record: JournalRecord, saved: Saved): void {
    if (record.kind === 'sale') this.#finish(record, saved);
    else if (record.kind === 'opened') this.#background(this.#takeUpSale());
    else if (record.kind === 'closed') this.session.finish(record);
    // Just now, whatever the record's time says: a clock that was set back is held at the record before.
    this.#background(this.#handOver(record));
  }

  #finish(record: RecordOf<'sale'>, saved: Saved): void {
    if (this.sale.basket.id === record.body.basket) this.sale.startNext();
    this.#finished = { record, saved };
  }

  /** Hands over what a record prints and opens, then notes that this is done: a start of the till does it for the records behind. */
  #handOver(record: JournalRecord, since?: string): Promise<void> {
    const work = this.#papersOf(record, since);
    this.#handedOver = Promise.allSettled([this.#handedOver, work]).then(() =>
      this.printing.followed(this.#terminal, record.seq),
    );
    return work;
  }

  async #papersOf(record: JournalRecord, since: string | undefined): Promise<void> {
    if (record.kind === 'sale') {
      this.printing.print({ ...this.papers.saleJob(record), ...(since === undefined ? {} : { since }) });
      await this.#book(record);
    } else if (record.kind === 'closed') this.session.printClosing(record);
    else if (record.kind === 'reprint') await this.receipts.printCopy(record);
    else if (record.kind === 'period') this.printing.print(this.papers.periodJob(record));
    else if (record.kind === 'cash' || record.kind === 'drawer' || record.kind === 'handover')
      this.printing.openDrawer(this.papers.jobId(record, 'drawer'), record.body.drawer, since);
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
    const { customer } = this.sale.basket;
    if (customer !== undefined) await this.customers.book.read(customer);
    // The record was made, and then the power went before the basket was cleared.
    if (this.journal.saleOfBasket(this.sale.basket.id)) this.sale.startNext();
    this.sale.frozen = this.journal.unsaved?.kind === 'sale';
    this.#background(this.cards.takeUp());
  }

  /**
   * Papers of the last records may not have reached bridge or disk before a crash; their ids make a second offer harmless. A
   * terminal that never printed here owes nothing: what came before it was another one's.
   */
  async #offerPapersAgain(): Promise<void> {
    await this.journal.heard();
    const { records } = this.journal;
    const { seq } = this.journal.state.head;
    const followed = await this.printing.followedTo(this.#terminal);
    if (followed === undefined) {
      this.printing.followed(this.#terminal, seq, 'on-disk');
      return this.printing.sendWaiting();
    }
    const last = this.open ? records.findLast((record) => record.kind === 'sale') : undefined;
    const isOwed = (record: JournalRecord) => followed !== 'unreadable' && record.seq > followed;
    // The last sale also where nothing is owed: the screen shows what became of its paper.
    const owed = records.filter((record) => record === last || isOwed(record));
    for (const record of owed) {
      await this.#readCustomer(record);
      const work = this.#handOver(record, record.at);
      this.#background(work);
      await Promise.allSettled([work]);
    }
    await this.printing.sendWaiting();
  }

  /** A receipt names its customer. */
  async #readCustomer(record: JournalRecord): Promise<void> {
    const customer = record.kind === 'sale' ? record.body.customer : undefined;
    if (customer !== undefined) await this.customers.book.read(customer);
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
}
