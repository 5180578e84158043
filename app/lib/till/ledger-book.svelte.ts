import {
  LEDGER_SHARDS,
  holdEntry,
  holdKey,
  ledgerShard,
  moveEntry,
  readLedgerEntry,
  type Hold,
} from '#model/documents/ledger.ts';
import type { Entries, EntryChange, EntryFault } from '#model/documents/entries.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import type { AccountRef } from '#model/ledger/account.ts';
import { heldByOthers } from '#model/ledger/holds.ts';
import { layawayEntry, layawayKey, readLayaway, type Layaway } from '#model/ledger/layaway.ts';
import { balanceOf, bookedMoves, type BookedMove } from '#model/ledger/ledger.ts';
import type { Minor } from '#model/money/money.ts';
import type { Documents, DocumentsEvent } from '../repo/documents.ts';

type LedgerKey = Extract<DocumentKey, { class: 'ledger' }>;

const isLayaway = (key: string) => key.startsWith(layawayKey(''));

/**
 * The ledgers of value as far as they reached this till (rule G7): moves, holds and layaways of all registers. The journals are the truth;
 * what this register's own journal says and the ledgers lack is written again.
 */
export class LedgerBook {
  readonly faults = new Map<string, EntryFault>();
  readonly #documents: Documents;
  readonly #now: () => number;
  readonly #moves = new Map<string, BookedMove>();
  readonly #holds = new Map<string, Hold>();
  readonly #layaways = new Map<string, Layaway>();
  readonly #opened = new Map<number, Promise<void>>();
  #version = $state(0);

  constructor(documents: Documents, now: () => number) {
    this.#documents = documents;
    this.#now = now;
  }

  /** Follows the ledgers from now on; {@link readAll} reads what they hold. */
  follow(): () => void {
    return this.#documents.watch((event) => this.#hear(event));
  }

  /** Reads the ledgers that are here, each once `rested` resolves: selling waits for none of them. Rejects when one cannot be read. */
  async readAll(rested: () => Promise<void>): Promise<void> {
    for (const key of await this.#documents.known()) {
      if (key.class !== 'ledger') continue;
      await rested();
      await this.#open(key.shard);
    }
  }

  /** The moves of an account, oldest first, once its document is read. */
  async movesOf({ ledger, id }: AccountRef): Promise<readonly BookedMove[]> {
    await this.#open(ledgerShard(id));
    return this.#known({ ledger, id });
  }

  /** The moves of an account that reached this till so far, oldest first. */
  movesNow(account: AccountRef): readonly BookedMove[] {
    void this.#version;
    return this.#known(account);
  }

