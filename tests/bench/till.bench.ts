import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import { launchBrowser, removeProfile } from '../support/browser.ts';
import { fdatasyncTimes, putTimes } from './bare-disk.ts';
import { BarePage, serveBarePage } from './bare-page.ts';
import { heldMemory } from './heap.ts';
import { installPainted } from './painted.ts';
import { besideBaseline, quantile, type BenchRow } from './row.ts';
import { saleTexts } from './sale-records.ts';
import { installDriver, type ColdStart, type DriverScan } from './till-driver.ts';
import { MANAGER, catalogShards, productAt, startTillShop, type TillShopSize } from './till-shop.ts';

const SIZE: TillShopSize = { products: 100_000, customers: 10_000, days: 30, salesPerDay: 150 };
const STARTS = 5;
const SCANS = 60;
/** Baskets of as many scans, once the till has settled. */
const BASKETS = 4;
const LONG_BASKET = 600;
const SALES = 40;
/** After so long a till that started has read what nobody waited for, in milliseconds. */
const SETTLED_MS = 30_000;
/** Between two sales, in milliseconds: automerge-repo sends a document at most every 100 ms, and no till sells faster. */
const BETWEEN_SALES_MS = 150;
const MB = 1024 * 1024;
/** Frames as soon as they are drawn: held to a display's rate, nothing would be shown to be faster than one. */
const FRAMES = ['--disable-frame-rate-limit', '--disable-gpu-vsync'];

const QUERIES = [
  'c',
  'co',
  'cof',
  'coff',
  'coffee',
  'coffee a',
  'alba org',
  'a0123',
  'notebook',
  'win',
  'jara 4',
  'bread f',
];

/** An active article, told by a step without a common factor with their number so that neighbours differ. */
function scanAt(i: number): DriverScan {
  const number = (i * 7919 * 50) % SIZE.products;
  const { sku, barcodes } = productAt(number + (i % 49));
  return { code: barcodes[0] ?? '', sku };
}

/** The till in Chromium with a large catalog, many customers and a month of sales. Takes about five minutes. */
export async function benchTill(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tillmesh-bench-'));
  const shop = await startTillShop(join(folder, 'shop'), SIZE);
  const bare = await serveBarePage();
  const browser = await launchBrowser(join(folder, 'browser'), FRAMES);
  try {
    const { context } = browser;
    await context.addInitScript(installPainted);
    const empty = await openBare(context, bare.url);
    const baseline = await bareFigures(empty, folder);
    await empty.close();
    const first = { person: MANAGER.id, pin: MANAGER.pin, first: scanAt(0) };
    await context.addInitScript(installDriver, first);
    const starts = await coldStarts(context, shop.url);
    const page = await context.newPage();
    await page.goto(shop.url);
    await page.evaluate(() => globalThis.tillDriver.coldStart);
    const atStart = await scan(page, 1, SCANS);
    const searches = await search(page);
    await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
    await page.evaluate(() => globalThis.tillDriver.sell());
    const scans = await scanBaskets(page);
    const long = (await scan(page, 1, LONG_BASKET)).slice(-50);
    await page.evaluate(() => globalThis.tillDriver.sell());
    const sales = await sell(page);
    const memory = await heldMemory(page);
    return rows({ starts, atStart, scans, searches, long, sales, memory }, baseline);
  } finally {
    await browser.kill();
    await bare.close();
    await shop.stop();
    await removeProfile(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

async function openBare(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

type Baseline = {
  readonly start: number;
  readonly scans: readonly number[];
  readonly long: readonly number[];
  readonly searches: readonly number[];
  readonly sale: number;
  readonly memory: number;
};

/** What each figure of the till is held against, in the same browser and on the same disk. */
async function bareFigures(page: Page, folder: string): Promise<Baseline> {
  const bare = new BarePage(page);
  await bare.keep(catalogShards(SIZE));
  const starts: number[] = [];
  for (let i = 0; i < STARTS; i++) starts.push(await bare.loadAndParse());
  await page.reload();
  const { page: empty } = await heldMemory(page);
  await bare.holdAsMap();
  const { page: full } = await heldMemory(page);
  await page.reload();
  const names = Array.from({ length: SIZE.products }, (_, i) => `${productAt(i).name} ${productAt(i).sku}`);
  const texts = saleTexts(SALES);
  return {
    start: quantile(starts, 0.5),
    scans: await bare.appendRows(0, SCANS),
    long: await bare.appendRows(LONG_BASKET - 50, 50),
    searches: await bare.searchNames(names, QUERIES),
    sale:
      quantile(await putTimes(page, texts), 0.95) +
      quantile(await fdatasyncTimes(join(folder, 'bare'), texts), 0.95),
    memory: full - empty,
  };
}

/** Starts of the page with everything it needs on this device; the first visit, which fetches all of it, is not among them. */
async function coldStarts(context: BrowserContext, url: string): Promise<ColdStart[]> {
  await fetchEverything(context, url);
  const starts: ColdStart[] = [];
  for (let i = 0; i < STARTS; i++) {
    const page = await context.newPage();
    await page.goto(url);
    starts.push(await page.evaluate(() => globalThis.tillDriver.coldStart));
    await page.close();
    // The tab's worker lets go of the documents a moment after the tab.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  return starts;
}

/** Visits the till for the first time and waits until it has kept the whole catalog for its next start, and nothing is written any more. */
async function fetchEverything(context: BrowserContext, url: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(url);
  const shards = catalogShards(SIZE).length;
  const deadline = performance.now() + 600_000;
  for (let whole = 0; whole < shards && performance.now() < deadline;) {
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    whole = await page.evaluate(keptShards);
  }
  for (let before = -1, now = 0; before !== now;) {
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    now = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
  }
  await page.close();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}

/** How many shards of the catalog the page's till has kept; run in the page, so it uses nothing outside. */
async function keptShards(): Promise<number> {
  const databases = await indexedDB.databases();
  const name = databases.find((database) => database.name?.startsWith('tillmesh-kept-'))?.name;
  if (name === undefined) return 0;
  const wait = <Value>(request: IDBRequest<Value>) =>
    new Promise<Value>((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () =>
        reject(request.error ?? new Error('the database of the kept catalog failed')),
      );
    });
  const database = await wait(indexedDB.open(name));
  const has = database.objectStoreNames.contains('shards');
  const count = has ? await wait(database.transaction('shards').objectStore('shards').count()) : 0;
  database.close();
  return count;
}

async function scan(page: Page, from: number, count: number): Promise<number[]> {
  const scans = Array.from({ length: count }, (_, i) => scanAt(from + i));
  return page.evaluate(async (all) => {
    const taken: number[] = [];
    for (const one of all) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      taken.push(await globalThis.tillDriver.scan(one));
    }
    return taken;
  }, scans);
}

/** The scans of several baskets, one sold after the other: one in twenty of a single basket is three scans. */
async function scanBaskets(page: Page): Promise<number[]> {
  const taken: number[] = [];
  for (let basket = 1; basket <= BASKETS; basket++) {
    taken.push(...(await scan(page, basket * SCANS + 1, SCANS)));
    await page.evaluate(() => globalThis.tillDriver.sell());
  }
  return taken;
}

async function search(page: Page): Promise<number[]> {
  return page.evaluate(async (texts) => {
    const taken: number[] = [];
    for (const text of texts) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      taken.push(await globalThis.tillDriver.search(text));
    }
    await globalThis.tillDriver.search('');
    return taken;
  }, QUERIES);
}

async function sell(page: Page): Promise<number[]> {
  const taken: number[] = [];
  for (let sale = 0; sale < SALES; sale++) {
    await scan(page, sale * 8, 8);
    taken.push(await page.evaluate(() => globalThis.tillDriver.sell()));
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_SALES_MS));
  }
  return taken;
}

