import { emptyHead } from '#model/journal/chain.ts';
import type { Stamp } from '#model/journal/chain.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import {
  closeSession,
  completeSale,
  dropToSafe,
  moveCash,
  openDrawer,
  openSession,
  reprintReceipt,
  type CommandRefusal,
} from '#model/register/commands.ts';
import { handOver } from '#model/register/handover.ts';
import { historyActor, type Act } from '#model/register/actor.ts';
import { addRecord, holderOf, newRegister, type RegisterState } from '#model/register/register-state.ts';
import type { Result } from '#model/result.ts';
import { priceBasket, type Basket, type PricingRules } from '#model/sale/basket.ts';
import type { Payment } from '#model/sale/payment.ts';
import { ORG, REGISTER_ID, STORE_ID, card, cash } from './shop.ts';

export const RULES: PricingRules = { currency: 'GBP', taxRounding: 'receipt' };
export const HEAD = emptyHead(ORG, STORE_ID, REGISTER_ID);

/** One command as a function of the register and the act. */
export type Step = (state: RegisterState, act: Act) => Result<JournalRecord, CommandRefusal>;

/** A register with everything that was recorded on it. */
export type Played = { readonly state: RegisterState; readonly records: readonly JournalRecord[] };

/** A moment of the example day, a minute further for each record. */
export function stampOf(seq: number): Stamp {
  return { at: new Date(Date.UTC(2026, 10, 21, 8, 54 + seq)).toISOString(), by: 'ann' };
}

/** The same moment as an act of somebody who may do everything. */
export function actOf(seq: number, change: Partial<Act> = {}): Act {
  const { at, by } = stampOf(seq);
  return { at, actor: historyActor(by), ...change };
}

/** Plays commands on a register; throws on the first refusal, for the tests of refusals call commands themselves. */
export function play(steps: readonly Step[], from: Played = freshRegister()): Played {
  return steps.reduce<Played>(({ state, records }, step) => {
    const made = step(state, actOf(state.head.seq + 1));
    if (!made.ok) throw new Error(`refused: ${JSON.stringify(made.error)}`);
    const next = addRecord(state, made.value);
    if (!next.ok) throw new Error(`fault: ${next.error}`);
    return { state: next.value, records: [...records, made.value] };
  }, from);
}

export function freshRegister(): Played {
  return { state: newRegister(ORG, STORE_ID, REGISTER_ID), records: [] };
}

export const open =
  (float = 10_000): Step =>
  (state, act) =>
    openSession(state, { day: '2026-11-21', currency: 'GBP', float }, act);

export const sell =
  (basket: Basket, payments: readonly Payment[], rules: PricingRules = RULES): Step =>
  (state, act) =>
    completeSale(state, { basket, payments, rules }, act);

/** Sells and pays the exact amount. */
export const sellExactly = (basket: Basket, by: 'cash' | 'card', rules: PricingRules = RULES): Step => {
  const { total } = priceBasket(basket, rules);
  return sell(basket, total === 0 ? [] : [by === 'cash' ? cash(total) : card(total)], rules);
};

export const pay =
  (direction: 'in' | 'out', amount: number): Step =>
  (state, act) =>
    moveCash(state, { direction, amount, reason: 'window cleaner' }, act);

export const drawer: Step = (state, act) => openDrawer(state, 'change for a note', act);

export const reprint =
  (receipt: RecordOf<'reprint'>['body']['receipt'], copy: number): Step =>
  (state, act) =>
    reprintReceipt(state, { receipt, copy }, act);

export const drop =
  (amount: number, bag = 'B-17'): Step =>
  (state, act) =>
    dropToSafe(state, { amount, bag, reason: 'full drawer' }, act);

/** Hands the drawer over with what it should hold plus `over`; without a name to whoever does not have it. */
export const handover =
  (over = 0, to?: string): Step =>
  (state, act) =>
    handOver(
      state,
      {
        to: to ?? (holderOf(state) === 'bob' ? 'cat' : 'bob'),
        counted: (state.report?.drawer.expected ?? 0) + over,
        ...(over === 0 ? {} : { reason: 'miscounted' }),
      },
      act,
    );

/** Closes with what the drawer should hold plus `over`. */
export const close =
  (over = 0): Step =>
  (state, act) =>
    closeSession(
      state,
      {
        counted: (state.report?.drawer.expected ?? 0) + over,
        ...(over === 0 ? {} : { reason: 'miscounted' }),
      },
      act,
    );

/** The sale records among records. */
export function salesOf(records: readonly JournalRecord[]): RecordOf<'sale'>[] {
  return records.filter((record) => record.kind === 'sale');
}
