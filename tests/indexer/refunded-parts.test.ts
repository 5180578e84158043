import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentId } from '#model/ids/document-id.ts';
import { recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import { newRegister } from '#model/register/register-state.ts';
import { refundLine, type Basket, type BasketLine } from '#model/sale/basket.ts';
import { settle } from '#model/sale/payment.ts';
import { priceBasket, type PricingRules } from '#model/sale/pricing.ts';
import type { SaleBody } from '#model/sale/sale-body.ts';
import { xReport } from '../../reports-indexer/reports/session-report.ts';
import { discountedBaskets, pricingRules } from '../model/support/discounts.ts';
import { close, open, pay, play, salesOf, sell, type Played } from '../model/support/played-register.ts';
import { ORG, REGISTER_ID, STORE_ID, basket, cash } from '../model/support/shop.ts';
import { firstFault, verdictOnRecords } from '../support/exported-journal.ts';
import { signed } from '../support/journal-fixture.ts';
import { foldSession, freshReports, wholeUpdate } from './flatten-fixture.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** Sells a basket for cash, to the cent or as cash is rounded. */
function sold(played: Played, goods: Basket, rules: PricingRules): Played {
  const { cashDue } = settle(priceBasket(goods, rules).total, [], rules.cashRounding);
  return play([sell(goods, cashDue === 0 ? [] : [cash(cashDue)], rules)], played);
}

/** A quantity in parts: `cuts` say after which share of it, in thousandths, it is cut. */
function partsOf(quantity: string, cuts: readonly number[]): readonly string[] {
  const whole = Math.round(Number(quantity) * 1000);
  const ends = [...new Set(cuts.map((cut) => Math.floor((whole * cut) / 1000)))].sort((a, b) => a - b);
  const edges = [0, ...ends.filter((end) => end > 0 && end < whole), whole];
  return edges.slice(1).map((edge, i) => String((edge - (edges[i] ?? 0)) / 1000));
}

/** Everything of a sale taken back in those parts, as lines of baskets. */
function takenBack(sale: SaleBody, cuts: readonly number[]): readonly BasketLine[] {
  return sale.lines.flatMap((line, i) => {
    let before = { quantity: '0', amount: 0 };
    return partsOf(line.quantity, cuts).map((quantity) => {
      const back = refundLine(sale, i, quantity, before);
      if (!back.ok) throw new Error(back.error.code);
      before = {
        quantity: String(
          (Math.round(Number(before.quantity) * 1000) + Math.round(Number(quantity) * 1000)) / 1000,
        ),
        amount: before.amount - (back.value.amount ?? Number.NaN),
      };
      return back.value;
    });
  });
}

const cuts = fc.array(fc.integer({ min: 1, max: 999 }), { maxLength: 4 });

/** A session that sells baskets, takes each back in parts and receipts of so many lines, moves cash and closes. */
function session(
  goods: readonly Basket[],
  rules: PricingRules,
  how: { readonly cuts: readonly number[]; readonly each: number; readonly over: number },
): readonly JournalRecord[] {
  let played = play([open()], { state: newRegister(ORG, STORE_ID, REGISTER_ID), records: [] });
  for (const [i, one] of goods.entries()) {
    played = sold(played, { ...one, id: `sale-${i}` }, rules);
    const sale = salesOf(played.records).at(-1);
    const lines = sale ? takenBack(sale.body, how.cuts) : [];
    for (let from = 0; from < lines.length; from += how.each)
      played = sold(played, basket(lines.slice(from, from + how.each), `back-${i}-${from}`), rules);
  }
  return play([pay('in', 500), pay('out', 120), close(how.over)], played).records;
}

describe('sales that come back in parts', () => {
  test('[L7] [L9] every line comes back to the cent, amount and taxes, in whatever parts and receipts', () => {
    fc.assert(
      fc.property(
        discountedBaskets,
        pricingRules,
        cuts,
        fc.integer({ min: 1, max: 5 }),
        (goods, rules, at, each) => {
          const [first, ...later] = salesOf(session([goods], rules, { cuts: at, each, over: 0 }));
          for (const [i, line] of (first?.body.lines ?? []).entries()) {
            const parts = later.flatMap(({ body }) =>
              body.lines.filter(({ refundOf }) => refundOf?.line === i),
            );
            expect(sum(parts.map(({ amount }) => amount)) + line.amount).toBe(0);
            for (const [t, tax] of (line.taxAmounts ?? []).entries())
              expect(sum(parts.map(({ taxAmounts }) => taxAmounts?.[t] ?? Number.NaN)) + tax).toBe(0);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('[L7] [T4] [Z2] all of a sale in parts on one receipt leaves the session without turnover and without taxes', () => {
    fc.assert(
      fc.property(discountedBaskets, pricingRules, cuts, (goods, rules, at) => {
        const records = session([goods], rules, { cuts: at, each: 2000, over: 0 });
        const { gross, net, tax, taxes } = foldSession(records);
        expect([gross, net, tax]).toStrictEqual([0, 0, 0]);
        expect(Object.values(taxes).map(({ amount }) => amount)).toStrictEqual(
          Object.values(taxes).map(() => 0),
        );
      }),
      { numRuns: 150 },
    );
  });

  test('[J13] [Z2] [Z3] [Z4] [L6] receipts, journal, Z, indexer and the independent verifier agree in every figure', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(discountedBaskets, { minLength: 1, maxLength: 2 }),
        pricingRules,
        cuts,
        fc.record({ each: fc.integer({ min: 1, max: 4 }), over: fc.integer({ min: 0, max: 300 }) }),
        async (goods, rules, at, how) => {
          const records = session(goods, rules, { cuts: at, ...how });
          expect(firstFault(await verdictOnRecords(records))).toBe('valid');
          const fold = foldSession(records);
          const bodies = salesOf(records).map(({ body }) => body);
          expect([fold.gross, fold.net, fold.tax]).toStrictEqual([
            sum(bodies.map(({ total }) => total)),
            sum(bodies.map(({ net }) => net)),
            sum(bodies.map(({ tax }) => tax)),
          ]);
          expect(Object.values(fold.taxes).map(({ amount }) => amount)).toStrictEqual(
            Object.values(fold.taxes).map(({ id, rate, included }) =>
              sum(
                bodies.flatMap(({ taxes }) =>
                  taxes
                    .filter((row) => row.id === id && row.rate === rate && row.included === included)
                    .map(({ amount }) => amount),
                ),
              ),
            ),
          );
          expect(fold.drawer.expected).toBe(
            10_000 + 500 - 120 + fold.gross + sum(bodies.map(({ rounding = 0 }) => rounding)),
          );
          const { writer, query } = freshReports();
          const key = { class: 'session', store: STORE_ID, register: REGISTER_ID, session: 1 } as const;
          const entries = records.map(
            (record) => [recordKey(record.seq), recordText(signed(record))] as const,
          );
          // The X is of the open session: without its closing record, which says the same sums.
          const opened = Object.fromEntries(entries.slice(0, -1));
          await writer.write([wholeUpdate(documentId({ organization: ORG, key }), opened)]);
          expect(await xReport(query, { store: STORE_ID, register: REGISTER_ID })).toEqual(
            foldSession(records.slice(0, -1)),
          );
          const closed = records.at(-1);
          expect(
            closed?.kind === 'closed' ? [closed.body.gross, closed.body.tax, closed.body.expected] : [],
          ).toStrictEqual([fold.gross, fold.tax, fold.drawer.expected]);
        },
      ),
      { numRuns: 20 },
    );
  });
});
