import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBrowser, type FreshBrowser } from '../../support/fresh-browser.ts';
import { PATIENCE } from '../../support/patience.ts';
import { Keyboard, focusOf } from '../pages/keyboard.ts';
import { TillPage } from '../pages/till-page.ts';
import { startTillOrigin, type TillOrigin } from './till-origin.ts';

const LANTERN = '71053';

let browser: FreshBrowser;
let origin: TillOrigin;
let till: TillPage;
let keyboard: Keyboard;

beforeEach(async () => {
  browser = await startBrowser();
  origin = await startTillOrigin();
  const page = await browser.newPage(origin.url);
  till = new TillPage(page);
  keyboard = new Keyboard(page);
  await till.visit(origin.url);
  await keyboard.enter('person-ana');
  await page.getByTestId('pin-input').waitFor();
  await keyboard.type('1234');
  await keyboard.press('Enter');
  await page.getByTestId('float-input').waitFor();
  await keyboard.tabTo('float-input');
  await keyboard.type('100');
  await keyboard.press('Enter');
  await till.search.waitFor();
});
afterEach(async () => {
  await browser.close();
  await origin.close();
});

async function sellLantern(): Promise<void> {
  await keyboard.press('F2');
  await keyboard.type(LANTERN);
  await keyboard.press('Enter');
  await till.line(LANTERN).waitFor();
  await keyboard.press('F4');
  await keyboard.tabTo('cash-received');
  await keyboard.type('20');
  await keyboard.press('Enter');
  await till.payments.waitFor();
  await keyboard.enter('complete-sale');
  await till.receiptNumber.waitFor();
  await keyboard.enter('new-sale-button');
  await till.search.waitFor();
}

