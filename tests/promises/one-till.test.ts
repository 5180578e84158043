import { describe, expect, test } from 'vitest';
import { heldSession } from '#model/folds/store-day.ts';
import { callNumber } from '#model/ids/register-id.ts';
import { productEntries } from '#model/documents/catalog.ts';
import { catalogShard } from '#model/catalog/product.ts';
import type { JournalRecord, RecordOf } from '#model/journal/record.ts';
import { stockEntryKey } from '#model/stock/stock-entry.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { close, open, play, sellExactly } from '../model/support/played-register.ts';
import { basket, line } from '../model/support/shop.ts';
import {
  ARTICLES,
  R1,
  R2,
  S01,
  approve,
  must,
  openTill,
  payCash,
  sellLantern,
  sessionKey,
  signIn,
  startTill,
  type TillBench,
} from '../app/till/till-fixture.ts';

const LANTERN = '5012345678900';

const salesOf = ({ till }: TillBench): readonly RecordOf<'sale'>[] =>
  till.journal.records.filter((record): record is RecordOf<'sale'> => record.kind === 'sale');

async function closeSession({ till }: TillBench, difference = 0): Promise<RecordOf<'closed'>> {
  const expected = till.journal.state.report?.drawer.expected ?? 0;
  must(await till.session.close({ counted: expected + difference }));
  const last = till.journal.records.at(-1);
  if (last?.kind !== 'closed') throw new Error('the session is not closed');
  return last;
}

