import { describe, expect, it } from 'vitest';
import { canonicalJson, type CanonicalValue } from '#model/journal/canonical.ts';
import type { Special } from '#model/pricing/special.ts';
import { masterEntry } from '#model/documents/catalog.ts';
import {
  R2,
  S01,
  approve,
  codeOf,
  must,
  openTill,
  payCash,
  sellLantern,
  sessionKey,
  signIn,
  startTill,
  type TillBench,
} from './till-fixture.ts';

const LANTERN = '5012345678900';
const HALF = { kind: 'percent', percent: '50', reason: 'dented' } as const;

/** Another till of the same store, on the same documents, with its session open. */
async function otherTill(bench: TillBench): Promise<TillBench> {
  return openTill({ documents: bench.documents, register: R2 });
}

describe('prices by hand at the till', () => {
  it('[H1] a discount above the limit waits for an approval; record and receipt name it', async () => {
    const bench = await openTill();
    const { till, view } = bench;
    view.scan(LANTERN);
    must(till.sale.setQuantity(0, '3'));
    const asking = till.prices.discountLine(0, HALF);
    await expect
      .poll(() => till.staff.approvals.request)
      .toEqual({ asker: 'ana', permission: 'sale.discount', amount: -509, reason: 'dented' });
    expect(till.sale.priced.total).toBe(1017);
    await approve(bench);
    must(await asking);
    expect(till.sale.priced.total).toBe(508);
    must(till.sale.startPaying());
    payCash(bench, 508);
    const { body } = must(await till.completeSale());
    expect(body.lines[0]?.discounts).toEqual([{ name: 'dented', amount: 509, by: 'ana', approvedBy: 'mia' }]);
    expect(JSON.stringify(bench.bridge.papers.at(-1)?.paper)).toContain('dented');
  });

  it('[H1] declined, it takes nothing off; one on the whole within the limit needs nobody', async () => {
    const bench = await openTill();
    const { till, view } = bench;
    view.scan(LANTERN);
    must(till.sale.setQuantity(0, '3'));
    const asking = till.prices.discountBasket(HALF);
    await expect.poll(() => till.staff.approvals.request).toBeDefined();
    till.staff.approvals.decline();
    expect(codeOf(await asking)).toBe('approval-needed');
    expect(till.sale.priced.total).toBe(1017);
    must(await till.prices.discountBasket({ kind: 'amount', amount: 17, reason: 'small change' }));
    expect(till.sale.priced.total).toBe(1000);
  });

  it('[H1] an emptied basket leaves its discount behind, and undo brings both back', async () => {
    const { till, view } = await openTill();
    view.scan(LANTERN);
    must(await till.prices.discountBasket({ kind: 'amount', amount: 39, reason: 'regular' }));
    const { basket } = till.sale;
    must(till.sale.remove(0));
    expect(till.sale.basket).not.toHaveProperty('discounts');
    expect(till.sale.undoRemove()).toBe(true);
    expect(till.sale.basket).toEqual(basket);
    must(till.sale.clear());
    view.scan(LANTERN);
    expect(till.sale.priced.total).toBe(339);
    expect(till.sale.basket.id).not.toBe(basket.id);
  });

  it('[H1] a line that became another one while somebody came is left alone', async () => {
    const bench = await openTill();
    const { till, view } = bench;
    view.scan(LANTERN);
    must(till.sale.setQuantity(0, '3'));
    const asking = till.prices.discountLine(0, { ...HALF, percent: '100' });
    await expect.poll(() => till.staff.approvals.request).toBeDefined();
    must(till.sale.remove(0));
    await approve(bench);
    expect(codeOf(await asking)).toBe('no-such-line');
  });

  it('[H2] [H3] price and note survive a restart and payments close them to edits', async () => {
    const bench = await openTill();
    bench.view.scan(LANTERN);
    must(bench.till.prices.noteLine(0, 'gift wrap'));
    const asking = bench.till.prices.overridePrice(0, '2.99', 'price on the shelf');
    await approve(bench);
    must(await asking);
    const again = await startTill({ documents: bench.documents });
    expect(again.till.sale.basket.lines).toEqual(bench.till.sale.basket.lines);
    expect(again.till.sale.priced.total).toBe(299);
    await signIn(again);
    must(again.till.sale.startPaying());
    payCash(again, 100);
    expect(codeOf(again.till.prices.noteLine(0, ''))).toBe('payments-taken');
  });
});

