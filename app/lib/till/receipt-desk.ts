import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { reprintReceipt } from '#model/register/commands.ts';
import { voidSale } from '#model/register/void-sale.ts';
import { ledgerMoves } from '#model/ledger/ledger.ts';
import { err, type Result } from '#model/result.ts';
import type { Append } from './append.ts';
import type { BegunVoids } from './cards/begun-voids.svelte.ts';
import type { CardVoidRefusal, CardVoids } from './cards/card-voids.svelte.ts';
import type { Papers } from './papers.ts';
import type { PrintDesk } from './print-desk.svelte.ts';
import type { RegisterJournal } from './register-journal.svelte.ts';
import type { StaffDesk } from './staff-desk.svelte.ts';
import type { SeenSales, StoreJournals } from './store-journals.svelte.ts';
import type { TillRefusal } from './till.svelte.ts';
import type { ValueDesk } from './value-desk.svelte.ts';

/** What the desk works with. */
export type ReceiptParts = {
  readonly append: Append;
  readonly staff: StaffDesk;
  readonly cardVoids: CardVoids;
  readonly begunVoids: BegunVoids;
  readonly journal: RegisterJournal;
  readonly store: StoreJournals;
  readonly papers: Papers;
  readonly printing: PrintDesk;
  readonly newId: () => string;
  /** The drawer of whoever is signed in, out of which a void pays (rule R14). */
  readonly drawer: () => number;
  /** Why accounts cannot give back what these moves take out of them. */
  readonly shortOf: ValueDesk['shortOf'];
};

/** Receipts that were made: printing them once more and voiding them. */
export class ReceiptDesk {
  readonly #parts: ReceiptParts;

  constructor(parts: ReceiptParts) {
    this.#parts = parts;
  }

  /** Whether a receipt waits for somebody to ask for its paper: its first print, not a copy. */
  isHeld(sale: RecordOf<'sale'>): boolean {
    const { papers, printing } = this.#parts;
    return printing.paper(papers.saleJobId(sale))?.state === 'held';
  }

  /** Prints a receipt that was held back, for the first time. Its drawer was open before. */
  printHeld(sale: RecordOf<'sale'>): void {
    const { papers, printing } = this.#parts;
    printing.print({ ...papers.saleJob(sale), held: false, openDrawer: false });
  }

  /** Whether a receipt is one of the open session of this register: older ones are not voided any more. */
  isOfSession({ register, session }: RecordOf<'sale'>): boolean {
    const { state } = this.#parts.journal;
    return register === state.head.register && session === state.session;
  }

  /** Prints a receipt once more, counted and marked as a copy: a number that was printed before would not print again (rule P2). */
  async reprint(sale: RecordOf<'sale'>): Promise<Result<JournalRecord, TillRefusal>> {
    const { append, journal } = this.#parts;
    const { receipt } = sale.body;
    const older = this.isOfSession(sale) ? 0 : await this.#parts.store.lastCopy(receipt, sale.at);
    const copies = journal.records.map((record) => copyOf(record, receipt));
    const copy = Math.max(older, ...copies) + 1;
    return append((state, act) => reprintReceipt(state, { receipt, copy }, act));
  }

  /**
   * Receipts of older sessions, newest first, among the latest `sessions` sessions of the store; `fits` says which.
   */
  older(fits: (sale: RecordOf<'sale'>) => boolean, sessions: number): Promise<SeenSales> {
    return this.#parts.store.salesWhere((sale) => !this.isOfSession(sale) && fits(sale), sessions);
  }

  /** Prints a receipt without prices, to give away (rule P9). It tells no amount, so it is no copy and not counted. */
  printGift(sale: RecordOf<'sale'>): void {
    const { papers, printing, newId } = this.#parts;
    printing.print(papers.giftJob(sale, newId()));
  }

  /** Voids a sale of this session: a receipt of its own that takes all of it back (rule H6). */
  async voidSale(
    sale: RecordOf<'sale'>,
    reason: string,
  ): Promise<Result<RecordOf<'sale'>, TillRefusal | CardVoidRefusal>> {
    const { journal, store, newId, shortOf } = this.#parts;
    const later = await store.salesSince(sale.at);
    const basket = newId();
    // What was put onto a card may be spent by now: a void would take it out once more.
    const back = ledgerMoves(sale.body).map((move) => ({ ...move, amount: -move.amount }));
    const short = await shortOf(back, basket);
    if (short) return err(short);
    const wish = { sale, later, reason, basket, drawer: this.#parts.drawer() };
    const matter = { amount: -sale.body.total, reason };
    return this.#parts.staff.act<RecordOf<'sale'>, TillRefusal | CardVoidRefusal>(async (act) => {
      // A void that is not permitted gives nothing back.
      const permitted = voidSale(journal.state, wish, act);
      if (!permitted.ok) return permitted;
      const { cardVoids, begunVoids } = this.#parts;
      const asked = cardVoids.askedFor(sale);
      if (asked > 0 && !(await begunVoids.begin(sale, asked))) return err({ code: 'card-not-kept' });
      const cards = await cardVoids.giveBack(sale);
      if (!cards.ok) {
        if (asked > 0) await begunVoids.stopped(sale);
        return cards;
      }
      const done = await journal.append((state, at) =>
        voidSale(state, { ...wish, cards: cards.value }, { ...act, at }),
      );
      if (done.ok) begunVoids.end(sale.body.receipt);
      else if (asked > 0) await begunVoids.stopped(sale);
      return done;
    }, matter);
  }

  /** What follows from a reprint record: the copy is printed. */
  async printCopy({ body }: RecordOf<'reprint'>): Promise<void> {
    const { store, papers, printing } = this.#parts;
    const found = await store.findReceipt(body.receipt);
    const sale = found.ok ? found.value : undefined;
    if (sale) printing.print(papers.copyJob(sale, body.copy));
  }
}

/** The number of the copy of a receipt that a record is; 0 where it is none. */
function copyOf(record: JournalRecord, receipt: string): number {
  return record.kind === 'reprint' && record.body.receipt === receipt ? record.body.copy : 0;
}
