import type { ParkedBasket } from '../documents/parked.ts';
import { err, ok, type Result } from '../result.ts';
import { priceBasket, type Basket, type PricingRules } from '../sale/basket.ts';
import { authorize, type Act, type NotPermitted } from './actor.ts';
import { isOpen, type RegisterState } from './register-state.ts';

/** Why a basket was not parked or resumed. */
export type ParkingRefusal =
  | NotPermitted
  | { readonly code: 'session-not-open' | 'basket-empty' | 'basket-not-empty' | 'no-such-basket' };

/** Puts a basket on hold (rule H4); `name` helps to find it again. */
export function parkBasket(
  state: RegisterState,
  args: { readonly basket: Basket; readonly name: string; readonly rules: PricingRules },
  act: Act,
): Result<ParkedBasket, ParkingRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  const { basket, rules } = args;
  if (basket.lines.length === 0) return err({ code: 'basket-empty' });
  const stamp = authorize(act, ['sale.sell']);
  if (!stamp.ok) return stamp;
  const name = args.name.trim().slice(0, 60);
  return ok({
    basket,
    ...(name === '' ? {} : { name }),
    amount: priceBasket(basket, rules).total,
    at: act.at,
    by: stamp.value.by,
    register: state.head.register,
  });
}

/** Takes a basket up again where none is open (rule H4); it keeps its id, by which it is sold once (rule H5). */
export function resumeBasket(
  state: RegisterState,
  args: { readonly parked: ParkedBasket | undefined; readonly open: Basket },
  act: Act,
): Result<Basket, ParkingRefusal> {
  if (!isOpen(state)) return err({ code: 'session-not-open' });
  if (args.open.lines.length > 0) return err({ code: 'basket-not-empty' });
  if (!args.parked) return err({ code: 'no-such-basket' });
  const stamp = authorize(act, ['sale.sell']);
  return stamp.ok ? ok(args.parked.basket) : stamp;
}
