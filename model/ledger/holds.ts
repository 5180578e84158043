import type { Hold } from '../documents/ledger.ts';
import { sumMinor, type Minor } from '../money/money.ts';
import type { AccountRef } from './account.ts';
import { HOLD_MS } from './ledger.ts';

/**
 * What baskets other than `basket` hold of an account at `now` (milliseconds since 1970), in minor units (rule G8): a hold of a till that
 * went down ends by itself. With `before` only what came before that hold counts.
 */
export function heldByOthers(
  holds: Iterable<Hold>,
  { ledger, id }: AccountRef,
  {
    basket,
    now,
    before,
  }: { readonly basket: string; readonly now: number; readonly before?: Hold | undefined },
): Minor {
  const others = [...holds].filter(
    (hold) =>
      hold.account === id &&
      hold.ledger === ledger &&
      hold.basket !== basket &&
      isAlive(hold, now) &&
      (before === undefined || isBefore(hold, before)),
  );
  return sumMinor(others.map(({ amount }) => amount));
}

/** The other register that is about to take a hold, where one basket may be open at two (rule G8); undefined where none is. */
export function heldElsewhere(hold: Hold | undefined, register: string, now: number): string | undefined {
  return hold && hold.register !== register && isAlive(hold, now) ? hold.register : undefined;
}

function isAlive({ at }: Hold, now: number): boolean {
  return Date.parse(at) > now - HOLD_MS;
}

/** Of two holds of one account the earlier counts, of two of one moment that with the smaller basket: the same on every till. */
function isBefore(a: Hold, b: Hold): boolean {
  return a.at === b.at ? a.basket < b.basket : a.at < b.at;
}
