import type { Minor } from '../money/money.ts';
import { authorize, type Act, type NotPermitted } from '../register/actor.ts';
import { err, ok, type Result } from '../result.ts';
import type { Customer } from './customer.ts';

/** Why nothing was sold on account; `available` is what the limit leaves, in minor units. */
export type OnAccountRefusal =
  | NotPermitted
  | { readonly code: 'account-needs-customer' }
  | { readonly code: 'account-not-agreed'; readonly name: string };

/** What a customer may still take on account with `balance` minor units on it, below zero where they owe; never below zero (rule U7). */
export function accountAvailable({ terms }: Customer, balance: Minor): Minor {
  return Math.max(0, (terms.accountLimit ?? 0) + balance);
}

/**
 * Lets `amount` minor units go on a customer's account (rule U7): up to the limit, beyond it with `customer.over-limit`. Money back, an
 * amount below zero, asks for nothing. Gives who approved, for the tender.
 */
export function payOnAccount(
  args: { readonly customer: Customer | undefined; readonly amount: Minor; readonly balance: Minor },
  act: Act,
): Result<{ readonly approvedBy?: string }, OnAccountRefusal> {
  const { customer, amount, balance } = args;
  if (!customer) return err({ code: 'account-needs-customer' });
  if (amount <= 0) return ok({});
  if (customer.terms.accountLimit === undefined)
    return err({ code: 'account-not-agreed', name: customer.profile.name });
  if (amount <= accountAvailable(customer, balance)) return ok({});
  const stamp = authorize(act, ['customer.over-limit']);
  if (!stamp.ok) return stamp;
  const { approvedBy } = stamp.value;
  return ok(approvedBy === undefined ? {} : { approvedBy });
}
