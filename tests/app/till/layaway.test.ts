import { describe, expect, it } from 'vitest';
import type { LayawayWish } from '#model/ledger/layaway.ts';
import { ledgerShard } from '#model/documents/ledger.ts';
import type { ShownLayaway } from '../../../app/lib/till/layaway-desk.svelte.ts';
import {
  R2,
  approve,
  codeOf,
  must,
  openTill,
  payCash,
  setSetting,
  sessionKey,
  startTill,
  type TillBench,
} from './till-fixture.ts';

const LANTERN = '5012345678900';
const WISH: LayawayWish = { name: 'Mrs Brown', phone: '0113 496 0000', due: '2027-01-20', deposit: 200 };

/** The one layaway there is. */
function only({ till }: TillBench): ShownLayaway {
  const [shown, ...others] = till.layaways.list();
  if (!shown || others.length > 0) throw new Error(`${others.length} others`);
  return shown;
}

/** Puts three lanterns, 10.17, aside for a deposit of 2.00, not yet paid. */
async function putAside(bench: TillBench, wish: Partial<LayawayWish> = {}): Promise<string> {
  bench.view.scan(LANTERN);
  must(bench.till.sale.setQuantity(0, '3'));
  must(await bench.till.layaways.put({ ...WISH, deposit: 204, ...wish }));
  return only(bench).layaway.number;
}

async function payAll(bench: TillBench): Promise<string> {
  payCash(bench, bench.till.sale.settlement.due);
  const { body } = must(await bench.till.completeSale());
  bench.till.nextSale();
  return body.receipt;
}

/** Two tills of which the first has put goods aside for 2.04 and has them in its open sale again. */
async function openAtTheFirst() {
  const bench = await openTill();
  const number = await putAside(bench);
  await payAll(bench);
  const other = await openTill({ documents: bench.documents, register: R2 });
  await expect.poll(() => only(other).paid).toBe(204);
  must(await bench.till.layaways.fetch(number));
  return { bench, other, number };
}

