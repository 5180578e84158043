import { describe, expect, test, vi } from 'vitest';
import type { SessionReport } from '#model/folds/session-report.ts';
import type { TestBrowser } from '../support/browser.ts';
import { PATIENCE } from '../support/patience.ts';
import { readPrintedReceipts, type PrintedReceipt } from '../support/printed-receipts.ts';
import { pinOf, type TestShop } from '../support/shop.ts';
import { TillPage } from './pages/till-page.ts';
import { tillUrl, withShop, type OpenBrowser } from './shop-tills.ts';

/** Real articles of the demo with their codes and prices. */
const GLOBE = '2000000000015';
const RUBBER = '2000000000022';
const TAPE = '2000000000039';
const CODES = [GLOBE, RUBBER, TAPE];

let shop: TestShop;
let browsers: [TestBrowser, TestBrowser];
let openBrowser: OpenBrowser;
let tills: [TillPage, TillPage];
const receipts: [string[], string[]] = [[], []];

withShop(async (started, open) => {
  [shop, openBrowser] = [started, open];
  browsers = await Promise.all([open(), open()]);
  const pages = await Promise.all(browsers.map((browser) => browser.context.newPage()));
  const [one, two] = pages.map((page) => new TillPage(page));
  if (!one || !two) throw new Error('two tills are needed');
  tills = [one, two];
  await one.visit(tillUrl(shop, 0));
  await two.visit(tillUrl(shop, 1));
});

/** Sells a few articles; by card every third time, with change otherwise. Notes the receipt number. */
async function sell(which: 0 | 1, n: number): Promise<void> {
  const till = tills[which];
  for (let i = 0; i <= n % 3; i++) await till.addBySearch(CODES[(n + i) % CODES.length] ?? GLOBE);
  await expect.poll(() => till.lines.count(), PATIENCE).toBe((n % 3) + 1);
  await till.startPaying();
  if (n % 3 === 2) await till.payCard();
  else await till.payCash('20');
  receipts[which].push(await till.complete());
  await till.newSale();
}

async function sellBoth(from: number, count: number): Promise<void> {
  const own = async (which: 0 | 1) => {
    for (let n = from; n < from + count; n++) await sell(which, n + which);
  };
  await Promise.all([own(0), own(1)]);
}

/** Each till shows the newest receipt of the other. */
async function eachSeesTheOther(): Promise<void> {
  await expect.poll(() => tills[0].storeSales.textContent(), PATIENCE).toContain(receipts[1].at(-1));
  await expect.poll(() => tills[1].storeSales.textContent(), PATIENCE).toContain(receipts[0].at(-1));
}

async function printed(): Promise<PrintedReceipt[]> {
  const pages = shop.tills.map((till) => readPrintedReceipts(till.spec.ports.printerPage ?? 0));
  return (await Promise.all(pages)).flat();
}

