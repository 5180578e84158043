import { receiptNumber, type ReceiptNumber } from '../ids/register-id.ts';
import type { SessionReport } from '../folds/session-report.ts';
import { sealRecord, type Stamp } from '../journal/chain.ts';
import type { JournalRecord, RecordContent, RecordKind, RecordOf } from '../journal/record.ts';
import type { Minor } from '../money/money.ts';
import { err, ok, type Result } from '../result.ts';
import type { Basket, PricingRules } from '../sale/basket.ts';
import { finishedSale, type UnfinishedSale } from '../sale/finished-sale.ts';
import type { Payment } from '../sale/payment.ts';
import { limitOf, type Permission } from '../staff/permission.ts';
import { authorize, type Act, type NotPermitted } from './actor.ts';
import { discountLimit, ungrantedOff } from './basket-commands.ts';
import { checkReason, type ReasonRefusal } from './reason.ts';
import { drawerMember } from './drawer-number.ts';
import {
  checkAmount,
  checkCount,
  checkFloats,
  countedSession,
  type Denominations,
  type OpenedDrawer,
  type SessionCount,
} from './drawer-count.ts';
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
  | { readonly code: 'difference-needs-reason'; readonly difference: Minor }
  /** A bag for the safe has a number of at most 40 characters (rule R8). */
  | { readonly code: 'bag-missing' | 'bag-too-long' }
  /** The drawer is handed to somebody else than who has it (rule R10). */
  | { readonly code: 'same-holder' }
  /** Closings of a day or a period stand behind a closed session (rules R11 and R12). */
  | { readonly code: 'session-still-open' }
  /** Nothing of that day, or nothing since the last closing of the period (rules R11 and R12). */
  | { readonly code: 'nothing-to-close' | 'sessions-missing' };

/** Opens the register's next session with `float` in the drawer, for the business day `day` (rule R1). */
export function openSession(
  state: RegisterState,
  args: {
    readonly day: string;
    readonly currency: string;
    readonly float: Minor;
    readonly denominations?: Denominations;
    /** The drawers where there are several; together they hold `float` (rule R14). */
    readonly drawers?: readonly OpenedDrawer[];
  },
  act: Act,
): Result<JournalRecord, CommandRefusal> {
  if (isOpen(state)) return err({ code: 'session-already-open' });
  const refusal = checkCount(args.float, args.denominations) ?? checkFloats(args.float, args.drawers);
  if (refusal) return err(refusal);
  const stamp = authorize(act, ['session.open']);
  if (!stamp.ok) return stamp;
  const { drawers, ...rest } = args;
  const body = { ...rest, ...(drawers && drawers.length > 1 ? { drawers: [...drawers] } : {}) };
  return ok(sealRecord(state.head, state.session + 1, { kind: 'opened', body }, stamp.value));
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
    /** The drawer its cash goes in or out of, from 1 (rule R14). */
    readonly drawer?: number | undefined;
  },
  act: Act,
): Result<RecordOf<'sale'>, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const { store, register, totals } = state.head;
  const body = finishedSale({ receipt: receiptNumber(store, register, totals.receipts + 1), ...args });
  if (!body.ok) return body;
  const above = ungrantedOff(args.basket, args.rules) > discountLimit(act, args.rules);
  const needed = [...salePermissions(args.basket), ...(above ? (['sale.discount'] as const) : [])];
  return seal<'sale'>(
    state,
    { kind: 'sale', body: { ...body.value, ...memberOf(state, args.drawer) } },
    act,
    needed,
  );
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
  args: {
    readonly direction: 'in' | 'out';
    readonly amount: Minor;
    readonly reason: string;
    /** The number of the bag that goes to the safe (rule R8). */
    readonly bag?: string;
    /** Which drawer, from 1 (rule R14). */
    readonly drawer?: number;
  },
  act: Act,
): Result<JournalRecord, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  if (args.amount === 0) return err({ code: 'amount-zero' });
  const refusal = checkAmount(args.amount) ?? checkBag(args.bag) ?? checkReason(args.reason);
  if (refusal) return err(refusal);
  const { drawer, ...move } = args;
  const body = {
    ...move,
    reason: args.reason.trim(),
    ...(args.bag === undefined ? {} : { bag: args.bag.trim() }),
    ...memberOf(state, drawer),
  };
  const limit = limitOf(act.actor.role, 'cash.above-limit', state.report.currency);
  const above = args.direction === 'out' && args.amount > limit;
  return seal(state, { kind: 'cash', body }, act, above ? ['cash.move', 'cash.above-limit'] : ['cash.move']);
}

/** Takes cash to the safe in a bag with a number (rule R8); as any taking out, above the limit of the role it needs more. */
export function dropToSafe(
  state: RegisterState,
  args: {
    readonly amount: Minor;
    readonly bag: string;
    readonly reason: string;
    readonly drawer?: number;
  },
  act: Act,
): Result<JournalRecord, CommandRefusal> {
  return moveCash(state, { direction: 'out', ...args }, act);
}

/** Whether a drawer should hold more than the store wants in it, in minor units (rule R8). */
export function isDrawerFull(state: RegisterState, limit: Minor | undefined): boolean {
  if (limit === undefined || !isOpen(state)) return false;
  const { drawer, drawers = [drawer] } = state.report;
  return drawers.some(({ expected }) => expected > limit);
}

function checkBag(bag: string | undefined): CommandRefusal | undefined {
  if (bag === undefined) return undefined;
  const clean = bag.trim().normalize('NFC');
  if (clean === '') return { code: 'bag-missing' };
  return clean.length > MAX_BAG ? { code: 'bag-too-long' } : undefined;
}

/** The longest number of a bag, in UTF-16 code units after NFC. */
const MAX_BAG = 40;

/** Opens the drawer without a sale, with a reason (rule R4). */
export function openDrawer(
  state: RegisterState,
  reason: string,
  act: Act,
  drawer?: number,
): Result<JournalRecord, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const refusal = checkReason(reason);
  if (refusal) return err(refusal);
  const body = { reason: reason.trim(), ...memberOf(state, drawer) };
  return seal(state, { kind: 'drawer', body }, act, ['drawer.open']);
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
  args: SessionCount,
  act: Act,
): Result<RecordOf<'closed'>, CommandRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const { report } = state;
  const outcome = countedSession(report, args);
  if (!outcome.ok) return outcome;
  const body = {
    ...outcome.value,
    sales: report.sales.count + report.exchanges.count,
    refunds: report.refunds.count,
    gross: report.gross,
    tax: report.tax,
  };
  const { difference, drawers = [] } = body;
  // Differences of several drawers that make up for each other are differences all the same.
  const largest = Math.max(...[difference, ...drawers.map((drawer) => drawer.difference)].map(Math.abs));
  return seal<'closed'>(state, { kind: 'closed', body }, act, countPermissions(report, largest, act));
}

/** What somebody needs who counts a drawer with a difference: above the limit of the role more (rule S7). */
export function countPermissions(
  { currency }: Pick<SessionReport, 'currency'>,
  difference: Minor,
  { actor }: Act,
): readonly Permission[] {
  const above = Math.abs(difference) > limitOf(actor.role, 'session.over-short', currency);
  return above ? ['session.close', 'session.over-short'] : ['session.close'];
}

/** How a record of the open session says which drawer it is about (rule R14). */
function memberOf(state: RegisterState, drawer: number | undefined): { readonly drawer?: number } {
  return drawerMember(state.report?.drawers?.length ?? 1, drawer);
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
