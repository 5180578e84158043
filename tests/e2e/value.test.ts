import { beforeAll, describe, expect, test } from 'vitest';
import { PATIENCE } from '../support/patience.ts';
import { pinOf } from '../support/shop.ts';
import type { TillPage } from './pages/till-page.ts';
import { picture, withTwoTills } from './shop-tills.ts';

// An article of the demo: a lantern of 3.39.
const LANTERN = '71053';
const CARD = '6006491234567890';

const tills = withTwoTills({ width: 1366, height: 768 }, { width: 1024, height: 768 });
let one: TillPage;
let two: TillPage;
beforeAll(() => {
  ({ one, two } = tills);
});

/** What a gift card holds, by the panel of a till. */
async function balanceAt(till: TillPage): Promise<string> {
  await till.menu('gift-card');
  await till.page.getByTestId('gift-card-number').fill(CARD);
  await till.page.getByTestId('gift-card-balance').click();
  const balance = (await till.page.getByTestId('account-balance').textContent()) ?? '';
  await till.page.keyboard.press('Escape');
  return balance.trim();
}

describe('gift cards and layaways on two tills', { timeout: 120_000 }, () => {
  test('[G3] [G8] [G9] a card is sold by scan on one till and pays on the other, which then shows the rest', async () => {
    await one.menu('gift-card');
    await one.page.getByTestId('gift-card-amount').click();
    await one.scan(CARD);
    await expect.poll(() => one.page.getByTestId('gift-card-number').inputValue(), PATIENCE).toBe(CARD);
    expect(await one.page.getByTestId('gift-card-amount').inputValue()).toBe('');
    await one.page.getByTestId('account-card').waitFor();
    await picture(one.page, 'gift-card');
    await one.page.locator('[data-testid="gift-card-quick"][data-amount="1000"]').click();
    await expect.poll(() => one.total.textContent(), PATIENCE).toContain('10.00');
    await one.sellForCash('10');
    expect(await one.receipt.textContent()).toContain('**** 7890');
    await one.newSale();

    await expect.poll(() => balanceAt(two), PATIENCE).toBe('£10.00');
    await two.addBySearch(LANTERN);
    await two.setQuantity(LANTERN, '4');
    await two.startPaying();
    await two.page.getByTestId('gift-card-payment').click();
    await two.page.getByTestId('account-number').focus();
    await two.scan(CARD);
    await two.page.getByTestId('account-card').waitFor();
    await picture(two.page, 'gift-card-payment');
    await two.page.getByTestId('add-payment').click();
    await expect.poll(() => two.due.textContent(), PATIENCE).toContain('3.56');
    await two.page.getByTestId('cash-payment').click();
    await two.payCash();
    await two.complete();
    expect(await two.receipt.textContent()).toMatch(/Gift card.*10\.00.*\*\*\*\* 7890/s);
    await two.newSale();
    await expect.poll(() => balanceAt(one), PATIENCE).toBe('£0.00');
  });

  test('[G9] a refund goes into a new store credit', async () => {
    await one.addBySearch(LANTERN);
    const receipt = await one.sellForCash('5');
    await one.newSale();
    await one.takeBack(receipt, LANTERN, '1');
    await one.startPaying();
    await one.page.getByTestId('store-credit-payment').click();
    await picture(one.page, 'store-credit');
    await one.page.getByTestId('add-payment').click();
    const number = await one.page.getByTestId('payment-row').textContent();
    expect(number).toContain('****');
    await one.complete();
    await expect.poll(() => one.receipt.textContent(), PATIENCE).toContain('Store credit');
    await one.newSale();
  });

  test('[G10] goods are put aside, paid for in parts and handed over on another till', async () => {
    await one.addBySearch(LANTERN);
    await one.setQuantity(LANTERN, '3');
    await one.menu('layaway');
    await one.page.getByTestId('layaway-name').fill('Mrs Brown');
    await one.page.getByTestId('layaway-phone').fill('0113 496 0000');
    await picture(one.page, 'layaway-put');
    await one.page.getByTestId('layaway-put').click();
    await expect.poll(() => one.due.textContent(), PATIENCE).toContain('2.04');
    await one.payCash();
    await one.complete();
    await one.newSale();

    await two.menu('layaway');
    await two.page.getByTestId('layaway-search').fill('brown');
    await two.page.getByTestId('layaway-row').waitFor();
    await expect.poll(() => two.page.getByTestId('layaway-left').textContent(), PATIENCE).toContain('8.13');
    await two.page.getByTestId('layaway-open').click();
    await picture(two.page, 'layaway-list');
    await two.page.getByTestId('layaway-fetch').click();
    await expect.poll(() => two.due.textContent(), PATIENCE).toContain('8.13');
    await picture(two.page, 'layaway-fetch');
    await two.payCash('10');
    await two.complete();
    expect(await two.receipt.textContent()).toMatch(/Deposit.*2\.04/s);
    await two.newSale();
    await one.menu('layaway');
    await expect.poll(() => one.page.getByTestId('layaway-row').count(), PATIENCE).toBe(0);
    await picture(one.page, 'layaway-none');
    await one.page.keyboard.press('Escape');
  });

  test('[G4] the X report says apart what was taken in for later', async () => {
    await one.signOut();
    await one.signIn('sam', pinOf('sam'));
    await one.menu('x-report');
    await expect.poll(() => one.page.textContent('body'), PATIENCE).toContain('TAKEN IN FOR LATER');
    await picture(one.page, 'x-liabilities');
  });
});