async function reports<Answer>(path: string): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${shop.hq.spec.ports.app}/reports${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('the promise: two tills that never stop selling', { timeout: 120_000 }, () => {
  test('open and sell at once, and each sees the other’s sales', async () => {
    await Promise.all([tills[0].signIn('ana', pinOf('ana')), tills[1].signIn('luis', pinOf('luis'))]);
    await Promise.all([tills[0].openSession('100'), tills[1].openSession('50')]);
    await sellBoth(0, 4);
    await eachSeesTheOther();
    expect(receipts.map((own) => own.length)).toEqual([4, 4]);
  });

  test('go on selling when head office is cut off, and still see each other', async () => {
    for (const cable of shop.hqCables) await cable.cut();
    await sellBoth(10, 4);
    await eachSeesTheOther();
    const { peers } = (await (
      await fetch(`http://127.0.0.1:${shop.hq.spec.ports.app}/relay/status`)
    ).json()) as {
      peers: { role?: string }[];
    };
    expect(peers.filter((peer) => peer.role === 'relay')).toEqual([]);
  });

  test('go on when the relay of one till is killed, which comes back by itself', async () => {
    const before = shop.tills[0].pidOf('relay');
    if (before === undefined) throw new Error('the relay of till 1 does not run');
    process.kill(before, 'SIGKILL');
    await sell(0, 20);
    await sell(1, 21);
    await vi.waitFor(() => {
      const now = shop.tills[0].pidOf('relay');
      expect(now).toBeDefined();
      expect(now).not.toBe(before);
    }, PATIENCE);
    await sellBoth(30, 2);
    await eachSeesTheOther();
  });

  test('[E9] go on with the next number when a till’s browser storage is gone and head office let the browser in again (odoo#284790)', async () => {
    const last = receipts[0].at(-1);
    await browsers[0].kill();
    const browser = await openBrowser();
    tills[0] = new TillPage(await browser.context.newPage());
    await tills[0].visit(tillUrl(shop, 0));
    const trouble = tills[0].page.getByTestId('set-up-trouble');
    await expect.poll(() => trouble.getAttribute('data-code'), PATIENCE).toBe('head-office-away');
    for (const cable of shop.hqCables) await cable.join();
    await tills[0].page.getByTestId('set-up-take-over').click();
    await tills[0].signIn('ana', pinOf('ana'));
    await tills[0].search.waitFor();
    await sell(0, 40);
    const count = (receipt = '') => Number(receipt.split('-')[2]);
    expect(count(receipts[0].at(-1))).toBe(count(last) + 1);
  });

  test('head office’s X and tax report equal the printed receipts to the cent when the link is back', async () => {
    const sold = receipts[0].length + receipts[1].length;
    await vi.waitFor(async () => expect(await printed()).toHaveLength(sold), PATIENCE);
    await vi.waitFor(async () => {
      const { receipts: counted } = await reports<{ receipts: number }>('/totals');
      expect(counted).toBe(sold);
    }, PATIENCE);
    const papers = await printed();
    for (const register of ['R1', 'R2']) {
      const own = papers.filter((paper) => paper.receipt.startsWith(`S01-${register}-`));
      const x = await reports<SessionReport>(`/x?store=S01&register=${register}`);
      expect(x.gross).toBe(sum(own.map((paper) => paper.total)));
      expect(x.tax).toBe(sum(own.map((paper) => paper.tax)));
      expect(own.map((paper) => paper.receipt)).toEqual(receipts[register === 'R1' ? 0 : 1]);
    }
    const tax = await reports<{ total: { amount: number; gross: number } }>('/tax');
    expect(tax.total.amount).toBe(sum(papers.map((paper) => paper.tax)));
    expect(tax.total.gross).toBe(sum(papers.map((paper) => paper.total)));
  });

  test('[N2] receipt numbers are unique and gapless on each register', () => {
    for (const [i, own] of receipts.entries()) {
      expect(own).toEqual(own.map((_, n) => `S01-R${i + 1}-${String(n + 1).padStart(6, '0')}`));
    }
  });

  test('close with a matching count; head office’s Z equals the tills’ own and the receipts', async () => {
    const papers = await printed();
    for (const [i, till] of tills.entries()) {
      const own = papers.filter((paper) => paper.receipt.startsWith(`S01-R${i + 1}-`));
      const float = i === 0 ? 10_000 : 5_000;
      const expected = float + sum(own.map((paper) => paper.cash));
      await till.countDrawer((expected / 100).toFixed(2));
      await till.confirmClose();
    }
    for (const [i] of tills.entries()) {
      const register = `R${i + 1}`;
      const own = papers.filter((paper) => paper.receipt.startsWith(`S01-${register}-`));
      const z = await vi.waitFor(
        () => reports<SessionReport>(`/z?store=S01&register=${register}&session=1`),
        PATIENCE,
      );
      expect(z.closed?.body).toMatchObject({ difference: 0, gross: sum(own.map((paper) => paper.total)) });
      expect(z.gross).toBe(sum(own.map((paper) => paper.total)));
      expect(z.tax).toBe(sum(own.map((paper) => paper.tax)));
    }
    expect((await reports<{ rows: unknown[] }>('/exceptions')).rows).toEqual([]);
  });
});
