import type { Page } from 'playwright';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TillPage } from '../pages/till-page.ts';
import { eachWithOwnTill } from './own-till.ts';
import type { TillOrigin } from './till-origin.ts';
import { PATIENCE } from '../../support/patience.ts';

const own = eachWithOwnTill();
let origin: TillOrigin;
let page: Page;
let till: TillPage;
beforeEach(() => {
  ({ origin, page, till } = own);
});

/** Opens the customer's window from the menu, as a person does. */
async function openDisplay(): Promise<Page> {
  await till.menu('customer-display');
  const opening = page.context().waitForEvent('page');
  await page.getByTestId('open-display').click();
  const display = await opening;
  await page.getByTestId('display-placed').waitFor();
  await page.keyboard.press('Escape');
  return display;
}

const said = async (on: Page, testid: string) => (await on.getByTestId(testid).first().textContent())?.trim();

describe('the customer display', () => {
  it('[P7] shows lines, total and change, and follows both windows over their reloads', async () => {
    const display = await openDisplay();
    await expect.poll(() => display.getByTestId('display-slide').count(), PATIENCE).toBe(1);
    await till.addBySearch('71053');
    await expect.poll(() => display.getByTestId('display-line').count(), PATIENCE).toBe(1);
    expect(await said(display, 'display-total')).toBe('£3.39');
    await display.reload();
    await expect.poll(() => display.getByTestId('display-line').count(), PATIENCE).toBe(1);
    await page.reload();
    await till.search.waitFor();
    await till.addBySearch('85123A');
    await expect.poll(() => display.getByTestId('display-line').count(), PATIENCE).toBe(2);
    await till.sellForCash('20');
    const change = (await till.change.textContent())?.trim();
    await expect.poll(() => said(display, 'display-change'), PATIENCE).toBe(change);
    expect(await display.content()).not.toContain('Ana');
    await till.newSale();
    await expect.poll(() => display.getByTestId('display-slide').count(), PATIENCE).toBe(1);
    await display.close();
  });

  it('[P7] comes up without its server', async () => {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await page.reload();
    await till.search.waitFor();
    await till.addBySearch('71053');
    const display = await page.context().newPage();
    await display.context().setOffline(true);
    await display.goto(`${origin.url}display`);
    await expect.poll(() => display.getByTestId('display-line').count(), PATIENCE).toBe(1);
    await display.context().setOffline(false);
    await display.close();
  });
});
