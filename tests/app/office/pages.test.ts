import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBrowser, type FreshBrowser } from '../../support/fresh-browser.ts';
import { PATIENCE } from '../../support/patience.ts';
import { startOfficeHost, type OfficeHost } from './office-host.ts';

let browser: FreshBrowser;
let host: OfficeHost;
let page: Page;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(async () => {
  await browser.close();
});

beforeEach(async () => {
  host = await startOfficeHost();
  page = await browser.newPage(host.url, { width: 1366, height: 768 });
});

afterEach(async () => {
  await page.close();
  await host.close();
});

async function open(path: string): Promise<void> {
  await page.goto(host.url + path);
}

/** The text of an element once it is there. */
async function textOf(testId: string): Promise<string> {
  return (await page.getByTestId(testId).first().innerText()).replaceAll(/\s+/g, ' ').trim();
}

/** The cells of one column, from top to bottom. */
function column(row: string, key: string): Promise<string[]> {
  return page.getByTestId(row).locator(`[data-column="${key}"]`).allInnerTexts();
}

describe('Today', () => {
  test('shows the last business day with its open registers, and draws new sales by itself', async () => {
    await open('/office');
    const before = await textOf('today-gross');
    await page.getByTestId('open-session-card').nth(2).waitFor();
    expect(await page.getByTestId('open-session-card').count()).toBe(3);
    expect(await textOf('indexed-at')).toBe('updated 11:32:05');
    await host.bringLast();
    await page.getByTestId('open-session-card').nth(3).waitFor();
    await page.getByText('updated 11:40:00').waitFor();
    await expect.poll(() => textOf('today-gross')).not.toBe(before);
  });

  test('names every register and whether it is linked with head office', async () => {
    await open('/office');
    await page.getByTestId('link-row').nth(3).waitFor();
    expect(await page.getByTestId('link-row').count()).toBe(4);
    expect(await page.getByTestId('link-row').getByText('Not connected').count()).toBe(3);
  });

  test('keeps the figures and says from when they are while the reports program is away', async () => {
    await open('/office');
    const before = await textOf('today-gross');
    await host.stopReports();
    expect(await textOf('office-failure')).toMatch(
      /^The reports program does not answer .* Figures below are from \d\d:\d\d\.$/,
    );
    expect(await textOf('today-gross')).toBe(before);
    expect(await page.getByTestId('report-failure').count()).toBe(0);
  });
});

describe('Reports', () => {
  test('period, place and order are in the address, so a report can be opened from a bookmark', async () => {
    await open('/office/reports?kind=register');
    await page.getByTestId('report-from').fill('2026-10-29');
    await page.getByTestId('report-to').fill('2026-10-30');
    await page.getByTestId('report-store').selectOption('S02');
    await page.getByTestId('report-register').selectOption('R1');
    await page.getByRole('button', { name: 'Gross' }).click();
    await page.waitForURL(/sort=-gross/);
    const address = new URL(page.url());
    expect(address.search).toBe(
      '?kind=register&from=2026-10-29&to=2026-10-30&store=S02&register=R1&sort=-gross',
    );
    const total = await textOf('report-total');
    await page.reload();
    expect(await textOf('report-total')).toBe(total);
    expect(await column('report-row', 'key')).toEqual(['S02-R1']);
  });

  test('a report is sorted by the heads of its columns', async () => {
    await open('/office/reports?kind=day');
    const days = ['28 Oct 2026', '29 Oct 2026', '30 Oct 2026'];
    await page.getByTestId('report-row').first().waitFor();
    expect(await column('report-row', 'key')).toEqual(days);
    await page.getByRole('button', { name: 'Business day' }).click();
    await page.waitForURL(/sort=-key/);
    await page.locator('th[aria-sort="descending"]').waitFor();
    expect(await column('report-row', 'key')).toEqual(days.toReversed());
  });

  test('a Z opens beside the list by the keyboard alone and closes again with Escape', async () => {
    await open('/office/reports?kind=z&sort=register');
    await page.getByTestId('z-row').first().locator('a').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await textOf('z-detail')).toContain('Z report · session');
    await page.keyboard.press('Escape');
    await page.getByTestId('z-detail').waitFor({ state: 'detached' });
    expect(page.url()).not.toContain('open=');
  });

  test('a receipt is searched by its number and drilled into', async () => {
    await open('/office/reports?kind=receipts');
    await page.getByTestId('receipt-search').fill('S02-R1-000004');
    await page.waitForURL(/search=S02-R1-000004/);
    await page.getByText('1–1 of 1 receipts').waitFor();
    await page.getByTestId('receipt-row').click();
    expect(await textOf('receipt-detail')).toContain('S02-R1-000004');
  });

  test('what is shown can be downloaded', async () => {
    await open('/office/reports?kind=store&from=2026-10-28&to=2026-10-28');
    await page.getByTestId('report-row').first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByTestId('download-csv').click(),
    ]);
    expect(download.suggestedFilename()).toBe('tillmesh-store-2026-10-28.csv');
    const text = await readFile(await download.path(), 'utf8');
    expect(text).toMatch(/^\uFEFFStore,Name,.*\r\nS01,Camden,.*\r\nS02,Greenwich,.*\r\n$/);
  });

  test('an empty period says so and leads to the last business day with sales', async () => {
    await open('/office/reports?kind=tender&from=2001-01-01&to=2001-01-31');
    expect(await textOf('report-empty')).toContain('No sales in this period');
    await page.getByTestId('report-last-day').click();
    await page.getByTestId('report-row').first().waitFor();
    expect(page.url()).toContain('from=2026-10-30&to=2026-10-30');
  });

  test('a period that ends before it starts is explained, not asked for', async () => {
    await open('/office/reports?kind=tax&from=2026-10-30&to=2026-10-01');
    expect(await textOf('report-backwards')).toBe('The period ends before it starts. Change From or To.');
  });

  test('a report that was not loaded before does not stand in with the figures of another', async () => {
    await open('/office/reports?kind=tax');
    await page.getByTestId('report-row').first().waitFor();
    await host.stopReports();
    await page.getByTestId('report-kind-tender').click();
    await page.getByTestId('office-failure').waitFor();
    // The report before may fail first, its rows still there; the one that was asked for has none.
    await expect.poll(() => page.getByTestId('report-row').count(), PATIENCE).toBe(0);
  });
});

