import { attachCustomer, detachCustomer, type AttachRefusal } from '#model/customers/attach-customer.ts';
import {
  writeProfile,
  writeTerms,
  type CustomerChange,
  type CustomerRefusal,
  type ProfileWish,
} from '#model/customers/customer-commands.ts';
import { customerShard, type Customer, type CustomerTerms } from '#model/customers/customer.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { Documents } from '../repo/documents.ts';
import { auditIdOf } from './audit-id.ts';
import { CustomerBook } from './customer-book.svelte.ts';
import type { SaleDesk, SaleRefusal } from './sale-desk.svelte.ts';
import type { StaffDesk } from './staff-desk.svelte.ts';
import type { SeenSales, StoreJournals } from './store-journals.svelte.ts';

/** What the customer desk stands on; `newId` draws an id no other device draws. */
export type CustomerDeskParts = {
  readonly documents: Documents;
  readonly sale: SaleDesk;
  readonly staff: StaffDesk;
  readonly journals: StoreJournals;
  readonly newId: () => string;
  /** The tier that comes with a customer's points (rule U11). */
  readonly tierOf: (customer: string) => string | undefined;
};

/** Why a customer was not written or attached at this till. */
export type CustomerDeskRefusal =
  | CustomerRefusal
  | AttachRefusal
  | SaleRefusal
  | { readonly code: 'nobody-signed-in' | 'customer-not-saved' };

/** The customers at this till: whom the open sale is for, and who they are and on what terms (rules U1 to U6). */
export class CustomerDesk {
  readonly book: CustomerBook;
  readonly #parts: CustomerDeskParts;

  constructor(parts: CustomerDeskParts) {
    this.#parts = parts;
    this.book = new CustomerBook(parts.documents);
  }

  /** The customer of the open sale; undefined without one, or where this till does not know who it is. */
  get attached(): Customer | undefined {
    const { customer } = this.#parts.sale.basket;
    return customer === undefined ? undefined : this.book.customer(customer);
  }

  /** Sells the open basket to a customer (rule U4). */
  attach(id: string): Result<true, CustomerDeskRefusal> {
    const customer = this.book.customer(id);
    if (!customer) return err({ code: 'unknown-customer' });
    return this.#parts.sale.changeBasket<AttachRefusal>((basket, { list }) =>
      attachCustomer(basket, customer, list, this.#parts.tierOf(id)),
    );
  }

  /** Sells the open basket to nobody in particular again (rule U4). */
  detach(): Result<true, CustomerDeskRefusal> {
    return this.#parts.sale.changeBasket<AttachRefusal>((basket, { list }) => detachCustomer(basket, list));
  }

  /** Writes who a customer is; without an id a new one. Gives the id. */
  async saveProfile(id: string | undefined, wish: ProfileWish): Promise<Result<string, CustomerDeskRefusal>> {
    const own = id ?? this.#parts.newId();
    // Whether somebody else has the card is known when everybody is.
    if (!(await isRead(this.book.readAll()))) return err({ code: 'customer-not-saved' });
    const made = await this.#parts.staff.act<CustomerChange, CustomerRefusal>(async (act) =>
      writeProfile(own, wish, this.book.customers, act),
    );
    if (!made.ok) return made;
    const saved = await this.#write(own, made.value);
    return saved.ok ? ok(own) : saved;
  }

  /** Changes on what terms a customer buys; the open sale to them is priced anew by these. */
  async saveTerms(id: string, terms: CustomerTerms): Promise<Result<true, CustomerDeskRefusal>> {
    const auditId = auditIdOf(this.#parts.newId());
    if (!(await isRead(this.book.read(id)))) return err({ code: 'customer-not-saved' });
    const made = await this.#parts.staff.act<CustomerChange, CustomerRefusal>(async (act) =>
      writeTerms(this.book.customer(id), terms, auditId, act),
    );
    if (!made.ok) return made;
    const saved = await this.#write(id, made.value);
    if (!saved.ok || this.#parts.sale.basket.customer !== id) return saved;
    return terms.active ? this.attach(id) : this.detach();
  }

  /** What a customer bought in this store, as far back as this till looked. */
  bought(id: string, sessions: number): Promise<SeenSales> {
    return this.#parts.journals.salesWhere(({ body }) => body.customer === id, sessions);
  }

  async #write(id: string, change: CustomerChange): Promise<Result<true, CustomerDeskRefusal>> {
    try {
      await this.#parts.documents.write({ class: 'customers', shard: customerShard(id) }, change);
      return ok(true);
    } catch {
      // The disk refused it or the relay left it out; either way the person is told, and the till's own notices say why.
      return err({ code: 'customer-not-saved' });
    }
  }
}

/** Whether what has to be known before a customer is written could be read; why not is for the log, the person is told to try again. */
async function isRead(reading: Promise<void>): Promise<boolean> {
  try {
    await reading;
    return true;
  } catch (cause) {
    globalThis.reportError(cause);
    return false;
  }
}
