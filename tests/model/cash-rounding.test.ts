import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ROUNDING_MODES } from '#model/money/rounding.ts';
import { absorbInLargestTax, cashAmount, cashChange, type CashRounding } from '#model/sale/cash-rounding.ts';
import { addPayment, settle, type Payment } from '#model/sale/payment.ts';
import { isWithinPaid, refundTenders } from '#model/sale/refund-tenders.ts';
import { card, cash } from './support/shop.ts';

const FIVE: CashRounding = { step: 5, mode: 'half-up' };
const voucher = (given: number): Payment => ({ tender: 'voucher', name: 'Voucher', kind: 'voucher', given });
const rules = fc.record(
  {
    step: fc.constantFrom(1, 5, 10, 50, 100),
    mode: fc.constantFrom(...ROUNDING_MODES),
    change: fc.constantFrom(...ROUNDING_MODES),
  },
  { requiredKeys: ['step', 'mode'] },
);

describe('paying in cash', () => {
  test.each([
    [101, 100],
    [102, 100],
    [103, 105],
    [107, 105],
    [108, 110],
    [-1572, -1570],
  ])('[Y6] %i is paid as %i where the smallest coin is five', (total, paid) => {
    expect(settle(total, [], FIVE)).toMatchObject({ due: total, cashDue: paid });
    expect(settle(total, [cash(paid)], FIVE)).toMatchObject({ due: 0, change: 0, rounding: paid - total });
  });

  test('[Y6] only cash is rounded, after what other tenders took', () => {
    expect(settle(1572, [card(1572)], FIVE)).toMatchObject({ due: 0, rounding: 0 });
    expect(settle(1572, [card(69)], { ...FIVE, mode: 'up' })).toMatchObject({ due: 1503, cashDue: 1505 });
    expect(settle(1572, [card(69), cash(1505)], { ...FIVE, mode: 'up' })).toMatchObject({
      due: 0,
      rounding: 2,
    });
    expect(settle(1572, [voucher(1570)], { ...FIVE, tenders: ['cash', 'voucher'] })).toMatchObject({
      due: 0,
      rounding: -2,
    });
  });

  test('[Y6] cash in several parts is rounded once', () => {
    expect(settle(1572, [cash(1000)], FIVE)).toMatchObject({ due: 572, cashDue: 570 });
    const settled = settle(1572, [cash(500), cash(500), cash(570)], FIVE);
    expect(settled).toMatchObject({ due: 0, change: 0, rounding: -2 });
  });

  test('[Y6] a rest that rounds to nothing is settled by nothing', () => {
    expect(settle(2, [], FIVE)).toMatchObject({ due: 2, cashDue: 0 });
    expect(settle(2, [cash(0)], FIVE)).toMatchObject({ due: 0, rounding: -2 });
    expect(addPayment(2, [], cash(0), FIVE).ok).toBe(true);
    expect(addPayment(2, [], cash(0))).toStrictEqual({ ok: false, error: { code: 'payment-zero' } });
  });

  test('[Y6] money back in cash is at most the rounded amount', () => {
    expect(addPayment(-1572, [], cash(-1570), FIVE).ok).toBe(true);
    expect(addPayment(-1572, [], cash(-1571), FIVE)).toStrictEqual({
      ok: false,
      error: { code: 'refund-too-large', due: -1570 },
    });
    expect(addPayment(-1572, [], card(-1572), FIVE).ok).toBe(true);
  });

  test('[Y7] change is what is over the rounded amount, or rounded by a rule of its own', () => {
    // Published: Casio V-REGI, Denmark and Sweden.
    const danish: CashRounding = { step: 50, mode: 'half-up', change: 'half-down' };
    expect([1225, 1226, 1275, 1276].map((change) => cashChange(change + 50, 50, danish))).toStrictEqual([
      1200, 1250, 1250, 1300,
    ]);
    const swedish: CashRounding = { step: 100, mode: 'half-up', change: 'half-down' };
    expect([949, 950].map((total) => cashAmount(total, swedish))).toStrictEqual([900, 1000]);
    expect(settle(950, [cash(2000)], swedish)).toMatchObject({ due: 0, change: 1000, rounding: 50 });
    expect(settle(1572, [cash(2000)], FIVE)).toMatchObject({ change: 430, rounding: -2 });
    expect(cashChange(2000, 1572, undefined)).toBe(428);
  });

  test('[Y6] [Y7] what is paid is the total and the rounding, and less than a step apart', () => {
    const payments = fc.array(fc.tuple(fc.constantFrom(card, cash), fc.integer({ min: 1, max: 20_000 })), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), payments, rules, (total, wanted, rule) => {
        let taken: readonly Payment[] = [];
        for (const [tender, given] of wanted) {
          // Cash comes in the coins there are.
          const coins = tender === cash ? Math.ceil(given / rule.step) * rule.step : given;
          const next = addPayment(total, taken, tender(coins), rule);
          if (next.ok) taken = next.value;
        }
        const { cashDue } = settle(total, taken, rule);
        const settled = settle(total, cashDue === 0 ? taken : [...taken, cash(cashDue)], rule);
        const paid = settled.tenders.reduce((sum, { amount }) => sum + amount, 0);
        expect(paid + settled.due).toBe(total + settled.rounding);
        expect(Math.abs(settled.rounding - settled.due)).toBeLessThan(rule.step);
        expect(settled.change).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('[Y6] without a rule, and with steps of one, nothing is rounded', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9_999, max: 9_999 }), fc.nat(20_000), (total, given) => {
        const payment = cash(total < 0 ? -Math.min(given, -total) : given);
        expect(settle(total, [payment], { step: 1, mode: 'up' })).toStrictEqual(settle(total, [payment]));
      }),
    );
  });

  test('[Y8] the largest tax takes up what a rounded document differs by', () => {
    const taxes = [241, 144, 31, 433, 722].map((amount) => ({ amount }));
    expect(absorbInLargestTax({ net: 3240, taxes }, FIVE)).toStrictEqual({
      taxes: [241, 144, 31, 433, 721].map((amount) => ({ amount })),
      tax: 1570,
      total: 4810,
    });
    expect(absorbInLargestTax({ net: 3, taxes: [] }, FIVE)).toStrictEqual({ taxes: [], tax: 0, total: 3 });
  });
});

describe('money back', () => {
  test('[Y9] goes to the tenders it came from, in the shares it did', () => {
    const { tenders } = settle(1000, [card(300), cash(700)]);
    expect(refundTenders(tenders, 1000).map(({ tender, given }) => [tender, given])).toStrictEqual([
      ['card', -300],
      ['cash', -700],
    ]);
    expect(refundTenders(tenders, 1).map(({ given }) => given)).toStrictEqual([-1]);
    expect(refundTenders(tenders, 0)).toStrictEqual([]);
    expect(refundTenders(settle(-10, [cash(-10)]).tenders, 10)).toStrictEqual([]);
  });

  test('[Y9] parts add up, and stay within what each tender took', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9_999 }),
        fc.integer({ min: 1, max: 9_999 }),
        fc.nat(99),
        (a, b, part) => {
          const { tenders } = settle(a + b, [card(a), cash(b)]);
          const amount = Math.max(1, Math.floor(((a + b) * part) / 100));
          const back = refundTenders(tenders, amount);
          expect(back.reduce((sum, { given }) => sum - given, 0)).toBe(amount);
          expect(isWithinPaid(tenders, back)).toBe(true);
          expect(isWithinPaid(tenders, [card(-a - 1)])).toBe(false);
        },
      ),
    );
  });
});
