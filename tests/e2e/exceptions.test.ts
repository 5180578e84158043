import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright';
import { storeId } from '#model/ids/register-id.ts';
import { canonicalJson } from '#model/journal/canonical.ts';
import { monthNumber } from '#model/stock/stock-summary.ts';
import { pinOf, type TestShop } from '../support/shop.ts';
import { TillPage } from './pages/till-page.ts';
import { picture, tillUrl, withShop } from './shop-tills.ts';

/** A lantern of the demo, 3.39. */
const LANTERN = '71053';
/** A tape of the demo, of which no book says anything yet. */
const TAPE = '10123C';
const PATIENCE = { timeout: 40_000, interval: 150 };

let shop: TestShop;
let one: TillPage;
let two: TillPage;
let office: Page;

withShop(async (started, openBrowser) => {
  shop = started;
  const browsers = await Promise.all([openBrowser(), openBrowser(), openBrowser()]);
  const pages = await Promise.all(browsers.map((browser) => browser.context.newPage()));
  await Promise.all(pages.map((page) => page.setViewportSize({ width: 1366, height: 768 })));
  const [first, second, third] = pages;
  if (!first || !second || !third) throw new Error('two tills and an office are needed');
  [one, two, office] = [new TillPage(first), new TillPage(second), third];
  await one.visit(tillUrl(shop, 0));
  await two.visit(tillUrl(shop, 1));
  await one.signIn('ana', pinOf('ana'));
  await one.openSession('100');
  await two.signIn('luis', pinOf('luis'));
  await two.openSession('100');
});

/** Stops the relay of the second till, so that it and the rest of the shop are apart, or lets it go on. */
function relayOfTwo(signal: 'SIGSTOP' | 'SIGCONT'): void {
  const pid = shop.tills[1].pidOf('relay');
  if (pid === undefined) throw new Error('the relay of till 2 does not run');
  process.kill(pid, signal);
}

async function takeBack(till: TillPage, receipt: string): Promise<string> {
  await till.takeBack(receipt, LANTERN, '1');
  await till.startPaying();
  await till.page.getByTestId('pay-back-as-paid').click();
  const refund = await till.complete();
  await till.newSale();
  return refund;
}

/** Sells a lantern at the first till, and gives its money back at both while they are apart; they stay apart. */
async function refundApart(): Promise<string> {
  await one.addBySearch(LANTERN);
  const receipt = await one.sellForCash();
  await one.newSale();
  await expect.poll(() => two.storeSales.textContent(), PATIENCE).toContain(receipt);
  relayOfTwo('SIGSTOP');
  await takeBack(two, receipt);
  await takeBack(one, receipt);
  return receipt;
}

/** The one exception that a till lists, with its id. */
async function listedAt(till: TillPage): Promise<{ readonly id: string | null; readonly text: string }> {
  await till.page.getByTestId('show-exceptions').click();
  const row = till.page.getByTestId('exception');
  await expect.poll(() => row.count(), PATIENCE).toBe(1);
  return { id: await row.getAttribute('data-id'), text: (await row.textContent()) ?? '' };
}

type Listed = {
  readonly rows: readonly { readonly code: string; readonly id: string }[];
  readonly figures: readonly object[];
};

async function reported(query = ''): Promise<Listed> {
  const response = await fetch(`http://127.0.0.1:${shop.hq.spec.ports.app}/reports/exceptions${query}`);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Listed;
}

