import * as v from 'valibot';
import { MAX_TYPED_MINOR, minorSchema, sumMinor, type Minor } from '../money/money.ts';
import { err, ok, type Result } from '../result.ts';
import { tenderKindSchema, type Tendered } from './sale-body.ts';

/**
 * A payment as taken (rule Y2): `given` is what was handed over or charged, in minor units; negative when money goes back
 * to the customer. `reference` is a card's approval code.
 */
export const paymentSchema = v.strictObject({
  tender: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  kind: tenderKindSchema,
  given: minorSchema,
  reference: v.optional(v.pipe(v.string(), v.maxLength(64))),
});

/** A payment as taken. */
export type Payment = v.InferOutput<typeof paymentSchema>;

/** How a sale stands with the payments so far: `due` is what is missing (signed like the total), `change` what goes back. */
export type Settlement = {
  readonly due: Minor;
  readonly change: Minor;
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

/** Adds a payment to those already taken, if the sale needs it (rules Y2 to Y4). */
export function addPayment(
  total: Minor,
  payments: readonly Payment[],
  payment: Payment,
): Result<readonly Payment[], PaymentRefusal> {
  const { due } = settle(total, payments);
  if (payment.given === 0) return err({ code: 'payment-zero' });
  if (due === 0) return err({ code: 'nothing-due' });
  if (Math.sign(payment.given) !== Math.sign(due)) return err({ code: 'payment-wrong-sign' });
  if (Math.abs(payment.given) > MAX_TYPED_MINOR) return err({ code: 'payment-absurd' });
  if (Math.abs(payment.given) > Math.abs(due)) {
    if (due < 0) return err({ code: 'refund-too-large', due });
    if (payment.kind !== 'cash') return err({ code: 'change-only-from-cash', due });
  }
  return ok([...payments, payment]);
}

/** What the payments amount to: each counts up to what was still due; more cash than due comes back as change (rule Y3). */
export function settle(total: Minor, payments: readonly Payment[]): Settlement {
  let due = total;
  let change = 0;
  const tenders: Tendered[] = [];
  for (const payment of payments) {
    const amount = due >= 0 ? Math.min(payment.given, due) : Math.max(payment.given, due);
    const back = payment.given - amount;
    due -= amount;
    change += back;
    tenders.push({
      tender: payment.tender,
      name: payment.name,
      kind: payment.kind,
      amount,
      ...(payment.kind === 'cash' && payment.given > 0 ? { received: payment.given, change: back } : {}),
      ...(payment.reference === undefined ? {} : { reference: payment.reference }),
    });
  }
  return { due, change, tenders };
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