test('nothing wrong is said plainly', async () => {
  await open('/office/exceptions');
  expect(await textOf('exceptions-empty')).toContain('No exceptions');
});

test('the language changes at once and stays for the next visit', async () => {
  await open('/office');
  await page.getByTestId('language-es').click();
  await page.getByRole('heading', { level: 1, name: 'Hoy' }).waitFor();
  await open('/office/reports?kind=tax');
  await page.getByRole('heading', { level: 2, name: 'Impuestos por tipo' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('es');
  await page.getByTestId('language-en').click();
  await page.getByRole('heading', { level: 2, name: 'Tax by rate' }).waitFor();
});

test('on a narrow screen the paper takes the place of the list, with a way back', async () => {
  await page.setViewportSize({ width: 820, height: 1180 });
  await open('/office/reports?kind=z&open=S01-R1-1');
  await page.getByTestId('z-detail').waitFor();
  expect(await page.getByTestId('z-row').first().isVisible()).toBe(false);
  await page.getByTestId('detail-close').click();
  await page.getByTestId('z-row').first().waitFor({ state: 'visible' });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
});

describe('on a phone', () => {
  beforeEach(() => page.setViewportSize({ width: 390, height: 844 }));

  /** Whether the menu shows the page one is on, as a whole. */
  const showsHere = () =>
    page.locator('nav a[aria-current="page"]').evaluate((here) => {
      const { left, right } = here.getBoundingClientRect();
      return left >= 0 && right <= innerWidth;
    });

  test('the menu shows where one is, also after the phone was turned', async () => {
    await open('/office/audit');
    await page.locator('nav a[aria-current="page"]').waitFor();
    await expect.poll(showsHere, PATIENCE).toBe(true);
    await page.locator('nav ul').evaluate((row) => (row.scrollLeft = 0));
    expect(await showsHere()).toBe(false);
    await page.setViewportSize({ width: 500, height: 390 });
    await expect.poll(showsHere, PATIENCE).toBe(true);
  });

  test('the look and the language open by a button', async () => {
    await open('/office');
    await page.getByTestId('appearance').waitFor();
    expect(await page.getByTestId('language-es').isVisible()).toBe(false);
    await page.getByTestId('appearance').click();
    await page.getByTestId('language-es').click();
    await page.getByRole('heading', { level: 1, name: 'Hoy' }).waitFor();
    await page.getByTestId('appearance').click();
    expect(await page.getByTestId('language-es').isVisible()).toBe(false);
  });

  test.each([
    ['', 'today-gross'],
    ['/reports?kind=tax', 'report-row'],
    ['/reports?kind=receipts', 'receipt-row'],
    ['/exceptions', 'exceptions-empty'],
  ])('the page %s itself never moves sideways', async (path, place) => {
    await open(`/office${path}`);
    await page.getByTestId(place).first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });
});
