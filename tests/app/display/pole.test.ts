import { describe, expect, it } from 'vitest';
import type { PoleText } from '#model/receipt/pole-text.ts';
import { poleWords } from '../../../app/lib/display/pole-words.ts';
import { shownSale } from '../../../app/lib/display/shown-sale.ts';
import { PoleDesk } from '../../../app/lib/till/pole-desk.svelte.ts';
import { FakeBridge, must, openTill, payCash, type TillBench } from '../till/till-fixture.ts';

const said = ({ till }: TillBench) =>
  poleWords(shownSale(till)).lines.map(({ left, right }) =>
    right === undefined ? left : `${left} ${right}`,
  );
const text = (left: string): PoleText => ({ lines: [{ left }] });

describe('the pole display of a till', () => {
  it('[P8] says the last line and the total, what is still to pay, and the change', async () => {
    const bench = await openTill();
    expect(said(bench)).toEqual(['Camden', '']);
    bench.view.scan('5012345678900');
    bench.view.scan('5012345678900');
    expect(said(bench)[0]).toMatch(/£6\.78$/);
    expect(said(bench)[1]).toBe('TOTAL £6.78');
    must(bench.till.sale.startPaying());
    expect(said(bench)).toEqual(['TOTAL £6.78', '']);
    payCash(bench, 500);
    expect(said(bench)).toEqual(['TOTAL £6.78', 'Still to pay £1.78']);
    payCash(bench, 200);
    expect(said(bench)).toEqual(['TOTAL £6.78', 'Change £0.22']);
    must(await bench.till.completeSale());
    expect(said(bench)).toEqual(['TOTAL £6.78', 'Change £0.22']);
  });

  it('[P8] sends the latest text only, and again to a bridge that came back', async () => {
    const bridge = new FakeBridge();
    const desk = new PoleDesk(bridge, 'pole');
    for (const left of ['a', 'b', 'c', 'd']) desk.show(text(left));
    await expect.poll(() => bridge.poleTexts.at(-1)).toEqual(text('d'));
    expect(bridge.poleTexts.length).toBeLessThanOrEqual(2);
    bridge.away = true;
    await desk.refresh();
    expect(desk.state).toBe('away');
    bridge.away = false;
    await desk.refresh();
    expect([desk.state, bridge.poleTexts.at(-1)]).toEqual(['ready', text('d')]);
  });

  it('[P8] is asked for nothing where the till has none', async () => {
    const bridge = new FakeBridge();
    const desk = new PoleDesk(bridge, undefined);
    desk.show(text('a'));
    await desk.refresh();
    expect([bridge.poleTexts, desk.state]).toEqual([[], undefined]);
  });
});
