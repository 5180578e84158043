import { describe, expect, it } from 'vitest';
import { codeOf, must, sellLantern, setSetting, signIn, startTill, type TillBench } from './till-fixture.ts';

const FLOATS = [
  { name: 'Left', float: 10_000 },
  { name: 'Right', float: 5_000 },
];

/** A till with two drawers by the store's setting, and a session opened by Ana. */
async function openTwo(): Promise<TillBench> {
  const bench = await startTill();
  setSetting(
    bench,
    'store',
    'drawers',
    FLOATS.map(({ name }) => ({ name })),
  );
  await signIn(bench);
  must(await bench.till.session.open(15_000, undefined, FLOATS));
  return bench;
}
const expected = ({ till }: TillBench) => till.journal.state.report?.drawers?.map((one) => one.expected);

describe('[R14] several drawers at one register', () => {
  it('the settings say which the next session opens with, the session which there are', async () => {
    const bench = await startTill();
    expect([bench.till.drawers.nextNames, bench.till.drawers.names]).toEqual([[], []]);
    setSetting(
      bench,
      'store',
      'drawers',
      FLOATS.map(({ name }) => ({ name })),
    );
    expect(bench.till.drawers.nextNames).toEqual(['Left', 'Right']);
    await signIn(bench);
    must(await bench.till.session.open(15_000, undefined, FLOATS));
    setSetting(bench, 'store', 'drawers', []);
    expect([bench.till.drawers.nextNames, bench.till.drawers.names]).toEqual([[], ['Left', 'Right']]);
  });

  it('each person says which is theirs, once in a session, also over a reload', async () => {
    const bench = await openTwo();
    const { till, documents, surroundings } = bench;
    expect([till.drawers.asks, till.drawers.currentName]).toEqual([true, 'Left']);
    till.drawers.choose(2);
    expect([till.drawers.asks, till.drawers.currentName]).toEqual([false, 'Right']);
    till.staff.signOut();
    await signIn(bench, 'luis');
    expect(till.drawers.asks).toBe(true);
    till.drawers.choose(1);
    const again = await startTill({ documents, surroundings });
    await signIn(again, 'ana');
    expect([again.till.drawers.asks, again.till.drawers.current]).toEqual([false, 2]);
    must(
      await again.till.session.close({ counted: 15_000, drawers: [{ counted: 10_000 }, { counted: 5_000 }] }),
    );
    again.till.session.leaveClosed();
    must(await again.till.session.open(15_000, undefined, FLOATS));
    expect(again.till.drawers.asks).toBe(true);
  });

  it('cash goes in and out of the drawer of whoever is signed in, and that one is kicked', async () => {
    const bench = await openTwo();
    const { till, bridge } = bench;
    await sellLantern(bench);
    till.drawers.choose(2);
    till.nextSale();
    await sellLantern(bench);
    must(await till.session.moveCash('in', 1_000, 'more change'));
    expect(expected(bench)).toEqual([10_339, 6_339]);
    await expect.poll(() => bridge.papers.length).toBe(2);
    expect(bridge.papers.map(({ openDrawer, drawer }) => [openDrawer, drawer])).toEqual([
      [true, undefined],
      [true, 2],
    ]);
    await expect.poll(() => bridge.drawerJobs.length).toBe(1);
    expect(bridge.drawerJobs[0]).toMatchObject({ jobId: 'S01-R1-4:drawer:1', drawer: 2 });
  });

  it('[H6] a void pays out of the drawer of whoever voids', async () => {
    const bench = await openTwo();
    const { till } = bench;
    await sellLantern(bench);
    const sale = till.journal.records.find((record) => record.kind === 'sale');
    if (!sale) throw new Error('nothing was sold');
    till.nextSale();
    till.staff.signOut();
    await signIn(bench, 'mia');
    till.drawers.choose(2);
    must(await till.receipts.voidSale(sale, 'wrong article'));
    expect(expected(bench)).toEqual([10_339, 4_661]);
  });

  it('[R10] one is handed over by itself, and whoever took it works with it', async () => {
    const bench = await openTwo();
    const { till } = bench;
    till.drawers.choose(2);
    expect(till.session.expected).toBe(5_000);
    expect(codeOf(await till.session.handOver('ana', { counted: 5_000 }))).toBe('same-holder');
    must(await till.session.handOver('luis', { counted: 5_000 }));
    expect([till.drawers.holder(1), till.drawers.holder(2)]).toEqual(['ana', 'luis']);
    till.staff.signOut();
    await signIn(bench, 'luis');
    expect([till.drawers.asks, till.drawers.currentName]).toEqual([false, 'Right']);
    expect(till.journal.records.at(-1)?.body).toMatchObject({ drawer: 2, expected: 5_000 });
  });

  it('[Z10] the closing and its paper say each drawer and what they come to together', async () => {
    const bench = await openTwo();
    const { till, bridge } = bench;
    await sellLantern(bench);
    const counts = [{ counted: 10_300, earlier: [10_200] }, { counted: 5_000 }];
    expect(codeOf(await till.session.close({ counted: 15_300, drawers: counts }))).toBe(
      'difference-needs-reason',
    );
    must(await till.session.close({ counted: 15_300, drawers: counts, reason: 'wrong change' }));
    expect(till.session.justClosed?.body).toMatchObject({
      difference: -39,
      drawers: [{ difference: -39, earlier: [10_200] }, { difference: 0 }],
    });
    await expect.poll(() => bridge.papers.at(-1)?.kind).toBe('z-report');
    const text = JSON.stringify(bridge.papers.at(-1)?.paper.lines);
    for (const part of ['DRAWERS TOGETHER', 'DRAWER 1: Left', 'DRAWER 2: Right', '£102.00', '-£0.39'])
      expect(text).toContain(part);
  });
});