type Measured = {
  readonly starts: readonly ColdStart[];
  readonly atStart: readonly number[];
  readonly scans: readonly number[];
  readonly searches: readonly number[];
  readonly long: readonly number[];
  readonly sales: readonly number[];
  readonly memory: { readonly page: number; readonly workers: number };
};

function rows(measured: Measured, bare: Baseline): BenchRow[] {
  const p95 = (values: readonly number[]) => quantile(values, 0.95);
  const start = (of: keyof ColdStart) =>
    quantile(
      measured.starts.map((one) => one[of]),
      0.5,
    );
  const row = (name: string, value: number, unit: string, target: string, name0: string, value0: number) =>
    besideBaseline({ name, value, unit, target }, { name: name0, value: value0 });
  const loaded = 'bare page that reads and parses the same texts';
  const { page, workers } = measured.memory;
  return [
    row('cold start to the first scan, painted', start('scanned'), 'ms', '≤ 1500 ms', loaded, bare.start),
    row('cold start to signing in', start('ready'), 'ms', '', loaded, bare.start),
    row(
      'scan to painted line, p95',
      p95(measured.scans),
      'ms',
      '≤ 16 ms',
      'bare row, painted, p95',
      p95(bare.scans),
    ),
    row(
      'the same right after the start, as fast as they can be typed, p95',
      p95(measured.atStart),
      'ms',
      '',
      'bare row, painted, p95',
      p95(bare.scans),
    ),
    row(
      `the same in a basket of ${LONG_BASKET} lines, p95`,
      p95(measured.long),
      'ms',
      '≤ 16 ms',
      'bare row in a list as long, p95',
      p95(bare.long),
    ),
    row(
      'search key to painted results, p95',
      p95(measured.searches),
      'ms',
      '≤ 50 ms',
      'looking through all names, p95',
      p95(bare.searches),
    ),
    row(
      'complete a sale, both copies durable, p95',
      p95(measured.sales),
      'ms',
      '≤ 50 ms',
      'strict IndexedDB put + fdatasync, p95',
      bare.sale,
    ),
    row(
      'held in memory, page and workers',
      (page + workers) / MB,
      'MB',
      '≤ 350 MB',
      'plain Map of the same products',
      bare.memory / MB,
    ),
    row('of that, the page', page / MB, 'MB', '', 'plain Map of the same products', bare.memory / MB),
  ];
}
