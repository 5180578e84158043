import { describe, expect, test } from 'vitest';
import type { Hold } from '#model/documents/ledger.ts';
import { heldByOthers } from '#model/ledger/holds.ts';
import { HOLD_MS } from '#model/ledger/ledger.ts';

const AT = '2026-11-21T09:00:00.000Z';
const NOW = Date.parse(AT);
const CARD = { ledger: 'gift-card', id: 'G000000000018' } as const;

function hold(basket: string, amount: number, change: Partial<Hold> = {}): Hold {
  return { ledger: CARD.ledger, account: CARD.id, basket, amount, register: 'S01-R1', at: AT, ...change };
}

describe('[G8] what other baskets hold of an account', () => {
  test('is all of it but a basket’s own, of that account and ledger alone', () => {
    const holds = [
      hold('b1', 300),
      hold('b2', 40),
      hold('b3', 5),
      hold('b4', 7_000, { account: 'G000000000026' }),
      hold('b5', 7_000, { ledger: 'store-credit' }),
    ];
    expect(heldByOthers(holds, CARD, { basket: 'b1', now: NOW })).toBe(45);
    expect(heldByOthers(holds, CARD, { basket: 'new', now: NOW })).toBe(345);
    expect(heldByOthers([], CARD, { basket: 'new', now: NOW })).toBe(0);
  });

  test('ends a quarter of an hour after it began, to the millisecond, and of a clock that is behind not earlier', () => {
    const held = (now: number) => heldByOthers([hold('b1', 300)], CARD, { basket: 'b2', now });
    expect(HOLD_MS).toBe(15 * 60 * 1000);
    expect([held(NOW - HOLD_MS), held(NOW), held(NOW + HOLD_MS - 1), held(NOW + HOLD_MS)]).toEqual([
      300, 300, 300, 0,
    ]);
  });

  test('of two of one moment is that with the smaller basket, where only what came before counts', () => {
    const [first, second] = [hold('b1', 300), hold('b2', 40)];
    const later = hold('b0', 5, { at: '2026-11-21T09:00:00.001Z' });
    const before = (own: Hold) =>
      heldByOthers([later, second, first], CARD, { basket: own.basket, now: NOW, before: own });
    expect([before(first), before(second), before(later)]).toEqual([0, 300, 340]);
  });
});
