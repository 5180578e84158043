import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { shownSale, shownSaleSchema } from '../../../app/lib/display/shown-sale.ts';
import { must, openTill, payCash, startTill, type TillBench } from '../till/till-fixture.ts';

const LANTERN = '5012345678900';
const shown = ({ till }: TillBench) => v.parse(shownSaleSchema, shownSale(till));

describe('what a customer sees', () => {
  it('[P7] follows a sale from the first scan to the change', async () => {
    const bench = await openTill();
    expect(shown(bench)).toMatchObject({ phase: 'idle', store: 'Camden', slides: [], lines: [] });
    bench.view.scan(LANTERN);
    bench.view.scan(LANTERN);
    expect(shown(bench)).toMatchObject({
      phase: 'selling',
      lines: [{ quantity: '2', price: '3.39', amount: 678, offs: [] }],
      touched: { index: 0, count: 2 },
      total: 678,
    });
    must(bench.till.sale.startPaying());
    payCash(bench, 500);
    expect(shown(bench)).toMatchObject({ phase: 'paying', due: 178, payments: [{ amount: 500 }] });
    payCash(bench, 200);
    expect(shown(bench)).toMatchObject({ due: 0, change: 22 });
    must(await bench.till.completeSale());
    expect(shown(bench)).toMatchObject({ phase: 'done', lines: [], total: 678, change: 22 });
    bench.till.nextSale();
    expect(shown(bench)).toMatchObject({ phase: 'idle', total: 0, change: 0 });
  });

  it('[P7] names what was taken off a line', async () => {
    const bench = await openTill();
    bench.view.scan(LANTERN);
    const wish = { kind: 'amount', amount: 39, reason: 'Scratched' } as const;
    must(await bench.till.prices.discountLine(0, wish));
    expect(shown(bench)).toMatchObject({
      lines: [{ amount: 300, offs: [{ name: 'Scratched', amount: -39 }] }],
      total: 300,
    });
  });

  it('[P7] shows money that goes back as change, and never who sells', async () => {
    const bench = await openTill();
    bench.view.scan(LANTERN);
    must(bench.till.sale.startPaying());
    payCash(bench, 339);
    const { receipt } = must(await bench.till.completeSale()).body;
    bench.till.nextSale();
    must(await bench.till.refunds.find(receipt));
    must(await bench.till.refunds.takeBack(0, '1'));
    must(bench.till.sale.startPaying());
    payCash(bench, -339);
    const open = shown(bench);
    must(await bench.till.completeSale());
    expect(shown(bench)).toMatchObject({ phase: 'done', total: -339, change: 339 });
    expect(JSON.stringify([open, shown(bench)])).not.toMatch(/ana/i);
  });

  it('[P7] is the shop alone while nobody is signed in or the register is closed', async () => {
    expect(shown(await startTill())).toMatchObject({ phase: 'idle' });
    const bench = await openTill();
    bench.view.scan(LANTERN);
    bench.till.staff.signOut();
    expect(shown(bench)).toMatchObject({ phase: 'idle', lines: [], total: 0 });
  });
});
