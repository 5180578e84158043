import type { Tender } from '#model/catalog/product.ts';
import type { RegisterId, StoreId } from '#model/ids/register-id.ts';
import type { RecordOf } from '#model/journal/record.ts';
import {
  accountNumber,
  issuedNumber,
  ledgerOfNumber,
  maskedNumber,
  mayOwe,
  type AccountRef,
  type Ledger,
} from '#model/ledger/account.ts';
import { ledgerMoves, type BookedMove, type LedgerMove } from '#model/ledger/ledger.ts';
import { availableOf, redeem, type Funds, type RedeemRefusal } from '#model/ledger/redeem.ts';
import { valueLine } from '#model/ledger/value-line.ts';
import { offlineRedeemLimit, type ValueSettings } from '#model/ledger/value-settings.ts';
import { valueSettingsOf } from '#model/settings/settings-of.ts';
import type { Minor } from '#model/money/money.ts';
import { labelsOf } from '#model/receipt/labels.ts';
import { ledgerLabel } from '#model/receipt/value-paper.ts';
import { err, ok, type Result } from '#model/result.ts';
import type { Payment, PaymentRefusal } from '#model/sale/payment.ts';
import type { Surroundings } from '../surroundings.ts';
import type { LedgerBook } from './ledger-book.svelte.ts';
import type { Links } from './links.svelte.ts';
import type { SaleDesk, SaleRefusal } from './sale-desk.svelte.ts';
import type { Shop } from './shop.svelte.ts';
import type { StaffDesk } from './staff-desk.svelte.ts';

/** What the desk works with. */
export type ValueDeskParts = {
  readonly book: LedgerBook;
  readonly sale: SaleDesk;
  readonly staff: StaffDesk;
  readonly shop: Shop;
  readonly links: Pick<Links, 'reachesOthers'>;
  readonly surroundings: Surroundings;
  readonly place: { readonly store: StoreId; readonly register: RegisterId };
};

/** Why nothing was put into an account or paid out of it. */
export type ValueRefusal =
  | RedeemRefusal
  | SaleRefusal
  | PaymentRefusal
  | { readonly code: 'not-a-number' | 'amount-zero' | 'nobody-signed-in' | 'not-kept' }
  /** A number of another ledger, such as a store credit where a gift card is asked for. */
  | { readonly code: 'other-ledger'; readonly ledger: Ledger };

/** An account as it is looked up: what it holds, what of it is free, and its moves, newest first. */
export type AccountView = {
  readonly account: AccountRef;
  readonly funds: Funds;
  readonly available: Minor;
  readonly moves: readonly BookedMove[];
};

/** Gift cards, store credit and deposits at this till: looking up, filling, paying with them (rules G3, G8 and G9). */
export class ValueDesk {
  readonly #parts: ValueDeskParts;

  constructor(parts: ValueDeskParts) {
    this.#parts = parts;
  }

  /** What the organization decided about value. */
  get settings(): ValueSettings | undefined {
    const { organization, settings } = this.#parts.shop;
    return organization && valueSettingsOf(settings, organization.currency);
  }

  /** Whether other tills could be asked now; without them a limit counts. */
  get connected(): boolean {
    return this.#parts.links.reachesOthers;
  }

  /** Looks an account up by what was typed or scanned. One nobody ever filled is found too, with nothing in it. */
  async lookUp(ledger: Ledger, typed: string): Promise<Result<AccountView, ValueRefusal>> {
    const number = accountNumber(typed);
    if (number === undefined) return err({ code: 'not-a-number' });
    const issued = ledgerOfNumber(number);
    if (issued !== undefined && issued !== ledger) return err({ code: 'other-ledger', ledger: issued });
    const account: AccountRef = { ledger, id: number };
    const moves = await this.#parts.book.movesOf(account);
    const funds = this.#funds(account, moves.length > 0);
    return ok({ account, funds, available: availableOf(funds), moves: moves.toReversed() });
  }

  /** Puts a line into the basket that sells or tops up a gift card; without a number a new one is issued. */
  async fillCard(typed: string, amount: Minor): Promise<Result<number, ValueRefusal>> {
    if (amount <= 0) return err({ code: 'amount-zero' });
    const { sale } = this.#parts;
    const own = sale.basket.lines.filter(({ account }) => account?.ledger === 'gift-card').length;
    const fresh = issuedNumber('gift-card', `${sale.basket.id}:${own}`);
    const found = await this.lookUp('gift-card', typed.trim() === '' ? fresh : typed);
    if (!found.ok) return found;
    return sale.addLine(this.lineOf(found.value.account, amount));
  }

  /** The line that moves `amount` into an account, named as papers name it. */
  lineOf(account: AccountRef, amount: Minor, note?: string): ReturnType<typeof valueLine> {
    const { organization } = this.#parts.shop;
    const name = ledgerLabel(account.ledger, labelsOf(organization?.language ?? 'en'));
    const end = account.ledger === 'gift-card' ? maskedNumber(account.id) : account.id;
    return valueLine({
      account,
      amount,
      name: `${name} ${end}`,
      currency: organization?.currency ?? '',
      ...(note === undefined ? {} : { note }),
    });
  }

