import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holdEntry, ledgerShard, moveEntry, readLedgerEntry, type Hold } from '#model/documents/ledger.ts';
import {
  LEDGERS,
  accountNumber,
  issuedNumber,
  ledgerOfNumber,
  maskedNumber,
  type IssuedLedger,
} from '#model/ledger/account.ts';
import {
  balanceOf,
  bookedMoves,
  ledgerExceptions,
  ledgerMoves,
  type BookedMove,
} from '#model/ledger/ledger.ts';
import { redeem, type Funds } from '#model/ledger/redeem.ts';
import { valueLine } from '#model/ledger/value-line.ts';
import { offlineRedeemLimit } from '#model/ledger/value-settings.ts';
import { historyActor, type Act } from '#model/register/actor.ts';
import { changeQuantity, addLine, refundLine } from '#model/sale/basket.ts';
import { discountLine } from '#model/register/basket-commands.ts';
import { voidSale } from '#model/register/void-sale.ts';
import { refundTenders } from '#model/sale/refund-tenders.ts';
import type { Payment } from '#model/sale/payment.ts';
import { priceBasket } from '#model/sale/pricing.ts';
import { stockOnHand } from '#model/stock/stock-on-hand.ts';
import { basketLines } from './support/arbitraries.ts';
import { RULES, actOf, open, play, salesOf, sell, sellExactly } from './support/played-register.ts';
import { basket, cash, line } from './support/shop.ts';

const CARD = 'GIFT12345678';
const top = (amount: number, id = CARD) =>
  valueLine({ account: { ledger: 'gift-card', id }, amount, name: 'Gift card', currency: 'GBP' });
const byCard = (given: number, account = CARD): Payment => ({
  tender: 'gift-card',
  name: 'Gift card',
  kind: 'gift-card',
  given,
  account,
});
const AT = '2026-11-21T09:00:00.000Z';

const ledger = fc.constantFrom(...LEDGERS);
const receipt = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 20 }))
  .map(([register, count]) => `S01-R${register}-${String(count).padStart(6, '0')}`);
const move: fc.Arbitrary<BookedMove> = fc.record(
  {
    ledger,
    account: fc.constantFrom(CARD, 'OTHER0001'),
    amount: fc.integer({ min: -5000, max: 5000 }),
    receipt,
    index: fc.nat(2),
    at: fc.constant(AT),
  },
  { noNullPrototype: true },
);

describe('[G1] moves of value', () => {
  test('[G1] a line puts its amount in, a tender takes what it paid out, lines first', () => {
    const { records } = play([
      open(),
      sell(basket([top(2000), line({}, '5')]), [byCard(500, 'OLD00001'), cash(2100)]),
    ]);
    const sale = salesOf(records)[0]?.body;
    expect(sale && ledgerMoves(sale)).toEqual([
      { ledger: 'gift-card', account: CARD, amount: 2000 },
      { ledger: 'gift-card', account: 'OLD00001', amount: -500 },
    ]);
    expect(sale && bookedMoves(sale, AT)[1]).toMatchObject({ receipt: 'S01-R2-000001', index: 1, at: AT });
  });

  test('[G1] a void moves exactly the opposite', () => {
    const sold = play([
      open(),
      sell(basket([top(2000), line({}, '5')]), [byCard(500, 'OLD00001'), cash(2100)]),
    ]);
    const [sale] = salesOf(sold.records);
    if (!sale) throw new Error('nothing was sold');
    const undo = voidSale(sold.state, { sale, later: [], reason: 'wrong', basket: 'b2' }, actOf(9));
    expect(undo.ok && ledgerMoves(undo.value.body)).toEqual(
      ledgerMoves(sale.body).map((one) => ({ ...one, amount: -one.amount })),
    );
  });

  test('[Y9] [G1] money back goes into the accounts it was paid out of', () => {
    const back = refundTenders(
      [{ tender: 'gift-card', name: 'Gift card', kind: 'gift-card', amount: 500, account: CARD }],
      300,
    );
    expect(back).toEqual([byCard(-300)]);
  });
});

