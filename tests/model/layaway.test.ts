import fc from 'fast-check';
import { cancellationFee, layawayFeeLine } from '#model/ledger/layaway-fee.ts';
import { discountLine } from '#model/register/basket-commands.ts';
import { describe, expect, test } from 'vitest';
import {
  basketOfLayaway,
  layawayEntry,
  layawayStanding,
  leastDeposit,
  putOnLayaway,
  readLayaway,
  takeOrder,
  type Layaway,
  type LayawayWish,
} from '#model/ledger/layaway.ts';
import { issuedNumber } from '#model/ledger/account.ts';
import { bookedMoves } from '#model/ledger/ledger.ts';
import { valueLine } from '#model/ledger/value-line.ts';
import { layawayDays } from '#model/ledger/value-settings.ts';
import type { Special } from '#model/pricing/special.ts';
import { actorOf } from '#model/register/actor.ts';
import { completeSale } from '#model/register/commands.ts';
import { changeQuantity, removeLine, type Basket } from '#model/sale/basket.ts';
import type { Payment } from '#model/sale/payment.ts';
import { priceBasket } from '#model/sale/pricing.ts';
import { discountedBaskets, pricingRules } from './support/discounts.ts';
import {
  RULES,
  actOf,
  freshRegister,
  open,
  play,
  salesOf,
  sell,
  type Played,
} from './support/played-register.ts';
import { STORE_ID, basket, cash, line } from './support/shop.ts';

const OPENED = play([open()]);
const WISH: LayawayWish = { name: ' Mrs Brown ', phone: '0113 496 0000', due: '2027-01-20', deposit: 1000 };
const COATS = basket([line({ price: '40.00' })], 'basket-7');

function put(from: Basket, wish: Partial<LayawayWish> = {}, rules = RULES) {
  const made = { basket: from, rules, settings: undefined, wish: { ...WISH, ...wish } };
  return putOnLayaway(OPENED.state, made, actOf(3));
}

function kept(from: Basket, wish: Partial<LayawayWish> = {}, rules = RULES): Layaway {
  const made = put(from, wish, rules);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}

const deposit = (number: string, amount: number, note?: string) =>
  valueLine({
    account: { ledger: 'deposit', id: number },
    amount,
    name: 'Deposit',
    currency: 'GBP',
    ...(note === undefined ? {} : { note }),
  });
const movesOf = ({ records }: Played) => salesOf(records).flatMap(({ body, at }) => bookedMoves(body, at));

