import * as v from 'valibot';
import { accountIdSchema } from '../ledger/account.ts';
import { minorSchema, mostGiven, sumMinor, type Minor } from '../money/money.ts';
import { err, ok, type Result } from '../result.ts';
import { cashAmount, cashChange, isRounded, type CashRounding } from './cash-rounding.ts';
import { cardMembers, pointsSchema, tenderKindSchema, type Tendered } from './sale-body.ts';

/**
 * A payment as taken (rule Y2): `given` is what was handed over or charged, in minor units; negative when money goes back
 * to the customer. `reference` is a card's approval code, `account` what it is paid out of (rule G1), `approvedBy` who
 * approved that without a connection (rule G9).
 */
export const paymentSchema = v.strictObject({
  tender: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  kind: tenderKindSchema,
  given: minorSchema,
  reference: v.optional(v.pipe(v.string(), v.maxLength(64))),
  account: v.optional(accountIdSchema),
  approvedBy: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
  /** How many points that is, with the sign of `given` (rule U10). */
  points: v.optional(pointsSchema),
  ...cardMembers,
});

/** A payment as taken. */
export type Payment = v.InferOutput<typeof paymentSchema>;

/**
 * How a sale stands with the payments so far: `due` is what is missing (signed like the total), `change` what goes back,
 * `cashDue` what would settle it in cash, `rounding` what cash rounding added to the total (rule Y6).
 */
export type Settlement = {
  readonly due: Minor;
  readonly cashDue: Minor;
  readonly change: Minor;
  readonly rounding: Minor;
  readonly tenders: readonly Tendered[];
};

/** Why a payment was refused. */
export type PaymentRefusal =
  | { readonly code: 'payment-zero' }
  | { readonly code: 'payment-wrong-sign' }
  | { readonly code: 'nothing-due' }
  | { readonly code: 'change-only-from-cash'; readonly due: Minor }
  | { readonly code: 'refund-too-large'; readonly due: Minor }
  | { readonly code: 'payment-absurd' };

/** Adds a payment to those already taken, if the sale needs it (rules Y2 to Y4 and Y6). */
export function addPayment(
  total: Minor,
  payments: readonly Payment[],
  payment: Payment,
  rule?: CashRounding,
): Result<readonly Payment[], PaymentRefusal> {
  const { due: exact, cashDue } = settle(total, payments, rule);
  const due = isRounded(payment.kind, rule) ? cashDue : exact;
  if (exact === 0) return err({ code: payment.given === 0 ? 'payment-zero' : 'nothing-due' });
  // A few cents may round to nothing: then nothing in cash is what settles them.
  if (payment.given === 0) return due === 0 ? ok([...payments, payment]) : err({ code: 'payment-zero' });
  if (Math.sign(payment.given) !== Math.sign(exact)) return err({ code: 'payment-wrong-sign' });
  if (Math.abs(payment.given) > mostGiven(due)) return err({ code: 'payment-absurd' });
  if (Math.abs(payment.given) > Math.abs(due)) {
    if (exact < 0) return err({ code: 'refund-too-large', due });
    if (payment.kind !== 'cash') return err({ code: 'change-only-from-cash', due });
  }
  return ok([...payments, payment]);
}

/** What is still owed while payments are gone through: exactly, and how much of it came in rounded tenders so far. */
type Owed = { due: Minor; inCash: Minor; change: Minor; rounding: Minor };

/**
 * What the payments amount to: each counts up to what was still due; more cash than due comes back as change (rule Y3). With a
 * rule for cash, the payment in cash that settles the sale counts with the rounded amount (rules Y6 and Y7).
 */
export function settle(total: Minor, payments: readonly Payment[], rule?: CashRounding): Settlement {
  const owed: Owed = { due: total, inCash: 0, change: 0, rounding: 0 };
  const tenders = payments.map((payment) => takePayment(owed, payment, rule));
  const { due, change, rounding } = owed;
  return { due, cashDue: cashLeft(owed, rule), change, rounding, tenders };
}

/** What is still to be paid in cash: the cash of the whole sale is rounded once, however many times it is handed over. */
function cashLeft({ due, inCash }: Owed, rule: CashRounding | undefined): Minor {
  const left = due === 0 ? 0 : cashAmount(due + inCash, rule) - inCash;
  return left === 0 ? 0 : left;
}

function takePayment(owed: Owed, payment: Payment, rule: CashRounding | undefined): Tendered {
  const { amount, back } = isRounded(payment.kind, rule)
    ? takeRounded(owed, payment.given, rule)
    : takeExact(owed, payment.given);
  owed.change += back;
  return {
    tender: payment.tender,
    name: payment.name,
    kind: payment.kind,
    amount,
    ...(payment.kind === 'cash' && payment.given > 0 ? { received: payment.given, change: back } : {}),
    ...(payment.reference === undefined ? {} : { reference: payment.reference }),
    ...(payment.account === undefined ? {} : { account: payment.account }),
    ...(payment.approvedBy === undefined ? {} : { approvedBy: payment.approvedBy }),
    ...(payment.points === undefined ? {} : { points: payment.points }),
    ...(payment.cardBrand === undefined ? {} : { cardBrand: payment.cardBrand }),
    ...(payment.cardTail === undefined ? {} : { cardTail: payment.cardTail }),
    ...(payment.cardReference === undefined ? {} : { cardReference: payment.cardReference }),
  };
}

type Taken = { readonly amount: Minor; readonly back: Minor };

function takeExact(owed: Owed, given: Minor): Taken {
  const amount = owed.due >= 0 ? Math.min(given, owed.due) : Math.max(given, owed.due);
  owed.due -= amount;
  return { amount, back: given - amount };
}

function takeRounded(owed: Owed, given: Minor, rule: CashRounding): Taken {
  const target = cashLeft(owed, rule);
  const settles = owed.due >= 0 ? given >= target : given <= target;
  if (owed.due === 0 || !settles) {
    const taken = takeExact(owed, given);
    owed.inCash += taken.amount;
    return taken;
  }
  const back = owed.due > 0 && given > target ? cashChange(given, owed.due, rule) : given - target;
  const amount = owed.due > 0 ? given - back : target;
  owed.rounding += amount - owed.due;
  owed.inCash += amount;
  owed.due = 0;
  return { amount, back };
}

/** What the payments gave in all, change not taken off. */
export function sumGiven(payments: readonly Payment[]): Minor {
  return sumMinor(payments.map((payment) => payment.given));
}

/**
 * Amounts a customer is likely to hand over for `due`: the exact amount and the next notes above it, at most five, rising
 * (rule Y5). `notes` are the currency's notes and large coins in minor units.
 */
export function quickCash(due: Minor, notes: readonly Minor[]): readonly Minor[] {
  if (due <= 0) return [];
  const offers = new Set<Minor>([due]);
  for (const note of [...notes].sort((a, b) => a - b)) offers.add(Math.ceil(due / note) * note);
  return [...offers].sort((a, b) => a - b).slice(0, 5);
}