describe('a till without a mouse', { timeout: 120_000 }, () => {
  it('sells, takes back and closes, and always shows where the focus is', async () => {
    await sellLantern();
    await keyboard.press('F7');
    await keyboard.tabTo('refund-search');
    await keyboard.type('S01-R1-000001');
    await keyboard.press('Enter');
    await keyboard.enter('add-refund');
    await keyboard.enter('refund-done');
    await till.line(LANTERN).waitFor();
    await keyboard.press('F4');
    await keyboard.enter('add-payment');
    await keyboard.enter('complete-sale');
    await till.receiptNumber.waitFor();
    await keyboard.press('F10', 'F9');
    await keyboard.enter('close-session');
    await keyboard.tabTo('counted-input');
    await keyboard.type('100');
    await keyboard.press('Enter');
    await keyboard.enter('ask-close');
    await keyboard.enter('confirm-close');
    await keyboard.enter('leave-z-report');
    await till.page.getByTestId('float-input').waitFor();
    expect(keyboard.unseen).toEqual([]);
  });

  it.each([
    ['F9', 'close-session'],
    ['F7', 'refund-view'],
    ['F3', 'customer-dialog'],
    ['?', 'shortcut-sheet'],
  ])('keeps the focus in the dialog of %s and gives it back with Escape', async (key, place) => {
    await keyboard.press('F2', key);
    await till.page.getByTestId(place).waitFor();
    await expect.poll(async () => (await focusOf(till.page)).inDialog, PATIENCE).toBe(true);
    const places = await keyboard.around(20);
    expect(places.filter(({ inDialog }) => !inDialog)).toEqual([]);
    expect(places.filter(({ visible }) => !visible)).toEqual([]);
    await keyboard.press('Escape');
    await till.page.getByTestId(place).waitFor({ state: 'detached' });
    await expect.poll(async () => (await focusOf(till.page)).name, PATIENCE).toBe('barcode-input');
  });

  it('reaches every dialog of the menu and leaves it with Escape', { timeout: 240_000 }, async () => {
    const { page } = till;
    await keyboard.press('F9');
    await page.getByTestId('journal').waitFor();
    const names = await page
      .locator('[role="dialog"] button[data-testid]:not([data-testid="close-session"])')
      .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('data-testid') ?? ''));
    expect(names.length).toBeGreaterThan(10);
    await keyboard.press('Escape');
    for (const name of names) {
      await keyboard.press('F9');
      await keyboard.enter(name);
      const isAsked = () => page.getByTestId('approval-dialog').isVisible();
      await expect
        .poll(async () => (await isAsked()) || (await page.getByTestId(name).count()) === 0, PATIENCE)
        .toBe(true);
      const dialog = page.getByRole('dialog');
      await dialog.last().waitFor();
      await expect.poll(async () => (await focusOf(page)).inDialog, PATIENCE).toBe(true);
      // Where somebody has to approve, the first Escape leads back to the menu.
      await keyboard.press('Escape');
      await expect.poll(() => dialog.count(), PATIENCE).toBeLessThan(2);
      if ((await page.getByTestId(name).count()) > 0) await keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      // Where the entry was the focus begins again: where the menu was opened from.
      await expect.poll(async () => (await focusOf(page)).name, PATIENCE).not.toBe('BODY');
    }
    expect(keyboard.unseen).toEqual([]);
  });

  it('takes an amount where it is typed while paying, and lets no scan stay there', async () => {
    const { page } = till;
    const received = page.getByTestId('cash-received');
    await till.addBySearch(LANTERN);
    await keyboard.press('F4');
    await received.waitFor();
    expect((await focusOf(page)).name).not.toBe('cash-received');
    await keyboard.type('1');
    await expect.poll(() => received.inputValue(), PATIENCE).toBe('1');
    await keyboard.press('Enter');
    await till.payments.waitFor();
    await page.getByTestId('back-to-basket').focus();
    await till.scan('4012345678901');
    await till.error.first().waitFor();
    expect([await received.inputValue(), await till.payments.count()]).toEqual(['', 1]);
    await keyboard.type('2.39');
    await keyboard.press('Enter');
    await expect.poll(async () => (await focusOf(page)).name, PATIENCE).toBe('complete-sale');
    await keyboard.press('Enter');
    await till.receiptNumber.waitFor();
  });

  it('opens the discount and the parked baskets by keys, where there is something to open', async () => {
    const { page } = till;
    await keyboard.press('F2', 'Control+d', 'Control+p');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await till.addBySearch(LANTERN);
    await till.line(LANTERN).waitFor();
    await keyboard.press('Control+d');
    await page.getByTestId('discount-dialog').waitFor();
    await keyboard.press('Escape');
    await page.getByTestId('discount-dialog').waitFor({ state: 'detached' });
    await keyboard.press('Control+p');
    // Where the name is typed is where the focus is, and Enter parks.
    await expect.poll(async () => (await focusOf(page)).name, PATIENCE).toBe('parked-name');
    await keyboard.type('Blue coat');
    await keyboard.press('Enter');
    await page.getByTestId('parked-dialog').waitFor({ state: 'detached' });
    await keyboard.press('Control+p');
    await expect.poll(async () => (await focusOf(page)).name, PATIENCE).toBe('resume-basket');
    expect(await page.getByTestId('parked-row').textContent()).toContain('Blue coat');
    await keyboard.press('Enter');
    await till.line(LANTERN).waitFor();
  });

  it('brings the focus into what opens over a dialog', async () => {
    const { page } = till;
    const dialogInFocus = () =>
      page.evaluate(() => {
        const dialog = document.activeElement?.closest('[role="dialog"]');
        return dialog instanceof HTMLElement ? dialog.dataset['testid'] : undefined;
      });
    await keyboard.press('F9');
    await keyboard.enter('store-day');
    await till.approval.waitFor();
    expect(await page.getByTestId('approval-request').textContent()).toContain('See the store’s day');
    await expect.poll(dialogInFocus, PATIENCE).toBe('approval-dialog');
    await keyboard.press('Escape');
    await till.approval.waitFor({ state: 'detached' });
    await expect.poll(async () => (await focusOf(page)).name, PATIENCE).toBe('store-day');
  });

  it('offers to go to the basket only when something of the receipt is in it', async () => {
    const { page } = till;
    await till.addBySearch(LANTERN);
    const receipt = await till.sellForCash();
    await till.newSale();
    await keyboard.press('F7');
    await keyboard.type(receipt);
    await keyboard.press('Enter');
    await page.getByTestId('refund-line').waitFor();
    expect(await page.getByTestId('refund-done').count()).toBe(0);
    await keyboard.enter('add-refund');
    await page.getByTestId('refund-done').waitFor();
    expect(await page.getByTestId('refund-everything').count()).toBe(0);
    await keyboard.enter('refund-done');
    await expect.poll(() => till.total.textContent(), PATIENCE).toContain('3.39');
  });

  it('opens a line with Enter, and Escape leads back to it', async () => {
    await keyboard.press('F2');
    await keyboard.type(LANTERN);
    await keyboard.press('Enter');
    await till.line(LANTERN).waitFor();
    await keyboard.enter('item-row');
    await till.page.getByTestId('line-sheet').waitFor();
    await keyboard.press('Escape');
    await till.page.getByTestId('line-sheet').waitFor({ state: 'detached' });
    await expect.poll(async () => (await focusOf(till.page)).name, PATIENCE).toBe('item-row');
  });
});
