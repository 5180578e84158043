import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_TYPED_MINOR } from '#model/money/money.ts';
import { addPayment, quickCash, settle, sumGiven, type Payment } from '#model/sale/payment.ts';
import { card, cash } from './support/shop.ts';

const payment: fc.Arbitrary<Payment> = fc.record({
  tender: fc.constantFrom('cash', 'card'),
  name: fc.constant('Tender'),
  kind: fc.constantFrom('cash', 'card', 'voucher', 'other'),
  given: fc.integer({ min: -5000, max: 5000 }),
});

/** Offers payments one after another and keeps those the sale took. */
function taken(total: number, offers: readonly Payment[]): readonly Payment[] {
  return offers.reduce<readonly Payment[]>((payments, offer) => {
    const next = addPayment(total, payments, offer);
    return next.ok ? next.value : payments;
  }, []);
}

const code = (total: number, payments: readonly Payment[], next: Payment) => {
  const result = addPayment(total, payments, next);
  return result.ok ? 'accepted' : result.error.code;
};

describe('payments', () => {
  test('[Y1] only cash gives change', () => {
    expect(addPayment(1000, [], card(1001))).toStrictEqual({
      ok: false,
      error: { code: 'change-only-from-cash', due: 1000 },
    });
    expect(settle(1000, [cash(2000)]).change).toBe(1000);
  });

  test('[Y2] card and cash together: each tender counts with what it paid of the total', () => {
    // Published: ERPNext, 105.00 paid with 50.00 by card and 60.00 in cash gives 5.00 back.
    expect(settle(10_500, [card(5000), cash(6000)])).toStrictEqual({
      due: 0,
      cashDue: 0,
      rounding: 0,
      change: 500,
      tenders: [
        { tender: 'card', name: 'Card', kind: 'card', amount: 5000, reference: 'APPROVED 4711' },
        { tender: 'cash', name: 'Cash', kind: 'cash', amount: 5500, received: 6000, change: 500 },
      ],
    });
  });

  test('[Y2] Σ tenders + due = total and given = Σ tenders + change, whatever was offered', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8000, max: 8000 }), fc.array(payment), (total, offers) => {
        const payments = taken(total, offers);
        const { due, change, tenders } = settle(total, payments);
        const paid = tenders.reduce((sum, tender) => sum + tender.amount, 0);
        expect(paid + due).toBe(total);
        expect(paid + change).toBe(sumGiven(payments));
        expect(change).toBeGreaterThanOrEqual(0);
        expect(Math.abs(due)).toBeLessThanOrEqual(Math.abs(total));
      }),
    );
  });

  test('[Y3] what is missing stays due, signed like the total', () => {
    expect(settle(1000, [cash(400)]).due).toBe(600);
    expect(settle(-1000, [cash(-400)])).toStrictEqual({
      due: -600,
      cashDue: -600,
      rounding: 0,
      change: 0,
      tenders: [{ tender: 'cash', name: 'Cash', kind: 'cash', amount: -400 }],
    });
  });

  test.each([
    ['zero', 1000, [], cash(0), 'payment-zero'],
    ['money back on a sale', 1000, [], cash(-10), 'payment-wrong-sign'],
    ['money taken on a refund', -1000, [], cash(10), 'payment-wrong-sign'],
    ['a second payment of a paid sale', 1000, [cash(1000)], cash(10), 'nothing-due'],
    ['anything for nothing', 0, [], cash(10), 'nothing-due'],
    ['more cash back than due', -1000, [], cash(-1001), 'refund-too-large'],
    ['a barcode as an amount', 1000, [], cash(MAX_TYPED_MINOR + 1), 'payment-absurd'],
    ['more than twice a large total', 1_200_000_000, [], cash(2_400_000_001), 'payment-absurd'],
  ])('[Y4] refuses %s', (_, total, payments, next, expected) => {
    expect(code(total, payments, next)).toBe(expected);
  });

  test('[Y4] however large a total is, what is due is accepted, by any tender and either way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (total) => {
        const codes = [cash, card].flatMap((by) => [
          code(total, [], by(total)),
          code(-total, [], by(-total)),
        ]);
        expect(codes).toStrictEqual(['accepted', 'accepted', 'accepted', 'accepted']);
      }),
    );
    // Notes beyond it too, for change.
    expect(code(1_200_000_000, [], cash(1_200_500_000))).toBe('accepted');
  });

  test('[Y4] money back up to what is due back is accepted, by any tender', () => {
    expect([code(-1000, [], cash(-1000)), code(-1000, [], card(-1000))]).toStrictEqual([
      'accepted',
      'accepted',
    ]);
  });

  test('[Y5] offers the exact amount and the next notes above it, rising', () => {
    expect(quickCash(1234, [500, 1000, 2000, 5000])).toStrictEqual([1234, 1500, 2000, 5000]);
    expect(quickCash(2000, [500, 1000, 2000, 5000])).toStrictEqual([2000, 5000]);
    expect(quickCash(1, [5, 10, 20, 50, 100, 200])).toStrictEqual([1, 5, 10, 20, 50]);
    expect([quickCash(0, [500]), quickCash(-5, [500])]).toStrictEqual([[], []]);
  });

  test('[Y5] every offer pays the sale', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (due) => {
        const offers = quickCash(due, [5000, 500, 1000, 2000]);
        expect(offers[0]).toBe(due);
        expect(offers.every((offer, i) => offer > (offers[i - 1] ?? 0))).toBe(true);
        expect(offers.length).toBeLessThanOrEqual(5);
      }),
    );
  });
});
