import { describe, expect, test } from 'vitest';
import { parkedEntry, readParkedEntry } from '#model/documents/parked.ts';
import { actorOf } from '#model/register/actor.ts';
import { parkBasket, resumeBasket } from '#model/register/parking.ts';
import { emptyBasket, type Basket } from '#model/sale/basket.ts';
import { RULES, actOf, close, freshRegister, open, play } from './support/played-register.ts';
import { STORE_ID, basket, line } from './support/shop.ts';

const { state } = play([open()]);
const HELD: Basket = {
  ...basket([{ ...line({}, '2'), note: 'gift' }]),
  discounts: [{ kind: 'percent', percent: '50', name: 'Club', by: 'sam' }],
};
const park = (name: string) => parkBasket(state, { basket: HELD, name, rules: RULES }, actOf(7));

describe('[H4] parked baskets', () => {
  test('[H4] a basket is parked with what it came to, by whom, when and where', () => {
    expect(park('  Blue jacket ')).toEqual({
      ok: true,
      value: { basket: HELD, name: 'Blue jacket', amount: 120, at: actOf(7).at, by: 'ann', register: 'R2' },
    });
    expect(park(' ')).not.toHaveProperty('value.name');
  });

  test('[H4] its entry reads back the same, and one that lies about itself is a fault', () => {
    const parked = park('Blue jacket');
    if (!parked.ok) throw new Error(parked.error.code);
    const { key, text } = parkedEntry(parked.value);
    expect(readParkedEntry(key, text)).toEqual(parked);
    expect(readParkedEntry('basket:other', text)).toMatchObject({ error: { code: 'wrong-key' } });
    expect(readParkedEntry(key, '{')).toMatchObject({ error: { code: 'not-json' } });
    expect(readParkedEntry(key, text.replace('"at"', '"when"'))).toMatchObject({
      error: { code: 'bad-shape' },
    });
  });

  test('[H4] [H5] resuming gives the basket with its id, where none is open', () => {
    const parked = park('');
    if (!parked.ok) throw new Error(parked.error.code);
    const resume = (given: Parameters<typeof resumeBasket>[1]) => resumeBasket(state, given, actOf(8));
    expect(resume({ parked: parked.value, open: emptyBasket('new') })).toEqual({ ok: true, value: HELD });
    expect(resume({ parked: parked.value, open: basket([line()], 'other') })).toMatchObject({
      error: { code: 'basket-not-empty' },
    });
    expect(resume({ parked: undefined, open: emptyBasket('new') })).toMatchObject({
      error: { code: 'no-such-basket' },
    });
  });

  test('[H4] nothing is parked without lines, without a session or by somebody who may not sell', () => {
    const args = { basket: HELD, name: '', rules: RULES };
    expect(parkBasket(state, { ...args, basket: emptyBasket('x') }, actOf(7))).toMatchObject({
      error: { code: 'basket-empty' },
    });
    for (const closed of [freshRegister().state, play([open(), close()]).state])
      expect(parkBasket(closed, args, actOf(7))).toMatchObject({ error: { code: 'session-not-open' } });
    const nobody = actorOf({ id: 'eve', role: 'unknown', active: true, stores: [] }, STORE_ID, new Map());
    expect(parkBasket(state, args, actOf(7, { actor: nobody }))).toMatchObject({
      error: { code: 'not-permitted', permission: 'sale.sell' },
    });
  });
});