describe('specials and cash rounding', () => {
  it('[X9] a special of the catalog shows in the basket as soon as it counts', async () => {
    const bench = await openTill();
    const special: Special = {
      id: 'three',
      name: '3 for 2',
      priority: 0,
      stacks: false,
      scope: { departments: ['home'] },
      effect: { kind: 'buy-get', buy: 2, get: 1, percent: '100' },
    };
    const { key, text } = masterEntry({ kind: 'special', id: special.id, value: special });
    bench.documents.receive({ class: 'catalog', shard: 0 }, { [key]: text });
    bench.view.scan(LANTERN);
    bench.view.scan(LANTERN);
    expect(bench.till.sale.priced.total).toBe(678);
    bench.view.scan(LANTERN);
    expect(bench.till.sale.priced).toMatchObject({
      total: 678,
      offs: [[{ special: 'three', name: '3 for 2', amount: 339 }]],
    });
  });

  it('[Y6] the cash of a sale is rounded where the organization rounds', async () => {
    const bench = await openTill();
    const { organization } = bench.till.shop;
    const rounds = { ...organization, cashRounding: { step: 5, mode: 'half-up' } };
    const entry = canonicalJson(rounds as CanonicalValue);
    bench.documents.receive({ class: 'organization' }, { organization: entry });
    bench.view.scan(LANTERN);
    expect(bench.till.sale.settlement).toMatchObject({ due: 339, cashDue: 340 });
    must(bench.till.sale.startPaying());
    payCash(bench, 340);
    const { body } = must(await bench.till.completeSale());
    expect(body).toMatchObject({ total: 339, rounding: 1, tenders: [{ amount: 340 }] });
  });
});