describe('[G2] balances', () => {
  test('[G2] do not depend on order or on how often a receipt arrived', () => {
    fc.assert(
      fc.property(fc.array(move), fc.infiniteStream(fc.nat()), (moves, order) => {
        const shuffled = [...moves, ...moves]
          .map((one) => ({ one, place: order.next().value as number }))
          .sort((a, b) => a.place - b.place)
          .map(({ one }) => one);
        for (const id of [CARD, 'OTHER0001'])
          expect(balanceOf(shuffled, { ledger: 'gift-card', id })).toBe(
            balanceOf(moves, { ledger: 'gift-card', id }),
          );
        expect(ledgerExceptions(shuffled)).toEqual(ledgerExceptions(moves));
      }),
    );
  });

  test('[G2] are the sum of what receipts put in and took out', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9999 }), { minLength: 1, maxLength: 5 }), (amounts) => {
        const { records } = play([
          open(),
          ...amounts.map((amount) => sell(basket([top(amount)]), [cash(amount)])),
        ]);
        const moves = salesOf(records).flatMap(({ body, at }) => bookedMoves(body, at));
        const sum = amounts.reduce((all, amount) => all + amount, 0);
        expect(balanceOf(moves, { ledger: 'gift-card', id: CARD })).toBe(sum);
      }),
    );
  });
});

describe('[G3] lines of value', () => {
  test('[G3] keep their amount and their place whatever is taken off the rest', () => {
    fc.assert(
      fc.property(basketLines, fc.integer({ min: 1, max: 100 }), (lines, percent) => {
        const discounts = [{ kind: 'percent' as const, percent: String(percent), name: 'club' }];
        const goods = { ...basket(lines), discounts };
        const mixed = { ...goods, lines: [...lines, top(5000)] };
        const priced = priceBasket(mixed, RULES);
        expect(priced.amounts.at(-1)).toBe(5000);
        expect(priced.offs.at(-1)).toEqual([]);
        expect(priced.total).toBe(priceBasket(goods, RULES).total + 5000);
        expect(priced.tax).toBe(priceBasket(goods, RULES).tax);
      }),
    );
  });

  test('[G3] merge with none, have one piece, take no discount and come back by no refund', () => {
    const twice = addLine(basket([top(2000)]), top(2000));
    expect(twice.ok && twice.value.basket.lines).toHaveLength(2);
    expect(changeQuantity(basket([top(2000)]), 0, '2')).toMatchObject({ error: { code: 'no-such-line' } });
    const wish = { kind: 'percent', percent: '10', reason: 'club' } as const;
    expect(discountLine(basket([top(2000)]), 0, wish, RULES, actOf(1))).toMatchObject({
      error: { code: 'no-such-line' },
    });
    const [sale] = salesOf(play([open(), sellExactly(basket([top(2000)]), 'cash')]).records);
    expect(sale && refundLine(sale.body, 0, '1', { quantity: '0', amount: 0 })).toMatchObject({
      error: { code: 'no-such-line' },
    });
    expect(stockOnHand([], sale ? [sale.body] : [])).toEqual(new Map());
  });
});

test('[G4] [Z2] a report says liabilities apart, and the drawer holds their cash', () => {
  const { state } = play([
    open(),
    sell(basket([top(2000)]), [cash(2000)]),
    sell(basket([line({}, '5')]), [byCard(600)]),
    sell(
      basket([
        valueLine({
          account: { ledger: 'deposit', id: 'L1' },
          amount: -700,
          name: 'Deposit',
          currency: 'GBP',
        }),
      ]),
      [cash(-700)],
    ),
  ]);
  expect(state.report).toMatchObject({
    gross: 2000 + 600 - 700,
    liabilities: { 'gift-card': { count: 1, amount: 2000 }, deposit: { count: 1, amount: -700 } },
    units: '5',
    departments: { drinks: { amount: 600, quantity: '5' } },
    tenders: { 'gift-card': { count: 1, amount: 600 } },
  });
  expect(state.report?.drawer.expected).toBe(10_000 + 2000 - 700);
  expect(Object.keys(state.report?.departments ?? {})).toEqual(['drinks']);
});

test('[G4] a report without accounts is what it always was', () => {
  const { state } = play([open(), sellExactly(basket([line()]), 'cash')]);
  expect(state.report).not.toHaveProperty('liabilities');
});

