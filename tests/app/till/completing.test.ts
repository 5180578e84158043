import { describe, expect, it } from 'vitest';
import { recordText } from '#model/journal/chain.ts';
import { recordKey } from '#model/journal/record.ts';
import {
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

async function receiptsIn(bench: TillBench): Promise<string[]> {
  const entries = await bench.documents.open(sessionKey(1));
  return Object.values(entries).flatMap((text) => /"receipt":"([^"]+)"/.exec(text)?.[1] ?? []);
}

function ready(bench: TillBench): void {
  bench.view.scan('5012345678900');
  must(bench.till.sale.startPaying());
  payCash(bench, 500);
}

describe('completing a sale', () => {
  it('[N2] writes one record, prints one paper with the drawer, and shows the change', async () => {
    const bench = await openTill();
    expect(await sellLantern(bench)).toBe('S01-R1-000001');
    expect(await receiptsIn(bench)).toEqual(['S01-R1-000001']);
    expect(bench.till.finished?.record.body.tenders).toMatchObject([
      { amount: 339, received: 500, change: 161 },
    ]);
    expect(bench.till.finished?.saved).toEqual({ here: 'saved', relay: 'saved' });
    await expect
      .poll(() => bench.bridge.papers.map(({ jobId }) => jobId))
      .toEqual(['S01-R1-000001:receipt:1']);
    expect(bench.bridge.papers[0]).toMatchObject({ device: 'receipt', kind: 'receipt', openDrawer: true });
  });

  it('starts the next sale with an empty basket and another id', async () => {
    const bench = await openTill();
    await sellLantern(bench);
    const first = bench.till.finished?.record.body.basket;
    expect(bench.till.sale.basket.lines).toEqual([]);
    expect(bench.till.sale.basket.id).not.toBe(first);
    bench.view.scan('4006381333931');
    expect(bench.till.finished).toBeUndefined();
    expect(bench.till.sale.basket.lines).toHaveLength(1);
  });

  it('makes one receipt of one basket, however often it is asked to (erpnext#11000)', async () => {
    const bench = await openTill();
    ready(bench);
    const asked = await Promise.all([1, 2, 3].map(() => bench.till.completeSale()));
    expect(asked.map(({ ok }) => ok)).toEqual([true, false, false]);
    expect(await receiptsIn(bench)).toHaveLength(1);
    await expect.poll(() => bench.bridge.papers.length).toBe(1);
  });

  it('holds the basket still while it is being written', async () => {
    const bench = await openTill();
    ready(bench);
    const completing = bench.till.completeSale();
    expect(codeOf(bench.till.sale.addProduct(bench.till.shop.productWithCode('holder') as never))).toBe(
      'sale-frozen',
    );
    await completing;
    expect(bench.till.sale.frozen).toBe(false);
  });

  it('refuses while money is missing and lets the sale go on', async () => {
    const bench = await openTill();
    bench.view.scan('5012345678900');
    must(bench.till.sale.startPaying());
    payCash(bench, 300);
    expect(await bench.till.completeSale()).toEqual({
      ok: false,
      error: { code: 'payment-missing', due: 39 },
    });
    payCash(bench, 39);
    expect(must(await bench.till.completeSale()).body.total).toBe(339);
  });

  it('refuses when nobody is signed in', async () => {
    const bench = await openTill();
    ready(bench);
    bench.till.signIn.signOut();
    expect(codeOf(await bench.till.completeSale())).toBe('nobody-signed-in');
    await signIn(bench);
    expect((await bench.till.completeSale()).ok).toBe(true);
  });
});

describe('a sale with one copy', () => {
  it('is done when the relay is away, and says so until the second copy is there', async () => {
    const bench = await openTill();
    bench.documents.setConnected(false);
    await sellLantern(bench);
    expect(bench.till.finished?.saved).toEqual({ here: 'saved', relay: 'away' });
    expect(bench.till.journal.lastSaved?.relay).toBe('away');
    bench.documents.setConnected(true);
    await expect.poll(() => bench.till.journal.lastSaved?.relay).toBe('saved');
  });

  it('is known to lack the second one after a restart too', async () => {
    const bench = await openTill();
    bench.documents.setConnected(false);
    await sellLantern(bench);
    const { till } = await startTill(bench);
    await till.refresh();
    await till.refresh();
    expect(till.journal.lastSaved?.relay).toBe('away');
    bench.documents.setConnected(true);
    await expect.poll(() => till.journal.lastSaved?.relay).toBe('saved');
  });

  it('is done when only the relay has it', async () => {
    const bench = await openTill();
    bench.documents.failHere = 'quota exceeded';
    await sellLantern(bench);
    expect(bench.till.finished?.saved).toMatchObject({ here: 'failed', relay: 'saved' });
  });
});

