import { receiptNumber, type ReceiptNumber } from '../ids/register-id.ts';
import type { SessionReport } from '../folds/session-report.ts';
import { sealRecord, type Stamp } from '../journal/chain.ts';
import type { JournalRecord, RecordContent, RecordKind, RecordOf } from '../journal/record.ts';
import { MAX_TYPED_MINOR, type Minor } from '../money/money.ts';
import { err, ok, type Result } from '../result.ts';
import type { Basket, PricingRules } from '../sale/basket.ts';
import { finishedSale, type UnfinishedSale } from '../sale/finished-sale.ts';
import type { Payment } from '../sale/payment.ts';
import { limitOf, type Permission } from '../staff/permission.ts';
import { authorize, type Act, type NotPermitted } from './actor.ts';
import { discountLimit, ungrantedOff } from './basket-commands.ts';
import { checkReason, type ReasonRefusal } from './reason.ts';
import { isOpen, type RegisterState } from './register-state.ts';

/** Why a register refused a command; the screen has a sentence for every code. */
export type CommandRefusal =
  | NotPermitted
  | { readonly code: 'session-not-open' }
  | { readonly code: 'session-already-open' }
  | UnfinishedSale
  | { readonly code: 'amount-negative' }
  | { readonly code: 'amount-zero' }
  | { readonly code: 'amount-absurd' }
  | ReasonRefusal
  /** Only a sale of this register's open session can be voided; a refund or an exchange never (rule H6). */
  | { readonly code: 'not-voidable'; readonly receipt: ReceiptNumber }
  | { readonly code: 'already-taken-back'; readonly receipt: ReceiptNumber }
  | { readonly code: 'difference-needs-reason'; readonly difference: Minor };

/** Opens the register's next session with `float` in the drawer, for the business day `day` (rule R1). */
export function openSession(
  state: RegisterState,
  args: { readonly day: string; readonly currency: string; readonly float: Minor },
  act: Act,
): Result<JournalRecord, CommandRefusal> {
  if (isOpen(state)) return err({ code: 'session-already-open' });
  const refusal = checkAmount(args.float);
  if (refusal) return err(refusal);
  const stamp = authorize(act, ['session.open']);
  if (!stamp.ok) return stamp;
  return ok(sealRecord(state.head, state.session + 1, { kind: 'opened', body: { ...args } }, stamp.value));
}

/**
 * Makes a basket and its payments a fact: the next receipt of the register (rules L1, Y2, N2). What was taken off without leave
 * counts against the limit of whoever completes the sale (rule H1).
 */
export function completeSale(
  state: RegisterState,
  args: {
    readonly basket: Basket;
    readonly payments: readonly Payment[];
    readonly rules: PricingRules;
    /** The points the till knows the customer to hold (rule U8). */
    readonly pointsHeld?: number | undefined;
  },
  act: Act,
): Result<RecordOf<'sale'>, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const { store, register, totals } = state.head;
  const body = finishedSale({ receipt: receiptNumber(store, register, totals.receipts + 1), ...args });
  if (!body.ok) return body;
  const above = ungrantedOff(args.basket, args.rules) > discountLimit(act, args.rules);
  const needed = [...salePermissions(args.basket), ...(above ? (['sale.discount'] as const) : [])];
  return seal<'sale'>(state, { kind: 'sale', body: body.value }, act, needed);
}

/** Selling, taking back what a receipt shows, and taking back what none does are permitted apart (rules L8, S5), and so is giving a deposit back (rule G10). */
function salePermissions({ lines }: Basket): Permission[] {
  const paidOut = lines.filter((line) => line.account && line.quantity.startsWith('-'));
  const back = lines.filter((line) => !line.account && line.quantity.startsWith('-'));
  return [
    ...(back.length + paidOut.length < lines.length ? (['sale.sell'] as const) : []),
    ...(back.some((line) => line.refundOf) ? (['sale.refund'] as const) : []),
    ...(back.some((line) => !line.refundOf) ? (['sale.refund-without-receipt'] as const) : []),
    ...(paidOut.length > 0 ? (['value.cancel-layaway'] as const) : []),
  ];
}

