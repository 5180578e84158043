import { describe, expect, it, onTestFinished } from 'vitest';
import type { Entries } from '#model/documents/entries.ts';
import { storeId } from '#model/ids/register-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { stockSummaryChanges, stockSummaryShard, type CountedStock } from '#model/stock/stock-summary.ts';
import { startTill, type TillBench } from './till-fixture.ts';

const S02 = storeId(2);
const LANTERN = { id: 'lantern' };
const HEARD = '2026-11-21T08:55:00.000Z';

/** The summary document that tells of an article, of November 2026 or another month. */
const summaryOf = (product: string, month = 682) =>
  ({ class: 'stock-summary', store: S02, month, shard: stockSummaryShard(product) }) as const;

/** What head office writes of a count into an empty document. */
function told(stock: [string, string][], heard = HEARD, product = 'lantern'): Entries {
  const counted: CountedStock = { store: S02, heard, stock };
  return stockSummaryChanges({}, counted, stockSummaryShard(product)) as Entries;
}

/** A till in Camden of an organization that has a store in Soho as well. */
async function openTwoStores(given: Parameters<typeof startTill>[0] = {}): Promise<TillBench> {
  const bench = await startTill(given);
  const soho = { id: S02, name: 'Soho', timeZone: 'Europe/London', locale: 'en-GB', header: [], footer: [] };
  bench.documents.receive({ class: 'organization' }, { 'store:S02': canonicalJson(soho) });
  return bench;
}

/** Looks at an article as its dialog does. */
function look({ till }: TillBench, product = LANTERN) {
  onTestFinished(till.otherStock.look(product));
  return () => till.otherStock.of(product);
}

const soho = { store: S02, name: 'Soho' };
const known = (quantity: string, heard = HEARD) => ({ ...soho, state: 'known', quantity, heard, old: false });

describe('[K8] what the other stores have', () => {
  it('[K8] is asked for when somebody looks at an article, and told as of when head office had heard of them', async () => {
    const bench = await openTwoStores();
    bench.documents.receive(summaryOf('lantern'), told([['lantern', '12']]));
    expect(bench.till.otherStock.of(LANTERN)).toEqual([{ ...soho, state: 'asking' }]);
    await expect.poll(look(bench)).toEqual([known('12')]);
    const before = await bench.documents.known();
    expect(before.filter(({ class: kind }) => kind === 'stock-summary')).toEqual([summaryOf('lantern')]);
  });

  it('[K8] follows what head office tells while the article is shown, and no longer', async () => {
    const bench = await openTwoStores();
    const stop = bench.till.otherStock.look(LANTERN);
    const shown = () => bench.till.otherStock.of(LANTERN);
    await expect.poll(shown).toEqual([{ ...soho, state: 'unknown' }]);
    bench.documents.receive(summaryOf('lantern'), told([['lantern', '12']]));
    await expect.poll(shown).toEqual([known('12')]);
    const heard = '2026-11-21T08:58:00.000Z';
    bench.documents.receive(summaryOf('lantern'), told([['lantern', '-2']], heard));
    await expect.poll(shown).toEqual([known('-2', heard)]);
    stop();
    bench.documents.receive(summaryOf('lantern'), told([['lantern', '5']], heard));
    await bench.documents.open(summaryOf('lantern'));
    expect(shown()).toEqual([known('-2', heard)]);
  });

  it('[K8] is told with no link as well, and by a till that was started again', async () => {
    const bench = await openTwoStores();
    bench.documents.receive(summaryOf('lantern'), told([['lantern', '12']]));
    await expect.poll(look(bench)).toEqual([known('12')]);
    bench.documents.setConnected(false);
    const again = await startTill({ documents: bench.documents, surroundings: bench.surroundings });
    await expect.poll(look(again)).toEqual([known('12')]);
    await expect.poll(look(again, { id: 'cafe' })).toEqual([{ ...soho, state: 'unknown' }]);
  });

  it('[K8] comes as soon as the link does', async () => {
    const bench = await openTwoStores();
    bench.documents.setConnected(false);
    const shown = look(bench);
    await expect.poll(shown).toEqual([{ ...soho, state: 'unknown' }]);
    bench.documents.receive(summaryOf('lantern'), told([['lantern', '12']]));
    bench.documents.setConnected(true);
    await expect.poll(shown).toEqual([known('12')]);
  });

  it('[K8] is last month’s while nothing was told of this one', async () => {
    const bench = await openTwoStores();
    bench.surroundings.time = Date.parse('2026-12-01T00:00:30.000Z');
    const heard = '2026-11-30T18:00:00.000Z';
    bench.documents.receive(summaryOf('lantern'), told([['lantern', '12']], heard));
    const shown = look(bench);
    await expect.poll(shown).toEqual([known('12', heard)]);
    bench.documents.receive(summaryOf('lantern', 683), told([['lantern', '11']], heard));
    await expect.poll(shown).toEqual([known('11', heard)]);
  });

  it('[K8] is old after two days without news of the store', async () => {
    const bench = await openTwoStores();
    const old = '2026-11-19T09:00:00.000Z';
    bench.documents.receive(summaryOf('lantern'), told([['lantern', '12']], old));
    await expect.poll(look(bench)).toEqual([{ ...known('12', old), old: true }]);
  });

  it('[K8] says of an article the other store keeps no stock of that it is so', async () => {
    const bench = await openTwoStores();
    bench.documents.receive(summaryOf('lantern'), told([]));
    await expect.poll(look(bench)).toEqual([{ ...soho, state: 'not-kept', heard: HEARD }]);
  });

  it('[K8] a moment is shown with its day where that is not today in the store', async () => {
    const { till } = await openTwoStores();
    expect(till.otherStock.isToday('2026-11-21T05:00:00.000Z', 'Europe/London')).toBe(true);
    expect(till.otherStock.isToday('2026-11-21T05:00:00.000Z', 'America/Mexico_City')).toBe(false);
  });

  it('[K8] says nothing where there is no other store', async () => {
    const bench = await startTill();
    expect(look(bench)()).toEqual([]);
  });

  it('[D5, K8] an entry that cannot be read is a fault and tells nothing', async () => {
    const bench = await openTwoStores();
    bench.documents.receive(summaryOf('lantern'), {
      heard: `{"at":"${HEARD}"}`,
      'stock:lantern': '{"quantity":12}',
    });
    await expect.poll(look(bench)).toEqual([{ ...soho, state: 'unknown' }]);
    expect([...bench.till.otherStock.faults.keys()]).toEqual(['S02 stock:lantern']);
  });
});

it('[D8, K8] a till lets go of what stores had in stock before last month', async () => {
  const bench = await openTwoStores();
  for (const month of [680, 681, 682])
    bench.documents.receive(summaryOf('lantern', month), told([['lantern', '12']]));
  expect(await bench.till.keeper.tidy()).toBe(1);
  const left = (await bench.documents.known()).filter(({ class: kind }) => kind === 'stock-summary');
  expect(left).toEqual([summaryOf('lantern', 681), summaryOf('lantern')]);
});
