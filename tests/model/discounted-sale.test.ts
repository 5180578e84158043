import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { openSaleEntries, readOpenSale } from '#model/documents/basket.ts';
import type { Special } from '#model/pricing/special.ts';
import { addLine, refundLine, type Basket } from '#model/sale/basket.ts';
import { priceBasket, type PricingRules } from '#model/sale/pricing.ts';
import { saleBodySchema, type SaleBody } from '#model/sale/sale-body.ts';
import { basketLines } from './support/arbitraries.ts';
import { discountedBaskets, paidSale, pricingRules } from './support/discounts.ts';
import { GST, QST, VAT, basket, line } from './support/shop.ts';

const RULES: PricingRules = { currency: 'GBP', taxRounding: 'receipt' };
const NOTHING = { quantity: '0', amount: 0 };
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** Every line of a sale taken back, each in as many steps as asked for. */
function takenBack(sale: SaleBody, steps: 1 | 2, rules: PricingRules) {
  const lines = sale.lines.flatMap((sold, i) => {
    const whole = Number(sold.quantity);
    const parts =
      steps === 2 && Number.isInteger(whole) && whole > 1 ? ['1', String(whole - 1)] : [sold.quantity];
    let before = NOTHING;
    return parts.map((quantity) => {
      const back = refundLine(sale, i, quantity, before);
      if (!back.ok) throw new Error(back.error.code);
      before = { quantity, amount: -(back.value.amount ?? NaN) };
      return back.value;
    });
  });
  const { specials: _specials, ...plain } = rules;
  return priceBasket(basket(lines), plain);
}

describe('a discounted basket', () => {
  test('[L10] a person takes a percentage or an amount off a line, at most what it comes to', () => {
    const lines = [
      { ...line({ price: '10' }, '2'), discount: { kind: 'percent', percent: '15', name: 'dented' } },
      { ...line({ price: '3' }), discount: { kind: 'amount', amount: 500, name: 'gift' } },
      line({ price: '1' }),
    ] as const;
    const priced = priceBasket(basket(lines), RULES);
    expect([priced.amounts, priced.total]).toStrictEqual([[1700, 0, 100], 1800]);
    expect(priced.offs).toStrictEqual([
      [{ name: 'dented', amount: 300 }],
      [{ name: 'gift', amount: 300 }],
      [],
    ]);
  });

  test('[L10] a line a person lowered takes part in no special, and one that comes back in nothing', () => {
    const half: Special = {
      id: 'half',
      name: 'Half',
      priority: 0,
      stacks: true,
      scope: {},
      effect: { kind: 'off', percent: '50' },
    };
    const lowered = {
      ...line({ price: '10' }),
      discount: { kind: 'percent' as const, percent: '10', name: 'dented' },
    };
    const { amounts, offs } = priceBasket(
      basket([lowered, line({ price: '4' }), line({ price: '4' }, '-1')]),
      { ...RULES, specials: [half] },
    );
    expect(amounts).toStrictEqual([900, 200, -400]);
    expect(offs[1]).toStrictEqual([{ special: 'half', name: 'Half', amount: 200 }]);
  });

  test('[L10] a line a person lowered is not merged with a scan of the same article', () => {
    const lowered = { ...line(), discount: { kind: 'amount' as const, amount: 5, name: 'dented' } };
    const added = addLine(basket([lowered]), line());
    expect(added.ok && added.value.basket.lines).toHaveLength(2);
  });

  test('[L11] a discount on the whole is shared among what is sold and stands on the lines', () => {
    const discounts = [{ kind: 'amount', amount: 500, on: 'total', name: 'Loyal' }] as const;
    const lines = [line({ price: '18' }), line({ price: '15' }), line({ price: '7' }, '-1')];
    const priced = priceBasket({ ...basket(lines), discounts }, RULES);
    expect([priced.amounts, priced.total, priced.discount]).toStrictEqual([[1527, 1273, -700], 2100, 500]);
    expect(priced.offs.map(([off]) => off)).toStrictEqual([
      { name: 'Loyal', amount: 273 },
      { name: 'Loyal', amount: 227 },
      undefined,
    ]);
  });

  test('[L9] a receipt reckoned as a whole says every line’s taxes, and so does one with a tax on top or rounded per line', () => {
    const discounts = [{ kind: 'percent', percent: '2', name: 'Club' }] as const;
    const lines = [line({ taxes: ['gst', 'qst'], price: '15.89' }), line({ taxes: ['vat'], price: '15.89' })];
    const sale = paidSale({ ...basket(lines), discounts }, RULES);
    expect(sale.lines.map(({ taxAmounts }) => taxAmounts?.length)).toStrictEqual([2, 1]);
    expect(sum(sale.lines.flatMap(({ taxAmounts = [] }) => taxAmounts))).toBe(sale.tax);
    const taxesSaid = (of: Basket, rules: PricingRules) =>
      paidSale(of, rules).lines.map(({ taxAmounts }) => taxAmounts);
    expect(taxesSaid(basket(lines), RULES)).toStrictEqual([[79, 159], [265]]);
    const inside = basket([line({ price: '15.89' })]);
    expect(taxesSaid(inside, { ...RULES, taxRounding: 'line' })).toStrictEqual([[265]]);
    expect(taxesSaid(inside, RULES)).toStrictEqual([undefined]);
  });

  test('[D6] [L11] discounts and coupons of an open sale are there again after a restart', () => {
    const open: Basket = {
      ...basket([{ ...line(), discount: { kind: 'percent', percent: '5', name: 'dented' } }]),
      discounts: [{ kind: 'amount', amount: 100, on: 'net', name: 'Voucher' }],
      coupons: ['CODE', 'CODE'],
    };
    const sale = { basket: open, paying: false, payments: [] };
    expect(readOpenSale(openSaleEntries(sale))).toStrictEqual({ ok: true, value: sale });
  });

  test('[T10] exact lines are rounded with the receipt', () => {
    const lines = ['13', '23'].map((rate) => ({
      ...line({ price: '12.12' }, '12.12'),
      taxes: [{ ...GST, id: rate, rate }],
    }));
    const sale = paidSale(basket(lines), { ...RULES, taxRounding: 'total', exactLines: true });
    expect([sale.net, sale.tax, sale.total]).toStrictEqual([29_378, 5289, 34_667]);
    expect(sale.lines.map(({ amount }) => amount)).toStrictEqual([14_689, 14_689]);
  });
});