describe('[G10] layaway', () => {
  test('[G10] keeps the goods with who, until when, and a number that comes from the basket', () => {
    expect(kept(COATS)).toMatchObject({
      number: issuedNumber('deposit', 'basket-7'),
      basket: 'basket-7',
      total: 4000,
      name: 'Mrs Brown',
      phone: '0113 496 0000',
      due: '2027-01-20',
      by: 'ann',
      register: 'S01-R2',
    });
    expect(kept(COATS, { phone: ' ' })).not.toHaveProperty('phone');
  });

  test('[G10] asks for a first deposit of a share of the total, rounded up', () => {
    expect(leastDeposit(4001, undefined)).toBe(801);
    expect(leastDeposit(4001, { layawayPercent: 50 })).toBe(2001);
    expect(put(COATS, { deposit: 799 })).toMatchObject({ error: { code: 'deposit-too-small', least: 800 } });
    expect(put(COATS, { deposit: 4001 })).toMatchObject({ error: { code: 'deposit-too-large', most: 4000 } });
    expect(put(COATS, { deposit: 800 }).ok).toBe(true);
    expect(layawayDays(undefined)).toBe(60);
    expect(layawayDays({ layawayDays: 30 })).toBe(30);
  });

  test('[G10] takes goods that are sold, for somebody with a name, in an open session', () => {
    expect(put(basket([]))).toMatchObject({ error: { code: 'basket-empty' } });
    expect(put(basket([deposit('L1', 500)]))).toMatchObject({ error: { code: 'layaway-only-goods' } });
    expect(put(basket([line({}, '-1')]))).toMatchObject({ error: { code: 'layaway-only-goods' } });
    expect(put(COATS, { name: '  ' })).toMatchObject({ error: { code: 'customer-missing' } });
    const made = { basket: COATS, rules: RULES, settings: undefined, wish: WISH };
    expect(putOnLayaway(freshRegister().state, made, actOf(1))).toMatchObject({
      error: { code: 'session-not-open' },
    });
    const stranger = { ...actOf(3), actor: { person: 'x', role: undefined } };
    expect(putOnLayaway(OPENED.state, made, stranger)).toMatchObject({
      error: { code: 'not-permitted', permission: 'sale.sell' },
    });
  });

  test('[G10] sells the goods at the agreed prices, whatever specials came or went', () => {
    fc.assert(
      fc.property(discountedBaskets, pricingRules, (given, rules) => {
        const before = priceBasket(given, rules);
        const { total } = before;
        fc.pre(total > 100);
        const layaway = kept(given, { deposit: Math.ceil(total / 2) }, rules);
        const later = priceBasket(basketOfLayaway(layaway), { ...rules, specials: [] });
        const much = { ...rules, specials: [HALF] };
        expect(later.total).toBe(layaway.total);
        expect(later.amounts).toEqual(priceBasket(basketOfLayaway(layaway), much).amounts);
        expect(Math.abs(later.total - total)).toBeLessThanOrEqual(given.lines.length * 2);
      }),
    );
  });

  test('[G10] an agreed discount counts against nobody’s limit when the goods are fetched', () => {
    const given = { ...COATS, discounts: [{ kind: 'percent' as const, percent: '50', name: 'Old model' }] };
    const layaway = kept(given);
    expect(layaway.lines[0]?.discount).toMatchObject({ kind: 'amount', amount: 2000, by: 'ann' });
    const cashier = actorOf({ id: 'ann', active: true, role: 'cashier', stores: [] }, STORE_ID, new Map());
    const sold = completeSale(
      OPENED.state,
      { basket: basketOfLayaway(layaway), payments: [cash(2000)], rules: RULES },
      { at: actOf(3).at, actor: cashier },
    );
    expect(sold.ok).toBe(true);
  });

  test('[G10] [H5] is paid by deposits and a rest, and fetched under the basket’s id', () => {
    const layaway = kept(COATS);
    const { number } = layaway;
    expect(layawayStanding(layaway, [])).toBe('unpaid');
    const paid = play(
      [
        sell(basket([deposit(number, 1000)], 'b1'), [cash(1000)]),
        sell(basket([deposit(number, 500)], 'b2'), [cash(500)]),
      ],
      OPENED,
    );
    expect(layawayStanding(layaway, movesOf(paid))).toBe('open');
    const out: Payment = {
      tender: 'deposit',
      name: 'Deposit',
      kind: 'deposit',
      given: 1500,
      account: number,
    };
    const fetched = play([sell(basketOfLayaway(layaway), [out, cash(2500)])], paid);
    expect(layawayStanding(layaway, movesOf(fetched))).toBe('settled');
    expect(salesOf(fetched.records).at(-1)?.body.basket).toBe('basket-7');
    expect(fetched.state.report).toMatchObject({ gross: 5500, liabilities: { deposit: { amount: 1500 } } });
  });

  test('[G10] cancelling takes the deposit out with a reason, by somebody’s leave', () => {
    const { number } = kept(COATS);
    const paid = play([sell(basket([deposit(number, 1000)], 'b1'), [cash(1000)])], OPENED);
    const back = basket([deposit(number, -1000, 'changed her mind')], 'b2');
    const cancel = (role: string) =>
      completeSale(
        paid.state,
        { basket: back, payments: [cash(-1000)], rules: RULES },
        {
          at: actOf(4).at,
          actor: actorOf({ id: 'ann', active: true, role, stores: [] }, STORE_ID, new Map()),
        },
      );
    expect(cancel('cashier')).toMatchObject({
      error: { code: 'approval-needed', permission: 'value.cancel-layaway' },
    });
    expect(cancel('supervisor')).toMatchObject({
      ok: true,
      value: { body: { type: 'refund', lines: [{ note: 'changed her mind', amount: -1000 }] } },
    });
  });

  test('[G10] an order has words in place of goods', () => {
    const order = (text: string, change: Partial<LayawayWish> = {}) =>
      takeOrder(OPENED.state, { text, basket: 'b9', wish: { ...WISH, ...change } }, actOf(3));
    expect(order(' Blue sofa ')).toMatchObject({
      ok: true,
      value: { text: 'Blue sofa', lines: [], total: 0 },
    });
    expect(order(' ')).toMatchObject({ error: { code: 'basket-empty' } });
    expect(order('Sofa', { deposit: 0 })).toMatchObject({ error: { code: 'deposit-too-small', least: 1 } });
  });

  test('[G10] [D5] its entry reads back the same, and one under another number is a fault', () => {
    const layaway = kept(COATS);
    const { key, text } = layawayEntry(layaway);
    expect(readLayaway(key, text)).toEqual({ ok: true, value: layaway });
    expect(readLayaway('layaway:L0', text)).toMatchObject({ error: { code: 'wrong-key' } });
    expect(readLayaway(key, '[]')).toMatchObject({ error: { code: 'bad-shape' } });
  });
});

