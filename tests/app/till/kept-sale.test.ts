import { describe, expect, it } from 'vitest';
import { readOpenSale } from '#model/documents/basket.ts';
import type { Documents } from '../../../app/lib/repo/documents.ts';
import { codeOf, must, openTill, S01, R1, startTill, type TillBench } from './till-fixture.ts';

const LANTERN = '5012345678900';
const HOLDER = '4006381333931';

/** The articles of the open sale that a crash now would leave. */
async function keptArticles({ documents }: Pick<TillBench, 'documents'>): Promise<readonly string[]> {
  const keys = await documents.known();
  const key = keys.find((one) => one.class === 'basket' && one.store === S01 && one.register === R1);
  expect(key).toBeDefined();
  if (!key) return [];
  const read = readOpenSale(await documents.open(key));
  return read.ok ? (read.value?.basket.lines ?? []).map(({ sku }) => sku) : ['unreadable'];
}

describe('the open sale', () => {
  it('[D6] is on the disk with every line that was painted, so a restart takes it up', async () => {
    const bench = await openTill();
    bench.view.scan(LANTERN);
    bench.view.scan(HOLDER);
    const again = await startTill({ documents: bench.documents });
    expect(again.till.sale.basket).toEqual(bench.till.sale.basket);
    expect(again.till.sale.basket.lines).toHaveLength(2);
  });

  it('[D6] keeps a scanned line when it is on the display, not before', async () => {
    const bench = await openTill();
    bench.view.scan(LANTERN);
    const paint = bench.surroundings.holdFrames();
    bench.view.scan(HOLDER);
    expect(bench.till.sale.basket.lines).toHaveLength(2);
    expect(await keptArticles(bench)).toEqual(['lantern']);
    paint();
    await expect.poll(() => keptArticles(bench)).toEqual(['lantern', 'holder']);
  });

  it('[D6] keeps what waits to be painted with the next act, which waits for nothing', async () => {
    const bench = await openTill();
    const paint = bench.surroundings.holdFrames();
    bench.view.scan(LANTERN);
    bench.view.scan(HOLDER);
    must(bench.till.sale.setQuantity(1, '3'));
    expect(await keptArticles(bench)).toEqual(['lantern', 'holder']);
    must(bench.till.sale.remove(0));
    paint();
    expect(await keptArticles(bench)).toEqual(['holder']);
  });

  it('writes nothing for a frame that comes after the act which kept its line', async () => {
    const bench = await openTill();
    const paint = bench.surroundings.holdFrames();
    bench.view.scan(LANTERN);
    must(bench.till.sale.startPaying());
    const written: Parameters<Documents['write']>[0][] = [];
    const { documents } = bench;
    const stop = documents.watch((event) => {
      if (event.type === 'changed') written.push(event.key);
    });
    paint();
    await Promise.resolve();
    stop();
    expect(written).toEqual([]);
    expect(await keptArticles(bench)).toEqual(['lantern']);
  });

  it('says that the disk refused a line that was painted, and keeps it with the next', async () => {
    const bench = await openTill();
    const paint = bench.surroundings.holdFrames();
    bench.view.scan(LANTERN);
    bench.documents.failHere = 'the disk is full';
    paint();
    await expect.poll(() => bench.till.sale.trouble).toContain('the disk is full');
    bench.documents.failHere = undefined;
    bench.view.scan(HOLDER);
    await expect.poll(() => bench.till.sale.trouble).toBeUndefined();
    expect(await keptArticles(bench)).toEqual(['lantern', 'holder']);
  });

  it('is not taken up again while it is begun, nor by a document that is gone from here', async () => {
    const bench = await openTill();
    bench.view.scan(LANTERN);
    await bench.till.sale.takeUpIfIdle();
    expect(bench.till.sale.basket.lines).toHaveLength(1);
    must(bench.till.sale.clear());
    await bench.till.sale.takeUpIfIdle();
    expect(bench.till.sale.basket.lines).toEqual([]);
    expect(codeOf(bench.till.sale.startPaying())).toBe('no-such-line');
  });
});