describe('[G5] overspent accounts', () => {
  const taken = (place: string, amount: number): BookedMove => {
    return { ledger: 'gift-card', account: CARD, amount, receipt: place, index: 0, at: AT };
  };
  const moves = [taken('S01-R1-000001', 1000), taken('S01-R1-000002', -1000), taken('S01-R2-000001', -400)];

  test('[G5] are found from the receipts alone, under one id everywhere', () => {
    const [found, ...others] = ledgerExceptions(moves);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ balance: -400, receipts: ['S01-R1-000002', 'S01-R2-000001'] });
    expect(found?.id).toMatch(/^[\w-]{43}$/);
    expect(ledgerExceptions(moves.toReversed())).toEqual([found]);
  });

  test('[G5] exist exactly where a balance is below zero and may not be', () => {
    fc.assert(
      fc.property(fc.array(move), (all) => {
        const found = ledgerExceptions(all).map((one) => `${one.ledger} ${one.account} ${one.balance}`);
        const expected = LEDGERS.flatMap((name) =>
          [CARD, 'OTHER0001'].flatMap((id) => {
            const balance = balanceOf(
              all.filter((one) => isFirst(one, all)),
              { ledger: name, id },
            );
            return balance < 0 && name !== 'account' ? [`${name} ${id} ${balance}`] : [];
          }),
        );
        expect(found.sort()).toEqual(expected.sort());
      }),
    );
  });
});

/** Whether a move is the one that counts at its place: the smallest text of those there. */
function isFirst(move: BookedMove, all: readonly BookedMove[]): boolean {
  const text = (one: BookedMove) => `${one.ledger}\n${one.account}\n${one.amount}`;
  const there = all.filter((one) => one.receipt === move.receipt && one.index === move.index);
  return there.every((one) => text(move) <= text(one));
}

describe('[G6] numbers', () => {
  const issued = fc.constantFrom<IssuedLedger>('gift-card', 'store-credit', 'deposit');

  test('[G6] are the same again for a basket, differ between baskets, and say their ledger', () => {
    fc.assert(
      fc.property(issued, fc.uuid(), fc.uuid(), (name, one, other) => {
        const number = issuedNumber(name, one);
        expect(number).toMatch(/^[GCL]\d{12}$/);
        expect(ledgerOfNumber(number)).toBe(name);
        expect(issuedNumber(name, one)).toBe(number);
        expect(issuedNumber(name, other) === number).toBe(one === other);
        expect(accountNumber(` ${number.slice(0, 4)}-${number.slice(4).toLowerCase()} `)).toBe(number);
      }),
    );
  });

  test('[G6] a wrong digit in one of ours is seen', () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 9 }),
        (id, place, by) => {
          const number = issuedNumber('gift-card', id);
          const digit = String((Number(number[place]) + by) % 10);
          const wrong = `${number.slice(0, place)}${digit}${number.slice(place + 1)}`;
          expect(accountNumber(wrong)).toBeUndefined();
        },
      ),
    );
  });

  test.each([
    ['1234567', undefined],
    ['12345678', '12345678'],
    ['6006 4912 3456 7890', '6006491234567890'],
    ['12345678901234567890', undefined],
    ['gift_card', undefined],
  ])('[G6] %s is read as %s', (typed, number) => {
    expect(accountNumber(typed)).toBe(number);
  });

  test('[G6] papers show the end of a number', () => {
    expect(maskedNumber('6006491234567890')).toBe('**** 7890');
  });
});

