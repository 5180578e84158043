import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accountAvailable, payOnAccount } from '#model/customers/on-account.ts';
import { PLAIN_TERMS, type Customer } from '#model/customers/customer.ts';
import { ledgerMoves, type BookedMove } from '#model/ledger/ledger.ts';
import { valueLine } from '#model/ledger/value-line.ts';
import {
  earnedPoints,
  linePoints,
  payableInPoints,
  pointsFor,
  pointsHeld,
  tierOfPoints,
  type Loyalty,
} from '#model/loyalty/loyalty.ts';
import { Exact } from '#model/money/money.ts';
import { actorOf, type Act } from '#model/register/actor.ts';
import { voidSale } from '#model/register/void-sale.ts';
import type { Result } from '#model/result.ts';
import { priceBasket, refundLine, type Basket, type RefundedSoFar } from '#model/sale/basket.ts';
import { finishedSale } from '#model/sale/finished-sale.ts';
import type { Payment } from '#model/sale/payment.ts';
import { refundTenders } from '#model/sale/refund-tenders.ts';
import type { SaleBody } from '#model/sale/sale-body.ts';
import { RULES, actOf, freshRegister, open, play, salesOf, sell } from './support/played-register.ts';
import { STORE_ID, basket, cash, line } from './support/shop.ts';

const LOYALTY: Loyalty = { earnPer: 100, redeemValue: 1 };
const REWARDING = { ...RULES, loyalty: LOYALTY };
const person = (id: string, role: string) =>
  actorOf({ id, role, active: true, stores: [] }, STORE_ID, new Map());
const byAna: Act = actOf(1, { actor: person('ana', 'cashier') });

