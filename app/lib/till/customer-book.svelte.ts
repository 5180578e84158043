import { customerOf, readCustomerEntry, type CustomerGroups } from '#model/customers/customer-entries.ts';
import { CUSTOMER_SHARDS, customerShard, type Customer } from '#model/customers/customer.ts';
import type { EntryChange, EntryFault } from '#model/documents/entries.ts';
import type { Documents, DocumentsEvent } from '../repo/documents.ts';
import { customerWords, isMeant, type CustomerWords } from './customer-words.ts';

/** As many customers as a list can show. */
const MAX_FOUND = 50;

const NAMES = new Intl.Collator('en', { numeric: true });

/** The customers of the organization as this till knows them (rules U1, U2 and U6), folded from the customers documents. */
export class CustomerBook {
  readonly faults = new Map<string, EntryFault>();
  readonly #documents: Documents;
  readonly #groups = new Map<string, CustomerGroups>();
  readonly #words = new Map<string, CustomerWords>();
  readonly #cards = new Map<string, Set<string>>();
  readonly #shards = new Map<number, Promise<void>>();
  /** The entries that were read, told by an event or by opening their document, whichever came first. */
  readonly #heard = new Set<string>();
  #version = $state(0);
  #isWhole = $state(false);

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** Follows the customers documents from now on; {@link readAll} reads what they hold. */
  follow(): () => void {
    return this.#documents.watch((event) => this.#hear(event));
  }

  /** Whether every customer of the organization that is stored here is known. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /**
   * Reads every customers document, one after another, each once `rested` resolves: at once where somebody waits for them. Rejects when
   * one cannot be read.
   */
  async readAll(rested: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    for (let shard = 0; shard < CUSTOMER_SHARDS; shard++) {
      await rested();
      await this.#read(shard);
    }
    this.#isWhole = true;
  }

  /** Reads the document a customer is in. */
  async read(id: string): Promise<void> {
    await this.#read(customerShard(id));
  }

  /** A customer by id. */
  customer(id: string): Customer | undefined {
    void this.#version;
    return customerOf(id, this.#groups.get(id) ?? {});
  }

  /** Where a customer's mail goes; nothing where nobody is meant or no address is known. */
  emailOf(id: string | undefined): string {
    return (id === undefined ? undefined : this.customer(id)?.profile.email) ?? '';
  }

  /** Every customer with a name. */
  get customers(): readonly Customer[] {
    void this.#version;
    return [...this.#groups].flatMap(([id, groups]) => customerOf(id, groups) ?? []);
  }

  /** The customer whose card has this number; where two have it, the one with the smaller id (rule U6). */
  withCard(number: string): Customer | undefined {
    const [first] = [...(this.#cards.get(number.trim()) ?? [])].toSorted();
    return first === undefined ? undefined : this.customer(first);
  }

  /** Customers who are meant by what was typed, by name, at most 50; the active ones first. Nobody where nothing was typed. */
  search(query: string): readonly Customer[] {
    void this.#version;
    if (query.trim() === '') return [];
    const found: Customer[] = [];
    for (const [id, words] of this.#words) {
      const customer = isMeant(words, query) ? this.customer(id) : undefined;
      if (customer) found.push(customer);
    }
    return found
      .sort(
        (a, b) =>
          Number(b.terms.active) - Number(a.terms.active) ||
          NAMES.compare(a.profile.name, b.profile.name) ||
          (a.id < b.id ? -1 : 1),
      )
      .slice(0, MAX_FOUND);
  }

  #read(shard: number): Promise<void> {
    const known = this.#shards.get(shard);
    if (known) return known;
    const reading = this.#open(shard);
    this.#shards.set(shard, reading);
    // A document that could not be read may be read later.
    reading.catch(() => this.#shards.delete(shard));
    return reading;
  }

  async #open(shard: number): Promise<void> {
    const entries = await this.#documents.open({ class: 'customers', shard });
    const unheard = Object.entries(entries).filter(([key]) => !this.#heard.has(key));
    this.#take(unheard.map(([key, text]) => ({ key, text })));
  }

  #hear(event: DocumentsEvent): void {
    if (event.type !== 'changed' || event.key.class !== 'customers') return;
    for (const { key } of event.changes) this.#heard.add(key);
    this.#take(event.changes);
  }

  #take(changes: readonly EntryChange[]): void {
    for (const { key, text } of changes) {
      this.faults.delete(key);
      const [, id = '', group] = key.split(':');
      if (text === undefined) {
        if (group === 'profile' || group === 'terms') this.#put(id, { [group]: undefined });
        continue;
      }
      const read = readCustomerEntry(key, text);
      if (!read.ok) this.faults.set(key, read.error);
      else if (read.value.kind !== 'audit') this.#put(read.value.id, { [read.value.kind]: read.value.value });
    }
    this.#version++;
  }

  #put(
    id: string,
    change: { readonly [Group in keyof CustomerGroups]?: CustomerGroups[Group] | undefined },
  ): void {
    const before = this.#groups.get(id) ?? {};
    for (const card of before.profile?.cards ?? []) this.#cards.get(card)?.delete(id);
    const { profile, terms } = { ...before, ...change };
    const groups = { ...(profile ? { profile } : {}), ...(terms ? { terms } : {}) };
    this.#groups.set(id, groups);
    for (const card of profile?.cards ?? [])
      this.#cards.set(card, (this.#cards.get(card) ?? new Set()).add(id));
    const customer = customerOf(id, groups);
    if (customer) this.#words.set(id, customerWords(customer));
    else this.#words.delete(id);
  }
}
