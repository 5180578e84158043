import type { SessionReport } from '#model/folds/session-report.ts';
import { receiptNumber, registerId, storeId } from '#model/ids/register-id.ts';
import { sealRecord } from '#model/journal/chain.ts';
import type { JournalRecord, RecordContent, RecordOf } from '#model/journal/record.ts';
import { historyActor, type Act } from '#model/register/actor.ts';
import { closeSession, moveCash, openSession } from '#model/register/commands.ts';
import { addRecord, newRegister, type RegisterState } from '#model/register/register-state.ts';
import type { Basket, BasketLine } from '#model/sale/basket.ts';
import { finishedSale } from '#model/sale/finished-sale.ts';
import type { Payment } from '#model/sale/payment.ts';
import { priceBasket, type PricingRules } from '#model/sale/pricing.ts';
import type { SaleBody } from '#model/sale/sale-body.ts';
import { minorToDecimal, type Minor } from '#model/money/money.ts';
import { VectorFault } from './vector.ts';

/** The moment every example happens at; nothing depends on it. */
const STAMP = { at: '2026-01-05T12:00:00.000Z', by: 'example' };
const ACT: Act = { at: STAMP.at, actor: historyActor(STAMP.by) };
const DAY = '2026-01-05';

/** A register that an example is played on with the product's own commands, in a session that is open from the start. */
export class RegisterPlay {
  readonly #currency: string;
  readonly #records: JournalRecord[] = [];
  #state: RegisterState = newRegister('000000000000', storeId(1), registerId(1));

  /** Opens a session with `float` in the drawer, or goes on behind records that were stored. */
  constructor(currency: string, float: Minor, stored: readonly JournalRecord[] = []) {
    this.#currency = currency;
    for (const value of stored) this.#take({ ok: true, value });
    if (stored.length === 0) this.#take(openSession(this.#state, { day: DAY, currency, float }, ACT));
  }

  /** What was recorded so far. */
  get records(): readonly JournalRecord[] {
    return this.#records;
  }

  /** The report of the session as it stands. */
  get report(): SessionReport {
    if (!this.#state.report) throw new VectorFault('The register has no session.');
    return this.#state.report;
  }

  /** Sells one untaxed article for `total` against `given` in cash; below zero it comes back. */
  sell(total: Minor, given: Minor): SaleBody {
    const price = minorToDecimal(Math.abs(total), this.#currency);
    const line = { product: 'article', sku: 'article', name: 'Article', price, taxes: [] };
    const basket = {
      id: `basket-${this.#records.length}`,
      lines: [{ ...line, quantity: total < 0 ? '-1' : '1' }],
    };
    return this.sellBasket(basket, [{ tender: 'cash', name: 'Cash', kind: 'cash', given }]);
  }

  /** Sells lines, paid exactly with one tender. */
  sellLines(
    lines: readonly BasketLine[],
    kind: Payment['kind'],
    rules: Partial<PricingRules> = {},
  ): SaleBody {
    const basket = { id: `basket-${this.#records.length}`, lines };
    const { total } = priceBasket(basket, this.#rules(rules));
    const payments = total === 0 ? [] : [{ tender: kind, name: kind, kind, given: total }];
    return this.sellBasket(basket, payments, rules);
  }

  /** Makes a basket the next receipt. */
  sellBasket(basket: Basket, payments: readonly Payment[], rules: Partial<PricingRules> = {}): SaleBody {
    const { store, register, totals } = this.#state.head;
    const receipt = receiptNumber(store, register, totals.receipts + 1);
    const body = finishedSale({ receipt, basket, payments, rules: this.#rules(rules) });
    if (!body.ok) throw new VectorFault(`The product refuses the sale: ${body.error.code}.`);
    this.#add({ kind: 'sale', body: body.value });
    return body.value;
  }

  /** Puts cash in or takes it out. */
  move(direction: 'in' | 'out', amount: Minor): void {
    this.#take(moveCash(this.#state, { direction, amount, reason: 'example' }, ACT));
  }

  /** Delivers every record some more times, as links that came back do; each counts once. */
  reportAfter(times: number): SessionReport {
    for (let time = 1; time < times; time++) for (const record of this.#records) this.deliver(record);
    return this.report;
  }

  /** Takes a record in from elsewhere; whether it was new. */
  deliver(record: JournalRecord): boolean {
    const next = addRecord(this.#state, record);
    if (next.ok) this.#state = next.value;
    return next.ok;
  }

  /** Closes with what was counted; undefined where the product does not let it. */
  close(counted: Minor): RecordOf<'closed'>['body'] | undefined {
    const closed = closeSession(this.#state, { counted, reason: 'example' }, ACT);
    if (!closed.ok) return undefined;
    this.#take(closed);
    return closed.value.body;
  }

  #rules(rules: Partial<PricingRules>): PricingRules {
    return { currency: this.#currency, taxRounding: 'receipt', ...rules };
  }

  #add(content: RecordContent): void {
    this.#take({ ok: true, value: sealRecord(this.#state.head, this.#state.session, content, STAMP) });
  }

  #take(
    made:
      | { readonly ok: true; readonly value: JournalRecord }
      | { readonly ok: false; readonly error: { readonly code: string } },
  ): void {
    if (!made.ok) throw new VectorFault(`The product refuses: ${made.error.code}.`);
    if (!this.deliver(made.value)) throw new VectorFault('The product refuses its own record.');
    this.#records.push(made.value);
  }
}
