import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  startVirtualPrinter,
  type VirtualPrinter,
} from '../../hardware-bridge/virtual-printer/virtual-printer.ts';
import { existsSync } from 'node:fs';
import { printText } from './support/raw-print.ts';
import { freePort } from '../support/free-ports.ts';
import { PATIENCE } from '../support/patience.ts';

const SYSTEM_BROWSER = '/usr/bin/chromium';
let browser: Browser;

beforeAll(async () => {
  const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-quic'];
  browser = await chromium.launch({
    args: flags,
    ...(existsSync(SYSTEM_BROWSER) ? { executablePath: SYSTEM_BROWSER } : {}),
  });
});
afterAll(() => browser.close());

async function openPage(): Promise<{ page: Page; printer: VirtualPrinter; complaints: string[] }> {
  const printer = await startVirtualPrinter({
    port: await freePort(),
    webPort: await freePort(),
    name: 'S01-R1',
  });
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  onTestFinished(async () => {
    await page.close();
    await printer.stop();
  });
  await page.goto(`http://127.0.0.1:${printer.webPort}/`);
  await page.getByText('Ready', { exact: true }).waitFor();
  return { page, printer, complaints };
}

describe('the page of the virtual printer', () => {
  it('shows a paper the moment it is printed, as a picture and as text', async () => {
    const { page, printer, complaints } = await openPage();
    await page.getByText('Nothing printed yet').waitFor();
    await printText(printer.port, 'Hello till');
    await page.getByRole('link', { name: 'Paper 1 as a picture' }).waitFor();
    await page.locator('.paper img').evaluate((image: HTMLImageElement) => image.decode());
    expect(await page.getByText('Nothing printed yet').isVisible()).toBe(false);
    await page.getByText('Text', { exact: true }).click();
    await page.locator('pre', { hasText: 'Hello till' }).waitFor();
    await printText(printer.port, 'Newer');
    await page.locator('.paper:first-child pre', { hasText: 'Newer' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('switches faults with the keyboard and says what is wrong', async () => {
    const { page, printer } = await openPage();
    await page.getByRole('switch', { name: 'Paper out' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('status').filter({ hasText: 'Paper out' }).waitFor();
    expect(printer.state().faults.paperOut).toBe(true);
    await page.getByLabel('Speed').fill('120');
    await page.keyboard.press('Tab');
    await vi.waitFor(() => expect(printer.state().faults.bytesPerSecond).toBe(120), PATIENCE);
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByText('Ready', { exact: true }).waitFor();
    expect(printer.state().faults).toMatchObject({ paperOut: false, bytesPerSecond: null });
  });

  it('shows the drawer open and shuts it', async () => {
    const { page, printer } = await openPage();
    const close = page.getByRole('button', { name: 'Close' });
    expect(await close.isDisabled()).toBe(true);
    await printText(printer.port, '\u001bp\0\u0019\u00faCash');
    await page.getByText('Opened 1 time').waitFor();
    await close.click();
    await page.getByText('Closed', { exact: true }).waitFor();
    expect(printer.state().drawer.open).toBe(false);
  });

  it('fits a small screen without scrolling sideways', async () => {
    const { page, printer } = await openPage();
    await printText(printer.port, 'x'.repeat(42));
    for (const width of [1366, 1024, 390]) {
      await page.setViewportSize({ width, height: 768 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  });

  it('says so when the printer goes away, and comes back by itself', async () => {
    const { page, printer } = await openPage();
    const { webPort, port } = printer;
    await printer.stop();
    await page.getByText('No connection to the printer').waitFor();
    const again = await startVirtualPrinter({ port, webPort: webPort ?? 0, name: 'S01-R1' });
    onTestFinished(() => again.stop());
    await page.getByText('Ready', { exact: true }).waitFor();
    expect(await page.getByText('Ready', { exact: true }).isVisible()).toBe(true);
  });
});
