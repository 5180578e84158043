import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sensitiveAct } from '#model/audit/sensitive-act.ts';
import { openSaleEntries, readOpenSale } from '#model/documents/basket.ts';
import { paperText } from '#model/receipt/paper-text.ts';
import { salePaper } from '#model/receipt/sale-paper.ts';
import { actorOf, type Act } from '#model/register/actor.ts';
import {
  discountBasket,
  discountLine,
  noteLine,
  overridePrice,
  ungrantedOff,
  type DiscountWish,
} from '#model/register/basket-commands.ts';
import { completeSale } from '#model/register/commands.ts';
import type { Result } from '#model/result.ts';
import { addLine, priceBasket, type Basket } from '#model/sale/basket.ts';
import { RULES, actOf, open, play, salesOf, sellExactly } from './support/played-register.ts';
import { ORGANIZATION, STORE, STORE_ID, basket, cash, line } from './support/shop.ts';

const person = (id: string, role: string) =>
  actorOf({ id, role, active: true, stores: [] }, STORE_ID, new Map());
const byAna: Act = actOf(1, { actor: person('ana', 'cashier') });
const bySam: Act = actOf(1, { actor: person('sam', 'supervisor') });
const approved: Act = { ...byAna, approval: person('sam', 'supervisor') };
const percent = (size: string): DiscountWish => ({ kind: 'percent', percent: size, reason: ' dented ' });
const amount = (size: number): DiscountWish => ({ kind: 'amount', amount: size, reason: 'last one' });
/** Ten units of 1.20. */
const TEN = basket([line({}, '10')]);
const total = (of: Basket) => priceBasket(of, RULES).total;