describe('whatever is taken off', () => {
  test('[T3] [L9] [L10] [L11] the receipt adds up, nothing is below zero, and it is a record', () => {
    fc.assert(
      fc.property(discountedBaskets, pricingRules, (sold, rules) => {
        const sale = paidSale(sold, rules);
        expect(v.is(saleBodySchema, sale)).toBe(true);
        const onTop = sum(sale.taxes.filter((row) => !row.included).map((row) => row.amount));
        expect(sum(sale.lines.map((one) => one.amount)) + onTop).toBe(sale.total);
        expect([sum(sale.taxes.map((row) => row.amount)), sale.total - sale.tax]).toStrictEqual([
          sale.tax,
          sale.net,
        ]);
        expect(sum(sale.tenders.map((tender) => tender.amount))).toBe(sale.total + (sale.rounding ?? 0));
        expect(sale.total).toBeGreaterThanOrEqual(0);
        expect(sale.lines.every((one) => one.amount >= 0)).toBe(true);
      }),
    );
  });

  test('[L10] a line’s amount and what was taken off it are what it came to', () => {
    fc.assert(
      fc.property(discountedBaskets, (sold) => {
        const sale = paidSale(sold, RULES);
        const { lines } = paidSale({ ...basket(sold.lines.map(({ discount: _off, ...one }) => one)) }, RULES);
        const whole = sale.lines.map(
          (one) => one.amount + sum((one.discounts ?? []).map((off) => off.amount)),
        );
        // Taxes on top are not in a line's amount, so what they lose to a discount on the whole is not on it either.
        expect(whole).toStrictEqual(lines.map((one) => one.amount));
      }),
    );
  });

  test('[L7] [L9] a refund of everything, at once or in parts, mirrors the sale to the cent', () => {
    fc.assert(
      fc.property(discountedBaskets, pricingRules, fc.constantFrom<1 | 2>(1, 2), (sold, rules, steps) => {
        const sale = paidSale(sold, rules);
        const hasShares = sale.lines.every(({ taxAmounts }) => taxAmounts !== undefined);
        // Without shares a refund in parts of a line rounded by itself mirrors it only as a whole.
        const back = takenBack(sale, hasShares ? steps : 1, rules);
        expect([back.total + sale.total, back.tax + sale.tax, back.net + sale.net]).toStrictEqual([0, 0, 0]);
        expect(
          back.taxes.map(
            (row) =>
              row.amount +
              (sale.taxes.find(({ id, rate }) => id === row.id && rate === row.rate)?.amount ?? NaN),
          ),
        ).toStrictEqual(sale.taxes.map(() => 0));
      }),
    );
  });

  test('[T4] [X4] [L11] the order of the lines changes no sum', () => {
    fc.assert(
      fc.property(discountedBaskets, pricingRules, (sold, rules) => {
        const { amounts: _a, offs: _o, taxAmounts: _t, ...there } = priceBasket(sold, rules);
        const {
          amounts: _b,
          offs: _p,
          taxAmounts: _u,
          ...back
        } = priceBasket({ ...sold, lines: sold.lines.toReversed() }, rules);
        expect(back).toStrictEqual(there);
      }),
    );
  });

  test('[L11] no discount and one of nothing come to the same', () => {
    fc.assert(
      fc.property(basketLines, (lines) => {
        const nothing = { kind: 'percent' as const, percent: '0', name: 'none' };
        const { total, tax, amounts } = priceBasket({ ...basket(lines), discounts: [nothing] }, RULES);
        const plain = priceBasket(basket(lines), RULES);
        expect([total, tax, amounts]).toStrictEqual([plain.total, plain.tax, plain.amounts]);
      }),
    );
  });

  test('[T8] compound taxes survive discount and refund', () => {
    const taxes = [
      { ...GST, compounds: true },
      { ...QST, rate: '9.5' },
      { ...VAT, id: 'levy', kind: 'fixed' as const, rate: '0.25', included: false },
    ];
    const lines = [{ ...line({ price: '15.89' }, '3'), taxes }];
    const sold = { ...basket(lines), discounts: [{ kind: 'percent' as const, percent: '7', name: 'Club' }] };
    const sale = paidSale(sold, { ...RULES, taxRounding: 'line' });
    expect(sale.taxes.map((row) => row.amount)).toStrictEqual([221, 75, 442]);
    expect(takenBack(sale, 2, RULES).total).toBe(-sale.total);
  });
});
