import { receiptNumber } from '../ids/register-id.ts';
import { sealRecord, type Stamp } from '../journal/chain.ts';
import { MAX_REASON, type JournalRecord, type RecordContent, type RecordOf } from '../journal/record.ts';
import { MAX_TYPED_MINOR, sumMinor, type Minor } from '../money/money.ts';
import { err, ok, type Result } from '../result.ts';
import { priceBasket, type Basket, type PricedBasket, type PricingRules } from '../sale/basket.ts';
import { settle, type Payment, type Settlement } from '../sale/payment.ts';
import { taxReference, type SaleBody, type SaleLine, type SaleType } from '../sale/sale-body.ts';
import { isOpen, type RegisterState } from './register-state.ts';

/** Why a register refused a command; the screen has a sentence for every code. */
export type CommandRefusal =
  | { readonly code: 'session-not-open' }
  | { readonly code: 'session-already-open' }
  | { readonly code: 'basket-empty' }
  /** `due` is signed like the total; the other sign says that more was charged than the sale comes to. */
  | { readonly code: 'payment-missing'; readonly due: Minor }
  | { readonly code: 'amount-negative' }
  | { readonly code: 'amount-zero' }
  | { readonly code: 'amount-absurd' }
  | { readonly code: 'reason-missing' }
  | { readonly code: 'reason-too-long'; readonly most: number }
  | { readonly code: 'difference-needs-reason'; readonly difference: Minor };

/** Opens the register's next session with `float` in the drawer, for the business day `day` (rule R1). */
export function openSession(
  state: RegisterState,
  args: { readonly day: string; readonly currency: string; readonly float: Minor },
  stamp: Stamp,
): Result<JournalRecord, CommandRefusal> {
  if (isOpen(state)) return err({ code: 'session-already-open' });
  const refusal = checkAmount(args.float);
  if (refusal) return err(refusal);
  return ok(sealRecord(state.head, state.session + 1, { kind: 'opened', body: { ...args } }, stamp));
}

/** Makes a basket and its payments a fact: the next receipt of the register (rules L1, Y2, N2). */
export function completeSale(
  state: RegisterState,
  args: { readonly basket: Basket; readonly payments: readonly Payment[]; readonly rules: PricingRules },
  stamp: Stamp,
): Result<RecordOf<'sale'>, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  if (args.basket.lines.length === 0) return err({ code: 'basket-empty' });
  const priced = priceBasket(args.basket, args.rules);
  const settlement = settle(priced.total, args.payments);
  const due = settlement.due - chargedTooMuch(args.payments, settlement);
  if (due !== 0) return err({ code: 'payment-missing', due });
  const { store, register, totals } = state.head;
  const { customer } = args.basket;
  const body: SaleBody = {
    receipt: receiptNumber(store, register, totals.receipts + 1),
    basket: args.basket.id,
    type: saleType(args.basket),
    lines: saleLines(args.basket, priced),
    taxes: [...priced.taxes],
    net: priced.net,
    tax: priced.tax,
    total: priced.total,
    tenders: [...settlement.tenders],
    ...(customer === undefined ? {} : { customer }),
  };
  return ok(seal(state, { kind: 'sale', body }, stamp) as RecordOf<'sale'>);
}

/** What tenders that give no change took beyond the total: the basket shrank after they were charged (rule Y3). */
function chargedTooMuch(payments: readonly Payment[], settlement: Settlement): Minor {
  return sumMinor(
    payments.map((payment, i) => {
      const tooMuch = payment.given - (settlement.tenders[i]?.amount ?? 0);
      return payment.kind === 'cash' && payment.given > 0 ? 0 : tooMuch;
    }),
  );
}

function saleLines(basket: Basket, priced: PricedBasket): SaleLine[] {
  return basket.lines.map(({ taxes, ...line }, i) => ({
    ...line,
    amount: priced.amounts[i] ?? 0,
    taxes: taxes.map((tax) => taxReference(tax, priced.taxes)),
  }));
}

/** Sale, refund or exchange, from the signs of the lines (rule L1). */
export function saleType(basket: Basket): SaleType {
  const back = basket.lines.filter((line) => line.quantity.startsWith('-')).length;
  if (back === 0) return 'sale';
  return back === basket.lines.length ? 'refund' : 'exchange';
}

/** Puts cash in or takes it out with a reason (rule R3). */
export function moveCash(
  state: RegisterState,
  args: { readonly direction: 'in' | 'out'; readonly amount: Minor; readonly reason: string },
  stamp: Stamp,
): Result<JournalRecord, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  if (args.amount === 0) return err({ code: 'amount-zero' });
  const refusal = checkAmount(args.amount) ?? checkReason(args.reason);
  if (refusal) return err(refusal);
  return ok(seal(state, { kind: 'cash', body: { ...args, reason: args.reason.trim() } }, stamp));
}

/** Opens the drawer without a sale, with a reason (rule R4). */
export function openDrawer(
  state: RegisterState,
  reason: string,
  stamp: Stamp,
): Result<JournalRecord, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const refusal = checkReason(reason);
  if (refusal) return err(refusal);
  return ok(seal(state, { kind: 'drawer', body: { reason: reason.trim() } }, stamp));
}

/** Records that a receipt is printed once more; `copy` counts the copies from 1 (rule R5). */
export function reprintReceipt(
  state: RegisterState,
  args: RecordOf<'reprint'>['body'],
  stamp: Stamp,
): Result<JournalRecord, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  return ok(seal(state, { kind: 'reprint', body: args }, stamp));
}

/**
 * Closes the session with the cash that was counted (rule R6). A difference needs a reason. `denominations` are counts by
 * minor-unit value, for the record only.
 */
export function closeSession(
  state: RegisterState,
  args: {
    readonly counted: Minor;
    readonly denominations?: Record<string, number>;
    readonly reason?: string;
  },
  stamp: Stamp,
): Result<RecordOf<'closed'>, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const refusal = checkAmount(args.counted);
  if (refusal) return err(refusal);
  const { report } = state;
  const difference = args.counted - report.drawer.expected;
  const reason = args.reason?.trim() ?? '';
  if (difference !== 0 && reason === '') return err({ code: 'difference-needs-reason', difference });
  const tooLong = reason === '' ? undefined : checkReason(reason);
  if (tooLong) return err(tooLong);
  const body = {
    expected: report.drawer.expected,
    counted: args.counted,
    difference,
    ...(args.denominations === undefined ? {} : { denominations: args.denominations }),
    ...(reason === '' ? {} : { reason }),
    sales: report.sales.count + report.exchanges.count,
    refunds: report.refunds.count,
    gross: report.gross,
    tax: report.tax,
  };
  return ok(seal(state, { kind: 'closed', body }, stamp) as RecordOf<'closed'>);
}

function seal(state: RegisterState, content: RecordContent, stamp: Stamp): JournalRecord {
  return sealRecord(state.head, state.session, content, stamp);
}

function checkAmount(amount: Minor): CommandRefusal | undefined {
  if (amount < 0) return { code: 'amount-negative' };
  if (amount > MAX_TYPED_MINOR) return { code: 'amount-absurd' };
  return undefined;
}

function checkReason(reason: string): CommandRefusal | undefined {
  const clean = reason.trim().normalize('NFC');
  if (clean === '') return { code: 'reason-missing' };
  return clean.length > MAX_REASON ? { code: 'reason-too-long', most: MAX_REASON } : undefined;
}
