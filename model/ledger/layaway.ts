import * as v from 'valibot';
import { canonicalJson, type CanonicalValue } from '../journal/canonical.ts';
import { daySchema, momentSchema } from '../journal/record.ts';
import { readEntry, type EntryFault } from '../documents/entries.ts';
import { Exact, minorSchema, type Minor } from '../money/money.ts';
import { authorize, type Act, type NotPermitted } from '../register/actor.ts';
import { isOpen, type RegisterState } from '../register/register-state.ts';
import { err, ok, type Result } from '../result.ts';
import { basketLineSchema, lineAmount, type Basket, type BasketLine } from '../sale/basket.ts';
import { priceBasket, type PricingRules } from '../sale/pricing.ts';
import { accountIdSchema, issuedNumber } from './account.ts';
import type { BookedMove } from './ledger.ts';
import { layawayPercent, type ValueSettings } from './value-settings.ts';

const idText = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const nameText = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(60));

const layawaySchema = v.strictObject({
  number: accountIdSchema,
  /** The basket the goods are sold as, once (rule H5). */
  basket: idText,
  lines: v.pipe(v.array(basketLineSchema), v.maxLength(2000)),
  total: minorSchema,
  name: nameText,
  phone: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(40))),
  /** What was ordered, where nothing lies aside. */
  text: v.optional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200))),
  due: daySchema,
  at: momentSchema,
  by: idText,
  /** Where it was made, `S01-R2`. */
  register: v.pipe(v.string(), v.minLength(1), v.maxLength(16)),
});

/**
 * Goods kept for somebody who pays a deposit on them, or with `text` in place of `lines` an order (rule G10). `total` in minor units is
 * what they cost, 0 where an order has no price yet; `due` is the day until which they are kept.
 */
export type Layaway = v.InferOutput<typeof layawaySchema>;

/** Why nothing was put on layaway; amounts in minor units. */
export type LayawayRefusal =
  | NotPermitted
  | { readonly code: 'session-not-open' | 'basket-empty' | 'layaway-only-goods' | 'customer-missing' }
  | { readonly code: 'deposit-too-small'; readonly least: Minor }
  | { readonly code: 'deposit-too-large'; readonly most: Minor };

/** The key of a layaway in the ledger document of its number. */
export function layawayKey(number: string): string {
  return `layaway:${number}`;
}

/** The entry of a layaway. */
export function layawayEntry(layaway: Layaway): { readonly key: string; readonly text: string } {
  return { key: layawayKey(layaway.number), text: canonicalJson(layaway as CanonicalValue) };
}

/** Reads a layaway. */
export function readLayaway(key: string, text: string): Result<Layaway, EntryFault> {
  const read = readEntry(layawaySchema, key, text);
  if (!read.ok || layawayKey(read.value.number) === key) return read;
  return err({ key, code: 'wrong-key', detail: `holds the layaway "${read.value.number}"` });
}

/** The least first payment on a total (rule G10): a share of it, rounded up. */
export function leastDeposit(total: Minor, settings: ValueSettings | undefined): Minor {
  return new Exact(total).times(layawayPercent(settings)).div(100).ceil().toNumber();
}

/** Who the goods are kept for and until when. */
export type LayawayWish = {
  readonly name: string;
  readonly phone: string;
  readonly due: string;
  readonly deposit: Minor;
};

/** Puts a basket on layaway (rule G10): its lines as they are priced now, whatever specials and discounts come and go. */
export function putOnLayaway(
  state: RegisterState,
  args: {
    readonly basket: Basket;
    readonly rules: PricingRules;
    readonly settings: ValueSettings | undefined;
    readonly wish: LayawayWish;
  },
  act: Act,
): Result<Layaway, LayawayRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const { basket, rules, wish } = args;
  if (basket.lines.length === 0) return err({ code: 'basket-empty' });
  if (basket.lines.some((line) => line.account || line.quantity.startsWith('-')))
    return err({ code: 'layaway-only-goods' });
  const lines = agreedLines(basket, rules, act.actor.person);
  const { total } = priceBasket({ id: basket.id, lines }, rules);
  const least = leastDeposit(total, args.settings);
  if (wish.deposit < least) return err({ code: 'deposit-too-small', least });
  if (wish.deposit > total) return err({ code: 'deposit-too-large', most: total });
  return recorded(state, { basket: basket.id, lines, total, wish }, act);
}

/** Takes a deposit on an order (rule G10): what was ordered stands in words. */
export function takeOrder(
  state: RegisterState,
  args: { readonly text: string; readonly basket: string; readonly wish: LayawayWish },
  act: Act,
): Result<Layaway, LayawayRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const text = args.text.trim().slice(0, 200);
  if (text === '') return err({ code: 'basket-empty' });
  if (args.wish.deposit <= 0) return err({ code: 'deposit-too-small', least: 1 });
  return recorded(state, { basket: args.basket, lines: [], total: 0, text, wish: args.wish }, act);
}

function recorded(
  state: RegisterState,
  made: Pick<Layaway, 'basket' | 'lines' | 'total'> & { readonly text?: string; readonly wish: LayawayWish },
  act: Act,
): Result<Layaway, LayawayRefusal> {
  const { wish, ...content } = made;
  const name = wish.name.trim().slice(0, 60);
  if (name === '') return err({ code: 'customer-missing' });
  const stamp = authorize(act, ['sale.sell']);
  if (!stamp.ok) return stamp;
  const phone = wish.phone.trim().slice(0, 40);
  const { store, register } = state.head;
  return ok({
    number: issuedNumber('deposit', made.basket),
    ...content,
    name,
    ...(phone === '' ? {} : { phone }),
    due: wish.due,
    at: act.at,
    by: stamp.value.by,
    register: `${store}-${register}`,
  });
}

/** Lines that keep what they come to now: what is taken off is an amount by the leave of whoever put them aside. */
function agreedLines({ lines, ...basket }: Basket, rules: PricingRules, by: string): BasketLine[] {
  const { offs } = priceBasket({ ...basket, lines }, rules);
  return lines.map(({ discount, ...line }, i) => {
    const taken = offs[i] ?? [];
    const amount = lineAmount(line, rules.currency);
    if (taken.length === 0) return { ...line, amount };
    const off = taken.reduce((sum, one) => sum + one.amount, 0);
    const name = [...new Set(taken.map((one) => one.name))].join(', ').slice(0, 200);
    const approvedBy = discount?.approvedBy;
    const leave = { by: discount?.by ?? by, ...(approvedBy === undefined ? {} : { approvedBy }) };
    return { ...line, amount, discount: { kind: 'amount', amount: off, name, ...leave } };
  });
}

/** The basket by which the goods of a layaway are sold, at the agreed prices (rule G10). */
export function basketOfLayaway({ basket, lines }: Pick<Layaway, 'basket' | 'lines'>): Basket {
  return { id: basket, lines };
}

/**
 * How a layaway stands by the moves of its account (rule G10): nothing paid yet, something paid, or settled, which also a cancelled one
 * is. A void that gives the deposit back to the account opens it again.
 */
export function layawayStanding(
  { number }: Pick<Layaway, 'number'>,
  moves: readonly BookedMove[],
): 'unpaid' | 'open' | 'settled' {
  const own = moves.filter(({ ledger, account }) => ledger === 'deposit' && account === number);
  if (own.length === 0) return 'unpaid';
  return own.reduce((sum, { amount }) => sum + amount, 0) > 0 ? 'open' : 'settled';
}
