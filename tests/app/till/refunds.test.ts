import { describe, expect, it } from 'vitest';
import {
  R1,
  R2,
  approve,
  codeOf,
  must,
  openTill,
  payCash,
  sessionKey,
  startTill,
  type TillBench,
} from './till-fixture.ts';

function fail(): never {
  throw new Error('the shop of the tests has this article');
}

/** Sells three lanterns and a holder at R1, in a session that is closed again. */
async function soldBefore(): Promise<{ bench: TillBench; receipt: string }> {
  const bench = await openTill();
  bench.view.scan('5012345678900');
  must(bench.till.sale.setQuantity(0, '3'));
  bench.view.scan('4006381333931');
  must(bench.till.sale.startPaying());
  payCash(bench, 3 * 339 + 115);
  const receipt = must(await bench.till.completeSale()).body.receipt;
  bench.till.nextSale();
  return { bench, receipt };
}

describe('a refund', () => {
  it('[L6] takes lines back into the basket and pays them out', async () => {
    const { bench, receipt } = await soldBefore();
    const { till } = bench;
    must(await till.refunds.find(receipt.toLowerCase()));
    must(await till.refunds.takeBack(0, '1'));
    expect(till.sale.priced.total).toBe(-339);
    must(till.sale.startPaying());
    payCash(bench, -339);
    const { body } = must(await till.completeSale());
    expect(body).toMatchObject({
      type: 'refund',
      total: -339,
      lines: [{ quantity: '-1', refundOf: { receipt, line: 0 } }],
    });
    expect(till.journal.state.report?.drawer.expected).toBe(10_000 + 3 * 339 + 115 - 339);
    await expect.poll(() => bench.bridge.papers.at(-1)?.kind).toBe('refund');
  });

  it('[L7] gives back no more than is left, counting the open basket too', async () => {
    const { bench, receipt } = await soldBefore();
    const { refunds } = bench.till;
    must(await refunds.find(receipt));
    must(await refunds.takeBack(0, '2'));
    expect(refunds.lines[0]?.left).toBe('1');
    expect(await refunds.takeBack(0, '2')).toEqual({
      ok: false,
      error: { code: 'already-refunded', name: 'White metal lantern', left: '1' },
    });
    expect(bench.till.sale.basket.lines).toHaveLength(1);
  });

  it('[L7] remembers what was taken back in an earlier session', async () => {
    const { bench, receipt } = await soldBefore();
    const { till } = bench;
    must(await till.refunds.find(receipt));
    must(await till.refunds.takeBack(1, '1'));
    must(till.sale.startPaying());
    payCash(bench, -115);
    must(await till.completeSale());
    must(await till.session.close({ counted: till.journal.state.report?.drawer.expected ?? 0 }));
    must(await till.session.open(0));
    const again = await startTill(bench);
    must(await again.till.refunds.find(receipt));
    expect(again.till.refunds.lines.map(({ left }) => left)).toEqual(['3', '0']);
    expect(codeOf(await again.till.refunds.takeBack(1, '1'))).toBe('already-refunded');
  });

  it('[L7] knows what another till of the store took back a moment ago', async () => {
    const { bench, receipt } = await soldBefore();
    const other = await openTill({ documents: bench.documents, register: R2 });
    must(await other.till.refunds.find(receipt));
    must(await bench.till.refunds.find(receipt));
    must(await other.till.refunds.takeBack(0, '3'));
    must(other.till.sale.startPaying());
    payCash(other, -3 * 339);
    must(await other.till.completeSale());
    expect(await bench.till.refunds.takeBack(0, '1')).toMatchObject({ ok: false, error: { left: '0' } });
  });

  it.each(['0', '-1', 'all', '1.0001'])('refuses %s as a quantity', async (quantity) => {
    const { bench, receipt } = await soldBefore();
    must(await bench.till.refunds.find(receipt));
    expect(codeOf(await bench.till.refunds.takeBack(0, quantity))).toBe('quantity-not-understood');
  });

  it('says which receipt is not known here', async () => {
    const { till } = await openTill();
    expect(till.refunds.numberOf('s01-r1-7')).toBe('S01-R1-000007');
    expect(till.refunds.numberOf(' 7 ')).toBe('S01-R1-000007');
    expect(await till.refunds.find('s1-r9-42')).toEqual({
      ok: false,
      error: { code: 'receipt-not-found', receipt: 'S01-R9-000042' },
    });
    expect(till.refunds.lines).toEqual([]);
  });

  it('becomes an exchange with something new beside it', async () => {
    const { bench, receipt } = await soldBefore();
    const { till, view } = bench;
    must(await till.refunds.find(receipt));
    must(await till.refunds.takeBack(0, '1'));
    view.scan('CAFE-1');
    expect(till.sale.priced.total).toBe(1250 - 339);
    must(till.sale.startPaying());
    payCash(bench, 1000);
    expect(must(await till.completeSale()).body).toMatchObject({ type: 'exchange', total: 911 });
  });

  it('cannot be changed in its quantity, only taken out', async () => {
    const { bench, receipt } = await soldBefore();
    must(await bench.till.refunds.find(receipt));
    must(await bench.till.refunds.takeBack(0, '2'));
    expect(codeOf(bench.till.sale.setQuantity(0, '1'))).toBe('no-such-line');
    must(bench.till.sale.remove(0));
    expect(bench.till.refunds.lines[0]?.left).toBe('3');
  });

  it('opens by scanning the code of a receipt', async () => {
    const { bench, receipt } = await soldBefore();
    bench.view.scan(receipt);
    expect([bench.view.panel, bench.view.receipt]).toEqual(['refund', receipt]);
  });
});

