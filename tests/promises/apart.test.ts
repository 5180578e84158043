import { describe, expect, test } from 'vitest';
import type { RecordOf } from '#model/journal/record.ts';
import type { MemoryDocuments } from '../../app/lib/repo/memory-documents.ts';
import {
  R2,
  codeOf,
  must,
  openTill,
  payCash,
  sellLantern,
  sessionKey,
  startTill,
  type TillBench,
} from '../app/till/till-fixture.ts';
import { simulate } from '../simulate/simulation.ts';
import type { Plan } from '../simulate/steps.ts';

const LANTERN = '5012345678900';

const salesOf = ({ till }: TillBench): readonly RecordOf<'sale'>[] =>
  till.journal.records.filter((record): record is RecordOf<'sale'> => record.kind === 'sale');

/** What either holds reaches the other. */
async function meet(a: MemoryDocuments, b: MemoryDocuments): Promise<void> {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const)
    for (const key of await from.known()) if (key.class !== 'basket') to.receive(key, await from.open(key));
}

const step = (kind: Plan['steps'][number]['kind'], till: number, draw: number, wait = 400) => ({
  kind,
  till,
  other: 0,
  wait,
  draw,
});

describe('what shops lost between tills that were apart', { timeout: 180_000 }, () => {
  test('odoo#288974: a basket paid at one till stays paid when another till edits its draft', async () => {
    const drafting = await openTill();
    drafting.view.scan(LANTERN);
    const { id } = drafting.till.sale.basket;
    must(await drafting.till.parked.park('Table 4'));
    const paying = await openTill({ register: R2 });
    await meet(drafting.documents, paying.documents);
    // Both take the draft up; one is paid without a link while the other adds to it.
    must(await paying.till.parked.resume(id));
    must(await drafting.till.parked.resume(id));
    must(paying.till.sale.startPaying());
    payCash(paying, 500);
    const paid = must(await paying.till.completeSale());
    drafting.view.scan(LANTERN);
    await meet(drafting.documents, paying.documents);
    must(drafting.till.sale.startPaying());
    payCash(drafting, 1000);
    expect(codeOf(await drafting.till.completeSale())).toBe('sold-elsewhere');
    expect(drafting.till.store.receiptOfBasket(id)).toBe(paid.body.receipt);
    expect(salesOf(paying)[0]?.body.tenders).toMatchObject([{ amount: 339, received: 500, change: 161 }]);
    expect(drafting.till.parked.baskets).toEqual([]);
  });

  test('odoo#16781: one person signed in at two tills never makes one number twice', async () => {
    const [one, two] = [await openTill(), await openTill({ register: R2 })];
    const receipts = [
      await sellLantern(one),
      await sellLantern(two),
      await sellLantern(one),
      await sellLantern(two),
    ];
    expect(new Set(receipts).size).toBe(4);
    await meet(one.documents, two.documents);
    for (const bench of [one, two]) {
      const seen = await bench.till.store.salesWhere(() => true, 9);
      expect(seen.sales.map(({ body }) => body.receipt).toSorted()).toEqual(receipts.toSorted());
      expect(new Set(seen.sales.map(({ by }) => by))).toEqual(new Set(['ana']));
    }
  });

  test('OCA/l10n-spain#4921: two devices that are offline at once each number their own series', async () => {
    const [one, two] = [await openTill(), await openTill({ register: R2 })];
    for (const { documents } of [one, two]) documents.setConnected(false);
    for (let n = 0; n < 3; n++) for (const bench of [one, two]) await sellLantern(bench);
    expect(salesOf(one).map(({ body }) => body.receipt)).toEqual([1, 2, 3].map((n) => `S01-R1-00000${n}`));
    expect(salesOf(two).map(({ body }) => body.receipt)).toEqual([1, 2, 3].map((n) => `S01-R2-00000${n}`));
    for (const { documents } of [one, two]) documents.setConnected(true);
    await meet(one.documents, two.documents);
    const again = await startTill({ documents: one.documents });
    expect((await again.till.store.salesWhere(() => true, 9)).sales).toHaveLength(6);
    await again.till.exceptions.look();
    expect(again.till.exceptions.all).toEqual([]);
  });

  test('posnext#48: quantities and a customer made offline are the same at the other till, and sold once', async () => {
    const one = await openTill();
    one.documents.setConnected(false);
    const customer = must(await one.till.customers.saveProfile(undefined, { name: 'Joan Builder' }));
    one.view.scan(LANTERN);
    must(one.till.sale.setQuantity(0, '7'));
    must(one.till.customers.attach(customer));
    const kept = structuredClone(one.till.sale.basket);
    must(await one.till.parked.park(''));
    const two = await openTill({ register: R2 });
    await meet(one.documents, two.documents);
    expect(two.till.customers.book.customer(customer)?.profile.name).toBe('Joan Builder');
    must(await two.till.parked.resume(kept.id));
    expect(two.till.sale.basket).toEqual(kept);
    must(two.till.sale.startPaying());
    payCash(two, 2373);
    must(await two.till.completeSale());
    await meet(one.documents, two.documents);
    expect(one.till.parked.baskets).toEqual([]);
    const { sales } = await one.till.store.salesWhere(() => true, 9);
    expect(sales.map(({ body }) => body.lines.map(({ quantity }) => quantity))).toEqual([['7']]);
  });

  test('erpnext#12971: two tills that sell one basket at once make an exception, and one till never two receipts', async () => {
    const [one, two] = [await openTill(), await openTill({ register: R2 })];
    one.view.scan(LANTERN);
    must(one.till.sale.startPaying());
    payCash(one, 500);
    const asked = await Promise.all(Array.from({ length: 8 }, () => one.till.completeSale()));
    expect(asked.filter(({ ok }) => ok)).toHaveLength(1);
    one.view.scan(LANTERN);
    const { id } = one.till.sale.basket;
    must(await one.till.parked.park(''));
    await meet(one.documents, two.documents);
    for (const bench of [one, two]) {
      must(await bench.till.parked.resume(id));
      must(bench.till.sale.startPaying());
      payCash(bench, 339);
      must(await bench.till.completeSale());
    }
    two.documents.receive(sessionKey(1), await one.documents.open(sessionKey(1)));
    await two.till.exceptions.look();
    expect(two.till.exceptions.open).toMatchObject([
      { kind: 'sold-twice', receipts: ['S01-R1-000002', 'S01-R2-000001'], amount: 339 },
    ]);
  });

  test('odoo#203431: all sales made while a till was cut off arrive, not the last one alone', async () => {
    const { faults, counts } = await simulate({
      seed: 31,
      tills: 2,
      steps: [
        step('isolate', 0, 1),
        ...Array.from({ length: 6 }, (_, n) => step('sell', 0, 7919 * (n + 1))),
        step('crash-till', 0, 1),
        step('boot', 0, 1),
        ...Array.from({ length: 3 }, (_, n) => step('sell', 0, 104_729 * (n + 1))),
        step('join', 0, 1),
      ],
    });
    expect(faults).toEqual([]);
    expect([...counts].filter(([name]) => /sale|sold/.test(name)).length).toBeGreaterThan(0);
  });

  test('odoo#261096: a link that comes and goes while sales are sent loses none of them', async () => {
    const { faults } = await simulate({
      seed: 61,
      tills: 2,
      steps: Array.from({ length: 8 }, (_, n) => [
        step('sell', 0, 31 * (n + 1), 40),
        step('isolate', 0, n + 1, 15),
        step('sell', 0, 37 * (n + 1), 40),
        step('join', 0, n + 1, 15),
        step('reset', 0, n + 1, 15),
      ]).flat(),
    });
    expect(faults).toEqual([]);
  });
});
