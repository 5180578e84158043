import { describe, expect, it } from 'vitest';
import {
  R1,
  R2,
  codeOf,
  must,
  openTill,
  payCash,
  sessionKey,
  startTill,
  type TillBench,
} from './till-fixture.ts';

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