  /** Pays a part of the open sale out of an account: at most what is free, held against other tills (rules G8 and G9). */
  async pay(tender: Tender, account: AccountRef, amount: Minor): Promise<Result<true, ValueRefusal>> {
    const { sale, staff, book } = this.#parts;
    if (amount <= 0) return err({ code: 'amount-zero' });
    const basket = sale.basket.id;
    const taken = sale.payments
      .filter((payment) => payment.account === account.id && payment.kind === account.ledger)
      .reduce((sum, payment) => sum + payment.given, 0);
    const known = (await book.movesOf(account)).length > 0;
    const limit = offlineRedeemLimit(this.settings, sale.rules.currency);
    const allowed = await staff.act<{ readonly approvedBy?: string }, RedeemRefusal>(
      async (act) =>
        redeem(
          { account: account.id, amount: amount + taken, funds: this.#funds(account, known), limit },
          act,
        ),
      { amount },
    );
    if (!allowed.ok) return allowed;
    if (sale.basket.id !== basket) return err({ code: 'not-kept' });
    const kept = await this.#hold(account, amount + taken);
    if (!kept.ok) return kept;
    const paid = sale.pay(paymentOf(tender, account, amount, allowed.value.approvedBy));
    if (!paid.ok) await this.#letGo(account.id, taken);
    return paid;
  }

  /** Gives money back into an account (rule G9): store credit that exists, or with no number a new one. */
  async payBack(tender: Tender, typed: string, amount: Minor): Promise<Result<true, ValueRefusal>> {
    const { sale } = this.#parts;
    const ledger = tender.kind as Ledger;
    if (amount <= 0) return err({ code: 'amount-zero' });
    const isNew = typed.trim() === '' && ledger === 'store-credit';
    const number = isNew ? issuedNumber('store-credit', sale.basket.id) : typed;
    const found = await this.lookUp(ledger, number);
    if (!found.ok) return found;
    if (!isNew && !found.value.funds.known)
      return err({ code: 'account-unknown', account: found.value.account.id });
    return sale.pay(paymentOf(tender, found.value.account, -amount));
  }

  /** Gives a payment back before the sale is completed, and lets go of what it held. */
  takeBackPayment(index: number): void {
    const { sale } = this.#parts;
    const payment = sale.payments[index];
    sale.takeBackPayment(index);
    if (payment?.account === undefined) return;
    const rest = sale.payments
      .filter(({ account }) => account === payment.account)
      .reduce((sum, { given }) => sum + given, 0);
    this.#letGo(payment.account, rest).catch((cause: unknown) => globalThis.reportError(cause));
  }

  /** Whether the open sale takes value out of an account or puts some in. */
  get used(): boolean {
    const { basket, payments } = this.#parts.sale;
    return payments.some(({ account }) => account) || basket.lines.some(({ account }) => account);
  }

  /**
   * Why the open sale cannot take what its accounts should pay: another till was quicker (rule G8), or the value is gone. Asked once more right
   * before the sale becomes a fact.
   */
  async shortfall(): Promise<RedeemRefusal | undefined> {
    const { sale } = this.#parts;
    const { basket, priced, settlement } = sale;
    const lines = basket.lines.map(({ account }, i) => ({ account, amount: priced.amounts[i] ?? 0 }));
    return this.shortOf(ledgerMoves({ lines, tenders: settlement.tenders }), basket.id);
  }

  /** Why accounts cannot give what these moves take out of them. */
  async shortOf(moves: readonly LedgerMove[], basket: string): Promise<RedeemRefusal | undefined> {
    const { book } = this.#parts;
    for (const { ledger, account: id } of moves) {
      const own = moves.filter((move) => move.ledger === ledger && move.account === id);
      const out = -own.reduce((sum, { amount }) => sum + amount, 0);
      if (out <= 0 || mayOwe(ledger)) continue;
      await book.movesOf({ ledger, id });
      const balance = book.balance({ ledger, id });
      const held = book.held({ ledger, id }, basket, book.holdOf(id, basket));
      const available = availableOf({ balance, held });
      if (out > balance) return { code: 'account-too-little', available: Math.max(0, balance) };
      if (out > available) return { code: 'account-held', held };
    }
    return undefined;
  }

  /** The accounts a receipt moved and what they hold now, for its slips. */
  balancesAfter({
    body,
  }: RecordOf<'sale'>): readonly { readonly account: AccountRef; readonly balance: Minor }[] {
    const { book } = this.#parts;
    const seen = new Map<string, AccountRef>();
    for (const { ledger, account: id } of ledgerMoves(body)) seen.set(`${ledger} ${id}`, { ledger, id });
    return [...seen.values()].map((account) => ({ account, balance: book.balance(account) }));
  }

  #funds(account: AccountRef, known: boolean): Funds {
    const { book, sale } = this.#parts;
    return {
      balance: book.balance(account),
      held: book.held(account, sale.basket.id),
      known,
      connected: this.connected,
    };
  }

  async #hold({ ledger, id }: AccountRef, amount: Minor): Promise<Result<true, ValueRefusal>> {
    const { book, sale, surroundings, place } = this.#parts;
    const before = book.holdOf(id, sale.basket.id);
    try {
      await book.hold({
        ledger,
        account: id,
        basket: sale.basket.id,
        amount,
        register: `${place.store}-${place.register}`,
        at: before?.at ?? surroundings.now().toISOString(),
      });
    } catch {
      return err({ code: 'not-kept' });
    }
    return ok(true);
  }

  async #letGo(account: string, rest: Minor): Promise<void> {
    const { book, sale } = this.#parts;
    const hold = book.holdOf(account, sale.basket.id);
    if (!hold) return;
    if (rest > 0) await book.hold({ ...hold, amount: rest });
    else await book.release(account, sale.basket.id);
  }
}

function paymentOf(tender: Tender, account: AccountRef, given: Minor, approvedBy?: string): Payment {
  return {
    tender: tender.id,
    name: tender.name,
    kind: account.ledger,
    given,
    account: account.id,
    ...(approvedBy === undefined ? {} : { approvedBy }),
  };
}
