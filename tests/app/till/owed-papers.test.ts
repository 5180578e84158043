import { describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import {
  FakeBridge,
  must,
  openTill,
  payCash,
  seedShop,
  sellLantern,
  sessionKey,
  setSetting,
  signIn,
  startTill,
  type TillBench,
} from './till-fixture.ts';

const idsOf = ({ bridge }: TillBench) => bridge.papers.map(({ jobId }) => jobId);
const receipts = (...numbers: number[]) => numbers.map((n) => `S01-R1-00000${n}:receipt:1`);
const marks = ({ disk }: TillBench) => [...disk].filter(([name]) => name.startsWith('followed:'));

/** Sells so many lanterns, one after the other. */
async function sell(bench: TillBench, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await sellLantern(bench);
    bench.till.nextSale();
  }
}

/** Starts the till anew on what the disk held at a moment, a while later, with the bridge there. */
async function restart(bench: TillBench, disk: ReadonlyMap<string, string>): Promise<TillBench> {
  bench.bridge.away = false;
  bench.surroundings.pass(60_000);
  const again = await startTill({ ...bench, disk: new Map(disk) });
  await again.till.refresh();
  return again;
}

describe('papers of a till that is killed while the bridge is away', () => {
  it('[P11] are all printed after the restart, once each and in their order', async () => {
    const bench = await openTill();
    bench.bridge.away = true;
    await sell(bench, 3);
    await expect
      .poll(() => [...bench.disk.keys()].filter((name) => name.startsWith('paper:')).length)
      .toBe(3);
    const again = await restart(bench, bench.disk);
    await expect.poll(() => idsOf(again)).toEqual(receipts(1, 2, 3));
    const third = await restart(again, again.disk);
    await expect.poll(() => third.till.printing.paper(receipts(3)[0] ?? '')?.state).toBe('printed');
    expect(idsOf(third)).toEqual(receipts(1, 2, 3));
  });

  it('[P11] follow from the records where the disk has none of them', async () => {
    const bench = await openTill();
    await sell(bench, 1);
    await expect.poll(() => marks(bench)).toHaveLength(1);
    await expect.poll(() => idsOf(bench)).toEqual(receipts(1));
    bench.bridge.away = true;
    const before = new Map(bench.disk);
    await sell(bench, 3);
    const again = await restart(bench, before);
    await expect.poll(() => idsOf(again)).toEqual(receipts(1, 2, 3, 4));
    // So long after their sales no drawer opens by itself (rule P4).
    expect(again.bridge.papers.map(({ openDrawer }) => openDrawer)).toEqual([true, false, false, false]);
  });

  it('[P11] follow from a closing, a copy and a cash movement too; no drawer opens late', async () => {
    const bench = await openTill();
    await signIn(bench, 'mia');
    await sellLantern(bench);
    const sold = bench.till.journal.records.find((record) => record.kind === 'sale');
    if (!sold) throw new Error('nothing was sold');
    bench.till.nextSale();
    await expect.poll(() => idsOf(bench)).toEqual(receipts(1));
    bench.bridge.away = true;
    const before = new Map(bench.disk);
    must(await bench.till.receipts.reprint(sold));
    must(await bench.till.session.moveCash('in', 1_000, 'change'));
    must(await bench.till.session.close({ counted: 11_339 }));
    const again = await restart(bench, before);
    const { seq } = again.till.journal.state.head;
    const owed = ['S01-R1-000001:reprint:1', `S01-R1-${seq}:z:1`];
    await expect.poll(() => idsOf(again)).toEqual([...receipts(1), ...owed]);
    expect(again.bridge.drawers).toEqual([]);
    // The Z report is printed; nobody is shown a screen they left.
    expect(again.till.session.justClosed).toBeUndefined();
  });

  it('[P11] wait until somebody asks where the shop prints none by itself', async () => {
    const bench = await openTill();
    setSetting(bench, 'store', 'afterSale', 'ask');
    bench.bridge.away = true;
    const before = new Map(bench.disk);
    await sell(bench, 2);
    const again = await restart(bench, before);
    const states = receipts(1, 2).map((id) => again.till.printing.paper(id)?.state);
    expect([states, idsOf(again), again.bridge.drawers]).toEqual([['held', 'held'], [], []]);
  });

  it('[P11] are handed to the disk before the note says so, and the note does not run ahead', async () => {
    const bench = await openTill();
    await expect.poll(() => marks(bench).map(([, seq]) => seq)).toEqual(['1']);
    bench.bridge.away = true;
    await sell(bench, 2);
    await expect.poll(() => marks(bench).map(([, seq]) => seq)).toEqual(['3']);
    expect([...bench.disk.keys()].filter((name) => name.startsWith('paper:'))).toEqual(
      receipts(1, 2).map((id) => `paper:${id}`),
    );
  });
});

describe('a sale whose one copy a killed browser had is at the relay', () => {
  it('[R16, P11] comes back before the next record is written, and its paper is printed', async () => {
    const bench = await openTill();
    await sell(bench, 1);
    await expect.poll(() => idsOf(bench)).toEqual(receipts(1));
    const [entries, disk] = [await bench.documents.open(sessionKey(1)), new Map(bench.disk)];
    bench.bridge.away = true;
    await sell(bench, 1);
    const texts = await bench.documents.open(sessionKey(1));
    // The browser that starts anew has what was on its own disk: all but the last sale.
    const documents = new MemoryDocuments();
    seedShop(documents);
    documents.receive(sessionKey(1), entries);
    bench.bridge.away = false;
    let hear = () => {};
    const heard = new Promise<void>((resolve) => (hear = resolve));
    const again = await startTill({ ...bench, documents, disk, heard });
    await signIn(again);
    again.view.scan('5012345678900');
    must(again.till.sale.startPaying());
    payCash(again, 500);
    const done = again.till.completeSale();
    documents.receive(sessionKey(1), texts);
    hear();
    expect(must(await done).body.receipt).toBe('S01-R1-000003');
    await expect.poll(() => idsOf(again)).toEqual(receipts(1, 2, 3));
  });
});

describe('a terminal that takes a register over', () => {
  it('[E9, P11] prints nothing of what the one before sold, and everything it sells itself', async () => {
    const bench = await openTill();
    await sell(bench, 2);
    await expect.poll(() => idsOf(bench)).toEqual(receipts(1, 2));
    const own = { documents: bench.documents, surroundings: bench.surroundings, bridge: new FakeBridge() };
    const other = await startTill(own);
    await expect.poll(() => marks(other).map(([, seq]) => seq)).toEqual(['3']);
    await signIn(other);
    const before = new Map(other.disk);
    other.bridge.away = true;
    other.view.scan('5012345678900');
    must(other.till.sale.startPaying());
    payCash(other, 500);
    must(await other.till.completeSale());
    const again = await restart(other, before);
    await expect.poll(() => idsOf(again)).toEqual(receipts(3));
  });
});
