import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sensitiveAct } from '#model/audit/sensitive-act.ts';
import type { RecordOf } from '#model/journal/record.ts';
import { paperText } from '#model/receipt/paper-text.ts';
import { salePaper } from '#model/receipt/sale-paper.ts';
import { actorOf } from '#model/register/actor.ts';
import { voidSale } from '#model/register/void-sale.ts';
import { settle } from '#model/sale/payment.ts';
import { refundLine } from '#model/sale/basket.ts';
import { priceBasket } from '#model/sale/pricing.ts';
import { discountedBaskets, pricingRules } from './support/discounts.ts';
import {
  actOf,
  close,
  open,
  play,
  salesOf,
  sell,
  sellExactly,
  type Played,
  type Step,
} from './support/played-register.ts';
import { ORGANIZATION, STORE, STORE_ID, basket, cash, line } from './support/shop.ts';

const undo =
  (sale: RecordOf<'sale'>, later: readonly RecordOf<'sale'>[] = [], reason = ' wrong article '): Step =>
  (state, act) =>
    voidSale(state, { sale, later: later.map(({ body }) => body), reason, basket: 'void-1' }, act);

const SOLD = play([open(), sellExactly(basket([line({}, '3')]), 'cash')]);
const SALE = firstSale(SOLD);

function firstSale({ records }: Played): RecordOf<'sale'> {
  const [sale] = salesOf(records);
  if (!sale) throw new Error('nothing was sold');
  return sale;
}

describe('[H6] voiding a sale', () => {
  test('[H6] is a receipt of its own with its reason, that takes everything back', () => {
    const voided = salesOf(play([undo(SALE)], SOLD).records).at(-1);
    expect(voided?.body).toMatchObject({
      receipt: 'S01-R2-000002',
      type: 'refund',
      total: -360,
      voids: { receipt: 'S01-R2-000001', reason: 'wrong article' },
      lines: [{ quantity: '-3', amount: -360, refundOf: { receipt: 'S01-R2-000001', line: 0 } }],
      tenders: [{ tender: 'cash', amount: -360 }],
    });
  });

  test('[H6] [Z3] leaves the session as if the sale had not been, whatever was taken off and rounded', () => {
    fc.assert(
      fc.property(discountedBaskets, pricingRules, (sold, rules) => {
        const { cashDue } = settle(priceBasket(sold, rules).total, [], rules.cashRounding);
        const before = play([open(), sell(sold, cashDue === 0 ? [] : [cash(cashDue)], rules)]);
        const after = play([undo(firstSale(before))], before).state;
        expect(after.report).toMatchObject({ gross: 0, net: 0, tax: 0, units: '0' });
        expect(after.report?.drawer.expected).toBe(10_000);
        expect(
          Object.values(after.report?.taxes ?? {}).every((row) => row.amount === 0 && row.base === 0),
        ).toBe(true);
        expect(after.head.totals).toMatchObject({ receipts: 2, signed: 0 });
        expect(after.report?.voids).toEqual({
          count: 1,
          amount: before.state.report?.gross === 0 ? 0 : -(before.state.report?.gross ?? 0),
        });
      }),
    );
  });

  test('[H6] [S6] needs its permission or an approval', () => {
    const cashier = actorOf({ id: 'ana', role: 'cashier', active: true, stores: [] }, STORE_ID, new Map());
    const approval = actorOf(
      { id: 'sam', role: 'supervisor', active: true, stores: [] },
      STORE_ID,
      new Map(),
    );
    const byAna = actOf(9, { actor: cashier });
    expect(undo(SALE)(SOLD.state, byAna)).toEqual({
      ok: false,
      error: { code: 'approval-needed', permission: 'sale.void' },
    });
    expect(undo(SALE)(SOLD.state, { ...byAna, approval })).toMatchObject({
      ok: true,
      value: { by: 'ana', approvedBy: 'sam' },
    });
  });

  test('[H6] is done once, and not after something came back', () => {
    const voided = play([undo(SALE)], SOLD);
    const refused = { ok: false, error: { code: 'already-taken-back', receipt: 'S01-R2-000001' } };
    expect(undo(SALE, salesOf(voided.records))(voided.state, actOf(9))).toEqual(refused);
    const back = refundLine(SALE.body, 0, '1', { quantity: '0', amount: 0 });
    if (!back.ok) throw new Error(back.error.code);
    const partly = play([sellExactly(basket([back.value], 'b2'), 'cash')], SOLD);
    expect(undo(SALE, salesOf(partly.records))(partly.state, actOf(9))).toEqual(refused);
  });

  test('[H6] [L6] nothing of a voided sale can be refunded: all of it came back', () => {
    const voided = salesOf(play([undo(SALE)], SOLD).records).at(-1);
    expect(voided?.body.lines.map(({ refundOf, quantity }) => [refundOf?.line, quantity])).toEqual([
      [0, '-3'],
    ]);
    expect(refundLine(SALE.body, 0, '1', { quantity: '3', amount: 360 })).toMatchObject({
      error: { code: 'already-refunded' },
    });
  });

  test('[H6] is for sales of the open session of this register only', () => {
    const refused = { ok: false, error: { code: 'not-voidable', receipt: 'S01-R2-000001' } };
    const next = play([close(), open()], SOLD);
    expect(undo(SALE)(next.state, actOf(9))).toEqual(refused);
    expect(undo({ ...SALE, register: 'R9' as typeof SALE.register })(SOLD.state, actOf(9))).toEqual(refused);
    const voided = play([undo(SALE)], SOLD);
    const last = salesOf(voided.records).at(-1);
    expect(last && undo(last)(voided.state, actOf(9))).toMatchObject({ error: { code: 'not-voidable' } });
    expect(undo(SALE)(play([close()], SOLD).state, actOf(9))).toMatchObject({
      error: { code: 'session-not-open' },
    });
  });

  test('[H6] needs a reason', () => {
    expect(undo(SALE, [], '  ')(SOLD.state, actOf(9))).toMatchObject({ error: { code: 'reason-missing' } });
  });

  test('[A1] [Z7] [P6] audit, report and paper call it a void', () => {
    const { state, records } = play([undo(SALE)], SOLD);
    const record = salesOf(records).at(-1);
    if (!record) throw new Error('nothing was voided');
    expect(sensitiveAct(record)).toEqual({
      kind: 'void',
      subject: 'S01-R2-000002',
      amount: -360,
      reason: 'S01-R2-000001: wrong article',
    });
    expect(state.report).toMatchObject({ voids: { count: 1, amount: -360 }, refunds: { count: 1 } });
    const paper = salePaper({
      record,
      organization: ORGANIZATION,
      store: STORE,
      personName: 'Ann',
      language: 'es',
    });
    const text = paperText(paper, 42);
    expect(text.join('\n')).toContain('A N U L A C I Ó N');
    expect(text.join('\n')).toContain('S01-R2-000001: wrong article');
  });
});
