import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { storeId } from '#model/ids/register-id.ts';
import type { Entries } from '#model/documents/entries.ts';
import { STOCK_SUMMARY_SHARDS } from '#model/ids/document-id.ts';
import {
  HEARD_MS,
  monthNumber,
  readStockSummary,
  stockSummaryChanges,
  stockSummaryKeys,
  stockSummaryShard,
  type CountedStock,
} from '#model/stock/stock-summary.ts';

const HEARD = '2026-11-21T14:05:00.000Z';
const later = (ms: number) => new Date(Date.parse(HEARD) + ms).toISOString();
const counted = (stock: [string, string][], heard = HEARD): CountedStock => ({
  store: storeId(2),
  heard,
  stock,
});

/** A document after a write. */
function written(entries: Entries, changes: Readonly<Record<string, string | undefined>>): Entries {
  const all = Object.entries({ ...entries, ...changes });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const tell = (entries: Entries, stock: CountedStock, shard: number) =>
  written(entries, stockSummaryChanges(entries, stock, shard));
const said = (entries: Entries, product: string) => {
  const read = readStockSummary(entries, product);
  return read.ok ? read.value : read.error.code;
};

const product = fc.constantFrom('apple', 'bread', '__proto__', 'heard', 'x'.repeat(64), 'é');
const quantity = fc.integer({ min: -99_999, max: 99_999 }).map((whole) => String(whole / 1000));
const stock = fc.uniqueArray(fc.tuple(product, quantity), { selector: ([id]) => id });

describe('[K7] what head office tells of a store', () => {
  test('[K7] after any counts the documents say the last one, whatever they said before', () => {
    fc.assert(
      fc.property(fc.array(stock, { minLength: 1, maxLength: 5 }), (counts) => {
        const shards = stockSummaryKeys(storeId(2), 682).map(({ shard }) => {
          let entries: Entries = {};
          for (const [at, one] of counts.entries()) entries = tell(entries, counted(one, later(at)), shard);
          return entries;
        });
        const last = new Map(counts.at(-1));
        for (const id of ['apple', 'bread', '__proto__', 'heard', 'x'.repeat(64), 'é'])
          expect(said(shards[stockSummaryShard(id)] ?? {}, id)).toMatchObject({ quantity: last.get(id) });
      }),
    );
  });

  test('[K7] the same count again writes nothing, and another only what is new', () => {
    fc.assert(
      fc.property(stock, stock, fc.nat(15), (before, after, shard) => {
        const first = tell({}, counted(before), shard);
        expect(stockSummaryChanges(first, counted(before), shard)).toEqual({});
        const changes = stockSummaryChanges(first, counted(after), shard);
        const needless = Object.entries(changes).filter(
          ([key, text]) => key !== 'heard' && text === first[key],
        );
        expect(needless).toEqual([]);
      }),
    );
  });

  test('[K7] what was heard goes with every change, and alone once it is a quarter of an hour old', () => {
    const shard = stockSummaryShard('apple');
    const first = tell({}, counted([['apple', '12']]), shard);
    expect(stockSummaryChanges(first, counted([['apple', '11']], later(60_000)), shard)).toEqual({
      'stock:apple': '{"quantity":"11"}',
      heard: `{"at":"${later(60_000)}"}`,
    });
    const quiet = counted([['apple', '12']], later(HEARD_MS - 1));
    expect(stockSummaryChanges(first, quiet, shard)).toEqual({});
    const old = counted([['apple', '12']], later(HEARD_MS));
    expect(stockSummaryChanges(first, old, shard)).toEqual({ heard: `{"at":"${later(HEARD_MS)}"}` });
  });

  test('[K7] a count that heard less than the document did changes nothing', () => {
    const shard = stockSummaryShard('apple');
    const first = tell({}, counted([['apple', '12']]), shard);
    expect(stockSummaryChanges(first, counted([['apple', '40']], later(-1)), shard)).toEqual({});
    expect(stockSummaryChanges(first, counted([], later(-60_000)), shard)).toEqual({});
  });

  test('[K7] a month begins with all of it, also in shards without an article', () => {
    const all = counted([['apple', '12']]);
    for (let shard = 0; shard < STOCK_SUMMARY_SHARDS; shard++)
      expect(stockSummaryChanges({}, all, shard)).toHaveProperty('heard');
    expect(monthNumber('1970-01-31')).toBe(0);
    expect(monthNumber('2026-11-21')).toBe(682);
    expect(monthNumber(HEARD)).toBe(682);
  });

  test('[K7] an article no book names is told apart from a store nobody told of', () => {
    const shard = stockSummaryShard('apple');
    expect(said({}, 'apple')).toBeUndefined();
    expect(said(tell({}, counted([]), shard), 'apple')).toEqual({ heard: HEARD, quantity: undefined });
  });

  test.each([
    ['a moment that is none', { heard: '{"at":"today"}' }],
    ['a quantity that is none', { heard: `{"at":"${HEARD}"}`, 'stock:apple': '{"quantity":"many"}' }],
    ['something else', { heard: `{"at":"${HEARD}"}`, 'stock:apple': '{"quantity":"1","price":"2"}' }],
  ])('[K7] %s is a fault, and is written again', (_what, entries) => {
    expect(said(entries, 'apple')).toBe('bad-shape');
    const shard = stockSummaryShard('apple');
    expect(said(tell(entries, counted([['apple', '3']]), shard), 'apple')).toEqual({
      heard: HEARD,
      quantity: '3',
    });
  });
});