function must<Value>(result: Result<Value, { readonly code: string }>): Value {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

describe('[H1] discounts by hand', () => {
  test('[H1] a supervisor gives what they like; the line says who gave it and why', () => {
    const given = must(discountLine(TEN, 0, percent('50'), RULES, bySam));
    expect(total(given)).toBe(600);
    expect(given.lines[0]?.discount).toEqual({ kind: 'percent', percent: '50', name: 'dented', by: 'sam' });
  });

  test('[H1] [S7] a cashier gives up to the limit, and is asked for an approval above it', () => {
    const within = must(discountLine(TEN, 0, amount(200), RULES, byAna));
    expect(within.lines[0]?.discount).toEqual({ kind: 'amount', amount: 200, name: 'last one' });
    expect(discountLine(TEN, 0, amount(201), RULES, byAna)).toEqual({
      ok: false,
      error: { code: 'approval-needed', permission: 'sale.discount' },
    });
    const above = must(discountLine(TEN, 0, amount(201), RULES, approved));
    expect(above.lines[0]?.discount).toMatchObject({ by: 'ana', approvedBy: 'sam' });
  });

  test('[H1] many small discounts count together, approved ones do not', () => {
    const two = basket([line({}, '10'), line({ id: 'pear', price: '2.00' }, '10')]);
    const first = must(discountLine(two, 0, amount(150), RULES, byAna));
    expect(discountLine(first, 1, amount(100), RULES, byAna)).toMatchObject({
      error: { code: 'approval-needed' },
    });
    const second = must(discountLine(first, 1, amount(100), RULES, approved));
    expect(ungrantedOff(second, RULES)).toBe(150);
    expect(must(discountBasket(second, amount(50), RULES, byAna)).discounts).toEqual([
      { kind: 'amount', on: 'total', amount: 50, name: 'last one' },
    ]);
    expect(discountBasket(second, amount(51), RULES, byAna)).toMatchObject({
      error: { code: 'approval-needed' },
    });
  });

  test('[H1] what grew above the limit since is asked for when the sale is completed', () => {
    const given = must(discountLine(TEN, 0, percent('10'), RULES, byAna));
    const [sold] = given.lines;
    if (!sold) throw new Error('no line');
    const grown: Basket = { ...given, lines: [{ ...sold, quantity: '20' }] };
    const args = { basket: grown, payments: [cash(total(grown))], rules: RULES };
    const { state } = play([open()]);
    expect(completeSale(state, args, byAna)).toEqual({
      ok: false,
      error: { code: 'approval-needed', permission: 'sale.discount' },
    });
    expect(must(completeSale(state, args, approved))).toMatchObject({ by: 'ana', approvedBy: 'sam' });
  });

  test('[H1] the same act again takes the former discount away, and none is taken off without a reason', () => {
    const once = must(discountLine(TEN, 0, percent('50'), RULES, bySam));
    expect(total(must(discountLine(once, 0, percent('10'), RULES, bySam)))).toBe(1080);
    expect(must(discountLine(once, 0, undefined, RULES, byAna))).toEqual(TEN);
    const whole = must(discountBasket(TEN, percent('50'), RULES, bySam));
    expect(must(discountBasket(whole, undefined, RULES, byAna))).toEqual(TEN);
    expect(discountLine(TEN, 0, { ...percent('5'), reason: ' ' }, RULES, bySam)).toMatchObject({
      error: { code: 'reason-missing' },
    });
  });

  test.each([percent('0'), percent('101'), percent('ten'), amount(0), amount(-5), amount(1201)])(
    '[H1] %j is out of range, whoever asks',
    (wish) => {
      const refused = { ok: false, error: { code: 'discount-out-of-range', most: 1200 } };
      expect(discountLine(TEN, 0, wish, RULES, bySam)).toEqual(refused);
      expect(discountBasket(TEN, wish, RULES, bySam)).toEqual(refused);
    },
  );

  test('[H1] what comes back keeps its price', () => {
    const back = basket([{ ...line(), quantity: '-1' }]);
    expect(discountLine(back, 0, percent('5'), RULES, bySam)).toMatchObject({
      error: { code: 'no-such-line' },
    });
    expect(discountBasket(back, percent('5'), RULES, bySam)).toMatchObject({
      error: { code: 'no-such-line' },
    });
  });

  test('[H1] without an approval nobody takes more off a sale than the limit, in whatever steps', () => {
    const wishes = fc.array(
      fc.tuple(
        fc.constantFrom(-1, 0, 1),
        fc.oneof(
          fc.integer({ min: 1, max: 400 }).map(amount),
          fc.integer({ min: 1, max: 30 }).map((size) => percent(String(size))),
        ),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(wishes, (steps) => {
        const start = basket([line({}, '10'), line({ id: 'pear', price: '2.00' }, '3')]);
        const end = steps.reduce((now, [at, wish]) => {
          const next =
            at < 0 ? discountBasket(now, wish, RULES, byAna) : discountLine(now, at, wish, RULES, byAna);
          return next.ok ? next.value : now;
        }, start);
        expect(total(start) - total(end)).toBeLessThanOrEqual(200);
      }),
    );
  });
});

describe('prices and notes by hand', () => {
  test('[H2] a price by hand needs its permission and keeps what it was', () => {
    const wish = { price: '0,99', reason: 'price on the shelf' };
    expect(overridePrice(TEN, 0, wish, byAna)).toMatchObject({
      error: { code: 'approval-needed', permission: 'sale.price-override' },
    });
    const set = must(overridePrice(TEN, 0, wish, approved));
    expect(total(set)).toBe(990);
    expect(set.lines[0]).toMatchObject({
      price: '0.99',
      override: { from: '1.20', reason: 'price on the shelf', by: 'ana', approvedBy: 'sam' },
    });
    const again = must(overridePrice(set, 0, { price: '1', reason: 'agreed' }, bySam));
    expect(again.lines[0]?.override).toEqual({ from: '1.20', reason: 'agreed', by: 'sam' });
  });

  test.each(['', '-1', '1.23456', 'one'])('[H2] %j is no price', (price) => {
    expect(overridePrice(TEN, 0, { price, reason: 'agreed' }, bySam)).toMatchObject({
      error: { code: 'price-not-understood' },
    });
  });

  test('[H2] neither is one that makes the line absurd, or has no reason', () => {
    expect(overridePrice(TEN, 0, { price: '9999999', reason: 'agreed' }, bySam)).toMatchObject({
      error: { code: 'amount-out-of-range' },
    });
    expect(overridePrice(TEN, 0, { price: '1', reason: '' }, bySam)).toMatchObject({
      error: { code: 'reason-missing' },
    });
  });

  test('[H3] a line with a note merges with no other, and the note can be taken off', () => {
    const noted = must(noteLine(TEN, 0, ' gift wrap '));
    expect(noted.lines[0]?.note).toBe('gift wrap');
    expect(must(addLine(noted, line())).basket.lines).toHaveLength(2);
    expect(must(noteLine(noted, 0, ''))).toEqual(TEN);
    expect(noteLine(TEN, 0, 'x'.repeat(201))).toMatchObject({ error: { code: 'reason-too-long' } });
    expect(noteLine(TEN, 1, 'gift')).toMatchObject({ error: { code: 'no-such-line' } });
  });

  test('[D6] a restart finds all of it', () => {
    const said = must(
      noteLine(must(overridePrice(TEN, 0, { price: '1', reason: 'agreed' }, bySam)), 0, 'gift'),
    );
    const whole = must(discountBasket(said, percent('5'), RULES, approved));
    const sale = { basket: whole, paying: false, payments: [] };
    expect(must(readOpenSale(openSaleEntries(sale)))).toEqual(sale);
  });
});

describe('what a receipt made by hand tells', () => {
  const priced = must(overridePrice(TEN, 0, { price: '1', reason: 'agreed' }, approved));
  const sold = must(discountBasket(must(noteLine(priced, 0, 'gift wrap')), percent('50'), RULES, approved));
  const played = play([open(), sellExactly(sold, 'cash')]);
  const [sale] = salesOf(played.records);
  if (!sale) throw new Error('nothing was sold');

  test('[H1] [H2] [H3] the record holds price, note, discount, who did it and who approved it', () => {
    expect(sale.body.lines[0]).toMatchObject({
      amount: 500,
      price: '1',
      note: 'gift wrap',
      override: { from: '1.20', reason: 'agreed', by: 'ana', approvedBy: 'sam' },
      discounts: [{ name: 'dented', amount: 500, by: 'ana', approvedBy: 'sam' }],
    });
  });

  test('[P6] [H2] [H3] the paper shows them', () => {
    const text = paperText(
      salePaper({
        record: sale,
        organization: ORGANIZATION,
        store: STORE,
        personName: 'Ann',
        language: 'en',
      }),
      42,
    ).join('\n');
    expect(text).toMatch(/agreed, instead of £?1\.20/);
    expect(text).toContain('gift wrap');
    expect(text).toMatch(/dented +-5\.00/);
  });

  test('[A1] the audit hears of it, with the approver', () => {
    expect(sensitiveAct(sale)).toEqual({
      kind: 'price-override',
      subject: sale.body.receipt,
      amount: 500,
      reason: 'agreed, dented',
      approvedBy: 'sam',
    });
    const small = must(discountLine(TEN, 0, amount(20), RULES, byAna));
    const [other] = salesOf(play([open(), sellExactly(small, 'cash')]).records);
    expect(other && sensitiveAct(other)).toEqual({
      kind: 'discount',
      subject: sale.body.receipt,
      amount: -20,
      reason: 'last one',
    });
  });

  test('[Z7] the report says what was taken off', () => {
    expect(played.state.report?.discounts).toEqual({ count: 1, amount: -500 });
    expect(play([open(), sellExactly(TEN, 'cash')]).state.report).not.toHaveProperty('discounts');
  });
});
