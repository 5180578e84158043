import type { Minor } from '../money/money.ts';
import { authorize, type Act, type NotPermitted } from '../register/actor.ts';
import { err, ok, type Result } from '../result.ts';

/** What a till knows of an account: its balance, what other open baskets hold of it, and whether it could be spent elsewhere unseen. */
export type Funds = {
  readonly balance: Minor;
  readonly held: Minor;
  /** Whether any move of the account ever came here. */
  readonly known: boolean;
  /** Whether the other tills and head office can be asked now. */
  readonly connected: boolean;
};

/** Why nothing is paid out of an account; amounts in minor units. */
export type RedeemRefusal =
  | NotPermitted
  | { readonly code: 'account-unknown'; readonly account: string }
  | { readonly code: 'account-empty'; readonly account: string }
  /** All of it is in other open baskets. */
  | { readonly code: 'account-held'; readonly held: Minor }
  | { readonly code: 'account-too-little'; readonly available: Minor };

/** What an account can pay now (rules G8 and G9): its balance without what other baskets hold. */
export function availableOf({ balance, held }: Pick<Funds, 'balance' | 'held'>): Minor {
  return Math.max(0, balance - Math.max(0, held));
}

/**
 * Lets `amount` be paid out of an account (rules G8 and G9): at most what is available, and while the other tills cannot be asked at most
 * `limit` unless somebody with `value.redeem-offline` does or approves it. Gives who approved, for the tender.
 */
export function redeem(
  args: {
    readonly account: string;
    readonly amount: Minor;
    readonly funds: Funds;
    readonly limit: Minor;
  },
  act: Act,
): Result<{ readonly approvedBy?: string }, RedeemRefusal> {
  const { account, amount, funds, limit } = args;
  if (!funds.known) return err({ code: 'account-unknown', account });
  if (funds.balance <= 0) return err({ code: 'account-empty', account });
  const available = availableOf(funds);
  if (available === 0) return err({ code: 'account-held', held: funds.held });
  if (amount > available) return err({ code: 'account-too-little', available });
  if (funds.connected || amount <= limit) return ok({});
  const stamp = authorize(act, ['value.redeem-offline']);
  if (!stamp.ok) return stamp;
  const { approvedBy } = stamp.value;
  return ok(approvedBy === undefined ? {} : { approvedBy });
}