const HALF: Special = {
  id: 'half',
  name: 'Half price',
  priority: 9,
  stacks: true,
  scope: {},
  effect: { kind: 'off', percent: '50' },
};

describe('[G11] the fee for cancelling', () => {
  test('is an amount or a share of what was paid, never more than that and never below zero', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 1, max: 100 }), (paid, n) => {
        const share = cancellationFee(paid, { kind: 'percent', percent: n });
        const flat = cancellationFee(paid, { kind: 'amount', amount: n * 100 });
        expect(Math.abs(share - (paid * n) / 100)).toBeLessThanOrEqual(0.5);
        expect(flat).toBe(Math.min(n * 100, paid));
        expect(cancellationFee(paid, null)).toBe(0);
        expect(share >= 0 && share <= paid).toBe(true);
      }),
    );
  });

  test('is a line without tax that is no article', () => {
    expect(layawayFeeLine(250, 'Cancellation fee', 'GBP')).toEqual({
      product: 'layaway-fee',
      sku: 'layaway-fee',
      name: 'Cancellation fee',
      quantity: '1',
      price: '2.50',
      taxes: [],
    });
  });

  test('[G12] stays while the deposit goes out, but for a discount by whoever may give one', () => {
    const back = valueLine({
      account: { ledger: 'deposit', id: kept(COATS).number },
      amount: -1000,
      name: 'Deposit',
      currency: 'GBP',
    });
    const cancelled = basket([back, layawayFeeLine(250, 'Cancellation fee', 'GBP')]);
    expect(removeLine(cancelled, 1)).toEqual({ ok: false, error: { code: 'layaway-fee-stays' } });
    expect(changeQuantity(cancelled, 1, '0.1')).toEqual({
      ok: false,
      error: { code: 'layaway-fee-stays' },
    });
    const wish = { kind: 'percent', percent: '100', reason: 'regular customer' } as const;
    const asked = (role: string) => {
      const actor = actorOf({ id: 'ann', role, active: true, stores: [] }, STORE_ID, new Map());
      return discountLine(cancelled, 1, wish, RULES, actOf(1, { actor }));
    };
    expect(asked('cashier')).toMatchObject({ error: { permission: 'sale.discount' } });
    const waived = asked('manager');
    expect(waived.ok && priceBasket(waived.value, RULES).total).toBe(-1000);
    const [, alone] = cancelled.lines;
    expect(removeLine(basket(alone ? [alone] : []), 0)).toMatchObject({ ok: true, value: { lines: [] } });
    expect(removeLine(cancelled, 0)).toMatchObject({ ok: true, value: { lines: [alone] } });
  });
});
