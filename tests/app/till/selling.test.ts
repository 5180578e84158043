import { describe, expect, it } from 'vitest';
import { codeOf, must, openTill, payCash, startTill } from './till-fixture.ts';

describe('a basket', () => {
  it('takes a scan wherever it comes from and answers with a sound', async () => {
    const { till, view, sounds } = await openTill();
    view.scan('5012345678900');
    expect(till.sale.basket.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([['lantern', '1']]);
    expect(sounds).toEqual(['scan']);
  });

  it('[L5] raises the quantity when the same article comes again', async () => {
    const { till, view } = await openTill();
    view.scan('5012345678900');
    view.scan('4006381333931');
    view.scan('5012345678900');
    expect(till.sale.basket.lines.map(({ quantity }) => quantity)).toEqual(['2', '1']);
    expect(till.sale.priced.total).toBe(2 * 339 + 115);
    expect(till.sale.touched.index).toBe(0);
  });

  it('[C2] finds an article by a UPC or its own number as well', async () => {
    const { till, view } = await openTill();
    view.scan('05012345678900');
    view.scan('holder');
    expect(till.sale.basket.lines.map(({ sku }) => sku)).toEqual(['lantern', 'holder']);
  });

  it('stays as it is when a code is unknown, and says which one with the error sound', async () => {
    const { till, view, sounds } = await openTill();
    view.scan('5012345678900');
    view.scan('9999999999999');
    expect(till.sale.basket.lines).toHaveLength(1);
    expect(view.trouble).toEqual({ code: 'unknown-barcode', barcode: '9999999999999' });
    expect(sounds).toEqual(['scan', 'error']);
    view.scan('5012345678900');
    expect(view.trouble).toBeUndefined();
  });

  it('refuses an article that is not sold any more', async () => {
    const { till, view } = await openTill();
    view.scan('GONE-1');
    expect(view.trouble).toEqual({ code: 'product-inactive', name: 'Old hanger' });
    expect(till.sale.basket.lines).toEqual([]);
  });

  it.each([
    ['-2', 'negative'],
    ['0', 'zero'],
    ['5012345678900', 'too-large'],
    ['1.2345', 'too-many-decimals'],
    ['two', 'not-a-number'],
  ])('[L3] keeps a line when %s is typed as its quantity', async (typed, why) => {
    const { till, view } = await openTill();
    view.scan('5012345678900');
    expect(till.sale.setQuantity(0, typed)).toEqual({
      ok: false,
      error: { code: 'quantity-not-understood', why },
    });
    expect(till.sale.basket.lines[0]?.quantity).toBe('1');
  });

  it('takes weights with a comma', async () => {
    const { till, view } = await openTill();
    view.scan('4006381333931');
    must(till.sale.setQuantity(0, '0,345'));
    expect(till.sale.basket.lines[0]?.quantity).toBe('0.345');
    expect(till.sale.priced.total).toBe(40);
  });

  it('brings a removed line back to its place within ten seconds', async () => {
    const { till, view, surroundings } = await openTill();
    view.scan('5012345678900');
    view.scan('4006381333931');
    must(till.sale.remove(0));
    expect(till.sale.basket.lines.map(({ sku }) => sku)).toEqual(['holder']);
    surroundings.pass(9_999);
    expect(till.sale.undoRemove()).toBe(true);
    expect(till.sale.basket.lines.map(({ sku }) => sku)).toEqual(['lantern', 'holder']);
  });

  it('does not bring a line back after ten seconds, nor twice', async () => {
    const { till, view, surroundings } = await openTill();
    view.scan('5012345678900');
    must(till.sale.remove(0));
    surroundings.pass(10_001);
    expect(till.sale.undoRemove()).toBe(false);
    view.scan('5012345678900');
    must(till.sale.remove(0));
    expect([till.sale.undoRemove(), till.sale.undoRemove()]).toEqual([true, false]);
    expect(till.sale.basket.lines).toHaveLength(1);
  });

  it('is cleared at once and comes back whole', async () => {
    const { till, view } = await openTill();
    view.scan('5012345678900');
    view.scan('4006381333931');
    must(till.sale.clear());
    expect(till.sale.basket.lines).toEqual([]);
    till.sale.undoRemove();
    expect(till.sale.basket.lines.map(({ sku }) => sku)).toEqual(['lantern', 'holder']);
  });
});

describe('the search field', () => {
  it('adds the exact code before anything that only looks like it', async () => {
    const { till, view } = await openTill();
    view.query = 'cafe-1';
    view.enter(till.shop.search('lantern'), 0);
    expect(till.sale.basket.lines.map(({ sku }) => sku)).toEqual(['café']);
    expect(view.query).toBe('');
  });

  it('adds the chosen hit', async () => {
    const { till, view } = await openTill();
    view.query = 'h';
    const hits = till.shop.search('h');
    view.enter(hits, 0);
    expect(till.sale.basket.lines[0]?.sku).toBe('holder');
  });

  it('keeps what was typed when nothing is found', async () => {
    const { view } = await openTill();
    view.query = 'zebra';
    view.enter([], 0);
    expect(view.query).toBe('zebra');
    expect(view.trouble?.code).toBe('unknown-barcode');
  });

  it('leads to the refund when a receipt number is typed', async () => {
    const { view } = await openTill();
    view.query = 's01-r1-7';
    view.enter([], 0);
    expect([view.panel, view.receipt]).toEqual(['refund', 'S01-R1-000007']);
  });
});

describe('paying', () => {
  it('[Y3] takes several tenders and says what remains', async () => {
    const bench = await openTill();
    const { till, view } = bench;
    view.scan('5012345678900');
    must(till.sale.startPaying());
    must(till.sale.pay({ tender: 'card', name: 'Card', kind: 'card', given: 139, reference: '4711' }));
    expect(till.sale.settlement.due).toBe(200);
    payCash(bench, 500);
    expect(till.sale.settlement).toMatchObject({ due: 0, change: 300 });
  });

  it('[Y4] refuses a card for more than is due', async () => {
    const { till, view } = await openTill();
    view.scan('5012345678900');
    const refused = till.sale.pay({ tender: 'card', name: 'Card', kind: 'card', given: 340 });
    expect(refused).toEqual({ ok: false, error: { code: 'change-only-from-cash', due: 339 } });
  });

  it('keeps the basket as it is while payments are taken, and lets it change after they went back', async () => {
    const bench = await openTill();
    const { till, view } = bench;
    view.scan('5012345678900');
    must(till.sale.startPaying());
    payCash(bench, 100);
    view.scan('4006381333931');
    expect(view.trouble).toEqual({ code: 'payments-taken' });
    expect(codeOf(till.sale.stopPaying())).toBe('payments-taken');
    till.sale.takeBackPayment(0);
    view.scan('4006381333931');
    expect(till.sale.basket.lines).toHaveLength(2);
    expect(till.sale.paying).toBe(false);
  });

  it('does not begin with an empty basket', async () => {
    const { till } = await openTill();
    expect(codeOf(till.sale.startPaying())).toBe('no-such-line');
  });
});

describe('a till that is started again', () => {
  it('[D6] finds the basket, the payment screen and the payments as they were', async () => {
    const bench = await openTill();
    bench.view.scan('5012345678900');
    bench.view.scan('4006381333931');
    must(bench.till.sale.setQuantity(1, '3'));
    must(bench.till.sale.startPaying());
    must(bench.till.sale.pay({ tender: 'card', name: 'Card', kind: 'card', given: 100, reference: 'A1' }));
    const { till } = await startTill(bench);
    expect(till.sale.basket).toEqual(bench.till.sale.basket);
    expect(till.sale.paying).toBe(true);
    expect(till.sale.payments).toEqual(bench.till.sale.payments);
  });

  it('does not bring back what was removed', async () => {
    const bench = await openTill();
    bench.view.scan('5012345678900');
    bench.view.scan('4006381333931');
    must(bench.till.sale.remove(0));
    const { till } = await startTill(bench);
    expect(till.sale.basket.lines.map(({ sku }) => sku)).toEqual(['holder']);
  });

  it('begins afresh when the stored basket cannot be read, and can sell', async () => {
    const bench = await openTill();
    bench.view.scan('5012345678900');
    bench.documents.receive(
      { class: 'basket', ...bench.till.place, session: 1 },
      { 'line:0000': '{"broken' },
    );
    const again = await startTill(bench);
    expect(again.till.sale.basket.lines).toEqual([]);
    again.view.scan('4006381333931');
    const third = await startTill(bench);
    expect(third.till.sale.basket.lines.map(({ sku }) => sku)).toEqual(['holder']);
  });

  /** A till with nothing in its basket, and what brings back from the relay the one with a lantern that it had. */
  async function withBasketAway() {
    const before = await openTill();
    before.view.scan('5012345678900');
    const key = { class: 'basket', ...before.till.place, session: 1 } as const;
    const stored = await before.documents.open(key);
    const bench = await openTill();
    const comesBack = () => bench.documents.receive(key, stored);
    const skus = () => bench.till.sale.basket.lines.map(({ sku }) => sku);
    return { ...bench, key, comesBack, skus };
  }

  it('takes up a basket that comes back from the relay while nothing was begun here', async () => {
    const { comesBack, skus } = await withBasketAway();
    comesBack();
    await expect.poll(skus).toEqual(['lantern']);
  });

  it('keeps what is scanned while such a basket is on its way', async () => {
    const { view, documents, key, comesBack, skus } = await withBasketAway();
    comesBack();
    view.scan('4006381333931');
    await documents.open(key);
    expect(skus()).toEqual(['holder']);
  });

  it('says when the open basket could not be put on the disk', async () => {
    const bench = await openTill();
    bench.documents.failHere = 'disk full';
    bench.view.scan('5012345678900');
    await expect.poll(() => bench.till.saveFailed).toContain('disk full');
    expect(bench.till.sale.basket.lines).toHaveLength(1);
  });
});