function must<Value>(result: Result<Value, { readonly code: string }>): Value {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

const forJoan = (sold: Basket): Basket => ({ ...sold, customer: 'joan' });

function sold(
  of: Basket,
  more: { payments?: Payment[]; pointsHeld?: number; loyalty?: Loyalty } = {},
): SaleBody {
  const rules = { ...RULES, loyalty: more.loyalty ?? LOYALTY };
  const { total } = priceBasket(of, rules);
  const payments = more.payments ?? (total === 0 ? [] : [cash(total)]);
  return must(
    finishedSale({
      receipt: 'S01-R2-000001' as never,
      basket: of,
      payments,
      rules,
      pointsHeld: more.pointsHeld,
    }),
  );
}

const points = (given: number): Payment => ({
  tender: 'points',
  name: 'Points',
  kind: 'points',
  given,
  account: 'joan',
  points: given,
});

describe('earning points', () => {
  test('[U8] whole points for what the goods come to after everything was taken off', () => {
    const goods = basket([{ ...line({}, '10'), discount: { kind: 'amount', amount: 101, name: 'dented' } }]);
    expect(sold(forJoan(goods)).points).toEqual({ earned: 10 });
    expect(sold(goods)).not.toHaveProperty('points');
  });

  test('[U8] value put into an account earns nothing', () => {
    const card = valueLine({
      account: { ledger: 'gift-card', id: 'G000000000000' },
      amount: 5000,
      name: 'Gift card',
      currency: 'GBP',
    });
    expect(sold(forJoan(basket([card, line({}, '5')]))).points).toEqual({ earned: 6 });
    expect(sold(forJoan(basket([card])))).not.toHaveProperty('points');
  });

  test('[U8] the balance the till knew of counts what was earned and used', () => {
    const paid = sold(forJoan(basket([line({}, '5')])), {
      payments: [points(200), cash(400)],
      pointsHeld: 340,
    });
    expect(paid.points).toEqual({ earned: 6, balance: 146 });
    expect(paid.tenders[0]).toMatchObject({ kind: 'points', amount: 200, points: 200, account: 'joan' });
  });

  test('[U11] the moves of a receipt are points, those of tenders before what was earned', () => {
    const paid = sold(forJoan(basket([line({}, '5')])), {
      payments: [{ ...points(200), points: 40 }, cash(400)],
      loyalty: { earnPer: 100, redeemValue: 5 },
    });
    expect(ledgerMoves(paid)).toEqual([
      { ledger: 'points', account: 'joan', amount: -40 },
      { ledger: 'points', account: 'joan', amount: 6 },
    ]);
  });
});

describe('points of what comes back', () => {
  test('[U9] in whatever steps all of it comes back, exactly what was earned goes back', () => {
    const lines = fc.array(
      fc.record({ units: fc.integer({ min: 1, max: 12 }), cents: fc.integer({ min: 0, max: 5_000 }) }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(lines, fc.array(fc.nat(99), { maxLength: 60 }), (wanted, picks) => {
        const sale = sold(
          forJoan(
            basket(
              wanted.map(({ units, cents }, i) =>
                line({ id: `p${i}`, price: (cents / 100).toFixed(2) }, String(units)),
              ),
            ),
          ),
        );
        const left = wanted.flatMap(({ units }, i) => Array.from({ length: units }, () => i));
        const before = wanted.map((): RefundedSoFar => ({ quantity: '0', amount: 0 }));
        let back = 0;
        for (let step = 0; left.length > 0; step++) {
          const [index = 0] = left.splice((picks[step] ?? 0) % left.length, 1);
          const so = before[index] ?? { quantity: '0', amount: 0 };
          const returned = must(refundLine(sale, index, '1', so));
          back += returned.points ?? 0;
          before[index] = {
            quantity: new Exact(so.quantity).plus(1).toFixed(),
            amount: so.amount - (returned.amount ?? 0),
          };
        }
        expect(back).toBe(sale.points?.earned ?? 0);
      }),
    );
  });

  test('[U9] the shares of the lines add up, and a line that came back itself has none', () => {
    const sale = sold(forJoan(basket([line({}, '1'), line({ id: 'pear', price: '2.70' }, '3')])));
    expect(sale.points).toEqual({ earned: 9 });
    expect(linePoints(sale, 0) + linePoints(sale, 1)).toBe(9);
    expect(linePoints(sale, 7)).toBe(0);
  });

  test('[U9] an exchange says what it earned and what went back apart', () => {
    const sale = sold(forJoan(basket([line({}, '5')])));
    const back = must(refundLine(sale, 0, '5', { quantity: '0', amount: 0 }));
    const exchange = forJoan(basket([back, line({ id: 'pear', price: '9.00' }, '1')], 'b-2'));
    expect(sold(exchange, { pointsHeld: 6 }).points).toEqual({ earned: 9, back: 6, balance: 9 });
    expect(sold(exchange).lines[0]).not.toHaveProperty('points');
  });

  test('[H6] [U9] a void takes back what was earned and gives back what was used', () => {
    const of = forJoan(basket([line({}, '5')]));
    const played = play([open(), sell(of, [points(200), cash(400)], REWARDING)], freshRegister());
    const [sale] = salesOf(played.records);
    if (!sale) throw new Error('nothing was sold');
    const done = must(
      voidSale(
        played.state,
        { sale, later: [], reason: 'wrong', basket: 'b-9' },
        actOf(9, { actor: person('sam', 'supervisor') }),
      ),
    );
    expect(done.body.points).toEqual({ earned: 0, back: 6 });
    expect(done.body.tenders[0]).toMatchObject({ amount: -200, points: -200 });
    const sum = [...ledgerMoves(sale.body), ...ledgerMoves(done.body)].reduce(
      (all, { amount }) => all + amount,
      0,
    );
    expect(sum).toBe(0);
  });

  test('[U10] [Y9] money back to points is points back at the rate they paid', () => {
    const offer = refundTenders(
      [{ tender: 'p', name: 'Points', kind: 'points', amount: 500, account: 'joan', points: 100 }],
      250,
    );
    expect(offer).toEqual([
      { tender: 'p', name: 'Points', kind: 'points', given: -250, account: 'joan', points: -50 },
    ]);
  });
});

describe('paying with points', () => {
  const five: Loyalty = { earnPer: 100, redeemValue: 5 };
  test.each([
    [500, 100, { ok: true, value: 100 }],
    [505, 100, { ok: false, error: { code: 'points-too-few', points: 100, most: 500 } }],
    [502, 200, { ok: false, error: { code: 'points-not-whole', step: 5 } }],
    [-500, 0, { ok: true, value: -100 }],
    [5, -3, { ok: false, error: { code: 'points-too-few', points: 0, most: 0 } }],
  ])('[U10] %i minor units of %i points', (amount, held, expected) => {
    expect(pointsFor(amount, held, five)).toEqual(expected);
  });

  test('[U10] the most that can be paid is whole points, of what is due and what is held', () => {
    expect([
      payableInPoints(502, 1000, five),
      payableInPoints(502, 3, five),
      payableInPoints(502, -3, five),
    ]).toEqual([500, 15, 0]);
  });
});

describe('points held', () => {
  const move = (day: number, amount: number, index = 0): BookedMove => ({
    ledger: 'points',
    account: 'joan',
    amount,
    receipt: `S01-R1-${String(day).padStart(6, '0')}`,
    index,
    at: new Date(Date.UTC(2026, 0, day)).toISOString(),
  });
  const day = (of: number) => new Date(Date.UTC(2026, 0, of)).toISOString();

  test('[U11] without expiry they are the sum, in any order', () => {
    const moves = fc.array(
      fc.record({ day: fc.integer({ min: 1, max: 28 }), amount: fc.integer({ min: -50, max: 50 }) }),
    );
    fc.assert(
      fc.property(moves, fc.nat(), (each, seed) => {
        const all = each.map(({ day: on, amount }, index) => move(on, amount, index));
        const sum = all.reduce((total, { amount }) => total + amount, 0);
        const turned = [...all.slice(seed % (all.length + 1)), ...all.slice(0, seed % (all.length + 1))];
        expect(pointsHeld(turned, {}, day(30))).toBe(sum === 0 ? 0 : sum);
      }),
    );
  });

  test('[U11] the oldest are used first, and what is left of them goes when its days are over', () => {
    const moves = [move(1, 100), move(5, 50), move(8, -70)];
    expect(pointsHeld(moves, { expiryDays: 10 }, day(9))).toBe(80);
    expect(pointsHeld(moves, { expiryDays: 10 }, day(11))).toBe(50);
    expect(pointsHeld(moves, { expiryDays: 10 }, day(15))).toBe(0);
    // What was gone already is not what was used.
    expect(pointsHeld([move(1, 100), move(5, 50), move(12, -40)], { expiryDays: 10 }, day(13))).toBe(10);
  });

  test('[U11] a tier comes with points, the highest reached', () => {
    const tiers = [
      { tier: 'silver', from: 100 },
      { tier: 'gold', from: 500 },
    ];
    expect([99, 100, 700].map((held) => tierOfPoints({ ...LOYALTY, tiers }, held))).toEqual([
      undefined,
      'silver',
      'gold',
    ]);
    expect(tierOfPoints(LOYALTY, 1_000)).toBeUndefined();
  });

  test('[U8] the smallest amount that earns is one whole step', () => {
    const each = { quantity: '1' };
    expect([99, 100, 199].map((amount) => earnedPoints([{ ...each, amount }], LOYALTY))).toEqual([0, 1, 1]);
  });
});

describe('selling on account', () => {
  const joan = (accountLimit?: number): Customer => ({
    id: 'joan',
    profile: { name: 'Joan' },
    terms: { ...PLAIN_TERMS, ...(accountLimit === undefined ? {} : { accountLimit }) },
  });
  const approved: Act = { ...byAna, approval: person('sam', 'supervisor') };

  test('[U7] up to the limit, less what is owed, nobody is asked', () => {
    expect(accountAvailable(joan(5_000), -1_200)).toBe(3_800);
    expect(payOnAccount({ customer: joan(5_000), amount: 3_800, balance: -1_200 }, byAna)).toEqual({
      ok: true,
      value: {},
    });
  });

  test('[U7] [S6] beyond it somebody approves, and the tender names them', () => {
    const args = { customer: joan(5_000), amount: 3_801, balance: -1_200 };
    expect(payOnAccount(args, byAna)).toEqual({
      ok: false,
      error: { code: 'approval-needed', permission: 'customer.over-limit' },
    });
    expect(payOnAccount(args, approved)).toEqual({ ok: true, value: { approvedBy: 'sam' } });
  });

  test('[U7] nobody without a limit of their own, nobody without a name; money back asks for nothing', () => {
    expect(payOnAccount({ customer: joan(), amount: 1, balance: 9_999 }, approved)).toMatchObject({
      error: { code: 'account-not-agreed', name: 'Joan' },
    });
    expect(payOnAccount({ customer: undefined, amount: 1, balance: 0 }, approved)).toMatchObject({
      error: { code: 'account-needs-customer' },
    });
    expect(payOnAccount({ customer: joan(), amount: -500, balance: 0 }, byAna).ok).toBe(true);
  });

  test('[U7] a debt is paid by a line into the account, and the two together are nothing', () => {
    const goods = sold(forJoan(basket([line({}, '5')])), {
      payments: [{ tender: 'account', name: 'On account', kind: 'account', given: 600, account: 'joan' }],
    });
    const debt = valueLine({
      account: { ledger: 'account', id: 'joan' },
      amount: 600,
      name: 'Paid on account',
      currency: 'GBP',
    });
    const paid = sold(forJoan(basket([debt], 'b-2')));
    expect(paid).not.toHaveProperty('points');
    const moves = [...ledgerMoves(goods), ...ledgerMoves(paid)].filter(({ ledger }) => ledger === 'account');
    expect(moves.map(({ amount }) => amount)).toEqual([-600, 600]);
  });
});
