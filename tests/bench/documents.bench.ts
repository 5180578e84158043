import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as A from '@automerge/automerge';
import type { Page } from 'playwright';
import { documentId } from '#model/ids/document-id.ts';
import { recordKey } from '#model/journal/record.ts';
import { openTab, startIn } from '../app/repo/browser-terminal.ts';
import { session } from '../app/repo/documents.contract.ts';
import { ORGANIZATION, terminal } from '../app/repo/node-terminal.ts';
import { serveTestSite } from '../app/repo/test-site.ts';
import { withBrowser } from '../support/browser.ts';
import { startProgram } from '../support/program.ts';
import { WireRelay } from '../support/wire-relay.ts';
import { fdatasyncTimes, putTimes } from './bare-disk.ts';
import { besideBaseline, quantile, type BenchRow } from './row.ts';
import { saleTexts } from './sale-records.ts';

const SALES = 200;
/** Between two sales, in milliseconds: automerge-repo sends a document at most every 100 ms, and no till sells faster. */
const BETWEEN_SALES_MS = 120;
const SESSION = session(1);

/** The cost of a durable sale in Chromium with the relay program, and its size at rest and on the wire. Takes about a minute. */
export async function benchDocuments(): Promise<BenchRow[]> {
  const texts = saleTexts(SALES);
  const site = await serveTestSite();
  const data = await mkdtemp(join(tmpdir(), 'tillmesh-bench-'));
  try {
    return await withBrowser(async ({ context }) => [
      ...(await timeRows(() => openTab(context, site.url), data, texts)),
      ...(await sizeRows(await openTab(context, site.url), texts)),
      await wireRow(await openTab(context, site.url), texts, false),
      await wireRow(await openTab(context, site.url), texts, true),
    ]);
  } finally {
    await site.close();
    await rm(data, { recursive: true, force: true });
  }
}

async function timeRows(
  tab: () => Promise<Page>,
  data: string,
  texts: readonly string[],
): Promise<BenchRow[]> {
  const args = [
    '--data',
    join(data, 'relay'),
    '--port',
    '0',
    '--open',
    '--no-discovery',
    '--log-level',
    'error',
  ];
  const relay = await startProgram('sync-relay/main.ts', args);
  try {
    const syncUrl = `ws://127.0.0.1:${relay.ready.port}/sync`;
    const bare = await tab();
    const put = await putTimes(bare, texts);
    await bare.close();
    const disk = await fdatasyncTimes(join(data, 'bare'), texts);
    const page = await tab();
    await startLinked(page, syncUrl);
    const paced = await sell(page, texts, 0, BETWEEN_SALES_MS);
    const rushed = await sell(page, texts.slice(0, 30), SALES, 0);
    await page.close();
    const row = (name: string, share: number) =>
      besideBaseline(
        {
          name: `complete a sale, both copies durable, ${name}`,
          value: quantile(paced, share),
          unit: 'ms',
          target: 'p95 ≤ 50 ms and ≤ 3 × the baseline',
        },
        {
          name: `strict IndexedDB put + fdatasync, bare, ${name}`,
          value: quantile(put, share) + quantile(disk, share),
        },
      );
    return [
      row('p50', 0.5),
      row('p95', 0.95),
      {
        name: 'complete sales without a pause between them, p50',
        value: quantile(rushed, 0.5),
        unit: 'ms',
        target: 'none: automerge-repo sends a document at most every 100 ms',
      },
    ];
  } finally {
    await relay.stop();
  }
}

const plainText = (texts: readonly string[]) => ({
  name: "the record's text",
  value: texts.reduce((sum, text) => sum + text.length, 0) / texts.length,
});

async function sizeRows(page: Page, texts: readonly string[]): Promise<BenchRow[]> {
  const relay = await WireRelay.start();
  try {
    await startLinked(page, relay.url);
    await sell(page, texts, 0, 0);
    const chunks = await storedChunks(page, databaseAt(relay.url));
    const whole = A.save(chunks.reduce((doc, chunk) => A.loadIncremental(doc, chunk), A.init())).byteLength;
    const stored = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    return [
      besideBaseline(
        {
          name: 'saved per sale of 8 lines, as one snapshot',
          value: whole / SALES,
          unit: 'B',
          target: '≤ 120 B',
        },
        plainText(texts),
      ),
      besideBaseline(
        {
          name: 'stored in IndexedDB per sale, snapshot and increments',
          value: stored / SALES,
          unit: 'B',
          target: 'none: becomes the row above at the next compaction',
        },
        plainText(texts),
      ),
    ];
  } finally {
    await page.close();
    await relay.cut();
  }
}

async function wireRow(page: Page, texts: readonly string[], compress: boolean): Promise<BenchRow> {
  const relay = await WireRelay.start(compress);
  try {
    await startLinked(page, relay.url);
    const before = relay.wireBytes;
    await sell(page, texts, 0, 0);
    const name = `on the wire per sale of 8 lines, both ways, ${compress ? 'permessage-deflate' : 'not compressed'}`;
    const value = (relay.wireBytes - before) / SALES;
    return besideBaseline({ name, value, unit: 'B', target: '≤ 600 B' }, plainText(texts));
  } finally {
    await page.close();
    await relay.cut();
  }
}

const databaseAt = (syncUrl: string) => `bench at ${syncUrl}`;

/** Starts documents in a page and waits until a durable write reaches both disks. */
async function startLinked(page: Page, syncUrl: string): Promise<void> {
  await startIn(page, { identity: terminal(2), syncUrl, database: databaseAt(syncUrl) });
  await page.evaluate(async (key) => {
    const { call } = globalThis.testPage;
    const linked = async () =>
      ((await call('writeDurably', [key, { linked: '1' }, 5_000])) as { relay: string }).relay === 'saved';
    while (!(await linked())) await new Promise((resolve) => setTimeout(resolve, 50));
  }, SESSION);
}

/** Sells `texts` under the sequence numbers behind `from`; milliseconds from each call to "saved in both places". */
function sell(page: Page, texts: readonly string[], from: number, pauseMs: number): Promise<number[]> {
  const records = texts.map((text, i) => [recordKey(from + i + 2), text] as const);
  return page.evaluate(
    async ([key, entries, pause]) => {
      const { call } = globalThis.testPage;
      const taken: number[] = [];
      for (const [entry, text] of entries) {
        await new Promise((resolve) => setTimeout(resolve, pause));
        const began = performance.now();
        const saved = (await call('writeDurably', [key, { [entry]: text }, 5_000])) as {
          here: string;
          relay: string;
        };
        taken.push(performance.now() - began);
        if (saved.here !== 'saved' || saved.relay !== 'saved') throw new Error(JSON.stringify(saved));
      }
      return taken;
    },
    [SESSION, records, pauseMs] as const,
  );
}

/** The stored chunks of the session, in the page's database. */
async function storedChunks(page: Page, database: string): Promise<Uint8Array[]> {
  const id = documentId({ organization: ORGANIZATION, key: SESSION });
  const chunks = await page.evaluate(
    async ([name, prefix]) => {
      const { StrictIndexedDbStorage, hostSurroundings } = globalThis.testPage;
      const storage = new StrictIndexedDbStorage({
        database: name,
        surroundings: hostSurroundings,
        trouble: () => undefined,
      });
      const snapshots = await storage.loadRange([prefix, 'snapshot']);
      const increments = await storage.loadRange([prefix, 'incremental']);
      await storage.close();
      return [...snapshots, ...increments].map(({ data }) => [...(data ?? [])]);
    },
    [database, id] as const,
  );
  return chunks.map((bytes) => Uint8Array.from(bytes));
}