describe('parked baskets at the till', () => {
  it('[H4] one till parks, every till lists, another one resumes and sells with discounts as they were', async () => {
    const bench = await openTill();
    const other = await otherTill(bench);
    bench.view.scan(LANTERN);
    must(await bench.till.prices.discountBasket({ kind: 'amount', amount: 39, reason: 'regular' }));
    const { id } = bench.till.sale.basket;
    must(await bench.till.parked.park('Blue jacket'));
    expect(bench.till.sale.basket.lines).toEqual([]);
    for (const { till } of [bench, other])
      expect(till.parked.baskets).toMatchObject([
        { name: 'Blue jacket', amount: 300, by: 'ana', register: 'R1' },
      ]);
    must(await other.till.parked.resume(id));
    expect(bench.till.parked.baskets).toEqual([]);
    expect(other.till.sale.priced.total).toBe(300);
    must(other.till.sale.startPaying());
    payCash(other, 300);
    expect(must(await other.till.completeSale()).body).toMatchObject({ basket: id, total: 300 });
  });

  it('[H4] survives a restart, and is not listed any more once two days have passed', async () => {
    const bench = await openTill();
    bench.view.scan(LANTERN);
    must(await bench.till.parked.park(''));
    const again = await startTill({ documents: bench.documents, surroundings: bench.surroundings });
    expect(again.till.parked.baskets).toHaveLength(1);
    bench.surroundings.pass(86_400_000);
    await again.till.parked.lookAgain();
    expect(again.till.parked.baskets).toHaveLength(1);
    bench.surroundings.pass(86_400_000);
    expect(again.till.parked.baskets).toEqual([]);
  });

  it('[H4] is refused over an open basket, with payments taken and without lines', async () => {
    const bench = await openTill();
    const { till, view } = bench;
    expect(codeOf(await till.parked.park(''))).toBe('basket-empty');
    view.scan(LANTERN);
    const { id } = till.sale.basket;
    must(await till.parked.park(''));
    view.scan(LANTERN);
    expect(codeOf(await till.parked.resume(id))).toBe('basket-not-empty');
    must(till.sale.startPaying());
    payCash(bench, 100);
    expect(codeOf(await till.parked.park(''))).toBe('payments-taken');
  });

  it('[H5] a basket that two tills resumed while apart is sold by the first; the other one is told', async () => {
    const bench = await openTill();
    const other = await otherTill(bench);
    bench.view.scan(LANTERN);
    const { id } = bench.till.sale.basket;
    must(await bench.till.parked.park(''));
    const key = {
      class: 'parked',
      store: S01,
      day: Date.parse('2026-11-21T00:00:00Z') / 86_400_000,
    } as const;
    const kept = await bench.documents.open(key);
    must(await other.till.parked.resume(id));
    // The other till's removal has not reached this one yet.
    bench.documents.receive(key, kept);
    must(await bench.till.parked.resume(id));
    must(other.till.sale.startPaying());
    payCash(other, 339);
    const { body } = must(await other.till.completeSale());
    must(bench.till.sale.startPaying());
    payCash(bench, 339);
    expect(await bench.till.completeSale()).toEqual({
      ok: false,
      error: { code: 'sold-elsewhere', receipt: body.receipt },
    });
    expect(bench.till.journal.records.filter(({ kind }) => kind === 'sale')).toEqual([]);
    bench.till.sale.takeBackPayment(0);
    must(bench.till.sale.clear());
    await sellLantern(bench);
    await bench.till.exceptions.look();
    expect(bench.till.exceptions.open).toEqual([]);
  });

  it('[H5] two sales of one basket made while apart are named at every till until one is voided', async () => {
    const apart = await openTill({ register: R2 });
    const bench = await openTill();
    bench.view.scan(LANTERN);
    const { id } = bench.till.sale.basket;
    const key = {
      class: 'parked',
      store: S01,
      day: Date.parse('2026-11-21T00:00:00Z') / 86_400_000,
    } as const;
    must(await bench.till.parked.park(''));
    apart.documents.receive(key, await bench.documents.open(key));
    for (const one of [bench, apart]) {
      must(await one.till.parked.resume(id));
      must(one.till.sale.startPaying());
      payCash(one, 339);
      must(await one.till.completeSale());
    }
    bench.documents.receive(sessionKey(1, R2), await apart.documents.open(sessionKey(1, R2)));
    await bench.till.exceptions.look();
    expect(bench.till.exceptions.open).toMatchObject([
      { kind: 'sold-twice', receipts: ['S01-R1-000001', 'S01-R2-000001'] },
    ]);
    const own = bench.till.journal.records.find((record) => record.kind === 'sale');
    if (!own) throw new Error('nothing was sold');
    const asking = bench.till.receipts.voidSale(own, 'sold on the other till');
    await approve(bench);
    must(await asking);
    await bench.till.exceptions.look();
    expect(bench.till.exceptions.open).toEqual([]);
  });
});

describe('voiding at the till', () => {
  it('[H6] waits for an approval, opens the drawer, prints, and cannot be done twice', async () => {
    const bench = await openTill();
    const { till } = bench;
    await sellLantern(bench);
    const sale = till.finished?.record;
    if (!sale) throw new Error('nothing was sold');
    const asking = till.receipts.voidSale(sale, 'wrong article');
    await expect
      .poll(() => till.staff.approvals.request)
      .toEqual({ asker: 'ana', permission: 'sale.void', amount: -339, reason: 'wrong article' });
    await approve(bench);
    const voided = must(await asking);
    expect(voided).toMatchObject({
      by: 'ana',
      approvedBy: 'mia',
      body: { receipt: 'S01-R1-000002', total: -339 },
    });
    expect(bench.bridge.papers.at(-1)).toMatchObject({ kind: 'refund', openDrawer: true });
    expect(till.journal.state.report).toMatchObject({ gross: 0, voids: { count: 1, amount: -339 } });
    expect(codeOf(await till.receipts.voidSale(sale, 'again'))).toBe('already-taken-back');
    must(await till.refunds.find(sale.body.receipt));
    expect(till.refunds.lines.map(({ left }) => left)).toEqual(['0']);
  });
});