describe('[G10] layaway at the till', () => {
  it('[G10] the deposit is the open sale; paid, the goods wait with what is left', async () => {
    const bench = await openTill();
    const { till } = bench;
    expect(till.layaways.usualDue).toBe('2027-01-20');
    const number = await putAside(bench);
    expect(till.sale.paying).toBe(true);
    expect(till.sale.basket.lines).toMatchObject([{ account: { ledger: 'deposit', id: number } }]);
    expect(only(bench).standing).toBe('unpaid');
    const receipt = await payAll(bench);
    await expect.poll(() => only(bench)).toMatchObject({ standing: 'open', paid: 204, left: 813 });
    await expect.poll(() => bench.bridge.papers.at(-1)?.jobId).toBe(`${receipt}:slip-${number}:1`);
    const slip = JSON.stringify(bench.bridge.papers.at(-1)?.paper);
    for (const part of ['Mrs Brown', 'White metal lantern', '£2.04', '£8.13', number])
      expect(slip).toContain(part);
  });

  it('[G10] another till takes a payment and hands the goods over, once', async () => {
    const bench = await openTill();
    const number = await putAside(bench);
    await payAll(bench);
    const other = await openTill({ documents: bench.documents, register: R2 });
    await expect.poll(() => only(other).paid).toBe(204);
    expect(await other.till.layaways.payIn(number, 814)).toMatchObject({
      error: { code: 'deposit-too-large', most: 813 },
    });
    expect(codeOf(await other.till.layaways.payIn(number, 0))).toBe('amount-zero');
    must(await other.till.layaways.payIn(number, 313));
    await payAll(other);
    await expect.poll(() => only(other).left).toBe(500);
    expect(other.till.layaways.mayPay).toBe(false);
    must(await other.till.layaways.fetch(number));
    expect(other.till.layaways.mayPay).toBe(true);
    expect(other.till.sale.payments).toMatchObject([{ kind: 'deposit', given: 517, account: number }]);
    expect(other.till.sale.settlement.due).toBe(500);
    const basket = other.till.sale.basket.id;
    await payAll(other);
    await expect.poll(() => bench.till.layaways.list()).toEqual([]);
    expect(bench.till.store.receiptOfBasket(basket)).toBe('S01-R2-000002');
    expect(codeOf(await bench.till.layaways.fetch(number))).toBe('layaway-fetched');
  });

  it('[G8] goods that are in one till’s open sale are opened at no other, until it lets go of them', async () => {
    const { bench, other, number } = await openAtTheFirst();
    expect(await other.till.layaways.fetch(number)).toEqual({
      ok: false,
      error: { code: 'layaway-at-register', register: 'S01-R1' },
    });
    expect(other.till.sale.basket.lines).toEqual([]);
    expect(other.till.sale.payments).toEqual([]);
    bench.till.value.takeBackPayment(0);
    await expect.poll(() => other.till.layaways.fetch(number)).toMatchObject({ ok: true });
    expect(other.till.sale.payments).toMatchObject([{ kind: 'deposit', given: 204 }]);
    // The first till has the goods on its screen still: it is told when it pays, by the receipt of the other.
    const receipt = await payAll(other);
    payCash(bench, 1_017);
    expect(await bench.till.completeSale()).toMatchObject({ error: { code: 'sold-elsewhere', receipt } });
  });

  it('[G8] a till that went down with goods in its open sale keeps them from nobody for long', async () => {
    const { other, number } = await openAtTheFirst();
    expect(codeOf(await other.till.layaways.fetch(number))).toBe('layaway-at-register');
    other.surroundings.time += 15 * 60_000;
    must(await other.till.layaways.fetch(number));
    expect(other.till.sale.settlement.due).toBe(813);
  });

  it('[G11] cancelling keeps the store’s fee, shows it before, and gives the rest back', async () => {
    const bench = await openTill();
    const { till } = bench;
    const number = await putAside(bench);
    await payAll(bench);
    await expect.poll(() => only(bench).standing).toBe('open');
    expect(till.layaways.feeOf(204)).toBe(0);
    setSetting(bench, 'store', 'layawayFee', { kind: 'percent', percent: 10 });
    expect(till.layaways.feeOf(204)).toBe(20);
    must(await till.layaways.cancel(number, 'changed her mind'));
    expect(till.sale.priced.total).toBe(-184);
    expect(codeOf(till.sale.remove(1))).toBe('layaway-fee-stays');
    payCash(bench, -184);
    const completing = till.completeSale();
    await approve(bench);
    const { body } = must(await completing);
    expect(body).toMatchObject({
      total: -184,
      tax: 0,
      lines: [
        { amount: -204, account: { ledger: 'deposit', id: number } },
        { sku: 'layaway-fee', name: 'Cancellation fee', amount: 20, taxes: [] },
      ],
      tenders: [{ kind: 'cash', amount: -184 }],
    });
    await expect.poll(() => till.layaways.list()).toEqual([]);
    // What goes back is no turnover; the fee is.
    const report = till.journal.state.report;
    expect([report?.gross, report?.liabilities?.deposit?.amount]).toEqual([20, 0]);
  });

  it('[G10] cancelling gives the deposit back with a reason and an approval', async () => {
    const bench = await openTill();
    const { till } = bench;
    const number = await putAside(bench);
    await payAll(bench);
    await expect.poll(() => only(bench).paid).toBe(204);
    expect(codeOf(await till.layaways.cancel(number, ' '))).toBe('reason-missing');
    must(await till.layaways.cancel(number, ' changed her mind '));
    expect(till.sale.settlement.due).toBe(-204);
    payCash(bench, -204);
    const completing = till.completeSale();
    await expect.poll(() => till.staff.approvals.request?.permission).toBe('value.cancel-layaway');
    await approve(bench);
    const record = must(await completing);
    expect(record).toMatchObject({
      approvedBy: 'mia',
      body: { type: 'refund', total: -204, lines: [{ note: 'changed her mind', amount: -204 }] },
    });
    await expect.poll(() => till.layaways.list()).toEqual([]);
    expect(till.journal.state.report?.liabilities).toEqual({ deposit: { count: 2, amount: 0 } });
  });

  it('[G10] a deposit that was given back meanwhile is not given back twice', async () => {
    const bench = await openTill();
    const number = await putAside(bench);
    await payAll(bench);
    await expect.poll(() => only(bench).paid).toBe(204);
    must(await bench.till.layaways.cancel(number, 'late'));
    payCash(bench, -204);
    const key = { class: 'ledger', shard: ledgerShard(number) } as const;
    const spent = { ledger: 'deposit', account: number, amount: -204, at: '2026-11-21T09:00:00.000Z' };
    const { account, amount, at, ledger } = spent;
    bench.documents.receive(key, { 'S01-R2-000009:0': JSON.stringify({ account, amount, at, ledger }) });
    expect(codeOf(await bench.till.completeSale())).toBe('account-too-little');
  });

  it('[G10] goods nobody paid on go back into the basket, as they were', async () => {
    const bench = await openTill();
    const { till } = bench;
    const number = await putAside(bench);
    expect(codeOf(await till.layaways.takeBack(number))).toBe('basket-not-empty');
    must(till.sale.stopPaying());
    must(till.sale.clear());
    must(await till.layaways.takeBack(number));
    expect(till.sale.basket.lines).toMatchObject([{ sku: 'lantern', quantity: '3' }]);
    expect(till.sale.priced.total).toBe(1017);
    expect(till.layaways.list()).toEqual([]);
    expect(codeOf(await till.layaways.fetch(number))).toBe('basket-not-empty');
  });

  it('[G10] an order is a deposit on words, paid with later by its number', async () => {
    const bench = await openTill();
    const { till } = bench;
    must(await till.layaways.order('Blue sofa', { ...WISH, deposit: 500 }));
    await payAll(bench);
    await expect.poll(() => only(bench)).toMatchObject({ paid: 500, standing: 'open' });
    const { number } = only(bench).layaway;
    expect(till.layaways.mayPay).toBe(true);
    expect(codeOf(await till.layaways.fetch(number))).toBe('no-such-layaway');
    expect(till.layaways.list('sofa')).toHaveLength(1);
    expect(till.layaways.list('chair')).toEqual([]);
    bench.view.scan(LANTERN);
    must(till.sale.startPaying());
    const { tender } = till.layaways;
    expect(tender).toMatchObject({ kind: 'deposit', name: 'Deposit' });
    must(await till.value.pay(tender, { ledger: 'deposit', id: number }, 339));
    must(await till.completeSale());
    await expect.poll(() => only(bench).paid).toBe(161);
  });

  it('[G10] what is refused leaves the basket where it is', async () => {
    const bench = await openTill();
    const { till, view } = bench;
    view.scan(LANTERN);
    const { basket } = till.sale;
    expect(codeOf(await till.layaways.put({ ...WISH, deposit: 1 }))).toBe('deposit-too-small');
    expect(codeOf(await till.layaways.put({ ...WISH, name: ' ' }))).toBe('customer-missing');
    expect(codeOf(await till.layaways.order('Sofa', WISH))).toBe('basket-not-empty');
    expect(codeOf(await till.layaways.payIn('L0', 100))).toBe('basket-not-empty');
    bench.documents.failHere = 'disk full';
    expect(codeOf(await till.layaways.put(WISH))).toBe('not-kept');
    bench.documents.failHere = undefined;
    expect(till.sale.basket).toEqual(basket);
  });

  it('[G7] [G10] a crash right after the record loses neither goods nor deposit', async () => {
    const bench = await openTill();
    const number = await putAside(bench);
    await payAll(bench);
    await expect.poll(() => only(bench).paid).toBe(204);
    // The move is gone, the journal and the layaway are there.
    const key = { class: 'ledger', shard: ledgerShard(number) } as const;
    bench.documents.receive(key, { 'S01-R1-000001:0': undefined });
    const again = await startTill({ documents: bench.documents });
    expect(only(again)).toMatchObject({ paid: 204, standing: 'open' });
    expect(Object.keys(await bench.documents.open(sessionKey(1)))).toHaveLength(2);
  });
});