  /** What an account holds by the moves that reached this till, in minor units. */
  balance(account: AccountRef): Minor {
    void this.#version;
    return balanceOf(this.#known(account), account);
  }

  /** What baskets other than `basket` hold of an account now (rule G8); with `before` only what came before that hold. */
  held({ id, ledger }: AccountRef, basket: string, before?: Hold): Minor {
    void this.#version;
    return heldByOthers(this.#holds.values(), { id, ledger }, { basket, now: this.#now(), before });
  }

  /** The hold of an account by a basket. */
  holdOf(account: string, basket: string): Hold | undefined {
    void this.#version;
    return this.#holds.get(holdKey({ account, basket }));
  }

  /** Every layaway that reached this till, by due day. */
  get layaways(): readonly Layaway[] {
    void this.#version;
    return [...this.#layaways.values()].sort((a, b) =>
      a.due === b.due ? (a.number < b.number ? -1 : 1) : a.due < b.due ? -1 : 1,
    );
  }

  /** The layaway with a number. */
  layaway(number: string): Layaway | undefined {
    void this.#version;
    return this.#layaways.get(number);
  }

  /** The moves of a layaway's deposit. */
  depositsOf(number: string): readonly BookedMove[] {
    void this.#version;
    return this.#known({ ledger: 'deposit', id: number });
  }

  /** Counts the changes of what is here. */
  get version(): number {
    return this.#version;
  }

  /** Every move that reached this till. */
  get moves(): readonly BookedMove[] {
    void this.#version;
    return [...this.#moves.values()];
  }

  /** Holds a part of an account for a basket; resolves when it is on the disk. */
  hold(hold: Hold): Promise<void> {
    const { key, text } = holdEntry(hold);
    return this.#write(hold.account, { [key]: text });
  }

  /** Lets go of an account that a basket held. */
  async release(account: string, basket: string): Promise<void> {
    if (this.holdOf(account, basket))
      await this.#write(account, { [holdKey({ account, basket })]: undefined });
  }

  /** Keeps a layaway durably; it must be there before its first deposit is a record. */
  keepLayaway(layaway: Layaway): Promise<void> {
    const { key, text } = layawayEntry(layaway);
    return this.#write(layaway.number, { [key]: text });
  }

  /** Takes a layaway out on which nothing was ever paid. */
  dropLayaway(number: string): Promise<void> {
    return this.#write(number, { [layawayKey(number)]: undefined });
  }

  /** Writes what sales among these records moved and the ledgers lack, and lets go of what their baskets held (rules G7 and G8). */
  async book(records: readonly JournalRecord[]): Promise<void> {
    for (const record of records) if (record.kind === 'sale') await this.#bookSale(record);
  }

  async #bookSale({ body, at }: RecordOf<'sale'>): Promise<void> {
    for (const move of bookedMoves(body, at)) {
      await this.#open(ledgerShard(move.account));
      const { key, text } = moveEntry(move);
      const held = holdKey({ account: move.account, basket: body.basket });
      const gone = this.#holds.has(held) ? { [held]: undefined } : {};
      const isMissing = !this.#moves.has(key);
      if (isMissing || this.#holds.has(held))
        await this.#write(move.account, { ...(isMissing ? { [key]: text } : {}), ...gone });
    }
  }

  #known({ ledger, id }: AccountRef): readonly BookedMove[] {
    return [...this.#moves.values()]
      .filter((move) => move.ledger === ledger && move.account === id)
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.receipt < b.receipt ? -1 : 1));
  }

  async #write(account: string, changes: Record<string, string | undefined>): Promise<void> {
    const shard = ledgerShard(account);
    await this.#open(shard);
    await this.#documents.write({ class: 'ledger', shard }, changes);
  }

  #open(shard: number): Promise<void> {
    const known = this.#opened.get(shard);
    if (known) return known;
    const key: LedgerKey = { class: 'ledger', shard: shard % LEDGER_SHARDS };
    const opening = this.#documents.open(key).then((entries) => this.#take(changesOf(entries)));
    this.#opened.set(shard, opening);
    // A document that could not be read may be read later.
    opening.catch(() => this.#opened.delete(shard));
    return opening;
  }

  #hear(event: DocumentsEvent): void {
    if (event.type !== 'changed' || event.key.class !== 'ledger') return;
    this.#take(event.changes);
  }

  #take(changes: readonly EntryChange[]): void {
    for (const { key, text } of changes) {
      this.faults.delete(key);
      if (text === undefined) this.#forget(key);
      else if (isLayaway(key)) this.#takeLayaway(key, text);
      else this.#takeEntry(key, text);
    }
    this.#version++;
  }

  #forget(key: string): void {
    this.#moves.delete(key);
    this.#holds.delete(key);
    if (isLayaway(key)) this.#layaways.delete(key.slice(layawayKey('').length));
  }

  #takeLayaway(key: string, text: string): void {
    const read = readLayaway(key, text);
    if (read.ok) this.#layaways.set(read.value.number, read.value);
    else this.faults.set(key, read.error);
  }

  #takeEntry(key: string, text: string): void {
    const read = readLedgerEntry(key, text);
    if (!read.ok) this.faults.set(key, read.error);
    else if (read.value.kind === 'move') this.#moves.set(key, read.value.value);
    else this.#holds.set(key, read.value.value);
  }
}

function changesOf(entries: Entries): EntryChange[] {
  return Object.entries(entries).map(([key, text]) => ({ key, text }));
}