describe('what shops lost at one till', () => {
  test('odoo#287667: a void uses up its number, and none is given a second time after a restart', async () => {
    const bench = await openTill();
    await sellLantern(bench);
    const [sale] = salesOf(bench);
    if (!sale) throw new Error('nothing was sold');
    const asking = bench.till.receipts.voidSale(sale, 'wrong article');
    await approve(bench);
    must(await asking);
    expect(await sellLantern(bench)).toBe('S01-R1-000003');
    const again = await startTill({ documents: bench.documents, surroundings: bench.surroundings });
    await signIn(again);
    expect(await sellLantern(again)).toBe('S01-R1-000004');
  });

  test('odoo#16151: a basket that was parked is there when the session was closed and the next one opened', async () => {
    const bench = await openTill();
    bench.view.scan(LANTERN);
    must(await bench.till.parked.park('Table 4'));
    await closeSession(bench);
    must(await bench.till.session.open(10_000));
    const [parked] = bench.till.parked.baskets;
    expect(parked).toMatchObject({ name: 'Table 4', amount: 339 });
    must(await bench.till.parked.resume(parked?.basket.id ?? ''));
    expect(bench.till.sale.basket.lines).toMatchObject([{ product: 'lantern', quantity: '1' }]);
  });

  test('odoo#31548: closing takes its figures from the running totals and reads none of a thousand sales again', () => {
    const sales = Array.from({ length: 1000 }, (_, n) => sellExactly(basket([line()], `b${n}`), 'cash'));
    const sold = play([open(), ...sales]);
    // The state alone, without a single record, is all that closing is given.
    const closed = play([close()], { state: sold.state, records: [] }).records[0];
    expect(closed?.kind === 'closed' && closed.body).toMatchObject({ sales: 1000, gross: 120_000 });
    expect(heldSession([...sold.records, ...(closed ? [closed] : [])])?.report.gross).toBe(120_000);
  });

  test('odoo#288899: a session opens, sells and closes without any network, and all of it is there afterwards', async () => {
    const bench = await startTill();
    bench.documents.setConnected(false);
    await signIn(bench);
    must(await bench.till.session.open(10_000));
    await sellLantern(bench);
    expect((await closeSession(bench)).body).toMatchObject({ sales: 1, gross: 339 });
    const again = await startTill({ documents: bench.documents, surroundings: bench.surroundings });
    expect(again.till.journal.records.map(({ kind }) => kind)).toEqual(['opened', 'sale', 'closed']);
  });

  test('odoo#272539: a paid sale that arrives a second time leaves payments, change and drawer as they were', async () => {
    const bench = await openTill();
    await sellLantern(bench);
    const before = structuredClone(bench.till.journal.state.report);
    const entries = await bench.documents.open(sessionKey(1));
    for (let n = 0; n < 3; n++) bench.documents.receive(sessionKey(1), entries);
    expect(bench.till.journal.state.report).toEqual(before);
    expect(salesOf(bench).map(({ body }) => body.tenders)).toEqual([
      [expect.objectContaining({ amount: 339, received: 500, change: 161 })],
    ]);
  });

  test('odoo#182092: call numbers of one business day never repeat, however many there are', () => {
    const day = Array.from({ length: 2500 }, (_, n) => callNumber('2026-11-21', n + 1));
    expect(new Set(day).size).toBe(2500);
    expect(day).not.toContain(callNumber('2026-11-22', 1));
  });

  test('erpnext#57157: a session closes whatever its sales are and whatever lies in another register’s journal', async () => {
    const bench = await openTill();
    await sellLantern(bench);
    bench.documents.receive(sessionKey(1, R2), { '000000001': '{"kind":"sale"', '000000002': 'null' });
    must(await bench.till.refunds.find(salesOf(bench)[0]?.body.receipt ?? ''));
    must(await bench.till.refunds.takeBack(0, '1'));
    must(bench.till.sale.startPaying());
    payCash(bench, -339);
    must(await bench.till.completeSale());
    expect((await closeSession(bench)).body).toMatchObject({ sales: 1, refunds: 1, difference: 0 });
  });

  test('erpnext#50787: what is sold below zero in stock is sold, refunded and closed in the order it happened', async () => {
    const bench = await startTill();
    const entry = {
      id: 'e1',
      product: 'lantern',
      kind: 'receipt' as const,
      quantity: '1',
      at: '2026-11-21T07:00:00.000Z',
      by: 'mia',
      reason: '',
    };
    const book = { class: 'stock-book', store: S01, month: 682 } as const;
    bench.documents.receive(book, { [stockEntryKey(entry)]: canonicalJson(entry) });
    await signIn(bench);
    must(await bench.till.session.open(10_000));
    for (let n = 0; n < 3; n++) await sellLantern(bench);
    await bench.till.stock.counted();
    expect(bench.till.stock.here({ id: 'lantern' })?.onHand).toBe('-2');
    expect((await closeSession(bench)).body).toMatchObject({ sales: 3, gross: 1017 });
    expect(bench.till.journal.records.map(({ kind }) => kind)).toEqual([
      'opened',
      'sale',
      'sale',
      'sale',
      'closed',
    ]);
  });

  test('posa#310: what was sold keeps its total and tax when price and taxes change before it is sent', async () => {
    const bench = await openTill();
    bench.documents.setConnected(false);
    await sellLantern(bench);
    const before = structuredClone(salesOf(bench)[0]);
    const lantern = ARTICLES.find(({ id }) => id === 'lantern');
    if (!lantern) throw new Error('the test shop has no lantern');
    bench.documents.receive(
      { class: 'catalog', shard: catalogShard('lantern', 2) },
      productEntries({ ...lantern, price: '9.99', taxes: [] }),
    );
    bench.documents.setConnected(true);
    const again = await startTill({ documents: bench.documents, register: R1 });
    expect(salesOf(again)[0]).toEqual(before);
    expect(again.till.journal.state.report).toMatchObject({ gross: 339, tax: 57 });
  });

  test('erpnext#43855: a session closes over its own records alone, whatever else was loaded', async () => {
    const bench = await openTill();
    await sellLantern(bench);
    const other = await openTill({ register: R2 });
    for (let n = 0; n < 2; n++) await sellLantern(other);
    bench.documents.receive(sessionKey(1, R2), await other.documents.open(sessionKey(1, R2)));
    await bench.till.store.sessions(9);
    const own: JournalRecord[] = [...bench.till.journal.records];
    const closed = await closeSession(bench);
    expect(closed.body).toMatchObject({ sales: 1, gross: 339 });
    expect(heldSession([...own, closed])?.report.gross).toBe(closed.body.gross);
  });

  test('odoo#40567: a sale whose answer was lost is tried again as the very same record', async () => {
    const bench = await openTill();
    bench.view.scan(LANTERN);
    must(bench.till.sale.startPaying());
    payCash(bench, 500);
    bench.documents.setConnected(false);
    bench.documents.failHere = 'disk full';
    expect((await bench.till.completeSale()).ok).toBe(false);
    const made = bench.till.journal.unsaved?.hash;
    bench.documents.failHere = undefined;
    must(await bench.till.retry());
    expect(salesOf(bench).map(({ hash }) => hash)).toEqual([made]);
  });
});
