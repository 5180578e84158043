import type { Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  startVirtualScale,
  type VirtualScale,
} from '../../../hardware-bridge/virtual-scale/virtual-scale.ts';
import { httpBridge } from '../../bridge/support/http-bridge.ts';
import { freePort } from '../../support/free-ports.ts';
import { startBrowser, type FreshBrowser } from '../../support/fresh-browser.ts';
import { PATIENCE } from '../../support/patience.ts';
import { TillPage } from '../pages/till-page.ts';
import { salesAt, startTillOrigin, type TillOrigin } from './till-origin.ts';

let browser: FreshBrowser;
let scale: VirtualScale;
let origin: TillOrigin;
let page: Page;
let till: TillPage;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});
beforeEach(async () => {
  scale = await startVirtualScale({ port: await freePort() });
  const profile = {
    device: 'scale',
    host: '127.0.0.1',
    port: scale.port,
    protocol: '8217',
    unit: 'kg',
  } as const;
  const { port } = await httpBridge([], [], [profile]);
  origin = await startTillOrigin('by-itself', undefined, { bridge: `http://127.0.0.1:${port}` });
  page = await browser.newPage(origin.url);
  till = new TillPage(page);
  await till.visit(origin.url);
  await till.signIn('ana', '1234');
  await till.openSession('100');
  onTestFinished(async () => {
    await page.close();
    await origin.close();
    await scale.stop();
  });
});

const soldLines = () => salesAt(origin)[0]?.body.lines ?? [];

const standsAt = () => page.getByTestId('scale-readout').getAttribute('data-state');
const cheese = () => page.locator('[data-testid="article-tile"][data-sku="demo-cheddar"]');

describe('weighing on the selling screen', { timeout: 120_000 }, () => {
  it('[C14, C15] shows the scale live, takes what stands less the tare, and says whether a person typed it', async () => {
    const take = page.getByTestId('sell-measured');
    await cheese().click();
    await expect.poll(standsAt, PATIENCE).toBe('empty');
    expect(await take.isDisabled()).toBe(true);
    expect(await page.getByTestId('tare').inputValue()).toBe('0.008');
    await scale.put({ grams: 460, moving: true });
    await expect.poll(standsAt, PATIENCE).toBe('moving');
    expect(await take.isDisabled()).toBe(true);
    await scale.put({ moving: false });
    await expect.poll(() => page.getByTestId('scale-weight').textContent(), PATIENCE).toContain('0.460');
    await expect.poll(() => take.textContent(), PATIENCE).toContain('0.452 kg');
    expect(await page.getByTestId('net-amount').textContent()).toContain('£5.42');
    await page.getByTestId('weight').press('Enter');
    await expect.poll(() => till.lines.count(), PATIENCE).toBe(1);

    await scale.put({ power: 'off' });
    await cheese().click();
    await expect.poll(standsAt, PATIENCE).toBe('away');
    await page.getByTestId('weight').fill('0.3');
    await page.getByTestId('tare').fill('');
    await take.click();
    await expect.poll(() => till.lines.count(), PATIENCE).toBe(2);

    await scale.put({ power: 'on', grams: 200 });
    await cheese().click();
    await expect.poll(standsAt, PATIENCE).toBe('stable');
    await page.getByTestId('weight').fill('9');
    await page.getByTestId('use-scale').click();
    await take.click();
    await expect.poll(() => till.lines.count(), PATIENCE).toBe(3);
    // The label of a scale of another counter says its weight itself.
    await till.scan('2112345004501');
    await till.sellForCash('50');
    const sold = () => soldLines().map(({ quantity, weighed }) => [quantity, weighed]);
    await expect.poll(sold, PATIENCE).toEqual([
      ['0.452', { from: 'scale', tare: '0.008' }],
      ['0.3', { from: 'hand' }],
      ['0.192', { from: 'scale', tare: '0.008' }],
      ['0.45', undefined],
    ]);
  });
});