describe('a sale that no copy took', () => {
  async function unsavedSale(): Promise<TillBench> {
    const bench = await openTill();
    ready(bench);
    bench.documents.setConnected(false);
    bench.documents.failHere = 'disk full';
    expect(codeOf(await bench.till.completeSale())).toBe('not-saved');
    return bench;
  }

  it('stays open, opens no drawer and prints nothing (odoo#60939)', async () => {
    const bench = await unsavedSale();
    expect(bench.till.journal.unsaved?.kind).toBe('sale');
    expect(bench.till.finished).toBeUndefined();
    expect(bench.till.sale.basket.lines).toHaveLength(1);
    expect(bench.bridge.papers).toEqual([]);
    expect(bench.till.journal.state.report?.sales.count).toBe(0);
  });

  it('cannot change, cannot be completed anew, and lets nothing else be written before it', async () => {
    const bench = await unsavedSale();
    expect(codeOf(bench.till.sale.remove(0))).toBe('sale-frozen');
    expect(codeOf(await bench.till.completeSale())).toBe('record-unsaved');
    expect(codeOf(await bench.till.session.moveCash('out', 100, 'safe'))).toBe('record-unsaved');
  });

  it('[N2] is tried again with the very same record, never with a second number', async () => {
    const bench = await unsavedSale();
    const record = bench.till.journal.unsaved;
    expect(codeOf(await bench.till.retry())).toBe('not-saved');
    bench.documents.failHere = undefined;
    expect(must(await bench.till.retry())).toEqual(record);
    expect(await receiptsIn(bench)).toEqual(['S01-R1-000001']);
    expect(bench.till.finished?.record).toEqual(record);
    expect(bench.till.journal.state.report?.sales.count).toBe(1);
    await expect.poll(() => bench.bridge.papers.length).toBe(1);
    expect(await sellLantern(bench)).toBe('S01-R1-000002');
  });

  it('is offered again as the same record after the page was closed in between', async () => {
    const bench = await unsavedSale();
    const record = bench.till.journal.unsaved;
    const basket = await bench.documents.open({ class: 'basket', ...bench.till.place, session: 1 });
    const before = await bench.documents.open(sessionKey(1));
    // The page is gone and its memory with it: only what was on the disk before is there again.
    const reborn = await startTill({ surroundings: bench.surroundings });
    const { [recordKey(2)]: _lost, ...stored } = before;
    reborn.documents.receive(sessionKey(1), stored);
    reborn.documents.receive({ class: 'basket', ...bench.till.place, session: 1 }, basket);
    const again = await startTill({ documents: reborn.documents, surroundings: bench.surroundings });
    expect(again.till.journal.unsaved).toEqual(record);
    expect(again.till.sale.frozen).toBe(true);
    must(await again.till.retry());
    expect(again.till.sale.basket.lines).toEqual([]);
    expect(await receiptsIn(again)).toEqual(['S01-R1-000001']);
  });

  it('is done when the record comes back from the relay after all', async () => {
    const bench = await unsavedSale();
    const record = bench.till.journal.unsaved;
    if (!record) throw new Error('there is no unsaved record');
    const key = sessionKey(1);
    const changes = [{ key: recordKey(record.seq), text: recordText(record) }];
    bench.documents.tell({ type: 'changed', key, changes, remote: true });
    expect(bench.till.journal.unsaved).toBeUndefined();
    expect(bench.till.finished?.record).toEqual(record);
  });
});

describe('a power cut', () => {
  it('between the record and the clearing of the basket leaves one sale and an empty basket', async () => {
    const bench = await openTill();
    ready(bench);
    const key = { class: 'basket', ...bench.till.place, session: 1 } as const;
    const basket = await bench.documents.open(key);
    must(await bench.till.completeSale());
    bench.documents.receive(key, basket);
    const again = await startTill(bench);
    expect(again.till.sale.basket.lines).toEqual([]);
    expect(again.till.sale.payments).toEqual([]);
    await signIn(again);
    expect(await sellLantern(again)).toBe('S01-R1-000002');
  });

  it('before the paper reached the printer prints it after the start, and never twice', async () => {
    const bench = await openTill();
    bench.bridge.away = true;
    await sellLantern(bench);
    bench.bridge.away = false;
    const again = await startTill(bench);
    await expect
      .poll(() => bench.bridge.papers.map(({ jobId }) => jobId))
      .toEqual(['S01-R1-000001:receipt:1']);
    await startTill(bench);
    await again.till.refresh();
    expect(bench.bridge.papers).toHaveLength(1);
  });
});