describe('[G7] ledger documents', () => {
  test('[G7] a move and a hold read back the same, and one under another key is a fault', () => {
    fc.assert(
      fc.property(move, (value) => {
        const { key, text } = moveEntry(value);
        expect(readLedgerEntry(key, text)).toEqual({ ok: true, value: { kind: 'move', value } });
        expect(readLedgerEntry(`hold:${key}`, text).ok).toBe(false);
        expect(ledgerShard(value.account)).toBeLessThan(16);
      }),
    );
    expect(readLedgerEntry('S01-R1-000001:01', moveEntry(MOVE).text)).toMatchObject({
      error: { code: 'wrong-key' },
    });
    expect(readLedgerEntry('colour', '{}')).toMatchObject({ error: { code: 'unknown-key' } });
  });

  test('[G8] a hold says of which basket it is', () => {
    const { key, text } = holdEntry(HOLD);
    expect(key).toBe(`hold:${CARD}:b1`);
    expect(readLedgerEntry(key, text)).toEqual({ ok: true, value: { kind: 'hold', value: HOLD } });
    expect(readLedgerEntry(`hold:${CARD}:b2`, text)).toMatchObject({ error: { code: 'wrong-key' } });
  });
});

const MOVE: BookedMove = {
  ledger: 'gift-card',
  account: CARD,
  amount: 1,
  receipt: 'S01-R1-000001',
  index: 1,
  at: AT,
};
const HOLD: Hold = {
  ledger: 'gift-card',
  account: CARD,
  basket: 'b1',
  amount: 300,
  register: 'S01-R1',
  at: AT,
};

describe('[G8] [G9] paying out of an account', () => {
  const funds: Funds = { balance: 9000, held: 0, known: true, connected: true };
  const cashier: Act = { at: AT, actor: { person: 'ann', role: { id: 'c', name: 'C', permissions: [] } } };
  const ask = (amount: number, change: Partial<Funds> = {}, act = cashier) =>
    redeem({ account: CARD, amount, funds: { ...funds, ...change }, limit: 5000 }, act);

  test('[G8] takes what there is without what other baskets hold', () => {
    expect(ask(9000)).toEqual({ ok: true, value: {} });
    expect(ask(9001)).toEqual({ ok: false, error: { code: 'account-too-little', available: 9000 } });
    expect(ask(6000, { held: 4000 })).toMatchObject({
      error: { code: 'account-too-little', available: 5000 },
    });
    expect(ask(1, { held: 9000 })).toMatchObject({ error: { code: 'account-held', held: 9000 } });
    expect(ask(1, { balance: 0 })).toMatchObject({ error: { code: 'account-empty' } });
    expect(ask(1, { balance: 0, known: false })).toMatchObject({ error: { code: 'account-unknown' } });
  });

  test('[G9] takes up to the limit while others cannot be asked, and more by somebody’s leave', () => {
    expect(ask(5000, { connected: false })).toEqual({ ok: true, value: {} });
    expect(ask(5001, { connected: false })).toMatchObject({
      error: { code: 'approval-needed', permission: 'value.redeem-offline' },
    });
    expect(ask(5001, { connected: false }, { ...cashier, approval: historyActor('sam') })).toEqual({
      ok: true,
      value: { approvedBy: 'sam' },
    });
    expect(ask(5001, { connected: false }, { ...cashier, actor: historyActor('mia') })).toEqual({
      ok: true,
      value: {},
    });
  });

  test('[G9] the limit is the organization’s, by currency', () => {
    expect(offlineRedeemLimit(undefined, 'GBP')).toBe(5000);
    expect(offlineRedeemLimit({ offlineRedeemLimit: { GBP: 100 } }, 'GBP')).toBe(100);
    expect(offlineRedeemLimit({ offlineRedeemLimit: { GBP: 100 } }, 'EUR')).toBe(5000);
  });

  test('[G9] a refund puts money into a new account', () => {
    const sold = play([open(), sellExactly(basket([line({}, '2')]), 'card')]);
    const [sale] = salesOf(sold.records);
    if (!sale) throw new Error('nothing was sold');
    const back = refundLine(sale.body, 0, '2', { quantity: '0', amount: 0 });
    if (!back.ok) throw new Error(back.error.code);
    const number = issuedNumber('store-credit', 'b2');
    const credit: Payment = {
      tender: 'sc',
      name: 'Store credit',
      kind: 'store-credit',
      given: -240,
      account: number,
    };
    const { records } = play([sell(basket([back.value], 'b2'), [credit])], sold);
    const [refund] = salesOf(records).slice(-1);
    expect(refund && ledgerMoves(refund.body)).toEqual([
      { ledger: 'store-credit', account: number, amount: 240 },
    ]);
  });
});
