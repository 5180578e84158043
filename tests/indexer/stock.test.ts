import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentId } from '#model/ids/document-id.ts';
import { registerId } from '#model/ids/register-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { recordText } from '#model/journal/chain.ts';
import { recordKey, type JournalRecord } from '#model/journal/record.ts';
import { newRegister } from '#model/register/register-state.ts';
import { stockEntryKey, type StockEntry } from '#model/stock/stock-entry.ts';
import { StockFold } from '#model/stock/stock-fold.ts';
import { stockReport } from '../../reports-indexer/reports/stock.ts';
import { open, play, salesOf, sellExactly, type Played } from '../model/support/played-register.ts';
import { STORE_ID, basket, line } from '../model/support/shop.ts';
import { ORGANIZATION, signed, terminals } from '../support/journal-fixture.ts';
import { freshReports, wholeUpdate } from './flatten-fixture.ts';

const BOOK = documentId({
  organization: ORGANIZATION,
  key: { class: 'stock-book', store: STORE_ID, month: 680 },
});
const GOODS = ['apple', 'bread', 'drill'];
const fresh = (n: number): Played => ({
  state: newRegister(ORGANIZATION, STORE_ID, registerId(n)),
  records: [],
});

function entry(id: string, product: string, quantity: string): StockEntry {
  const at = '2026-11-21T07:00:00.000Z';
  return { id, product, quantity, kind: 'receipt', at, by: 'ann', reason: '' };
}

/** The documents of a shop: its sessions and its stock book. */
function updates(records: readonly JournalRecord[], entries: readonly StockEntry[]) {
  const sessions = Map.groupBy(records, ({ store, register, session }) =>
    documentId({ organization: ORGANIZATION, key: { class: 'session', store, register, session } }),
  );
  const journals = [...sessions].map(([id, own]) => {
    const values = [...Map.groupBy(own, ({ seq }) => recordKey(seq))];
    return wholeUpdate(id, Object.fromEntries(values.map(([key, all]) => [key, all.map(recordText)])));
  });
  const book = Object.fromEntries(entries.map((one) => [stockEntryKey(one), canonicalJson(one)]));
  return [...journals, wholeUpdate(BOOK, book)];
}

/** What a till of the store makes of the same facts. */
function foldedAtTill(records: readonly JournalRecord[], entries: readonly StockEntry[]) {
  const fold = new StockFold();
  for (const one of entries) fold.takeEntry(one);
  for (const { body } of salesOf(records)) fold.takeSale(body);
  return GOODS.filter((id) => fold.knows(id)).map((id) => [id, fold.onHand(id)]);
}

const quantity = fc.integer({ min: 1, max: 9_999 }).map((whole) => String(whole / 1000));
const lines = fc.array(fc.tuple(fc.constantFrom(...GOODS), quantity), { minLength: 1, maxLength: 3 });
const sold = fc.array(lines, { maxLength: 4 });
const booked = fc.array(fc.tuple(fc.constantFrom(...GOODS), quantity), { maxLength: 5 });

function till(n: number, sales: readonly (readonly (readonly [string, string])[])[], from?: Played): Played {
  const steps = sales.map((all, i) =>
    sellExactly(
      basket(
        all.map(([id, count]) => line({ id }, count)),
        `b-${n}-${i}-${from ? 'on' : ''}`,
      ),
      'cash',
    ),
  );
  return play(from ? steps : [open(), ...steps], from ?? fresh(n));
}

async function reportsOf(records: readonly JournalRecord[], entries: readonly StockEntry[]) {
  const reports = freshReports(terminals(1, 4));
  for (const update of updates(records, entries)) await reports.writer.write([update]);
  return reports;
}

describe('[K7] what head office counts of a store', () => {
  test('[K2, K7] is what the store itself counts, whichever documents came first', async () => {
    await fc.assert(
      fc.asyncProperty(sold, sold, booked, fc.boolean(), async (one, two, book, bookFirst) => {
        const records = [...till(1, one).records, ...till(2, two).records].map(signed);
        const entries = book.map(([id, count], i) => entry(`e${i}`, id, count));
        const all = updates(records, entries);
        const { writer, query } = freshReports(terminals(1, 4));
        for (const update of bookFirst ? all.toReversed() : all) await writer.write([update]);
        const report = await stockReport(query, { store: STORE_ID });
        expect(report?.stock ?? []).toEqual(foldedAtTill(records, entries));
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  test('[K2] a receipt two machines wrote as one register counts once, as it does at a till', async () => {
    const first = till(1, [[['apple', '1']]]);
    const branch = (count: string) => till(1, [[['apple', count]]], first).records;
    const records = [...first.records, ...branch('2').slice(-1), ...branch('5').slice(-1)].map(signed);
    const { query } = await reportsOf(records, [entry('e1', 'apple', '100')]);
    const [[, quantity = ''] = []] = (await stockReport(query, { store: STORE_ID }))?.stock ?? [];
    expect(['97', '94']).toContain(quantity);
  });

  test('[K7] says up to when the store was heard of: its last record, or its last entry', async () => {
    const entries = [entry('e1', 'apple', '3')];
    const alone = await reportsOf([], entries);
    expect(await stockReport(alone.query, { store: STORE_ID })).toEqual({
      store: STORE_ID,
      heard: '2026-11-21T07:00:00.000Z',
      stock: [['apple', '3']],
    });
    const records = till(1, [[['apple', '1']]]).records.map(signed);
    const { query } = await reportsOf(records, entries);
    expect((await stockReport(query, { store: STORE_ID }))?.heard).toBe(records.at(-1)?.at);
  });

  test('[K7] a store without a book has no count, whatever it sold', async () => {
    const { query } = await reportsOf(till(1, [[['apple', '1']]]).records.map(signed), []);
    expect(await stockReport(query, { store: STORE_ID })).toBeUndefined();
  });
});
