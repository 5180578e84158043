import { productIdOfSku } from '#model/catalog/product.ts';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { registerName, type RegisterId, type StoreId } from '#model/ids/register-id.ts';
import { recordText } from '#model/journal/chain.ts';
import { parseRecord, recordKey, type JournalRecord } from '#model/journal/record.ts';
import { historyActor, type Act } from '#model/register/actor.ts';
import {
  closeSession,
  completeSale,
  openSession,
  recordClock,
  type CommandRefusal,
} from '#model/register/commands.ts';
import { addRecord, isOpen, newRegister, type RegisterState } from '#model/register/register-state.ts';
import { assert, err, ok, type Result } from '#model/result.ts';
import {
  appendLine,
  emptyBasket,
  priceBasket,
  type Basket,
  type BasketLine,
  type PricingRules,
} from '#model/sale/basket.ts';
import type { Payment } from '#model/sale/payment.ts';
import type { DeviceKey } from '../../lib/device/device-key.ts';
import type { Documents } from '../../lib/repo/documents.ts';
import { localToUtc } from './local-time.ts';
import type { ImportedLine, ImportedReceipt } from './sales-file.ts';
import { departmentId, taxOf, tenderKind, tenderName } from './shop-documents.ts';

/** How a register's history is read and written. */
export type RegisterImportParts = {
  readonly documents: Documents;
  readonly organization: string;
  /** What the imported records are signed with (rule J8). */
  readonly deviceKey: DeviceKey;
  readonly rules: PricingRules;
  readonly timeZone: string;
  /** What the basket ids of this import begin with. */
  readonly prefix: string;
};

/** How long one session may take to reach the relay's disk, in milliseconds. */
const RELAY_WAIT_MS = 30_000;

/** The float an imported session opens with when its cash refunds would otherwise take out more than came in. */
const FLOAT_STEP = 10_000;

/**
 * One register while a sales file is rung through it: its sessions so far are read from the documents, then every
 * receipt is completed by the till's own commands, one session a day.
 */
export class RegisterImport {
  readonly #parts: RegisterImportParts;
  readonly #store: StoreId;
  readonly #register: RegisterId;
  readonly #done = new Set<string>();
  #state: RegisterState;
  #unsaved: JournalRecord[] = [];
  #lastAt = '';

  constructor(parts: RegisterImportParts, store: StoreId, register: RegisterId) {
    this.#parts = parts;
    this.#store = store;
    this.#register = register;
    this.#state = newRegister(parts.organization, store, register);
  }

