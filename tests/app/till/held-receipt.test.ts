import { describe, expect, it } from 'vitest';
import type { Settings } from '#model/settings/settings.ts';
import {
  must,
  openTill,
  payCash,
  sellLantern,
  setSetting,
  signIn,
  startTill,
  type TillBench,
} from './till-fixture.ts';

async function tillThat(afterSale: Settings['afterSale']): Promise<TillBench> {
  const bench = await openTill();
  setSetting(bench, 'store', 'afterSale', afterSale);
  return bench;
}

function finished({ till }: TillBench) {
  const sale = till.finished?.record;
  if (!sale) throw new Error('nothing was finished');
  return sale;
}

const printed = ({ bridge }: TillBench) => bridge.papers.map(({ jobId }) => jobId);
const stateOf = ({ till }: TillBench, receipt: string) => till.printing.paper(`${receipt}:receipt:1`)?.state;

describe('a receipt after the sale', () => {
  it('[O2] is printed by itself unless the shop says otherwise', async () => {
    const bench = await openTill();
    const receipt = await sellLantern(bench);
    await expect.poll(() => stateOf(bench, receipt)).toBe('printed');
    expect(bench.till.receipts.isHeld(finished(bench))).toBe(false);
    expect(bench.bridge.papers).toMatchObject([{ jobId: `${receipt}:receipt:1`, openDrawer: true }]);
  });

  it.each(['ask', 'none'] as const)(
    '[O2, P2] set to "%s" waits for somebody to ask, and is no copy then; cash opens the drawer at once',
    async (afterSale) => {
      const bench = await tillThat(afterSale);
      const receipt = await sellLantern(bench);
      await bench.till.refresh();
      expect([stateOf(bench, receipt), printed(bench)]).toEqual(['held', []]);
      await expect.poll(() => bench.bridge.drawers).toEqual([`${receipt}:receipt:1:drawer`]);
      expect(bench.till.receipts.isHeld(finished(bench))).toBe(true);
      bench.till.receipts.printHeld(finished(bench));
      await expect.poll(() => stateOf(bench, receipt)).toBe('printed');
      expect(bench.bridge.papers).toMatchObject([{ jobId: `${receipt}:receipt:1`, openDrawer: false }]);
      expect(JSON.stringify(bench.bridge.papers)).not.toContain('COPY');
      expect(bench.bridge.drawers).toHaveLength(1);
      expect(bench.till.receipts.isHeld(finished(bench))).toBe(false);
      expect(bench.till.journal.state.report?.reprints).toBe(0);
    },
  );

  it('[P2] a restart offers it again, still held, and leaves the drawer shut', async () => {
    const bench = await tillThat('ask');
    const receipt = await sellLantern(bench);
    await expect.poll(() => bench.bridge.drawers.length).toBe(1);
    const again = await startTill(bench);
    await again.till.refresh();
    expect([stateOf(again, receipt), printed(again)]).toEqual(['held', []]);
    expect(again.bridge.drawers).toHaveLength(1);
  });

  it('[P2] one that was printed before the shop changed its mind stays printed over a restart', async () => {
    const bench = await openTill();
    const receipt = await sellLantern(bench);
    await expect.poll(() => stateOf(bench, receipt)).toBe('printed');
    setSetting(bench, 'organization', 'afterSale', 'none');
    const again = await startTill(bench);
    await expect.poll(() => stateOf(again, receipt)).toBe('printed');
    expect([printed(again), again.bridge.drawers]).toEqual([[`${receipt}:receipt:1`], []]);
  });

  it('[P2] what was asked for before a restart is printed after it, once', async () => {
    const bench = await tillThat('ask');
    const receipt = await sellLantern(bench);
    bench.bridge.away = true;
    bench.till.receipts.printHeld(finished(bench));
    await bench.till.refresh();
    expect(stateOf(bench, receipt)).toBe('unsent');
    bench.bridge.away = false;
    const again = await startTill(bench);
    await again.till.refresh();
    expect([stateOf(again, receipt), printed(again)]).toEqual(['printed', [`${receipt}:receipt:1`]]);
    const third = await startTill(again);
    await expect.poll(() => stateOf(third, receipt)).toBe('printed');
    expect(printed(third)).toHaveLength(1);
  });
});

/** A lantern sold in a session that is closed since, by a till that opened the next one. */
async function laterSession() {
  const bench = await openTill();
  await sellLantern(bench);
  const old = finished(bench);
  await signIn(bench, 'mia');
  must(await bench.till.receipts.reprint(old));
  bench.till.nextSale();
  must(await bench.till.session.close({ counted: 10_339 }));
  bench.till.session.leaveClosed();
  bench.surroundings.pass(3_600_000);
  must(await bench.till.session.open(10_000));
  return { bench, old };
}

describe('a receipt of an older session', () => {
  it('[U12] is found when older sessions are looked for, and what is of this session is not', async () => {
    const { bench, old } = await laterSession();
    const { receipts } = bench.till;
    await sellLantern(bench);
    const found = await receipts.older(() => true, 60);
    expect(found).toMatchObject({ since: '2026-11-21T09:00:00.000Z', more: false });
    expect(found.sales.map(({ body }) => body.receipt)).toEqual([old.body.receipt]);
    expect((await receipts.older(({ body }) => body.total === 1, 60)).sales).toEqual([]);
    // The latest session is this one: one session is not far enough.
    expect(await receipts.older(() => true, 1)).toMatchObject({ sales: [], more: true });
    expect([receipts.isOfSession(old), receipts.isOfSession(finished(bench))]).toEqual([false, true]);
  });

  it('[R5, P2] is copied under the next number, not under one that was printed before', async () => {
    const { bench, old } = await laterSession();
    const { receipts } = bench.till;
    must(await receipts.reprint(old));
    must(await receipts.reprint(old));
    const copies = [1, 2, 3].map((copy) => `${old.body.receipt}:reprint:${copy}`);
    await expect.poll(() => printed(bench).filter((id) => id.includes(':reprint:'))).toEqual(copies);
  });
});

describe('the address a receipt is mailed to', () => {
  it('[U2] is the customer’s own to begin with, where the receipt has one', async () => {
    const bench = await openTill();
    const { till, view } = bench;
    const { book } = till.customers;
    const joan = must(
      await till.customers.saveProfile(undefined, { name: 'Joan', email: 'joan@builders.test' }),
    );
    const max = must(await till.customers.saveProfile(undefined, { name: 'Max' }));
    view.scan('5012345678900');
    must(till.customers.attach(joan));
    must(till.sale.startPaying());
    payCash(bench, 500);
    expect(book.emailOf(must(await till.completeSale()).body.customer)).toBe('joan@builders.test');
    expect([max, undefined, 'nobody'].map((id) => book.emailOf(id))).toEqual(['', '', '']);
  });
});