describe('money that goes back', () => {
  it('[Y9] is offered the way the receipt was paid, in its shares', async () => {
    const bench = await openTill();
    const { till, view } = bench;
    view.scan('CAFE-1');
    must(till.sale.startPaying());
    must(till.sale.pay({ tender: 'card', name: 'Card', kind: 'card', given: 1000, reference: '4711' }));
    payCash(bench, 250);
    const { receipt } = must(await till.completeSale()).body;
    till.nextSale();
    must(await till.refunds.find(receipt));
    must(await till.refunds.takeBack(0, '1', 'Does not work'));
    const ways = await till.refunds.waysBack(1250);
    expect(ways.map(({ tender, given }) => [tender, given])).toEqual([
      ['card', -1000],
      ['cash', -250],
    ]);
    must(till.sale.startPaying());
    for (const way of ways) must(till.sale.pay(way));
    expect(must(await till.completeSale()).body).toMatchObject({
      total: -1250,
      lines: [{ reason: 'Does not work' }],
      tenders: [
        { tender: 'card', amount: -1000 },
        { tender: 'cash', amount: -250 },
      ],
    });
  });

  it('[Y9] is offered no way where a receipt is not known, or none was shown', async () => {
    const { bench, receipt } = await soldBefore();
    const { till } = bench;
    must(await till.refunds.find(receipt));
    must(await till.refunds.takeBack(0, '1'));
    expect(await till.refunds.waysBack(339)).toHaveLength(1);
    const cup = till.shop.productWithCode('CAFE-1');
    must(till.refunds.takeBackUnseen(cup ?? fail(), { quantity: '1', price: '12.50', reason: 'Damaged' }));
    expect(await till.refunds.waysBack(339 + 1250)).toEqual([]);
  });
});

describe('an article without its receipt', () => {
  it('[L12] comes back as a line of its own, and somebody approves it when the sale is completed', async () => {
    const bench = await openTill();
    const { till, view } = bench;
    const lantern = till.shop.productWithCode('5012345678900') ?? fail();
    const wish = { quantity: '1', price: '3', reason: 'Wrong size' };
    must(till.refunds.takeBackUnseen(lantern, wish));
    must(till.refunds.takeBackUnseen(lantern, wish));
    expect(till.sale.basket.lines.map(({ quantity }) => quantity)).toEqual(['-1', '-1']);
    must(till.sale.startPaying());
    payCash(bench, -600);
    const completing = view.complete();
    await approve(bench);
    await completing;
    expect(till.finished?.record).toMatchObject({ body: { type: 'refund', total: -600 }, approvedBy: 'mia' });
  });

  it('[L12] is chosen by a scan, which sells nothing then', async () => {
    const { till, view } = await openTill();
    view.openPanel('return');
    view.scan('CAFE-1');
    expect([view.returning?.sku, view.panel]).toEqual(['café', 'return']);
    view.scan('0000');
    expect([view.returning?.sku, view.trouble?.code]).toEqual(['café', 'unknown-barcode']);
    expect(till.sale.basket.lines).toEqual([]);
  });

  it('[L12] refuses what is no quantity', async () => {
    const { till } = await openTill();
    const lantern = till.shop.productWithCode('5012345678900') ?? fail();
    const wish = { quantity: 'some', price: '1', reason: 'x' };
    expect(codeOf(till.refunds.takeBackUnseen(lantern, wish))).toBe('quantity-not-understood');
    expect(codeOf(till.refunds.takeBackUnseen(lantern, { ...wish, quantity: '1', price: '9' }))).toBe(
      'return-above-price',
    );
  });
});

describe('the other tills of the store', () => {
  it('are seen with every sale as it arrives, newest first', async () => {
    const mine = await openTill();
    const other = await openTill({
      documents: mine.documents,
      register: R2,
      surroundings: mine.surroundings,
    });
    for (const code of ['5012345678900', 'CAFE-1']) {
      mine.surroundings.pass(1_000);
      other.view.scan(code);
      must(other.till.sale.startPaying());
      payCash(other, other.till.sale.priced.total);
      must(await other.till.completeSale());
    }
    expect(mine.till.store.otherSales.map(({ body }) => [body.receipt, body.total])).toEqual([
      ['S01-R2-000002', 1250],
      ['S01-R2-000001', 339],
    ]);
    expect(other.till.store.otherSales).toEqual([]);
  });

  it('are read from what is stored when the till starts', async () => {
    const other = await openTill({ register: R2 });
    other.view.scan('5012345678900');
    must(other.till.sale.startPaying());
    payCash(other, 339);
    must(await other.till.completeSale());
    const mine = await startTill({ documents: other.documents, register: R1 });
    expect(mine.till.store.otherSales).toHaveLength(1);
    expect(mine.till.journal.state.session).toBe(0);
  });

  it('hold no unreadable record against this one', async () => {
    const mine = await openTill();
    mine.documents.receive(sessionKey(1, R2), { '000000001': 'not a record' });
    expect(mine.till.store.otherSales).toEqual([]);
    expect([...mine.till.store.faults.values()].map(({ code }) => code)).toEqual(['not-json']);
    expect(mine.till.journal.fault).toBeUndefined();
  });
});