describe('a receipt refunded at two tills that are apart', { timeout: 180_000 }, () => {
  let receipt: string;
  let id: string | null;

  test('[F2] is paid back by both, for neither knows of the other', async () => {
    receipt = await refundApart();
    expect(receipt).toBe('S01-R1-000001');
    expect(await one.page.getByTestId('banner-exceptions').count()).toBe(0);
  });

  test('[F1] [F2] is one and the same exception at both tills and in the office, once they meet', async () => {
    relayOfTwo('SIGCONT');
    const [first, second] = [await listedAt(one), await listedAt(two)];
    expect(second.id).toBe(first.id);
    for (const { text } of [first, second])
      for (const part of [receipt, 'S01-R1-000002', 'S01-R2-000001', '£3.39']) expect(text).toContain(part);
    ({ id } = first);
    await picture(one.page, 'till-exceptions');
    await expect
      .poll(async () => (await reported()).rows, PATIENCE)
      .toMatchObject([{ code: 'double-refund', id, amount: 339, store: 'S01' }]);
  });

  test('[F10] is resolved by a cashier with the approval of a supervisor, and is gone at both tills', async () => {
    await one.page.getByTestId('resolve-exception').click();
    await one.page.getByTestId('outcome-loss').click();
    await one.page.getByTestId('exception-reason').fill('The customer cannot be found');
    await picture(one.page, 'till-resolve');
    await one.page.getByTestId('confirm-resolve').click();
    await one.approve('mia', pinOf('mia'));
    for (const till of [one, two]) {
      await expect
        .poll(() => till.page.getByTestId('exception').getAttribute('data-resolved'), PATIENCE)
        .toBe('true');
      expect(await till.page.getByTestId('exception-resolution').textContent()).toContain(
        'The customer cannot be found',
      );
      await till.page.keyboard.press('Escape');
      await expect.poll(() => till.page.getByTestId('banner-exceptions').count(), PATIENCE).toBe(0);
    }
  });

  test('[F9] [F10] is counted in the office as resolved, with what was lost', async () => {
    await expect.poll(async () => (await reported('?state=open')).rows, PATIENCE).toStrictEqual([]);
    expect((await reported()).figures).toStrictEqual([
      { code: 'double-refund', open: 0, amount: 0, resolved: 1, lost: 339 },
    ]);
    await office.goto(`http://localhost:${shop.hq.spec.ports.app}/office/exceptions?state=resolved`);
    await office.getByTestId('office-person-mia').click();
    await office.getByTestId('pin-input').fill(pinOf('mia'));
    await office.getByTestId('office-enter').click();
    const row = office.getByTestId('exception-row');
    await expect.poll(() => row.getAttribute('data-resolved'), PATIENCE).toBe('true');
    expect(await row.textContent()).toContain('The customer cannot be found');
    expect(await office.getByTestId('exceptions-figure').textContent()).toContain('3.39');
    await picture(office, 'office-exceptions');
  });

  test('[F10] [F11] that is resolved in the office is gone at both tills', async () => {
    const again = await refundApart();
    relayOfTwo('SIGCONT');
    for (const till of [one, two]) await till.page.getByTestId('banner-exceptions').waitFor();
    await picture(two.page, 'till-banner-es');
    await office.goto(`http://localhost:${shop.hq.spec.ports.app}/office/exceptions`);
    const row = office.getByTestId('exception-row').filter({ hasText: again });
    await row.getByTestId('office-resolve').click();
    await office.getByTestId('resolve-reason').fill('Luis has the money back');
    await picture(office, 'office-resolve');
    await office.getByTestId('resolve-save').click();
    await office.getByTestId('resolve-dialog').waitFor({ state: 'detached' });
    await expect.poll(() => row.count(), PATIENCE).toBe(0);
    for (const till of [one, two])
      await expect.poll(() => till.page.getByTestId('banner-exceptions').count(), PATIENCE).toBe(0);
    expect((await reported()).figures).toStrictEqual([
      { code: 'double-refund', open: 0, amount: 0, resolved: 2, lost: 339 },
    ]);
  });
});

describe('the last piece, sold at two tills that are apart', { timeout: 180_000 }, () => {
  const oversold = (till: TillPage) => till.page.locator('[data-testid=exception][data-kind=oversold]');
  let id: string | null;

  test('[F4] [F13] is listed at both tills and in the office as the same, once they meet', async () => {
    const at = new Date(Date.now() - 60_000).toISOString();
    const entry = { id: 'piece', product: TAPE, kind: 'receipt', quantity: '1', at, by: 'mia', reason: '' };
    const book = { class: 'stock-book', store: storeId(1), month: monthNumber(at) } as const;
    await shop.headOffice.write(book, { 'entry:piece': canonicalJson(entry) });
    relayOfTwo('SIGSTOP');
    const receipts: string[] = [];
    for (const till of [one, two]) {
      await till.addBySearch(TAPE);
      receipts.push(await till.sellForCash('20'));
      await till.newSale();
    }
    relayOfTwo('SIGCONT');
    for (const till of [one, two]) {
      await till.page.getByTestId('show-exceptions').click(PATIENCE);
      await oversold(till).waitFor(PATIENCE);
      expect(await oversold(till).textContent()).toContain('Hearts Wrapping Tape');
    }
    id = await oversold(one).getAttribute('data-id');
    expect(await oversold(two).getAttribute('data-id')).toBe(id);
    await picture(one.page, 'till-oversold-en');
    await picture(two.page, 'till-oversold-es');
    await expect
      .poll(async () => (await reported('?state=open')).rows, PATIENCE)
      .toMatchObject([{ code: 'oversold', id, receipts: [receipts[1]] }]);
  });

  test('[F10] is settled at one till and is gone at the other and in the office', async () => {
    await two.page.getByTestId('resolve-exception').click();
    await two.page.getByTestId('outcome-corrected').click();
    await two.page.getByTestId('exception-reason').fill('Había una más en el almacén');
    await two.page.getByTestId('confirm-resolve').click();
    await two.approve('mia', pinOf('mia'));
    for (const till of [one, two])
      await expect.poll(() => oversold(till).getAttribute('data-resolved'), PATIENCE).toBe('true');
    await expect.poll(async () => (await reported('?state=open')).rows, PATIENCE).toStrictEqual([]);
  });
});