  /** Reads the register's sessions 1 to `latest`. A sentence when its journal cannot be continued. */
  async read(latest: number): Promise<string | undefined> {
    for (let session = 1; session <= latest; session++) {
      const key = this.#sessionKey(session);
      await this.#parts.documents.open(key);
      const caughtUp = await this.#parts.documents.caughtUp(key, RELAY_WAIT_MS);
      if (caughtUp !== 'caught-up')
        return `Session ${session} of ${this.#name} could not be read from the relay (${caughtUp}).`;
      const entries = await this.#parts.documents.open(key);
      for (const entryKey of Object.keys(entries).sort()) {
        const fault = this.#readRecord(entries[entryKey] ?? '');
        if (fault !== undefined)
          return `The journal of ${this.#name} cannot be continued: session ${session}, record ${entryKey}: ${fault}.`;
      }
    }
    return isOpen(this.#state)
      ? `${this.#name} has an open session. Close it on the till, then import.`
      : undefined;
  }

  /** Rings the receipts of one day and closes the session with a matching count. Calls `onReceipt` after each. */
  async ring(
    day: string,
    receipts: readonly ImportedReceipt[],
    onReceipt: () => void,
  ): Promise<Result<void, string>> {
    const left = receipts.filter((receipt) => !this.#done.has(this.#basketId(receipt)));
    for (let i = left.length; i < receipts.length; i++) onReceipt();
    const [first] = left;
    const last = left.at(-1);
    if (!first || !last) return ok(undefined);
    const opening = { day, currency: this.#parts.rules.currency, float: this.#floatFor(left) };
    const opened = openSession(this.#state, opening, this.#act(first));
    if (!opened.ok) return err(this.#refused(first, opened.error));
    const behind = this.#lastAt;
    this.#take(opened.value);
    this.#tellClock(behind, first);
    for (const receipt of left) {
      this.#tellClock(this.#lastAt, receipt);
      const sale = this.#sell(receipt);
      if (!sale.ok) return sale;
      this.#take(sale.value);
      onReceipt();
    }
    return this.#close(last);
  }

  get #name(): string {
    return registerName(this.#store, this.#register);
  }

  #sessionKey(session: number): DocumentKey {
    return { class: 'session', store: this.#store, register: this.#register, session };
  }

  #readRecord(text: string): string | undefined {
    const record = parseRecord(text);
    if (!record.ok) return record.error.detail;
    const next = addRecord(this.#state, record.value);
    if (!next.ok) return next.error;
    this.#state = next.value;
    this.#lastAt = record.value.at;
    if (record.value.kind === 'sale' && record.value.body.basket.startsWith(this.#parts.prefix)) {
      this.#done.add(record.value.body.basket);
    }
    return undefined;
  }

  #basketId({ receipt }: ImportedReceipt): string {
    return `${this.#parts.prefix}${receipt}`;
  }

  /** The other system let it happen: what is left to do is to write it down. */
  #act({ at, cashier }: ImportedReceipt): Act {
    return { at: localToUtc(at, this.#parts.timeZone), actor: historyActor(cashier) };
  }

  #basket(receipt: ImportedReceipt): Result<Basket, string> {
    let basket = emptyBasket(this.#basketId(receipt));
    if (receipt.customer !== '') basket = { ...basket, customer: receipt.customer };
    for (const line of receipt.lines) {
      const added = appendLine(basket, basketLine(line));
      if (!added.ok) return err(`Receipt ${receipt.receipt}, ${line.sku}: ${added.error.code}.`);
      ({ basket } = added.value);
    }
    return ok(basket);
  }

  #sell(receipt: ImportedReceipt): Result<JournalRecord, string> {
    const basket = this.#basket(receipt);
    if (!basket.ok) return basket;
    const { total } = priceBasket(basket.value, this.#parts.rules);
    const tender = receipt.tender.toLowerCase();
    const payment: Payment = { tender, name: tenderName(tender), kind: tenderKind(tender), given: total };
    const payments = total === 0 ? [] : [payment];
    const sale = completeSale(
      this.#state,
      { basket: basket.value, payments, rules: this.#parts.rules },
      this.#act(receipt),
    );
    return sale.ok ? sale : err(this.#refused(receipt, sale.error));
  }

  /** Enough whole hundreds in the drawer that it never holds less than nothing. */
  #floatFor(receipts: readonly ImportedReceipt[]): number {
    let cash = 0;
    let lowest = 0;
    for (const receipt of receipts) {
      const basket = this.#basket(receipt);
      if (tenderKind(receipt.tender.toLowerCase()) !== 'cash' || !basket.ok) continue;
      cash += priceBasket(basket.value, this.#parts.rules).total;
      lowest = Math.min(lowest, cash);
    }
    return Math.ceil(-lowest / FLOAT_STEP) * FLOAT_STEP;
  }

  /** Counts exactly what should be there, closes, and waits until the whole session is on the relay's disk. */
  async #close(last: ImportedReceipt): Promise<Result<void, string>> {
    assert(isOpen(this.#state), () => 'an import closes the session it opened');
    const closed = closeSession(
      this.#state,
      { counted: this.#state.report.drawer.expected },
      this.#act(last),
    );
    if (!closed.ok) return err(this.#refused(last, closed.error));
    this.#take(closed.value);
    const { session } = closed.value;
    const saved = await this.#parts.documents.writeDurably(
      this.#sessionKey(session),
      await this.#signedEntries(),
      RELAY_WAIT_MS,
    );
    if (saved.relay !== 'saved')
      return err(`Session ${session} of ${this.#name} did not reach the relay (${saved.relay}).`);
    this.#unsaved = [];
    return ok(undefined);
  }

  #take(record: JournalRecord): void {
    const next = addRecord(this.#state, record);
    assert(next.ok, () => `a record of our own does not continue the journal of ${this.#name}`);
    this.#state = next.value;
    this.#lastAt = record.at;
    this.#unsaved.push(record);
  }

  /** A history that is older than what the register has: its times go back, and the journal says so (rule R7). */
  #tellClock(before: string, receipt: ImportedReceipt): void {
    const { at, actor } = this.#act(receipt);
    if (at >= before) return;
    const moved = recordClock(this.#state, before, { at, by: actor.person });
    assert(moved.ok, () => 'an import writes into the session it opened');
    this.#take(moved.value);
  }

  async #signedEntries(): Promise<Record<string, string>> {
    const { deviceKey } = this.#parts;
    const entries = this.#unsaved.map(async (record) => {
      const sig = await deviceKey.sign(record.hash);
      return [recordKey(record.seq), recordText({ ...record, sig })] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  #refused(receipt: ImportedReceipt, refusal: CommandRefusal): string {
    return `Receipt ${receipt.receipt} at ${this.#name}: ${refusal.code}.`;
  }
}

function basketLine(line: ImportedLine): BasketLine {
  return {
    product: productIdOfSku(line.sku),
    sku: line.sku,
    name: line.name,
    department: departmentId(line.department),
    quantity: line.quantity,
    price: line.price,
    taxes: [taxOf(line)],
  };
}