/** Puts cash in or takes it out with a reason (rule R3); out above the limit of the role needs more (rule S7). */
export function moveCash(
  state: RegisterState,
  args: { readonly direction: 'in' | 'out'; readonly amount: Minor; readonly reason: string },
  act: Act,
): Result<JournalRecord, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  if (args.amount === 0) return err({ code: 'amount-zero' });
  const refusal = checkAmount(args.amount) ?? checkReason(args.reason);
  if (refusal) return err(refusal);
  const body = { ...args, reason: args.reason.trim() };
  const limit = limitOf(act.actor.role, 'cash.above-limit', state.report.currency);
  const above = args.direction === 'out' && args.amount > limit;
  return seal(state, { kind: 'cash', body }, act, above ? ['cash.move', 'cash.above-limit'] : ['cash.move']);
}

/** Opens the drawer without a sale, with a reason (rule R4). */
export function openDrawer(
  state: RegisterState,
  reason: string,
  act: Act,
): Result<JournalRecord, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const refusal = checkReason(reason);
  if (refusal) return err(refusal);
  return seal(state, { kind: 'drawer', body: { reason: reason.trim() } }, act, ['drawer.open']);
}

/** Records that a receipt is printed once more; `copy` counts the copies from 1 (rule R5). */
export function reprintReceipt(
  state: RegisterState,
  args: RecordOf<'reprint'>['body'],
  act: Act,
): Result<JournalRecord, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  return seal(state, { kind: 'reprint', body: args }, act, ['receipt.reprint']);
}

/**
 * Records that the till's clock was moved (rule R7): `stamp.at` is what it says now. Nobody asks for it and nobody needs a
 * permission; it is written in the name of whoever writes the next record.
 */
export function recordClock(
  state: RegisterState,
  expected: string,
  { at, by }: Stamp,
): Result<RecordOf<'clock'>, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const content: RecordContent = { kind: 'clock', body: { expected } };
  return ok(sealRecord(state.head, state.session, content, { at, by }) as RecordOf<'clock'>);
}

/** The X report of the open session, for somebody who may see it (rules Z1, S5). Writes no record. */
export function readReport(state: RegisterState, act: Act): Result<SessionReport, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const permitted = authorize(act, ['report.read']);
  return permitted.ok ? ok(state.report) : permitted;
}

/**
 * Closes the session with the cash that was counted (rule R6). A difference needs a reason, and above the limit of the role
 * more (rule S7). `denominations` are counts by minor-unit value, for the record only.
 */
export function closeSession(
  state: RegisterState,
  args: {
    readonly counted: Minor;
    readonly denominations?: Record<string, number>;
    readonly reason?: string;
  },
  act: Act,
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
  const above = Math.abs(difference) > limitOf(act.actor.role, 'session.over-short', report.currency);
  const needed = above ? (['session.close', 'session.over-short'] as const) : (['session.close'] as const);
  return seal<'closed'>(state, { kind: 'closed', body }, act, needed);
}

/** Seals what everything else about it was found right, if the actor may do it: a refusal here is one an approval can turn. */
export function seal<Kind extends RecordKind>(
  state: RegisterState,
  content: Extract<RecordContent, { kind: Kind }>,
  act: Act,
  needed: readonly Permission[],
): Result<RecordOf<Kind>, NotPermitted> {
  const stamp = authorize(act, needed);
  if (!stamp.ok) return stamp;
  return ok(sealRecord(state.head, state.session, content, stamp.value) as RecordOf<Kind>);
}

function checkAmount(amount: Minor): CommandRefusal | undefined {
  if (amount < 0) return { code: 'amount-negative' };
  if (amount > MAX_TYPED_MINOR) return { code: 'amount-absurd' };
  return undefined;
}
