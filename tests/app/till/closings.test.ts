import { describe, expect, it } from 'vitest';
import { approve, must, openTill, sellLantern, signIn, type TillBench } from './till-fixture.ts';

const DAY_MS = 86_400_000;

/** A till of a manager that sold a lantern on 21 November, closed, and the register with it. */
async function closedTill(): Promise<TillBench> {
  const bench = await openTill();
  await sellLantern(bench);
  bench.till.nextSale();
  must(await bench.till.session.close({ counted: 10_330, reason: 'a coin' }));
  bench.till.session.leaveClosed();
  bench.till.staff.signOut();
  await signIn(bench, 'mia');
  return bench;
}
const listed = ({ till }: TillBench) => (till.closings.list ?? []).map(({ kind, name }) => `${kind} ${name}`);

describe('[R15] the closings of a register', () => {
  it('are listed newest first, with number, totals and difference, for who may see reports', async () => {
    const bench = await closedTill();
    const { till } = bench;
    must(await till.books.showDay());
    must(await till.books.closeDay());
    must(await till.closings.show());
    expect(listed(bench)).toEqual(['zz 2026-11-21', 'z 1']);
    expect(till.closings.list?.[1]).toMatchObject({
      gross: 339,
      receipts: 1,
      difference: -9,
      record: { seq: 3 },
    });
    till.staff.signOut();
    expect(till.closings.list).toBeUndefined();
    await signIn(bench, 'ana');
    const shown = till.closings.show();
    await approve(bench);
    must(await shown);
    expect(listed(bench)).toEqual(['zz 2026-11-21', 'z 1']);
  });

  it('[R12] a month that is over is closed by choice, once, and its year only when that is over too', async () => {
    const bench = await closedTill();
    const { till, surroundings } = bench;
    expect(till.closings.due).toBeUndefined();
    surroundings.pass(12 * DAY_MS);
    expect(till.closings.due).toEqual({ month: '2026-11' });
    must(await till.closings.closeDue());
    expect(listed(bench)).toEqual(['month 2026-11', 'z 1']);
    expect(till.closings.due).toBeUndefined();
    surroundings.pass(40 * DAY_MS);
    expect(till.closings.due).toEqual({ year: '2026' });
    must(await till.closings.closeDue());
    must(await till.session.open(10_000));
    expect(till.closings.due).toBeUndefined();
    must(await till.closings.show());
    expect(listed(bench)).toEqual(['year 2026', 'month 2026-11', 'z 1']);
    expect(till.journal.records.map(({ kind }) => kind)).toEqual(['opened']);
  });

  it('each is printed again from its records, as often as somebody asks', async () => {
    const bench = await closedTill();
    const { till, bridge, surroundings } = bench;
    must(await till.books.showDay());
    must(await till.books.closeDay());
    surroundings.pass(12 * DAY_MS);
    must(await till.closings.closeDue());
    await expect.poll(() => bridge.papers.length).toBe(4);
    const before = bridge.papers.slice(1).map(({ paper }) => paper);
    for (const closing of till.closings.list ?? []) await till.closings.print(closing);
    surroundings.pass(1000);
    for (const closing of till.closings.list ?? []) await till.closings.print(closing);
    await expect.poll(() => bridge.papers.length).toBe(10);
    const again = bridge.papers.slice(4).map(({ paper }) => paper);
    expect(again.slice(0, 3).toReversed()).toEqual(before);
    expect(again.slice(3).toReversed()).toEqual(before);
  });
});
