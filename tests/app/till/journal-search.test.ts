import { describe, expect, it } from 'vitest';
import type { JournalRecord } from '#model/journal/record.ts';
import { isFound } from '../../../app/lib/till/journal-search.ts';
import { openTill, sellLantern, type TillBench } from './till-fixture.ts';

function found({ till }: TillBench, typed: string): JournalRecord[] {
  return till.journal.records.filter((record) =>
    isFound(record, typed, {
      describe: ({ kind, body }) => (kind === 'sale' ? body.receipt : kind),
      amount: ({ kind, body }) => (kind === 'sale' ? `£${(body.total / 100).toFixed(2)}` : ''),
      person: (id) => till.shop.personName(id),
      moment: () => '21 Nov 2026, 09:00',
    }),
  );
}

describe('the search of the journal', () => {
  it.each([
    ['000001', 1],
    ['3.39', 1],
    ['lantern', 1],
    ['cash LANTERN ana', 1],
    ['2026-11-21', 3],
    ['21 nov', 3],
    ['luis', 0],
    ['lantern card', 0],
    ['', 3],
  ])('finds for "%s" %i records', async (typed, count) => {
    const bench = await openTill();
    await sellLantern(bench);
    bench.till.nextSale();
    await bench.till.session.moveCash('in', 100, 'float');
    expect(found(bench, typed)).toHaveLength(count);
  });
});

describe('a gift receipt', () => {
  it('[P9] is printed each time it is asked for, tells no amount and writes no record', async () => {
    const bench = await openTill();
    await sellLantern(bench);
    const { till, bridge } = bench;
    const sale = till.finished?.record;
    if (!sale) throw new Error('nothing was sold');
    const records = till.journal.records.length;
    till.receipts.printGift(sale);
    till.receipts.printGift(sale);
    const gifts = () => bridge.papers.filter(({ kind }) => kind === 'gift');
    await expect.poll(() => new Set(gifts().map(({ jobId }) => jobId)).size).toBe(2);
    expect(JSON.stringify(gifts())).not.toMatch(/\d\.\d\d"/);
    expect(till.journal.records).toHaveLength(records);
  });
});
