import { parkedEntry, parkedKey, readParkedEntry, type ParkedBasket } from '#model/documents/parked.ts';
import type { EntryChange, EntryFault } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import type { StoreId } from '#model/ids/register-id.ts';
import { parkBasket, resumeBasket, type ParkingRefusal } from '#model/register/parking.ts';
import type { RegisterState } from '#model/register/register-state.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { Basket } from '#model/sale/basket.ts';
import type { Documents, DocumentsEvent } from '../repo/documents.ts';
import type { SaleDesk, SaleRefusal } from './sale-desk.svelte.ts';
import type { StaffDesk } from './staff-desk.svelte.ts';
import type { StoreJournals } from './store-journals.svelte.ts';

/** What parking stands on; `today` is the business day of the store, `2026-11-21`. */
export type ParkedDeskParts = {
  readonly documents: Documents;
  readonly store: StoreId;
  readonly sale: SaleDesk;
  readonly staff: StaffDesk;
  readonly journals: StoreJournals;
  readonly state: () => RegisterState;
  readonly today: () => string;
};

/** Why a basket was not parked or resumed at this till. */
export type ParkedRefusal =
  ParkingRefusal | SaleRefusal | { readonly code: 'nobody-signed-in' | 'not-parked' };

type ParkedKey = Extract<DocumentKey, { class: 'parked' }>;
type Kept = { readonly document: ParkedKey; readonly parked: ParkedBasket };

const DAY_MS = 86_400_000;

/** The baskets on hold in this store: any till parks them, any till resumes them (rules H4 and H5). */
export class ParkedDesk {
  readonly faults = new Map<string, EntryFault>();
  readonly #parts: ParkedDeskParts;
  readonly #kept = new Map<string, Kept>();
  readonly #opened = new Set<number>();
  #version = $state(0);

  constructor(parts: ParkedDeskParts) {
    this.#parts = parts;
  }

  /** Reads what is on hold, and follows it. */
  async follow(): Promise<() => void> {
    const stop = this.#parts.documents.watch((event) => this.#hear(event));
    try {
      await this.lookAgain();
    } catch (cause) {
      stop();
      throw cause;
    }
    return stop;
  }

  /** Opens the documents of today and yesterday where the day has turned since. */
  async lookAgain(): Promise<void> {
    const today = this.#today();
    for (const day of [today, today - 1]) {
      if (this.#opened.has(day)) continue;
      const key = this.#document(day);
      const entries = await this.#parts.documents.open(key);
      this.#opened.add(day);
      this.#take(
        key,
        Object.entries(entries).map(([entry, text]) => ({ key: entry, text })),
      );
    }
  }

  /** The baskets that can be resumed, oldest first: not the open one, and none that was sold. */
  get baskets(): readonly ParkedBasket[] {
    void this.#version;
    const open = this.#parts.sale.basket.id;
    const today = this.#today();
    return [...this.#kept.values()]
      .filter(({ document }) => document.day >= today - 1)
      .map(({ parked }) => parked)
      .filter(
        ({ basket }) => basket.id !== open && this.#parts.journals.receiptOfBasket(basket.id) === undefined,
      )
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.basket.id < b.basket.id ? -1 : 1));
  }

  /** Parks the open basket, and begins an empty one once it is on the disk. */
  async park(name: string): Promise<Result<true, ParkedRefusal>> {
    const { sale, staff, state } = this.#parts;
    if (sale.frozen) return err({ code: 'sale-frozen' });
    if (sale.payments.length > 0) return err({ code: 'payments-taken' });
    const { basket, rules } = sale;
    const parked = await staff.act<ParkedBasket, ParkingRefusal>(async (act) =>
      parkBasket(state(), { basket, name, rules }, act),
    );
    if (!parked.ok) return parked;
    const { key, text } = parkedEntry(parked.value);
    sale.frozen = true;
    try {
      const saved = await this.#parts.documents.writeDurably(
        this.#document(this.#today()),
        { [key]: text },
        0,
      );
      if (saved.here === 'failed' && saved.relay !== 'saved') return err({ code: 'not-parked' });
      sale.startNext();
      return ok(true);
    } finally {
      sale.frozen = false;
    }
  }

  /** Takes a parked basket up; it is taken off the list once it is kept as the open one. */
  async resume(basket: string): Promise<Result<true, ParkedRefusal>> {
    const { sale, staff, state, documents } = this.#parts;
    const kept = this.#kept.get(basket);
    const parked = this.baskets.find((one) => one.basket.id === basket);
    const resumed = await staff.act<Basket, ParkingRefusal>(async (act) =>
      resumeBasket(state(), { parked, open: sale.basket }, act),
    );
    if (!resumed.ok) return resumed;
    const opened = await sale.open(resumed.value);
    if (!opened.ok) return opened;
    if (kept) await documents.write(kept.document, { [parkedKey(basket)]: undefined });
    return ok(true);
  }

  #today(): number {
    return Date.parse(`${this.#parts.today()}T00:00:00Z`) / DAY_MS;
  }

  #document(day: number): ParkedKey {
    return { class: 'parked', store: this.#parts.store, day };
  }

  #hear(event: DocumentsEvent): void {
    if (event.type !== 'changed' || event.key.class !== 'parked' || event.key.store !== this.#parts.store)
      return;
    this.#take(event.key, event.changes);
  }

  #take(document: ParkedKey, changes: readonly EntryChange[]): void {
    for (const { key, text } of changes) {
      this.faults.delete(key);
      const read = text === undefined ? undefined : readParkedEntry(key, text);
      if (read?.ok) this.#kept.set(read.value.basket.id, { document, parked: read.value });
      else this.#kept.delete(key.slice(parkedKey('').length));
      if (read && !read.ok) this.faults.set(key, read.error);
    }
    this.#version++;
  }
}
