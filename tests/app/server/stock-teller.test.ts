import { describe, expect, onTestFinished, test } from 'vitest';
import Fastify from 'fastify';
import type { DocumentKey } from '#model/ids/document-id.ts';
import { storeId, type StoreId } from '#model/ids/register-id.ts';
import { readStockSummary, stockSummaryShard, type CountedStock } from '#model/stock/stock-summary.ts';
import { MemoryDocuments } from '../../../app/lib/repo/memory-documents.ts';
import { StockTeller, countsOverHttp } from '../../../app/server/stock-teller.ts';

const S01 = storeId(1);
const S02 = storeId(2);
const HEARD = '2026-11-21T14:05:00.000Z';

/** Head office with what its reports program counts; every write to its documents is noted. */
class Bench {
  now = '2026-11-21T14:06:00.000Z';
  stores: StoreId[] = [S01, S02];
  readonly stock = new Map<StoreId, CountedStock>();
  readonly documents: MemoryDocuments;
  readonly written: DocumentKey[] = [];
  readonly log: string[] = [];
  readonly teller: StockTeller;

  constructor(documents = new MemoryDocuments()) {
    this.documents = documents;
    onTestFinished(
      documents.watch((event) => {
        if (event.type === 'changed') this.written.push(event.key);
      }),
    );
    this.teller = new StockTeller({
      documents,
      counts: {
        stores: async () => this.stores,
        counted: async (store) => this.stock.get(store),
      },
      now: () => this.now,
      log: (line) => this.log.push(line),
    });
  }

  count(store: StoreId, stock: [string, string][], heard = HEARD): this {
    this.stock.set(store, { store, heard, stock });
    return this;
  }

  async said(store: StoreId, product: string, month = 682) {
    const shard = stockSummaryShard(product);
    const entries = await this.documents.open({ class: 'stock-summary', store, month, shard });
    const read = readStockSummary(entries, product);
    return read.ok ? read.value : read.error;
  }
}

describe('[K7] head office tells what the stores have in stock', () => {
  test('[K7] of each store that keeps a book, and then only what is new', async () => {
    const bench = new Bench().count(S02, [
      ['lantern', '12'],
      ['rope', '3.5'],
    ]);
    await bench.teller.tell();
    expect(await bench.said(S02, 'lantern')).toEqual({ heard: HEARD, quantity: '12' });
    expect(await bench.said(S02, 'rope')).toEqual({ heard: HEARD, quantity: '3.5' });
    expect(await bench.said(S01, 'lantern')).toBeUndefined();
    bench.written.length = 0;
    await bench.teller.tell();
    expect(bench.written).toEqual([]);
    const heard = '2026-11-21T14:05:30.000Z';
    bench.count(
      S02,
      [
        ['lantern', '11'],
        ['rope', '3.5'],
      ],
      heard,
    );
    await bench.teller.tell();
    const shard = stockSummaryShard('lantern');
    expect(bench.written).toEqual([{ class: 'stock-summary', store: S02, month: 682, shard }]);
    expect(await bench.said(S02, 'lantern')).toEqual({ heard, quantity: '11' });
  });

  test('[K7] one that starts again goes on from what the documents say', async () => {
    const before = new Bench().count(S02, [['lantern', '12']]);
    await before.teller.tell();
    const after = new Bench(before.documents).count(S02, [['lantern', '12']]);
    await after.teller.tell();
    expect(after.written).toEqual([]);
    // A reports program that begins anew counts what it has read so far.
    after.count(S02, [['lantern', '40']], '2026-11-20T09:00:00.000Z');
    await after.teller.tell();
    expect(await after.said(S02, 'lantern')).toEqual({ heard: HEARD, quantity: '12' });
  });

  test('[K7] nothing where the organization has one store: nobody would read it', async () => {
    const bench = new Bench().count(S01, [['lantern', '12']]);
    bench.stores = [S01];
    await bench.teller.tell();
    expect(bench.written).toEqual([]);
  });

  test('[K7] all of it again in a new month', async () => {
    const bench = new Bench().count(S02, [['lantern', '12']]);
    await bench.teller.tell();
    bench.now = '2026-12-01T00:01:00.000Z';
    await bench.teller.tell();
    expect(await bench.said(S02, 'lantern', 683)).toEqual({ heard: HEARD, quantity: '12' });
  });

  test('[K7] no store is fresher than now, whatever the clock of one of its tills says', async () => {
    const bench = new Bench().count(S02, [['lantern', '12']], '2031-01-01T00:00:00.000Z');
    await bench.teller.tell();
    expect(await bench.said(S02, 'lantern')).toEqual({ heard: bench.now, quantity: '12' });
  });

  test('[K7] what the relay did not take is told the next time, and the log says why', async () => {
    const bench = new Bench().count(S02, [['lantern', '12']]);
    bench.documents.setConnected(false);
    await bench.teller.tell();
    expect(bench.log).toHaveLength(1);
    expect(bench.log[0]).toContain('could not be told');
    bench.documents.setConnected(true);
    await bench.teller.tell();
    expect(await bench.said(S02, 'lantern')).toEqual({ heard: HEARD, quantity: '12' });
    expect(bench.log).toHaveLength(1);
  });
});

describe('[K7] the counts of the reports program', () => {
  async function counts(behind: number) {
    const server = Fastify();
    onTestFinished(() => server.close());
    server.get('/reports/organization', async () => ({
      name: 'Shop',
      stores: [{ id: 'S01' }, { id: 'S02' }],
    }));
    server.get<{ Querystring: { store: string } }>('/reports/stock', async ({ query: { store } }, reply) =>
      store === 'S02'
        ? { store, heard: HEARD, stock: [['lantern', '12']], behind }
        : reply.code(404).send({ code: 'not-found' }),
    );
    return countsOverHttp(await server.listen({ port: 0, host: '127.0.0.1' }));
  }

  test('[K7] come by store; one without a book has none', async () => {
    const { stores, counted } = await counts(0);
    expect(await stores()).toEqual([S01, S02]);
    expect(await counted(S02)).toMatchObject({ store: S02, heard: HEARD, stock: [['lantern', '12']] });
    expect(await counted(S01)).toBeUndefined();
  });

  test('[K7] are not used while the program still reads what the relay has', async () => {
    expect(await (await counts(3)).counted(S02)).toBeUndefined();
  });
});
