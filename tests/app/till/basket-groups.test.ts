import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GROUP_LINES, basketGroups, type ShownBasket } from '../../../app/lib/till/basket-groups.ts';
import type { BasketLine } from '../../../model/sale/basket.ts';

const lineOf = (product: string): BasketLine => ({
  product,
  sku: product,
  name: product,
  quantity: '1',
  price: '1.00',
  taxes: [],
});
const off = (amount: number) => [{ special: 'tenth', name: 'A tenth off', amount }];

function shownOf(lines: readonly BasketLine[], change: Partial<ShownBasket> = {}): ShownBasket {
  return {
    lines,
    amounts: lines.map(() => 100),
    offs: lines.map(() => []),
    touched: { index: lines.length - 1, count: lines.length },
    ...change,
  };
}

const lines = Array.from({ length: 3 * GROUP_LINES }, (_, i) => lineOf(`A${i}`));

describe('the lines of a basket in groups', () => {
  it('hold every line once and in order, with its amount and what was taken off', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.integer(), fc.nat(3)), { maxLength: 70 }), (wanted) => {
        const own = wanted.map(([name]) => lineOf(name));
        const amounts = wanted.map(([, amount]) => amount);
        const offs = wanted.map(([, , taken]) => (taken > 0 ? off(taken) : []));
        const groups = basketGroups(shownOf(own, { amounts, offs }), []);
        expect(groups.flatMap((group) => group.lines)).toStrictEqual(
          own.map((line, i) => ({ line, amount: amounts[i], offs: offs[i] })),
        );
        expect(groups.every((group) => group.lines.length <= GROUP_LINES)).toBe(true);
      }),
    );
  });

  it('are the same objects where nothing of them changed, also when all of it was priced anew', () => {
    const before = basketGroups(shownOf(lines.slice(0, -1)), []);
    const after = basketGroups(shownOf(lines), before);
    expect(after.map((group, i) => group === before[i])).toStrictEqual([true, true, false]);
    expect(after[2]?.lines[0]).toBe(before[2]?.lines[0]);
  });

  it('are new where an amount, a discount, a line or the touched line is another', () => {
    const before = basketGroups(shownOf(lines), []);
    const isNew = (change: Partial<ShownBasket>) =>
      basketGroups(shownOf(lines, change), before).map((group, i) => group !== before[i]);
    expect(isNew({})).toStrictEqual([false, false, false]);
    expect(isNew({ amounts: lines.map((_, i) => (i === 0 ? 90 : 100)) })).toStrictEqual([true, false, false]);
    expect(isNew({ offs: lines.map((_, i) => (i === GROUP_LINES ? off(1) : [])) })).toStrictEqual([
      false,
      true,
      false,
    ]);
    expect(isNew({ lines: lines.with(0, lineOf('other')) })).toStrictEqual([true, false, false]);
    expect(isNew({ touched: { index: 0, count: 99 } })).toStrictEqual([true, false, true]);
    expect(isNew({ touched: undefined })).toStrictEqual([false, false, true]);
  });

  it('say which line was touched, in the group that has it', () => {
    const touched = { index: GROUP_LINES + 3, count: 7 };
    const groups = basketGroups(shownOf(lines, { touched }), []);
    expect(groups.map((group) => group.touched)).toStrictEqual([
      undefined,
      { place: 3, count: 7 },
      undefined,
    ]);
  });
});
